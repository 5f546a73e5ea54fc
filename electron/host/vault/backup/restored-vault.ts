/**
 * A whole vault out of a backup set: every file is fetched and verified in a folder of its own before anything that is there is touched, and
 * what was there is set aside. It gets keys and a protection of its own.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { renameSync, rmSync } from '../../base/patient-files.ts'
import type { Protection } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { openEncryptedDatabase } from '../files/encrypted-database.ts'
import { migrate, shapeOf, type Migration } from '../files/migrate.ts'
import { makeDatabase, type Migrations } from '../files/open-databases.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import { randomKey } from '../keys/key-box.ts'
import type { RecordFile } from '../keys/record-file.ts'
import type { Wrap } from '../keys/wraps.ts'
import { VaultKeys } from '../keys/vault-keys.ts'
import { fetchFile, tidyList, tidyWorkspace, type OpenedSet } from './restoring.ts'

interface Restore {
  set: OpenedSet
  files: VaultFiles
  record: RecordFile
  migrations: Migrations
  protection: Protection
  wrap: (vaultKey: Buffer, vaultId: string, protection: Protection) => Promise<Wrap>
  signal: AbortSignal
  /** Sets what is there aside; called when everything else is ready. */
  makeWay: () => void
}

/**
 * Builds the vault's files and its record; returns its keys, with which it can be opened.
 * @throws AppError not_found for a set of some workspaces alone, backup_unverified, backup_newer, weak_passphrase, keychain_unavailable, disk_full
 */
export async function restoreVault({
  set,
  files,
  record,
  migrations,
  protection,
  wrap,
  signal,
  makeWay,
}: Restore): Promise<VaultKeys> {
  if (!set.files.some(({ name }) => name === 'main')) throw new AppError('not_found', 'This set is of some workspaces alone')
  const staging = files.restoring
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { mode: 0o700 })
  const vaultId = randomUUID()
  const vaultKey = randomKey()
  const staged: { name: string; path: string; key: Buffer }[] = []
  try {
    for (const file of set.files) {
      const path = join(staging, `${file.name}.db`)
      const key = await fetchFile(file, path, signal)
      staged.push({ name: file.name, path, key })
      const steps = file.name === 'main' ? migrations.main : migrations.workspace
      bringUp(path, key, steps, shapeOfNew(files, steps), (database) =>
        file.name === 'main' ? set.own || tidyList(database) : tidyWorkspace(database, set),
      )
    }
    const wrapped = await wrap(vaultKey, vaultId, protection)
    const keysByName = Object.fromEntries(staged.map(({ name, key }) => [name, key]))
    makeWay()
    for (const { name, path } of staged) {
      files.prepare(name)
      renameSync(path, files.unfinished(name))
    }
    record.write(VaultKeys.recordOf(vaultId, vaultKey, wrapped, keysByName))
    for (const { name } of staged) files.finish(name)
    return new VaultKeys({ file: record, vaultKey })
  } catch (error) {
    vaultKey.fill(0)
    throw error
  } finally {
    for (const { key } of staged) key.fill(0)
    rmSync(staging, { recursive: true, force: true })
  }
}

/** Brings a fetched file to the newest shape, which must be exactly what our own steps make. */
function bringUp(
  path: string,
  key: Buffer,
  steps: readonly Migration[],
  shape: unknown[],
  tidy: (database: ReturnType<typeof openEncryptedDatabase>) => unknown,
): void {
  const database = openEncryptedDatabase(path, key, { create: false, overwritesDeleted: true })
  try {
    if (database.userVersion > steps.length) throw new AppError('backup_newer', 'A backup of a later version')
    migrate(database, steps, { backup: () => undefined })
    if (!isDeepStrictEqual(shapeOf(database), shape)) throw new AppError('backup_unverified', 'It is none of ours')
    tidy(database)
  } finally {
    database.close()
  }
}

function shapeOfNew(files: VaultFiles, steps: readonly Migration[]): unknown[] {
  const key = randomKey()
  const name = 'shape-of-new'
  try {
    makeDatabase(files, name, key, steps)
    const made = openEncryptedDatabase(files.unfinished(name), key, { create: false })
    try {
      return shapeOf(made)
    } finally {
      made.close()
    }
  } finally {
    key.fill(0)
    files.prepare(name)
  }
}
