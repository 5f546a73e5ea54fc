/**
 * A workspace's way out of the vault: its database, as one file that a passphrase opens. Whole, or nothing of it stays. It is made beside the
 * vault's own files, under a name that every start sweeps away, and goes to where it is wished for when it is whole. The way in is `gate.ts`.
 */
import { closeSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import type { WorkspaceFacts } from '../../../porter/contract.ts'
import { renameSync, rmSync } from '../../base/patient-files.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import { refuseToFill } from '../../base/received-file.ts'
import { diskFull } from '../files/disk-full.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import { randomKey } from '../keys/key-box.ts'
import type { DeriveKey } from '../keys/passphrase.ts'
import { sealWorkspaceFile } from './workspace-file.ts'
import type { Words } from '../../../../contract/words.ts'

/** How a workspace is taken out. `tidy` is SQL that takes out of the copy what must not travel. */
export interface Export {
  facts: WorkspaceFacts
  passphrase: Words
  cost: Argon2Cost
  derive: DeriveKey
  tidy: string
  signal: AbortSignal
}

/** The copy, and what SQLite keeps of it to undo while it is tidied and encrypted anew. */
const roomFactor = 2
const chunkBytes = 4 * 1024 * 1024
/** Brought to the disk at once: a flush cannot be left, and a stick at 30 MB/s takes two seconds for so many bytes. */
const flushedBytes = 64 * 1024 * 1024

/**
 * Writes a workspace to a path.
 * @param copy writes its tidied database under this key
 * @throws AppError disk_full {neededBytes, freeBytes}, place_unwritable; the system's own error where the path cannot be written; the signal's reason
 */
export async function takeOut(
  files: VaultFiles,
  id: string,
  path: string,
  { copy, ...seal }: Omit<Export, 'tidy'> & { copy: (target: string, key: Buffer) => Promise<void> },
): Promise<void> {
  const key = randomKey()
  const part = `${path}.part`
  const whole = files.rekeyed(files.database(id))
  try {
    // A folder that cannot be written is known before anything is done.
    closeSync(openSync(part, 'wx', 0o600))
    await refuseToFill(dirname(whole), roomFactor * files.size(id))
    await copy(whole, key)
    await sealWorkspaceFile(whole, { ...seal, key })
    seal.signal.throwIfAborted()
    await carry(whole, part, seal.signal)
    renameSync(part, path)
    flushFolder(dirname(path))
  } catch (error) {
    rmSync(part, { force: true })
    throw diskFull(error)
  } finally {
    key.fill(0)
    files.removeRekeyed(whole)
  }
}

/** Moves it, or copies it to another disk. */
async function carry(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    return renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
  }
  const source = await open(from, 'r')
  const target = await open(to, 'w', 0o600)
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    for (let at = 0, flushed = 0; ;) {
      signal.throwIfAborted()
      const { bytesRead } = await source.read(chunk, 0, chunkBytes, at)
      if (bytesRead === 0) break
      await target.writeFile(chunk.subarray(0, bytesRead))
      at += bytesRead
      if (at - flushed < flushedBytes) continue
      await target.datasync()
      flushed = at
    }
    await target.sync()
  } finally {
    await source.close()
    await target.close()
  }
}
