/** Where the bytes of a document come from: a file of this machine, one that a page sent in, or bytes that are here already. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { SealedFile } from '../../base/sealed-file.ts'

/**
 * A file as it is at one moment. Two looks with the same stamp saw the same bytes, as far as its system can tell: the stamp has the time of
 * its last change, which no program sets back, beside the one that programs set. Empty for what is no file of this machine.
 */
export interface FileLook {
  sizeBytes: number
  /** When it was last changed, in epoch milliseconds. */
  changedAt: number
  stamp: string
}

/** Bytes that can be read as often as need be. */
export interface DocumentSource {
  /** Null when it is not there, is no file or cannot be looked at. */
  look(): Promise<FileLook | null>
  open(): AsyncIterable<Uint8Array>
}

/** A file of this machine. It may change at any moment, also while it is read. */
export function fileSource(path: string): DocumentSource {
  return {
    look: async () => {
      const found = await stat(path, { bigint: true }).catch(() => null)
      if (!found?.isFile()) return null
      const { size, mtimeNs, ctimeNs } = found
      return { sizeBytes: Number(size), changedAt: Number(mtimeNs / 1_000_000n), stamp: `${size}:${mtimeNs}:${ctimeNs}` }
    },
    open: () => createReadStream(path, { highWaterMark: 1024 * 1024 }),
  }
}

/** A file that a page sent in. */
export function sealedSource(file: SealedFile, changedAt: number): DocumentSource {
  return {
    look: () => Promise.resolve({ sizeBytes: file.sizeBytes, changedAt, stamp: '' }),
    open: () => file.open(),
  }
}

/** Bytes in memory: a text that was pasted, or a file that came with a message. */
export function bytesSource(bytes: Uint8Array, changedAt: number): DocumentSource {
  return {
    look: () => Promise.resolve({ sizeBytes: bytes.length, changedAt, stamp: '' }),
    async *open() {
      await Promise.resolve()
      yield bytes
    },
  }
}
