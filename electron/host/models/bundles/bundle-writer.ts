/**
 * Writes a bundle: a new folder with the files, and last of all the manifest and its signature, so that a folder with a manifest
 * is whole. It knows nothing of a vault: an administrator's command line makes bundles of plain files with it.
 */
import { createHash, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BundleItem, BundleKind, BundleManifest } from '../../../../contract/bundle.ts'
import { AppError } from '../../../../contract/errors.ts'
import { startInSigns } from '../../../../contract/graphemes.ts'
import { rm } from '../../base/patient-files.ts'
import { flushFolder, writeFileAtomic } from '../../base/atomic-file.ts'
import { localDay } from '../../base/local-day.ts'
import { signValue } from '../../base/signed-value.ts'
import { manifestName } from './bundle-folder.ts'
import { flushedBytes, freeBytesOf, unreadable, unwritable } from '../library/model-files.ts'

/** The bytes of something that goes into a bundle, and what it is. */
export interface BundleSource {
  kind: BundleKind
  name: string
  /** With its ending, in any letters; it is made fit for a USB drive. */
  fileName: string
  from: { path: string; sizeBytes: number } | { text: string }
  /** What the file must be; null when nobody has hashed it yet. */
  sha256: string | null
  of: string | null
}

export interface BundleWriterOptions {
  /** Where the bundle's folder is made. */
  into: string
  name: string
  sources: readonly BundleSource[]
  /** Whose keys sign it; none leaves it unsigned. */
  keys: readonly KeyObject[]
  now: () => number
  onProgress: (doneBytes: number) => void
  signal: AbortSignal
  /** Bytes that may be written to a folder. */
  freeBytes?: (folder: string) => Promise<number>
  /** Bytes of the largest file; FAT32 holds 4 GiB less one. */
  mostFileBytes?: number
}

const chunkBytes = 4 * 1024 * 1024

/** Words that belong to no model, in a file named after their kind. */
export function aloneAs(kind: 'presets' | 'catalogue' | 'notice', name: string, text: string): BundleSource {
  const title = startInSigns(name.trim(), 200).trim()
  return {
    ...{ kind, name: title || kind, fileName: `${kind}.${kind === 'notice' ? 'txt' : 'json'}` },
    ...{ from: { text }, sha256: null, of: null },
  }
}

export function sizeOfSource({ from }: BundleSource): number {
  return 'path' in from ? from.sizeBytes : Buffer.byteLength(from.text)
}

/**
 * Writes it whole, or leaves nothing behind. @returns the folder
 * @throws AppError disk_full {neededBytes, freeBytes}, file_unreadable, model_changed {name}, cancelled
 */
export async function writeBundle({
  into,
  name,
  sources,
  keys,
  now,
  onProgress,
  signal,
  freeBytes = freeBytesOf,
  mostFileBytes = 4_000_000_000,
}: BundleWriterOptions): Promise<string> {
  const neededBytes = sources.reduce((sum, source) => sum + sizeOfSource(source), 0)
  const free = await freeBytes(into)
  if (free < neededBytes) throw new AppError('disk_full', 'No room for the bundle', { neededBytes, freeBytes: free })
  const folder = await makeFolder(into, localDay(now()))
  try {
    const items: BundleItem[] = []
    let doneBytes = 0
    for (const source of sources) {
      const writer = new PartWriter(folder, nameFor(source, items), mostFileBytes)
      const sha256 = await copy(source, writer, signal, (bytes) => onProgress((doneBytes += bytes)))
      if (source.sha256 !== null && sha256 !== source.sha256)
        throw new AppError('model_changed', 'Not the file that was checked', { name: source.name })
      items.push({
        kind: source.kind,
        name: source.name,
        sha256,
        sizeBytes: sizeOfSource(source),
        parts: writer.names,
        of: source.of,
      })
    }
    const manifest: BundleManifest = {
      format: 'alambic-bundle',
      version: 1,
      name,
      createdAt: new Date(now()).toISOString(),
      items,
    }
    if (keys.length > 0) writeFileAtomic(join(folder, `${manifestName}.sig`), JSON.stringify(signValue('bundle', manifest, keys)))
    writeFileAtomic(join(folder, manifestName), JSON.stringify(manifest, null, 2))
    flushFolder(into)
    return folder
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error instanceof AppError ? error : unwritable(error)
  }
}

