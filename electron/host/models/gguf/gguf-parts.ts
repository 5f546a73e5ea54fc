/**
 * Reads keys and tensor infos of a GGUF file that nobody vouches for, before llama.cpp sees it: bounded in time and memory,
 * trusting no count and no length in it. What the file is for, others say; the weights are never read here.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../../../contract/errors.ts'
import { oneLine } from '../../../../contract/one-line.ts'
import { BoundedFileReader, PastEnd, PastLimit } from './bounded-file-reader.ts'
import { tensorTypes, type TensorType } from './tensor-types.ts'

/** Why a GGUF file is refused as malformed. */
export type MalformedReason =
  | 'big_endian'
  | 'version'
  | 'too_many_keys'
  | 'too_many_tensors'
  | 'header_too_big'
  | 'key'
  | 'duplicate_key'
  | 'value_type'
  | 'nested_array'
  | 'array_length'
  | 'string_length'
  | 'alignment'
  | 'tensor_name'
  | 'duplicate_tensor'
  | 'tensor_shape'
  | 'tensor_type'
  | 'tensor_offset'
  | 'missing_key'
  | 'bad_value'
  | 'tensor_pair'
  | 'not_finite'
  | 'split'

/** An array of strings: how long it is, its first few, and where it stands in the file; a vocabulary is worth no more. */
interface Strings {
  length: number
  first: string[]
  offset: number
  bytes: number
}
/** A kept value. */
export type GgufValue = number | string | boolean | number[] | Strings

/** A stretch of the file. */
export interface Span {
  offset: number
  bytes: number
}

/** Where a tensor's numbers are in the file, and how they are stored. */
export interface GgufTensor {
  name: string
  shape: number[]
  type: TensorType
  elements: number
  bytes: number
  /** From the beginning of the file. */
  offset: number
  /** What the header says of it; its last eight bytes are its place among the numbers. */
  info: Span
}

/** What a GGUF file says of itself. */
export interface GgufParts {
  version: number
  values: Map<string, GgufValue>
  /** Every key with its value, as they stand in the file. */
  keys: Map<string, Span>
  tensors: GgufTensor[]
  /** Tensors begin at multiples of it. */
  alignment: number
  sizeBytes: number
}

/** Far above any real model (a vocabulary of 262,144 with its merges takes 12 MB), far below what would hurt. */
const mostHeaderBytes = 256 * 1024 * 1024
const mostKeys = 10_000
const mostTensors = 20_000
const mostKeyBytes = 1024
/** llama.cpp's GGML_MAX_NAME, with the terminating zero. */
const mostTensorNameBytes = 63
const mostDimensions = 4
const mostStringBytes = 64 * 1024 * 1024
const mostArrayLength = 64 * 1024 * 1024
const mostKeptStringBytes = 1024 * 1024
const mostKeptBytes = 4 * 1024 * 1024
/** llama.cpp's LLAMA_MAX_LAYERS: the most numbers that an array worth keeping has. */
export const mostLayers = 512
/** Of an array of strings so many are kept, as far as none is longer than this. */
const mostKeptStrings = 64
const mostKeptItemBytes = 1024
const defaultAlignment = 32
/** That of the largest page of any system that runs llama.cpp; files have 32. */
const mostAlignment = 65_536

const valueBytes: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
])
const stringType = 8
const arrayType = 9

/**
 * Reads and checks the file's header, key by key and tensor by tensor.
 * @param isWanted keys whose values are kept; everything else is checked and skipped
 * @param refuse told the values before the tensors are read; throws for a file whose tensors are of no interest
 * @throws AppError file_unreadable; model_not_gguf; model_truncated {expectedBytes, sizeBytes} (when the header itself is cut,
 * expectedBytes is only the least that it must be); model_malformed {reason: MalformedReason, subject?}
 */
export async function readGgufParts(
  path: string,
  isWanted: (key: string) => boolean,
  refuse: (values: Map<string, GgufValue>, tensorCount: number) => void,
): Promise<GgufParts> {
  let file: FileHandle | null = null
  let sizeBytes = 0
  try {
    file = await open(path, 'r')
    const found = await file.stat()
    // A pipe or a device would never end.
    if (!found.isFile()) throw new AppError('model_not_gguf', 'Not a regular file')
    sizeBytes = found.size
    return await parse(new BoundedFileReader(file, sizeBytes, mostHeaderBytes), sizeBytes, isWanted, refuse)
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof PastEnd) throw truncated(error.neededBytes, sizeBytes)
    if (error instanceof PastLimit) throw malformed('header_too_big')
    throw new AppError('file_unreadable', 'The file cannot be read', undefined, { cause: error })
  } finally {
    await file?.close()
  }
}

