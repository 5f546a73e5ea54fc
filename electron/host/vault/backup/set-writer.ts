/** Makes one backup set of an open vault: copies, verifies each copy by opening it, and gives the set its name when all of it is right. */
import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { rm } from '../../base/patient-files.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import { beginSet, finishSet, sealEntry, sealSetKey, type Entry, type Manifest, type SetFacts } from './backup-set.ts'
import { copySnapshot, type CheckCopy } from './snapshot.ts'

/** Bytes that stay free where the sets lie. */
const keptFreeBytes = 256 * 1024 * 1024

export interface SetWish {
  folder: string
  sequence: number
  /** `main`, or workspaces by their ids. */
  files: readonly { name: string; facts: SetFacts | null }[]
  /** The public half of the recovery code; null when there is none. */
  recoveryKey: Buffer | null
  /** Epoch milliseconds. */
  madeAt: number
  signal: AbortSignal
  progress: (facts: { stage: 'copying' | 'checking'; doneBytes: number; totalBytes: number }) => void
}

export interface WrittenSet {
  sequence: number
  sizeBytes: number
  /** The names that are in it. */
  names: string[]
  /** Those that could not be copied: their own files are damaged. */
  leftOut: string[]
}

export class SetWriter {
  readonly #keys: VaultKeys
  readonly #files: VaultFiles
  readonly #check: CheckCopy

  constructor({ keys, files, check }: { keys: VaultKeys; files: VaultFiles; check: CheckCopy }) {
    this.#keys = keys
    this.#files = files
    this.#check = check
  }

  /**
   * Nothing of a set that did not become whole stays, as far as its place can be reached.
   * @throws AppError disk_full {neededBytes, freeBytes}, backup_folder_gone, backup_folder_refused, backup_unverified, busy; the signal's reason
   */
  async write(wish: SetWish): Promise<WrittenSet> {
    const { folder, sequence, signal } = wish
    let part: string | null = null
    try {
      part = await beginSet(folder, sequence)
      return await this.#fill(part, wish)
    } catch (error) {
      if (part !== null) await rm(part, { recursive: true, force: true }).catch(() => undefined)
      signal.throwIfAborted()
      throw placeTrouble(error)
    }
  }

  async #fill(part: string, { folder, sequence, files, recoveryKey, madeAt, signal, progress }: SetWish): Promise<WrittenSet> {
    const { vaultId, wraps } = this.#keys.record
    const totalBytes = files.reduce((sum, { name }) => sum + this.#files.size(name), 0)
    await requireRoom(folder, totalBytes)
    const { setKey, own, recovery } = sealSetKey({ vaultId, sequence }, this.#keys.vaultKey, recoveryKey)
    const rows: Manifest['files'] = []
    const leftOut: string[] = []
    let sizeBytes = 0
    try {
      for (const [at, { name, facts }] of files.entries()) {
        signal.throwIfAborted()
        const file = `${String(at + 1).padStart(6, '0')}.db`
        const path = join(part, file)
        const key = this.#keys.use(name, (key) => Buffer.from(key))
        try {
          const before = sizeBytes
          let doneBytes = before
          const copied = await copySnapshot({ path: this.#files.database(name), key }, path, {
            signal,
            progress: (bytes) => progress({ stage: 'copying', doneBytes: (doneBytes += bytes), totalBytes }),
          })
          progress({ stage: 'checking', doneBytes, totalBytes })
          await this.#check({ path, key }, copied, signal)
          const entry: Entry = { facts, key: key.toString('base64'), ...copied }
          rows.push(sealEntry({ vaultId, sequence }, setKey, { name, file }, entry))
          sizeBytes = before + copied.sizeBytes
        } catch (error) {
          // What is wrong with one workspace's own file keeps the others from nothing.
          if (name === 'main' || !isItsOwn(error)) throw error
          await rm(path, { force: true })
          leftOut.push(name)
        } finally {
          key.fill(0)
        }
      }
    } finally {
      setKey.fill(0)
    }
    if (rows.length === 0) throw new AppError('backup_unverified', 'Nothing could be copied')
    signal.throwIfAborted()
    const manifest: Manifest = {
      ...{ format: 'alambic-backup', version: 1, vaultId, sequence, madeAt, wraps, own, recovery },
      files: rows,
    }
    await finishSet(folder, part, manifest)
    return { sequence, sizeBytes, names: rows.map(({ name }) => name), leftOut }
  }
}

function isItsOwn(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'vault_damaged' || error.code === 'backup_unverified')
}

async function requireRoom(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  const neededBytes = sizeBytes + keptFreeBytes
  if (freeBytes < neededBytes) throw new AppError('disk_full', 'No room for a backup', { neededBytes, freeBytes })
}

/** The system's words for a place that is away, closed or full, in ours. */
export function placeTrouble(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code))
    return new AppError('disk_full', 'The disk is full', undefined, { cause: error })
  if (['EACCES', 'EPERM', 'EROFS'].includes(code))
    return new AppError('backup_folder_refused', 'The folder cannot be written', undefined, { cause: error })
  if (
    ['ENOENT', 'ENOTDIR', 'EIO', 'ENODEV', 'ENXIO', 'ESTALE', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'].includes(
      code,
    )
  )
    return new AppError('backup_folder_gone', 'The folder is not there', undefined, { cause: error })
  return error
}

/** Whether the folder is there; one that was chosen is never made anew, since the disk that it is on may be away. */
export async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    throw placeTrouble(error)
  })
  if (!found.isDirectory()) throw new AppError('backup_folder_gone', 'This is no folder')
}
