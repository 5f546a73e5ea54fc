/**
 * A file that is being fetched. What is on disk is known part by part, with a checksum each: after a kill or a fault of the
 * disk only the bad parts are missing. Knows nothing of where the bytes come from.
 */
import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { AppError } from '../../../../contract/errors.ts'
import { identityOf, type FileIdentity } from '../../../../contract/file-identity.ts'
import { unreadable, unwritable } from '../library/model-files.ts'

const Count = z.number().int().nonnegative()
/** Bytes that were written and flushed: where, how many, and their CRC-32. */
export const Part = z.object({ from: Count, length: Count, crc32: Count })
export type Part = z.infer<typeof Part>

/** A part is settled when it has this many bytes, unless it is told otherwise; a kill loses no more than that. */
export const usualPartBytes = 32 * 1024 * 1024
/** Small pieces, as a socket gives them, are gathered up to this before they are written. */
const writeBytes = 1024 * 1024

export class PartialFile {
  readonly #file: FileHandle
  readonly #onSettled: (parts: Part[]) => void
  readonly #partBytes: number
  /** Settled, in order, without overlap. */
  #parts: Part[]
  /** What is written behind the last settled byte of this run, and what waits to be written. */
  #open: Part | null = null
  #gathered: Buffer[] = []
  /** The disk's work goes on while further bytes come: at most one write and one flush are under way. */
  #writing: Promise<void> = Promise.resolve()
  #flushing: { part: Part | null; done: Promise<void> } = { part: null, done: Promise.resolve() }
  #gatheredBytes = 0
  /** SHA-256 of the first `#hashed` bytes. */
  #hash: Hash = createHash('sha256')
  #hashed = 0

  private constructor(file: FileHandle, parts: Part[], onSettled: (parts: Part[]) => void, partBytes: number) {
    this.#file = file
    this.#parts = parts
    this.#onSettled = onSettled
    this.#partBytes = partBytes
  }

