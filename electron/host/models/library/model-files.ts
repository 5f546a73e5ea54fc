/** Files of models on disk: copied and hashed in one pass, hashed again when they changed, never half installed. */
import { createHash, randomUUID, type Hash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, readdir, stat, statfs, type FileHandle } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import { identityOf, isSameFile, type FileIdentity } from '../../../../contract/file-identity.ts'
import { endInSigns } from '../../../../contract/graphemes.ts'
import { rename, rm } from '../../base/patient-files.ts'
import { flushFolder } from '../../base/atomic-file.ts'

const chunkBytes = 4 * 1024 * 1024
/** Whoever writes gigabytes brings them to the disk in pieces of so many bytes: a flush cannot be left, and a stick at 30 MB/s takes two seconds for one. */
export const flushedBytes = 64 * 1024 * 1024
const incomingPrefix = '.incoming-'

/** A file that has been copied into the folder and hashed, but not yet installed under its name. */
export interface IncomingFile {
  path: string
  sha256: string
  /** Of the file whose bytes were hashed. */
  identity: FileIdentity
}

export class ModelFiles {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Makes the folder and removes what an interrupted import left behind. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.folder)) {
      if (name.startsWith(incomingPrefix)) await rm(join(this.folder, name), { force: true })
    }
  }

  /** A model's file is named by its name in the folder, or by its whole path when it is another program's. */
  pathOf(fileName: string): string {
    return isAbsolute(fileName) ? fileName : join(this.folder, fileName)
  }

  /**
   * Copies a file into the folder while hashing it, and flushes it. Nothing is left behind on failure or abort.
   * @throws AppError file_unreadable, disk_full {neededBytes, freeBytes}, cancelled
   */
  async bringIn(source: string, onProgress: (doneBytes: number) => void, signal: AbortSignal): Promise<IncomingFile> {
    const { size } = await stat(source).catch(unreadable)
    return this.write(size, async (path) => {
      // A clone costs nothing where the file system can share blocks.
      const cloned = await copyFile(source, path, constants.COPYFILE_FICLONE_FORCE).then(
        () => true,
        () => false,
      )
      if (!cloned) return hashFile(source, onProgress, signal, path)
      await chmod(path, 0o600)
      return hashFile(path, onProgress, signal)
    })
  }

  /**
   * Lets a file be written into the folder. Nothing is left behind when that fails.
   * @param write given the path, comes back with the SHA-256 in hexadecimal
   * @throws AppError disk_full {neededBytes, freeBytes}, and what `write` throws
   */
  async write(sizeBytes: number, write: (path: string) => Promise<string>): Promise<IncomingFile> {
    const freeBytes = await freeBytesOf(this.folder)
    if (freeBytes < sizeBytes) throw new AppError('disk_full', 'No room for the model', { neededBytes: sizeBytes, freeBytes })
    const path = join(this.folder, `${incomingPrefix}${randomUUID()}`)
    try {
      const sha256 = await write(path)
      return { path, sha256, identity: identityOf(await stat(path, { bigint: true }).catch(unreadable)) }
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  /**
   * Gives an incoming file its name, or one like it when that is taken, and makes it read-only.
   * @param taken names that belong to other models, whose files may be missing
   * @param onNamed told the path that it will have, before it has it
   * @returns the name, and which file it is now
   * @throws AppError model_changed {name} when it is not the file that was hashed
   */
  async install(
    incoming: IncomingFile,
    wishedName: string,
    taken: readonly string[],
    onNamed: (path: string) => void,
  ): Promise<{ fileName: string; identity: FileIdentity }> {
    // Names that begin with a dot are our own and are cleared away; 80 characters are less than 255 bytes in any script.
    const safe = endInSigns(basename(wishedName).replace(/[^\p{L}\p{N}._ -]/gu, '_'), 80).replace(/^\.+/, '') || 'model.gguf'
    // The disks of Windows and macOS take names that differ in case for one.
    const isTaken = existsSync(this.pathOf(safe)) || taken.some((name) => name.toLowerCase() === safe.toLowerCase())
    const name = isTaken ? `${incoming.sha256.slice(0, 8)}-${safe}` : safe
    const before = await identify(incoming.path)
    if (!before || !isSameFile(before, incoming.identity)) throw replaced(name)
    onNamed(this.pathOf(name))
    await chmod(incoming.path, 0o400).catch(unwritable)
    await rename(incoming.path, this.pathOf(name)).catch(unwritable)
    flushFolder(this.folder)
    // Its name and its mode are our doing, and change no other time.
    const after = await identify(this.pathOf(name))
    if (!after || !isSameFile({ ...after, changedNs: before.changedNs }, before)) throw replaced(name)
    return { fileName: name, identity: after }
  }

  /** Puts a file back to where it came in, to be installed another time. */
  async uninstall(fileName: string, incoming: IncomingFile): Promise<void> {
    await rename(this.pathOf(fileName), incoming.path).catch(unwritable)
    await chmod(incoming.path, 0o600).catch(unwritable)
    flushFolder(this.folder)
  }

  /** Whether it is a file of our folder; another program's is named by its path. */
  isOwn(fileName: string): boolean {
    return basename(fileName) === fileName && !fileName.startsWith('.')
  }

  /** Another program's file stays, and so does whatever lies outside the folder. */
  async remove(fileName: string): Promise<void> {
    if (!this.isOwn(fileName)) return
    await rm(this.pathOf(fileName), { force: true })
    flushFolder(this.folder)
  }

  /** Which file it is now; null when it is not there. */
  look(fileName: string): Promise<FileIdentity | null> {
    return identify(this.pathOf(fileName))
  }
}

/** Which file stands under a path; null when none does. */
export async function identify(path: string): Promise<FileIdentity | null> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found?.isFile() ? identityOf(found) : null
}

