/**
 * Models that were published in several files, as llama.cpp's gguf-split cuts them. They are checked together and joined into one
 * file when they come in: from then on a model is one file with one hash, like any other.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import { describe, isHeaderKey, readGgufHeader, refuseOtherKinds, type GgufHeader } from '../gguf/gguf-header.ts'
import { malformed, readGgufParts, roundUp, type GgufParts, type GgufTensor, type Span } from '../gguf/gguf-parts.ts'
import { flushedBytes, unreadable, unwritable, type IncomingFile, type ModelFiles } from './model-files.ts'

/** `NAME-00002-of-00005.gguf`. llama.cpp counts no further than 65,535; nobody cuts a model into more than a few dozen. */
const pieceName = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i
const mostPieces = 512
const chunkBytes = 4 * 1024 * 1024
/** Magic number, version, and how many tensors and keys there are. */
const beginningBytes = 4 + 4 + 8 + 8

/** A model in several files that belong together. */
export interface GgufSplit {
  /** Of the file that they make. */
  header: GgufHeader
  pieces: readonly { path: string; parts: GgufParts }[]
}

/** The files that a piece's own name says make the model, in order; null when the name is not that of a piece. */
export function piecesOf(path: string): string[] | null {
  const [, name = '', number = '', count = ''] = pieceName.exec(basename(path)) ?? []
  const isPiece = Number(count) > 1 && Number(count) <= mostPieces && Number(number) >= 1 && Number(number) <= Number(count)
  if (!isPiece) return null
  const suffix = basename(path).slice(-5)
  return Array.from({ length: Number(count) }, (_, index) =>
    join(dirname(path), `${name}-${String(index + 1).padStart(5, '0')}-of-${count}${suffix}`),
  )
}

/** Reads and checks the header of a model, be it in one file or in several. @throws AppError what readGgufHeader and {@link readSplit} throw */
export async function readModel(path: string): Promise<{ header: GgufHeader; split: GgufSplit | null }> {
  const pieces = piecesOf(path)
  if (!pieces) return { header: await readGgufHeader(path), split: null }
  const split = await readSplit(pieces)
  return { header: split.header, split }
}

/** What the file is called that the pieces make; any other name stays. */
export function joinedName(fileName: string): string {
  return fileName.replace(pieceName, '$1.gguf')
}

/** A name for a model that has none, from its file's. */
export function titleOf(fileName: string): string {
  return basename(joinedName(fileName)).replace(/\.gguf$/i, '')
}

/**
 * Reads and checks the headers of all pieces, in order.
 * @throws AppError model_part_missing {name}; model_malformed {reason: split} when they are not all pieces of one model; and what
 * {@link readGgufParts} and readGgufHeader throw
 */
export async function readSplit(paths: readonly string[]): Promise<GgufSplit> {
  const missing = paths.find((path) => !existsSync(path))
  if (missing !== undefined) throw new AppError('model_part_missing', 'A piece is not here', { name: basename(missing) })
  const pieces: { path: string; parts: GgufParts }[] = []
  for (const [index, path] of paths.entries()) {
    const isWanted = (key: string): boolean => key.startsWith('split.') || (index === 0 && isHeaderKey(key))
    const parts = await readGgufParts(path, isWanted, (values) => {
      if (values.get('split.count') !== paths.length || values.get('split.no') !== index) throw malformed('split', basename(path))
      if (index === 0) refuseOtherKinds(values)
    })
    pieces.push({ path, parts })
  }
  const first = pieces[0]?.parts
  const tensors = pieces.flatMap(({ parts }) => parts.tensors)
  if (!first || tensors.length !== first.values.get('split.tensors.count')) throw malformed('split')
  if (new Set(tensors.map(({ name }) => name)).size !== tensors.length) throw malformed('duplicate_tensor')
  const sizeBytes = layoutOf(pieces).totalBytes
  return { header: describe({ version: first.version, values: first.values, tensors, sizeBytes }), pieces }
}

interface Layout {
  alignment: number
  keys: Span[]
  /** With the piece that each is in. */
  tensors: (GgufTensor & { piece: number })[]
  headerBytes: number
  dataStart: number
  totalBytes: number
}