  /**
   * Opens it, making it when it is not there, and reads what it should hold; parts that are not what they were are forgotten.
   * @param onSettled told the parts whenever more of them are safe on disk
   * @throws AppError file_unreadable, cancelled
   */
  static async open(
    path: string,
    known: Part[],
    onSettled: (parts: Part[]) => void,
    signal: AbortSignal,
    partBytes = usualPartBytes,
  ): Promise<PartialFile> {
    const file = await openOrMake(path)
    const partial = new PartialFile(file, [], onSettled, partBytes)
    try {
      const inOrder = [...known].sort((a, b) => a.from - b.from)
      for (const part of inOrder) {
        if (part.from < partial.#end) continue
        let sum = 0
        let whole = true
        for (let done = 0; done < part.length;) {
          if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
          const chunk = Buffer.allocUnsafe(Math.min(writeBytes, part.length - done))
          const { bytesRead } = await file.read(chunk, 0, chunk.length, part.from + done).catch(unreadable)
          if (bytesRead === 0) {
            whole = false
            break
          }
          sum = crc32(chunk.subarray(0, bytesRead), sum)
          done += bytesRead
        }
        if (whole && sum === part.crc32) partial.#parts.push(part)
      }
      if (partial.#parts.length !== known.length) onSettled([...partial.#parts])
      return partial
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get #end(): number {
    const last = this.#parts.at(-1)
    return last ? last.from + last.length : 0
  }

  /** Bytes that are here, settled or not. */
  get doneBytes(): number {
    return (
      this.#parts.reduce((sum, { length }) => sum + length, 0) +
      (this.#flushing.part?.length ?? 0) +
      (this.#open?.length ?? 0) +
      this.#gatheredBytes
    )
  }

  /** The first stretch that is missing, up to the next part or to the end; null when all `totalBytes` are here. Settle first. */
  missing(totalBytes: number | null): { from: number; to: number | null } | null {
    let from = 0
    for (const part of this.#parts) {
      if (part.from > from) return { from, to: part.from }
      from = part.from + part.length
    }
    return totalBytes !== null && from >= totalBytes ? null : { from, to: totalBytes }
  }

  /** Adds bytes at a place, one after the other. @throws AppError disk_full, place_unwritable */
  async write(chunk: Buffer, at: number): Promise<void> {
    if (this.#open && this.#open.from + this.#open.length + this.#gatheredBytes !== at) await this.settle()
    this.#open ??= { from: at, length: 0, crc32: 0 }
    this.#gathered.push(chunk)
    this.#gatheredBytes += chunk.length
    if (this.#gatheredBytes >= writeBytes) await this.#write()
    if (this.#open.length >= this.#partBytes) await this.#beginFlush()
  }

  /** Makes everything that was written durable, and says so. @throws AppError disk_full, place_unwritable */
  async settle(): Promise<void> {
    await this.#write()
    await this.#beginFlush()
    await this.#flushing.done
  }

  /** Forgets what came in a stretch that cannot be right: it is missing again. `to` null is the end. */
  async forget({ from, to }: { from: number; to: number | null }): Promise<void> {
    await this.settle()
    this.#parts = this.#parts.filter((part) => part.from < from || (to !== null && part.from >= to))
    this.#hash = createHash('sha256')
    this.#hashed = 0
    this.#onSettled([...this.#parts])
  }

  /** SHA-256 of the first `totalBytes` bytes in hexadecimal; what was not hashed as it came is read again. @throws AppError cancelled */
  async digest(totalBytes: number, signal: AbortSignal): Promise<string> {
    const chunk = Buffer.allocUnsafe(writeBytes)
    while (this.#hashed < totalBytes) {
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
      const { bytesRead } = await this.#file
        .read(chunk, 0, Math.min(chunk.length, totalBytes - this.#hashed), this.#hashed)
        .catch(unreadable)
      if (bytesRead === 0) throw new AppError('file_unreadable', 'The file became shorter')
      this.#hash.update(chunk.subarray(0, bytesRead))
      this.#hashed += bytesRead
    }
    return this.#hash.copy().digest('hex')
  }

  /** Which file it is now. */
  async identity(): Promise<FileIdentity> {
    return identityOf(await this.#file.stat({ bigint: true }))
  }

  /** Cuts off what lies behind the file's end, should there be anything. */
  async cut(totalBytes: number): Promise<void> {
    await this.#file.truncate(totalBytes).catch(unwritable)
    await this.#file.sync().catch(unwritable)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #write(): Promise<void> {
    const part = this.#open
    if (!part || this.#gatheredBytes === 0) return
    const bytes = this.#gathered.length === 1 ? (this.#gathered[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#gathered)
    const at = part.from + part.length
    this.#gathered = []
    this.#gatheredBytes = 0
    part.length += bytes.length
    await this.#writing
    this.#writing = this.#toDisk(bytes, at)
    // Whoever waits for it next is told; until then nobody is.
    this.#writing.catch(() => undefined)
    part.crc32 = crc32(bytes, part.crc32)
    // In the usual case, from the first byte to the last in order, nothing need be read again for the digest.
    if (at === this.#hashed) {
      this.#hash.update(bytes)
      this.#hashed += bytes.length
    }
  }

  async #toDisk(bytes: Buffer, at: number): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, at + written).catch(unwritable)
      written += bytesWritten
    }
  }

  async #beginFlush(): Promise<void> {
    await this.#writing
    await this.#flushing.done
    const part = this.#open
    this.#open = null
    if (!part || part.length === 0) return
    const done = this.#flush(part)
    done.catch(() => undefined)
    this.#flushing = { part, done }
  }

  async #flush(part: Part): Promise<void> {
    await this.#file.datasync().catch(unwritable)
    this.#flushing.part = null
    this.#parts = [...this.#parts, part].sort((a, b) => a.from - b.from)
    this.#onSettled([...this.#parts])
  }
}

/** Makes the file only where none is: one that cannot be opened just now must not be emptied for that. */
async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return unwritable(error)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(unwritable)
    return open(path, 'wx+', 0o600).catch(unwritable)
  }
}