async function parse(
  reader: BoundedFileReader,
  sizeBytes: number,
  isWanted: (key: string) => boolean,
  refuse: (values: Map<string, GgufValue>, tensorCount: number) => void,
): Promise<GgufParts> {
  if (sizeBytes < 4) throw new AppError('model_not_gguf', 'Too short for a magic number')
  const magic = (await reader.bytes(4)).toString('latin1')
  if (magic !== 'GGUF') throw new AppError('model_not_gguf', 'No GGUF magic number')
  await reader.ensure(20)
  const version = reader.u32()
  if (version !== 0 && (version & 0xffff) === 0) throw malformed('big_endian')
  if (version !== 2 && version !== 3) throw malformed('version', String(version))
  const tensorCount = reader.u64()
  const keyCount = reader.u64()
  if (tensorCount > mostTensors) throw malformed('too_many_tensors')
  if (keyCount > mostKeys) throw malformed('too_many_keys')
  const { values, keys } = await readValues(reader, keyCount, isWanted)
  refuse(values, tensorCount)
  const alignment = alignmentOf(values)
  const tensors = await readTensors(reader, tensorCount, alignment)
  const last = tensors.at(-1)
  const endBytes = last ? last.offset + last.bytes : reader.position
  if (endBytes > sizeBytes) throw truncated(endBytes, sizeBytes)
  return { version, values, keys, tensors, alignment, sizeBytes }
}

async function readValues(
  reader: BoundedFileReader,
  count: number,
  isWanted: (key: string) => boolean,
): Promise<{ values: Map<string, GgufValue>; keys: Map<string, Span> }> {
  const keys = new Map<string, Span>()
  const kept = new Map<string, GgufValue>()
  let keptBytes = 0
  for (let i = 0; i < count; i++) {
    const offset = reader.position
    const key = await readString(reader, mostKeyBytes, 'key')
    if (key === '') throw malformed('key')
    if (keys.has(key)) throw malformed('duplicate_key', key)
    const wanted = isWanted(key)
    const before = reader.position
    const value = await readValue(reader, key, wanted)
    keys.set(key, { offset, bytes: reader.position - offset })
    if (value === undefined) continue
    kept.set(key, value)
    const isStrings = typeof value === 'object' && !Array.isArray(value)
    keptBytes += isStrings ? value.first.reduce((sum, text) => sum + text.length, 0) : reader.position - before
    if (keptBytes > mostKeptBytes) throw malformed('header_too_big')
  }
  return { values: kept, keys }
}

async function readValue(reader: BoundedFileReader, key: string, wanted: boolean): Promise<GgufValue | undefined> {
  await reader.ensure(4)
  const type = reader.u32()
  if (type === arrayType) return readArray(reader, key, wanted)
  if (type === stringType) {
    if (wanted) return readString(reader, mostKeptStringBytes, 'string_length', key)
    reader.skip(await readLength(reader, mostStringBytes, 'string_length', key))
    return undefined
  }
  const bytes = valueBytes.get(type)
  if (bytes === undefined) throw malformed('value_type', key)
  if (wanted) return decode(await reader.bytes(bytes), type)
  reader.skip(bytes)
  return undefined
}

async function readArray(reader: BoundedFileReader, key: string, wanted: boolean): Promise<GgufValue | undefined> {
  await reader.ensure(12)
  const type = reader.u32()
  const length = reader.u64()
  if (type === arrayType) throw malformed('nested_array', key)
  if (length > mostArrayLength) throw malformed('array_length', key)
  const offset = reader.position
  if (type === stringType) {
    const first: string[] = []
    for (let i = 0; i < length; i++) {
      // The check without waiting keeps a vocabulary of 262,144 at milliseconds.
      if (!reader.has(8)) await reader.ensure(8)
      const bytes = reader.u64()
      if (bytes > mostStringBytes) throw malformed('string_length', key)
      if (wanted && i < mostKeptStrings && bytes <= mostKeptItemBytes) first.push((await reader.bytes(bytes)).toString('utf8'))
      else reader.skip(bytes)
    }
    return wanted ? { length, first, offset, bytes: reader.position - offset } : undefined
  }
  const bytes = valueBytes.get(type)
  if (bytes === undefined) throw malformed('value_type', key)
  if (!wanted || length > mostLayers) {
    reader.skip(length * bytes)
    return undefined
  }
  const numbers: number[] = []
  for (let i = 0; i < length; i++) numbers.push(Number(decode(await reader.bytes(bytes), type)))
  return numbers
}