async function makeFolder(into: string, day: string): Promise<string> {
  for (let turn = 1; ; turn++) {
    const folder = join(into, turn === 1 ? `alambic-bundle-${day}` : `alambic-bundle-${day}-${turn}`)
    if (existsSync(folder)) continue
    await mkdir(folder).catch(unwritable)
    return folder
  }
}

async function copy(
  { from }: BundleSource,
  writer: PartWriter,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256')
  const take = async (bytes: Buffer): Promise<void> => {
    hash.update(bytes)
    await writer.write(bytes)
    onBytes(bytes.length)
  }
  try {
    if ('text' in from) await take(Buffer.from(from.text))
    else {
      const file = await open(from.path, 'r').catch(unreadable)
      try {
        const chunk = Buffer.allocUnsafe(chunkBytes)
        for (let at = 0; ;) {
          if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
          const { bytesRead } = await file.read(chunk, 0, chunkBytes, at)
          if (bytesRead === 0) break
          await take(chunk.subarray(0, bytesRead))
          at += bytesRead
        }
      } finally {
        await file.close()
      }
    }
  } finally {
    await writer.close()
  }
  return hash.digest('hex')
}

/** Writes one item into as many files as it takes. */
class PartWriter {
  readonly #folder: string
  readonly #name: string
  readonly #mostFileBytes: number
  #file: FileHandle | null = null
  #count = 0
  #written = 0
  #unflushed = 0

  constructor(folder: string, name: string, mostFileBytes: number) {
    this.#folder = folder
    this.#name = name
    this.#mostFileBytes = mostFileBytes
  }

  /** One that fits into one file has its plain name. */
  get names(): string[] {
    return Array.from({ length: this.#count }, (_, index) => this.#nameOf(index))
  }

  async write(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length || this.#count === 0;) {
      if (!this.#file || this.#written === this.#mostFileBytes) await this.#next()
      const piece = bytes.subarray(done, done + this.#mostFileBytes - this.#written)
      await this.#file?.writeFile(piece)
      done += piece.length
      this.#written += piece.length
      this.#unflushed += piece.length
      if (this.#unflushed < flushedBytes) continue
      await this.#file?.datasync()
      this.#unflushed = 0
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = null
    try {
      await file?.sync()
    } finally {
      await file?.close()
    }
  }

  async #next(): Promise<void> {
    await this.close()
    this.#file = await open(join(this.#folder, this.#nameOf(this.#count)), 'wx')
    this.#count++
    this.#written = 0
  }

  #nameOf(index: number): string {
    return index === 0 ? this.#name : `${this.#name}.${String(index + 1).padStart(3, '0')}`
  }
}

/** A name of its own that every stick can hold. A card's begins with its model's, so that it is found beside it as well. */
function nameFor({ kind, fileName, of }: BundleSource, before: readonly BundleItem[]): string {
  const model = kind.startsWith('card') ? before.find(({ sha256 }) => sha256 === of)?.parts[0] : undefined
  if (model !== undefined) return `${model}.model-card.json${kind === 'card_signature' ? '.sig' : ''}`
  const [, stem = '', ending = ''] = /^(.*?)(\.[a-z0-9]+)?$/.exec(plain(basename(fileName))) ?? []
  const taken = new Set(before.flatMap(({ parts }) => parts))
  for (let turn = 1; ; turn++) {
    const name = `${stem.slice(0, 80) || 'file'}${turn === 1 ? '' : `-${turn}`}${ending}`
    if (!taken.has(name)) return name
  }
}

/** Small letters without marks, digits, dots and hyphens; never the name of a device of Windows. */
function plain(name: string): string {
  const text = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/[_-]{2,}/g, '-')
    .replace(/[._-]*\.[._-]*/g, '.')
    .replace(/^[._-]+|[._-]+$/g, '')
  return /^(con|prn|aux|nul|com\d|lpt\d|manifest)(\.|$)/.test(text) ? `file-${text}` : text
}
