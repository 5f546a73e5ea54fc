/** What of the list comes back in a set of this vault's own: what was seen of catalogues, so that an older one is refused as before; no consent. */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/files/migrate.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import type { Origin } from '../../../electron/host/vault/gate/foreign-rows.ts'
import { all, foreignKey, GateRoom } from '../../fixtures/vault/gate-room.ts'

let room: GateRoom
beforeEach(() => {
  room = new GateRoom()
})
afterEach(() => room.close())

async function list(origin: Origin, work: string): Promise<EncryptedDatabase> {
  const path = join(room.folder, 'main.db')
  const made = openEncryptedDatabase(path, foreignKey, { create: true })
  migrate(made, mainMigrations, { backup: () => undefined })
  made.exec(work)
  made.rekey(foreignKey)
  made.close()
  const { key } = await room.gate().takeInList({ path, key: foreignKey, origin }, new AbortController().signal)
  return room.open(room.files.unfinished('main'), key)
}

const seen = `INSERT INTO catalogue_versions VALUES ('organisation', 'Étude', 7), ('publisher', 'Alambic', 31);
  INSERT INTO network_consents VALUES ('download', 'https://models.example/', 0, 'dialog');`

test('of this vault’s own, versions of catalogues and no consent (bug: an older catalogue was accepted after a restore)', async () => {
  const main = await list('own', seen)
  expect(all(main, 'SELECT * FROM catalogue_versions ORDER BY kind')).toEqual([
    { kind: 'organisation', publisher: 'Étude', version: 7 },
    { kind: 'publisher', publisher: 'Alambic', version: 31 },
  ])
  expect(all(main, 'SELECT * FROM network_consents')).toEqual([])
})

test('of a stranger’s, neither: a version that nobody reaches would shut every later catalogue out', async () => {
  const main = await list('stranger', seen)
  expect(all(main, 'SELECT * FROM catalogue_versions')).toEqual([])
})

test('a row that is not as we write it keeps nothing else out', async () => {
  const main = await list('own', `${seen} INSERT INTO catalogue_versions VALUES ('anybody', 'x', 1), ('organisation', 'y', -1)`)
  expect(all(main, 'SELECT publisher FROM catalogue_versions ORDER BY kind')).toEqual([
    { publisher: 'Étude' },
    { publisher: 'Alambic' },
  ])
})