function decode(bytes: Buffer, type: number): number | boolean {
  if (type === 7) return bytes[0] !== 0
  if (type === 6) return bytes.readFloatLE()
  if (type === 12) return bytes.readDoubleLE()
  if (type === 10) return Number(bytes.readBigUInt64LE())
  if (type === 11) return Number(bytes.readBigInt64LE())
  return type % 2 === 0 ? bytes.readUIntLE(0, bytes.length) : bytes.readIntLE(0, bytes.length)
}

async function readLength(reader: BoundedFileReader, most: number, reason: MalformedReason, subject?: string): Promise<number> {
  await reader.ensure(8)
  const length = reader.u64()
  if (length > most) throw malformed(reason, subject)
  return length
}

async function readString(reader: BoundedFileReader, most: number, reason: MalformedReason, subject?: string): Promise<string> {
  return (await reader.bytes(await readLength(reader, most, reason, subject))).toString('utf8')
}

async function readTensors(reader: BoundedFileReader, count: number, alignment: number): Promise<GgufTensor[]> {
  const names = new Set<string>()
  const tensors: GgufTensor[] = []
  let nextOffset = 0
  for (let i = 0; i < count; i++) {
    const start = reader.position
    const name = await readString(reader, mostTensorNameBytes, 'tensor_name')
    if (names.has(name)) throw malformed('duplicate_tensor', name)
    names.add(name)
    await reader.ensure(4)
    const dimensions = reader.u32()
    if (dimensions > mostDimensions) throw malformed('tensor_shape', name)
    await reader.ensure(dimensions * 8 + 12)
    const shape = Array.from({ length: dimensions }, () => reader.u64())
    const elements = shape.reduce((product, size) => product * size, 1)
    if (!Number.isSafeInteger(elements) || elements === 0) throw malformed('tensor_shape', name)
    const type = tensorTypes.get(reader.u32())
    if (!type) throw malformed('tensor_type', name)
    if ((shape[0] ?? 1) % type.blockElements !== 0) throw malformed('tensor_shape', name)
    const bytes = (elements / type.blockElements) * type.blockBytes
    // llama.cpp wants tensors one behind the other: no gap, no overlap, none behind the end.
    if (reader.u64() !== nextOffset) throw malformed('tensor_offset', name)
    const info = { offset: start, bytes: reader.position - start }
    tensors.push({ name, shape, type, elements, bytes, offset: nextOffset, info })
    nextOffset = roundUp(nextOffset + bytes, alignment)
    if (!Number.isSafeInteger(nextOffset)) throw malformed('tensor_shape', name)
  }
  const dataStart = roundUp(reader.position, alignment)
  for (const tensor of tensors) tensor.offset += dataStart
  return tensors
}

function alignmentOf(values: Map<string, GgufValue>): number {
  const alignment = values.get('general.alignment') ?? defaultAlignment
  const isRight = typeof alignment === 'number' && alignment >= 1 && alignment <= mostAlignment
  if (!isRight || !Number.isInteger(Math.log2(alignment))) throw malformed('alignment')
  return alignment
}

/** The least multiple of the alignment that is not less. */
export function roundUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment
}

/** @param subject the key or tensor it is about */
export function malformed(reason: MalformedReason, subject?: string): AppError {
  return new AppError('model_malformed', `Malformed GGUF: ${reason} ${subject ?? ''}`, {
    reason,
    ...(subject === undefined ? {} : { subject: oneLine(subject) }),
  })
}

function truncated(expectedBytes: number, sizeBytes: number): AppError {
  return new AppError('model_truncated', 'The file ends too early', { expectedBytes, sizeBytes })
}
