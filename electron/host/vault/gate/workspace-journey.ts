/** A workspace's way out of the vault: its database, as one file that a passphrase opens. Whole, or nothing of it stays. The way in is `gate.ts`. */
import { dirname } from 'node:path'
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import type { WorkspaceFacts } from '../../../porter/contract.ts'
import { renameSync, rmSync } from '../../base/patient-files.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import { diskFull } from '../files/disk-full.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import { randomKey } from '../keys/key-box.ts'
import type { OpenDatabases } from '../files/open-databases.ts'
import type { DeriveKey } from '../keys/passphrase.ts'
import { sealWorkspaceFile } from './workspace-file.ts'

/** How a workspace is taken out. `tidy` takes out of the copy what must not travel. */
export interface Export {
  facts: WorkspaceFacts
  passphrase: string
  cost: Argon2Cost
  derive: DeriveKey
  tidy: (copy: EncryptedDatabase) => void
  signal: AbortSignal
}

/** Writes a workspace to a path. @throws AppError disk_full; the signal's reason */
export async function takeOut(
  databases: Pick<OpenDatabases, 'copyOut'>,
  id: string,
  path: string,
  { tidy, ...seal }: Export,
): Promise<void> {
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