/** Where everything stands in the joined file: the first piece's keys without those of the cutting, all tensors, and their numbers. */
function layoutOf(pieces: GgufSplit['pieces']): Layout {
  const first = pieces[0]?.parts
  const alignment = first?.alignment ?? 1
  const keys = [...(first?.keys ?? [])].filter(([key]) => !key.startsWith('split.')).map(([, span]) => span)
  const tensors = pieces.flatMap(({ parts }, piece) => parts.tensors.map((tensor) => ({ ...tensor, piece })))
  const headerBytes = [...keys, ...tensors.map(({ info }) => info)].reduce((sum, { bytes }) => sum + bytes, beginningBytes)
  const dataStart = roundUp(headerBytes, alignment)
  const totalBytes = tensors.reduce((sum, { bytes }) => sum + roundUp(bytes, alignment), dataStart)
  return { alignment, keys, tensors, headerBytes, dataStart, totalBytes }
}

/**
 * Writes the one file that the pieces make, and flushes it. The same pieces make the same bytes on every machine.
 * @param onProgress told how many bytes are written
 * @returns its SHA-256 in hexadecimal
 * @throws AppError file_unreadable, disk_full, place_unwritable, cancelled
 */
export async function joinSplit(
  { pieces }: GgufSplit,
  target: string,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const layout = layoutOf(pieces)
  const files: FileHandle[] = []
  const joined = await open(target, 'w', 0o600).catch(unwritable)
  const hash = createHash('sha256')
  let doneBytes = 0
  let unflushedBytes = 0
  const write = async (bytes: Buffer): Promise<void> => {
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
    hash.update(bytes)
    await joined.writeFile(bytes).catch(unwritable)
    unflushedBytes += bytes.length
    if (unflushedBytes >= flushedBytes) {
      await joined.datasync().catch(unwritable)
      unflushedBytes = 0
    }
    doneBytes += bytes.length
    onProgress(doneBytes)
  }
  try {
    for (const { path } of pieces) files.push(await open(path, 'r').catch(unreadable))
    await write(await headerOf(layout, files))
    for (const { piece, offset, bytes } of layout.tensors) {
      for (let at = 0; at < bytes; at += chunkBytes)
        await write(await readSpan(files[piece], { offset: offset + at, bytes: Math.min(chunkBytes, bytes - at) }))
      const padding = roundUp(bytes, layout.alignment) - bytes
      if (padding > 0) await write(Buffer.alloc(padding))
    }
    await joined.sync().catch(unwritable)
    return hash.digest('hex')
  } finally {
    await joined.close()
    for (const file of files) await file.close()
  }
}

/** Joins the pieces in the models folder. @throws AppError as {@link joinSplit} does; disk_full {neededBytes, freeBytes} */
export function bringInSplit(
  files: ModelFiles,
  split: GgufSplit,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<IncomingFile> {
  return files.write(split.header.sizeBytes, (path) => joinSplit(split, path, onProgress, signal))
}

async function headerOf(
  { alignment, keys, tensors, headerBytes, dataStart }: Layout,
  files: readonly FileHandle[],
): Promise<Buffer> {
  const beginning = Buffer.alloc(beginningBytes)
  beginning.write('GGUF', 'latin1')
  beginning.writeUInt32LE(3, 4)
  beginning.writeBigUInt64LE(BigInt(tensors.length), 8)
  beginning.writeBigUInt64LE(BigInt(keys.length), 16)
  const written: Buffer[] = [beginning]
  for (const span of keys) written.push(await readSpan(files[0], span))
  let place = 0
  for (const { piece, info, bytes } of tensors) {
    const entry = await readSpan(files[piece], info)
    entry.writeBigUInt64LE(BigInt(place), entry.length - 8)
    written.push(entry)
    place += roundUp(bytes, alignment)
  }
  written.push(Buffer.alloc(dataStart - headerBytes))
  return Buffer.concat(written)
}

async function readSpan(file: FileHandle | undefined, { offset, bytes }: Span): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes)
  const read = await file?.read(buffer, 0, bytes, offset).catch(unreadable)
  if (read?.bytesRead !== bytes) throw new AppError('file_unreadable', 'The file became shorter')
  return buffer
}