function replaced(name: string): AppError {
  return new AppError('model_changed', 'Not the file that was hashed', { name })
}

/** Bytes that may be written to the disk that a folder is on. @throws AppError place_unwritable */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder).catch(unwritable)
  return bavail * bsize
}

/**
 * SHA-256 of a file in hexadecimal.
 * @param copyTo where the bytes that were hashed are written to as well, durably
 * @throws AppError file_unreadable, disk_full, cancelled
 */
export async function hashFile(
  path: string,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
  copyTo?: string,
): Promise<string> {
  const file = await open(path, 'r').catch(unreadable)
  const copy = copyTo === undefined ? null : await open(copyTo, 'w', 0o600).catch(unwritable)
  try {
    return await hashOpened(file, onProgress, signal, copy)
  } finally {
    await file.close()
    await copy?.close()
  }
}

/**
 * SHA-256 of a file in hexadecimal, and which file that was.
 * @throws AppError model_changed when somebody writes to it meanwhile, file_unreadable, cancelled
 */
export async function hashStill(
  path: string,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<{ sha256: string; identity: FileIdentity }> {
  const file = await open(path, 'r').catch(unreadable)
  try {
    const identity = identityOf(await file.stat({ bigint: true }))
    const sha256 = await hashOpened(file, onProgress, signal)
    if (!isSameFile(identity, identityOf(await file.stat({ bigint: true })))) throw replaced(basename(path))
    return { sha256, identity }
  } finally {
    await file.close()
  }
}

async function hashOpened(
  file: FileHandle,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
  copy: FileHandle | null = null,
): Promise<string> {
  const hash: Hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for (let done = 0; ;) {
    refuseAborted(signal)
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, done).catch(unreadable)
    if (bytesRead === 0) break
    hash.update(chunk.subarray(0, bytesRead))
    await copy?.writeFile(chunk.subarray(0, bytesRead)).catch(unwritable)
    if (copy && Math.floor((done + bytesRead) / flushedBytes) > Math.floor(done / flushedBytes))
      await copy.datasync().catch(unwritable)
    done += bytesRead
    onProgress(done)
  }
  await copy?.sync().catch(unwritable)
  // Flushing takes long, and whoever cancels meanwhile does not want the file.
  refuseAborted(signal)
  return hash.digest('hex')
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
}

/** Says why a file cannot be used. @throws AppError file_unreadable, disk_full */
export function unreadable(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new AppError('disk_full', 'The disk is full', undefined, { cause: error })
  throw new AppError('file_unreadable', 'The file cannot be read', undefined, { cause: error })
}

/** Says why a file cannot be written. @throws AppError disk_full, place_unwritable */
export function unwritable(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new AppError('disk_full', 'The disk is full', undefined, { cause: error })
  throw new AppError('place_unwritable', 'The file cannot be written', undefined, { cause: error })
}
