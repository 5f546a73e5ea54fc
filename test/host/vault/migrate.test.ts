/** Steps from one shape to the next: order, backup, crash in the middle, files from the future, frozen files. */
import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { KeptFile } from '../../../electron/host/models/downloads/file-fetch.ts'
import { migrate, shapeOf, type Migration } from '../../../electron/host/vault/files/migrate.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { fixtureFolder, fixtureKey } from '../../fixtures/vault/version-1.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

let folder: string
let database: EncryptedDatabase
const key = randomBytes(32)
const noBackup = { backup: (): never => expect.unreachable('No backup is due') }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alambic-migrate-'))
  database = openEncryptedDatabase(join(folder, 'a.db'), key, { create: true })
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

function step(version: number, sql: string): Migration {
  return { version, name: `step-${version}`, update: (target) => target.exec(sql) }
}
const first = step(1, 'CREATE TABLE notes (text TEXT) STRICT')
const second = step(2, 'ALTER TABLE notes ADD COLUMN at INTEGER')

describe('migrate', () => {
  it('takes a new file through all steps without a backup, and then takes none again', () => {
    migrate(database, [first, second], noBackup)
    expect(database.userVersion).toBe(2)
    migrate(database, [first, second], noBackup)
    expect(database.prepare('SELECT text, at FROM notes').all()).toEqual([])
  })

  it('backs up once, before the first pending step of a used file', () => {
    migrate(database, [first], noBackup)
    const backups: [number, number][] = []
    migrate(database, [first, second, step(3, 'CREATE TABLE more (number INTEGER)')], {
      backup: (fromVersion) => backups.push([fromVersion, database.userVersion]),
    })
    expect(backups).toEqual([[1, 1]])
    expect(database.userVersion).toBe(3)
  })

  it('takes no step when the backup fails', () => {
    migrate(database, [first], noBackup)
    const backup = (): never => {
      throw new Error('no room')
    }
    expect(() => migrate(database, [first, second], { backup })).toThrow('no room')
    expect(database.userVersion).toBe(1)
  })

  it('leaves the whole steps before one that fails, and nothing of it', () => {
    const broken = step(3, 'CREATE TABLE half (number INTEGER); INSERT INTO nowhere VALUES (1)')
    expect(() => migrate(database, [first, second, broken], noBackup)).toThrow('nowhere')
    expect(database.userVersion).toBe(2)
    expect(shapeOf(database)).toMatchObject([{ name: 'notes' }])
  })

  it('refuses a file from the future by name, and a list with a gap', async () => {
    database.userVersion = 3
    expect(await failure(() => migrate(database, [first], noBackup))).toEqual({
      code: 'vault_from_future',
      data: { file: 'a.db', version: 3, known: 1 },
    })
    expect(() => migrate(database, [first, step(3, 'SELECT 1')], noBackup)).toThrow('should have version 2')
  })
})

