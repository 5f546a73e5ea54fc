/** What the ways of receiving a file from a page have in common: its name, the room on the disk, and what their failures are called. */
import { statfs } from 'node:fs/promises'
import { AppError } from '../../../contract/errors.ts'
import { shownFileName } from './foreign-name.ts'

/** Bytes that stay free on the disk: the vault must still be able to write. */
const keepFreeBytes = 256 * 1024 * 1024

/** A name fit to be shown and kept on any system's disk: the last part of a path, in one line, at most 200 characters. */
export function shownName(name: string, fallback: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const clean = shownFileName(last.replace(/[<>:"|?*]/g, ''))
  return clean.replace(/^\.+/, '') || fallback
}

/** @throws AppError disk_full {neededBytes, freeBytes} when so many bytes would fill the folder's disk */
export async function refuseToFill(
  folder: string,
  sizeBytes: number,
  freeBytesOf: (folder: string) => Promise<number> = freeBytes,
): Promise<void> {
  const free = await freeBytesOf(folder)
  const neededBytes = sizeBytes + keepFreeBytes
  if (free < neededBytes) throw new AppError('disk_full', 'The file would fill the disk', { neededBytes, freeBytes: free })
}

/** Bytes that this user may still write on the folder's disk. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** What the system says of a place that cannot be written: a disk that became read-only, a folder that went away or is somebody else's. */
const unwritable: readonly unknown[] = ['EROFS', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EIO']

/** The failure as the page knows it: disk_full, place_unwritable, cancelled when the sender went away, or what it was. */
export function receivingFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (unwritable.includes(code))
    return new AppError('place_unwritable', 'Its place cannot be written', undefined, { cause: error })
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk_full', 'The disk filled up', {}, { cause: error })
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'ABORT_ERR') {
    return new AppError('cancelled', 'The sender went away', undefined, { cause: error })
  }
  return error
}
