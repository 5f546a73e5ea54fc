/**
 * Files that the page sends because a browser may not name a path. Model files only: they lie in the clear until they
 * are imported, and the folder is emptied at every start.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../contract/errors.ts'
import type { References } from '../host/desktop.ts'

/** A received file, as the page knows it. */
export interface IncomingFile {
  reference: string
  name: string
  sizeBytes: number
}

/** Bytes that stay free on the disk: the vault must still be able to write. */
const keepFreeBytes = 256 * 1024 * 1024

export class IncomingFiles {
  readonly #folder: string
  readonly #references: References
  readonly #freeBytes: (folder: string) => Promise<number>

  constructor({
    folder,
    references,
    freeBytes = freeBytesOf,
  }: {
    folder: string
    references: References
    freeBytes?: (folder: string) => Promise<number>
  }) {
    this.#folder = folder
    this.#references = references
    this.#freeBytes = freeBytes
  }

  /** Makes the folder and removes what an earlier run left in it. */
  async prepare(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  /**
   * Writes the body to a file of a random name; nothing stays of one that did not arrive whole.
   * @throws AppError `disk_full` {needBytes, freeBytes}, `cancelled` when the sender went away.
   */
  async receive(body: Readable, name: string, sizeBytes: number): Promise<IncomingFile> {
    const freeBytes = await this.#freeBytes(this.#folder)
    const needBytes = sizeBytes + keepFreeBytes
    if (freeBytes < needBytes) throw new AppError('disk_full', 'The file would fill the disk', { needBytes, freeBytes })
    const path = join(this.#folder, randomUUID())
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    try {
      await pipeline(body, file)
      if (file.bytesWritten !== sizeBytes) throw new AppError('cancelled', 'The file did not arrive whole')
    } catch (error) {
      await rm(path, { force: true })
      throw asAppError(error)
    }
    const shown = shownName(name)
    return { reference: this.#references.issue(path, shown), name: shown, sizeBytes }
  }
}

/** A name fit to be shown and kept: the last part of a path, without control characters, at most 200 characters. */
export function shownName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const clean = last.replace(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '').trim()
  return clean.replace(/^\.+/, '').slice(-200) || 'model.gguf'
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

function asAppError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk_full', 'The disk filled up', {}, { cause: error })
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'ABORT_ERR') {
    return new AppError('cancelled', 'The sender went away', undefined, { cause: error })
  }
  return error
}
