/** A workspace's way out of the vault and into another: its database, as one file that a passphrase opens. Whole, or nothing of it stays. */
import { dirname } from 'node:path'
import { renameSync, rmSync } from '../../base/patient-files.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import { diskFull } from '../files/disk-full.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import { randomKey } from '../keys/key-box.ts'
import type { OpenDatabases } from '../files/open-databases.ts'
import { requireStrong, type Argon2Cost } from '../keys/passphrase.ts'
import { copyDatabase, openWorkspaceFile, sealWorkspaceFile, type WorkspaceFacts } from './workspace-file.ts'

/** How a workspace is taken out. `tidy` takes out of the copy what must not travel. */
export interface Export {
  facts: WorkspaceFacts
  passphrase: string
  cost: Argon2Cost
  tidy: (copy: EncryptedDatabase) => void
  signal: AbortSignal
}

/** Writes a workspace to a path. @throws AppError weak_passphrase, disk_full; the signal's reason */
export async function takeOut(
  databases: Pick<OpenDatabases, 'copyOut'>,
  id: string,
  path: string,
  { tidy, ...seal }: Export,
): Promise<void> {
  requireStrong(seal.passphrase)
  const key = randomKey()
  const part = `${path}.part`
  try {
    databases.copyOut(id, part, key, tidy)
    await sealWorkspaceFile(part, { ...seal, key })
    seal.signal.throwIfAborted()
    renameSync(part, path)
    flushFolder(dirname(path))
  } catch (error) {
    rmSync(part, { force: true })
    throw diskFull(error)
  } finally {
    key.fill(0)
  }
}

/**
 * Brings the database of an exported workspace to the arriving place, and hands over its key; returns what was said of it.
 * @throws AppError workspace_file_malformed, workspace_file_newer, wrong_passphrase, file_unreadable, disk_full; the signal's reason
 */
export async function takeIn(
  arriving: string,
  { path, passphrase, signal }: { path: string; passphrase: string; signal: AbortSignal },
  adopt: (key: Buffer) => void,
): Promise<WorkspaceFacts> {
  const opened = await openWorkspaceFile(path, passphrase)
  try {
    await copyDatabase(path, opened, arriving, signal)
    signal.throwIfAborted()
    adopt(opened.key)
    return opened.facts
  } catch (error) {
    rmSync(arriving, { force: true })
    throw diskFull(error)
  } finally {
    opened.key.fill(0)
  }
}