describe('released steps', () => {
  const released = new Map([
    ['main/0001-first-tables.ts', 'ebc4b229f4eb4daef2485237bfaba752b974bc8734f17d568d5f9893481942a1'],
    ['main/0002-network.ts', 'f7f6a7193e84b9bb097b2a5223760f7a5cd9c3c712367c1a9265f696ada8ba0a'],
    ['main/0003-students.ts', '115d8e140a338dcb9a7651d123b2dfd98d989175b3e60692ca46124bae2dde03'],
    ['main/0004-lineage.ts', '30802485f62b580089462c657f206e9f92f90388f11a90d0ba672b9c2af0fe86'],
    ['main/0005-catalogues.ts', '583c94216325715b6e11ccae11787ffa42efbcc3ee90c736e29776cedcfb2b17'],
    ['main/0006-hardware.ts', '3a8966e6bf57f0212fd272da7f0ed09bbe3ec15de30e0f12127e627293700b79'],
    ['main/0007-pieces.ts', 'da1610cb0127e9a48532c3c24ba7bfc9ac60a8169da5c2873a534060185fa4e2'],
    ['main/0008-workspaces.ts', 'b36388ce950ab6dd7e1f5e9f9e60d508a2c9f954847518bcb34b98d18feb5283'],
    ['main/0009-embedders.ts', '15c8934e3e00bef33ee1c4bbb9ccab3f51eca3e240c98fc12e96c1536185360c'],
    ['main/0010-recognition.ts', '29b4c5dcea02621414c985286d60d055b079a8b777bf49328e9fbc107296d050'],
    ['main/0011-file-identities.ts', '9eb70b1126175cda63043da776fdb08b6c3c9f0cee20381f3b6460259b7dbfa3'],
    ['main/0012-audit.ts', '70f8b852a4ac57e0ce670b8c572cc6ac36cc413833b7b470591d056d3bb4aed2'],
    ['main/0013-consents.ts', 'a0c04be762bd355a100d633b1bb9a00fedd629909e2340d4ed3b0d3013ada1b9'],
    ['main/0014-loose-files.ts', '8f1d447ff687700cb2f5034ced81d6f18869a367cb30c2f11af11ff7b20dbe47'],
    ['main/0015-vault-sequence.ts', 'ffbd2f50b14fc3c27d2ce41daec2e9930745f0476d996ac0203514f01237bded'],
    ['main/0016-backups.ts', 'ebf4bbb67e0c9ce8a7cdfde7eab98c3b5e60ec49499e5270d950b21168e987ff'],
    ['main/0017-thinking.ts', '4b971631855ff65de8a3c89c6fcd4b0166264532b04772b630064ab9dfc39769'],
    ['main/0018-audit-tree.ts', 'ac13b31eb456886931fce1539bcd2915d715b2f8d35177b3e6551c6a3bba3ace'],
    ['workspace/0001-first-tables.ts', 'f794dc779e7c8e6bf3de24c8c3513f15ec4803b3bef34fedde5d452d4c2ffb30'],
    ['workspace/0002-kept-states.ts', '8780073ed329064acb1b26eea452a87aea7e7749445129208f3f6c4a5d016cf6'],
    ['workspace/0003-comparisons.ts', 'e2a38a7e6ba0fcac58787fc55bb68ad88800d5ecd719c9ee44a56b0dda964354'],
    ['workspace/0004-documents.ts', '2b6c0bbe3772187ae45effbe0528bb5ff8dc1c4d2f0a26406f368458bdf75b02'],
    ['workspace/0005-index.ts', 'aa9b3d681a8d1bc34445eb7aef6d9482823b09cc6dbdb367363c6b0b16b7ede0'],
    ['workspace/0006-questions.ts', '9247c123c3022ccb4fd9486afb7ecd31c390726c5c92d623572d760586af2d1e'],
    ['workspace/0007-what-comes-back.ts', 'ef4351086c4461de215865ae92ecb295680876f31b96d3553dbf859051074cf1'],
    ['workspace/0008-reading-anew.ts', 'b1cd4944f23028f5ee4ecd9304bd0baab854defa87140a4d8a9f64056dede58a'],
    ['workspace/0009-conversation-words.ts', '50d02a096ec2cfbbb338cbfbc5351256f4cf2956a832008e1f39d5312912bb3f'],
    ['workspace/0010-drafts.ts', '5d1c8f1587734340a37321938dc28ab9a433d35a4833c5749ddc48fbb5cf02e8'],
    ['workspace/0011-edited-answers.ts', '53de49d0129d6111041dba5105bfca7ecc8feb7f765c11ef694ea932756b1d9d'],
    ['workspace/0012-leaves.ts', '0cd6095b1c41dd3d6f4069bf900cf0995be7ec660ecdb7a61101ae79211bf578'],
  ])
  const source = join(import.meta.dirname, '../../../electron/host/vault/files/migrations')

  it('are never edited: a database that has taken one would differ from a new one', () => {
    const found = new Map(
      ['main', 'workspace'].flatMap((kind) =>
        readdirSync(join(source, kind))
          .filter((file) => /^\d{4}-/.test(file))
          .map(
            (file) =>
              [
                `${kind}/${file}`,
                createHash('sha256')
                  .update(readFileSync(join(source, kind, file)))
                  .digest('hex'),
              ] as const,
          ),
      ),
    )
    expect(found).toEqual(released)
  })

  it.each([
    ['main.db', mainMigrations],
    ['workspace.db', workspaceMigrations],
  ])('bring the oldest %s to the shape of a new one, with its rows', (file, migrations) => {
    migrate(database, migrations, noBackup)
    const path = join(folder, file)
    copyFileSync(join(fixtureFolder, file), path)
    const old = openEncryptedDatabase(path, fixtureKey, { create: false })
    expect(old.userVersion).toBe(1)
    const backups: number[] = []
    migrate(old, migrations, { backup: (fromVersion) => backups.push(fromVersion) })
    expect(backups).toEqual(migrations.length > 1 ? [1] : [])
    expect(shapeOf(old)).toEqual(shapeOf(database))
    expect(old.prepare('PRAGMA foreign_key_check').all()).toEqual([])
    const [sql, value] =
      file === 'main.db' ? ['SELECT value FROM settings', '"fr"'] : ['SELECT text AS value FROM messages', 'Où est le chat ?']
    expect(old.prepare(sql).get()).toEqual({ value })
    old.close()
  })

  it('take a download on its way along', () => {
    migrate(database, mainMigrations.slice(0, 6), noBackup)
    const part = { from: 0, length: 5, crc32: 1 }
    database
      .prepare(
        "INSERT INTO downloads VALUES ('a', 's', 'S', 'MIT', 'https://hub/hf/o/r/resolve/main/f', 'f', NULL, 9, '\"t\"', ?, 'paused', NULL, 1)",
      )
      .run(JSON.stringify([part]))
    migrate(database, mainMigrations, { backup: () => undefined })
    const { pieces, ...row } = database.prepare<{ pieces: string }>('SELECT * FROM downloads').get() ?? { pieces: '' }
    expect(row).toMatchObject({ id: 'a', student_id: 's', file_name: 'f', sha256: null, state: 'paused' })
    const path = 'o/r/resolve/main/f'
    const file = { path, sha256: null, totalBytes: 9, etag: '"t"', etagFrom: 'https://hub/hf', parts: [part] }
    expect(KeptFile.array().parse(JSON.parse(pieces))).toEqual([file])
  })
})
