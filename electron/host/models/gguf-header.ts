/**
 * Reads the header of a GGUF file that nobody vouches for, before llama.cpp sees it: bounded in time and memory, trusting no
 * count and no length in it. It says what the model is and what it will need; it never reads the weights.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../../contract/errors.ts'
import { purposeOf } from './architecture-purpose.ts'
import { BoundedFileReader, PastEnd, PastLimit } from './bounded-file-reader.ts'
import { fileTypeNames, tensorTypes } from './tensor-types.ts'

/** What a header says of a model that can hold a conversation. */
export interface GgufHeader {
  version: number
  architecture: string
  name: string | null
  licence: string | null
  /** As file names write it: Q4_K_M, Q8_0, F16 … */
  quantisation: string
  /** Elements of all tensors. */
  parameters: number
  trainedContextTokens: number
  /** The model's own prompt template, in Jinja; null when it has none. */
  chatTemplate: string | null
  layers: number
  embeddingLength: number
  /** Attention heads by layer; 0 where a layer has none. */
  headCounts: number[]
  /** Heads whose keys and values are kept, by layer. */
  keyValueHeadCounts: number[]
  /** Numbers in one head's key, and in its value. */
  keyLength: number
  valueLength: number
  /** Numbers that a recurrent layer keeps, whatever the length of the context; 0 for attention alone. */
  recurrentStateLength: number
  feedForwardLength: number
  vocabularySize: number
  /** Bytes of the weights, and of the whole file. */
  tensorBytes: number
  sizeBytes: number
}

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
/** llama.cpp's LLAMA_MAX_LAYERS. */
const mostLayers = 512
const defaultAlignment = 32

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

/** Keys worth keeping; those of the architecture are named without it. Everything else is checked and skipped. */
const keptKeys = new Set([
  ...['architecture', 'type', 'name', 'license', 'file_type', 'alignment'].map((key) => `general.${key}`),
  ...['split.count', 'tokenizer.chat_template', 'tokenizer.ggml.model', 'tokenizer.ggml.tokens'],
])
const keptArchitectureKeys = new Set([
  ...['context_length', 'block_count', 'embedding_length', 'feed_forward_length', 'vocab_size', 'pooling_type'],
  ...['head_count', 'head_count_kv', 'key_length', 'value_length'].map((key) => `attention.${key}`),
  ...['inner_size', 'state_size', 'conv_kernel'].map((key) => `ssm.${key}`),
])

/** A kept value: an array of strings is only its length. */
type Value = number | string | boolean | number[] | { length: number }

/**
 * Reads and checks the header.
 * @throws AppError file_unreadable; model_not_gguf; model_truncated {expectedBytes, sizeBytes} (when the header itself is cut,
 * expectedBytes is only the least that it must be); model_malformed {reason: MalformedReason, subject?};
 * model_unknown_architecture {architecture}; model_not_chat {kind: adapter, embedder, projector, vocabulary, part, other}
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  let file: FileHandle | null = null
  let sizeBytes = 0
  try {
    file = await open(path, 'r')
    const found = await file.stat()
    // A pipe or a device would never end.
    if (!found.isFile()) throw new AppError('model_not_gguf', 'Not a regular file')
    sizeBytes = found.size
    return await parse(new BoundedFileReader(file, sizeBytes, mostHeaderBytes), sizeBytes)
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof PastEnd) throw truncated(error.neededBytes, sizeBytes)
    if (error instanceof PastLimit) throw malformed('header_too_big')
    throw new AppError('file_unreadable', 'The file cannot be read', undefined, { cause: error })
  } finally {
    await file?.close()
  }
}

async function parse(reader: BoundedFileReader, sizeBytes: number): Promise<GgufHeader> {
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
  const values = await readValues(reader, keyCount)
  refuseOtherKinds(values, tensorCount)
  const tensors = await readTensors(reader, tensorCount, alignmentOf(values))
  if (tensors.endBytes > sizeBytes) throw truncated(tensors.endBytes, sizeBytes)
  return { version, sizeBytes, ...describe(values, tensors) }
}

async function readValues(reader: BoundedFileReader, count: number): Promise<Map<string, Value>> {
  const seen = new Set<string>()
  const kept = new Map<string, Value>()
  let keptBytes = 0
  for (let i = 0; i < count; i++) {
    const key = await readString(reader, mostKeyBytes, 'key')
    if (key === '') throw malformed('key')
    if (seen.has(key)) throw malformed('duplicate_key', key)
    seen.add(key)
    const wanted = keptKeys.has(key) || keptArchitectureKeys.has(key.slice(key.indexOf('.') + 1))
    const before = reader.position
    const value = await readValue(reader, key, wanted)
    if (value === undefined) continue
    kept.set(key, value)
    if (typeof value !== 'object' || Array.isArray(value)) keptBytes += reader.position - before
    if (keptBytes > mostKeptBytes) throw malformed('header_too_big')
  }
  return kept
}

async function readValue(reader: BoundedFileReader, key: string, wanted: boolean): Promise<Value | undefined> {
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

async function readArray(reader: BoundedFileReader, key: string, wanted: boolean): Promise<Value | undefined> {
  await reader.ensure(12)
  const type = reader.u32()
  const length = reader.u64()
  if (type === arrayType) throw malformed('nested_array', key)
  if (length > mostArrayLength) throw malformed('array_length', key)
  if (type === stringType) {
    for (let i = 0; i < length; i++) {
      // The check without waiting keeps a vocabulary of 262,144 at milliseconds.
      if (!reader.has(8)) await reader.ensure(8)
      const bytes = reader.u64()
      if (bytes > mostStringBytes) throw malformed('string_length', key)
      reader.skip(bytes)
    }
    return wanted ? { length } : undefined
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

interface Tensors {
  parameters: number
  tensorBytes: number
  /** Where the last tensor's data ends in the file. */
  endBytes: number
  embeddingRows: number
  /** The type that most bytes have. */
  mainType: string
}

async function readTensors(reader: BoundedFileReader, count: number, alignment: number): Promise<Tensors> {
  const names = new Set<string>()
  const bytesByType = new Map<string, number>()
  let parameters = 0
  let tensorBytes = 0
  let nextOffset = 0
  let endOffset = 0
  let embeddingRows = 0
  for (let i = 0; i < count; i++) {
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
    endOffset = nextOffset + bytes
    nextOffset = roundUp(endOffset, alignment)
    if (!Number.isSafeInteger(nextOffset)) throw malformed('tensor_shape', name)
    parameters += elements
    tensorBytes += bytes
    bytesByType.set(type.name, (bytesByType.get(type.name) ?? 0) + bytes)
    if (name === 'token_embd.weight') embeddingRows = shape[1] ?? 0
  }
  const [mainType] = [...bytesByType].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0])
  return { parameters, tensorBytes, endBytes: roundUp(reader.position, alignment) + endOffset, embeddingRows, mainType }
}

function alignmentOf(values: Map<string, Value>): number {
  const alignment = values.get('general.alignment') ?? defaultAlignment
  if (typeof alignment !== 'number' || alignment < 1 || !Number.isInteger(Math.log2(alignment))) throw malformed('alignment')
  return alignment
}

/** What is valid GGUF but nothing to talk to. Said before the tensors are looked at: an adapter's are of no interest. */
function refuseOtherKinds(values: Map<string, Value>, tensorCount: number): void {
  const refuse = (kind: string): never => {
    throw new AppError('model_not_chat', `Not a model to talk to: ${kind}`, { kind })
  }
  const type = values.get('general.type')
  if (type === 'adapter') refuse('adapter')
  if (type === 'mmproj') refuse('projector')
  if (type === 'imatrix') refuse('other')
  const architecture = text(values, 'general.architecture')
  if (architecture === null) throw malformed('missing_key', 'general.architecture')
  const purpose = purposeOf(architecture)
  if (purpose === null)
    throw new AppError('model_unknown_architecture', 'llama.cpp does not know it', { architecture: architecture.slice(0, 64) })
  if (purpose !== 'chat') refuse(purpose)
  // Chat models made into embedders or rerankers say how their vectors are pooled.
  const pooling = values.get(`${architecture}.pooling_type`)
  if (typeof pooling === 'number' && pooling > 0) refuse('embedder')
  if (Number(values.get('split.count') ?? 0) > 1) refuse('part')
  if (tensorCount === 0) refuse('vocabulary')
}

function describe(values: Map<string, Value>, tensors: Tensors): Omit<GgufHeader, 'version' | 'sizeBytes'> {
  const architecture = text(values, 'general.architecture') ?? ''
  const number = (key: string, most: number): number | null => {
    const value = values.get(`${architecture}.${key}`)
    if (value === undefined || typeof value === 'object') return null
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) throw malformed('bad_value', key)
    return value
  }
  const needed = (key: string, most: number): number => {
    const value = number(key, most)
    if (value === null) throw malformed('missing_key', key)
    if (value === 0) throw malformed('bad_value', key)
    return value
  }
  const layers = needed('block_count', mostLayers)
  const embeddingLength = needed('embedding_length', 2 ** 20)
  const perLayer = (key: string): number[] | null => {
    const value = values.get(`${architecture}.${key}`)
    if (!Array.isArray(value)) {
      const same = number(key, 65_536)
      return same === null ? null : Array<number>(layers).fill(same)
    }
    if (value.length < layers || value.some((count) => !Number.isInteger(count) || count < 0 || count > 65_536))
      throw malformed('bad_value', key)
    return value.slice(0, layers).map(Number)
  }
  const headCounts = perLayer('attention.head_count') ?? Array<number>(layers).fill(0)
  const heads = Math.max(...headCounts)
  const ownLength = heads === 0 ? 0 : Math.ceil(embeddingLength / heads)
  const fileType = values.get('general.file_type')
  const recurrent = number('ssm.inner_size', 2 ** 24) ?? 0
  return {
    architecture,
    name: text(values, 'general.name'),
    licence: text(values, 'general.license'),
    quantisation: (typeof fileType === 'number' ? fileTypeNames.get(fileType) : undefined) ?? tensors.mainType,
    parameters: tensors.parameters,
    trainedContextTokens: needed('context_length', 2 ** 31 - 1),
    chatTemplate: text(values, 'tokenizer.chat_template'),
    layers,
    embeddingLength,
    headCounts,
    keyValueHeadCounts: perLayer('attention.head_count_kv') ?? headCounts,
    keyLength: number('attention.key_length', 65_536) ?? ownLength,
    valueLength: number('attention.value_length', 65_536) ?? ownLength,
    recurrentStateLength: recurrent * ((number('ssm.state_size', 65_536) ?? 0) + (number('ssm.conv_kernel', 65_536) ?? 0)),
    feedForwardLength: Math.max(0, ...(perLayerLengths(values.get(`${architecture}.feed_forward_length`)) ?? [])),
    vocabularySize: vocabularySize(values) ?? number('vocab_size', 2 ** 24) ?? tensors.embeddingRows,
    tensorBytes: tensors.tensorBytes,
  }
}

function perLayerLengths(value: Value | undefined): number[] | null {
  const lengths = Array.isArray(value) ? value : typeof value === 'number' ? [value] : null
  if (lengths?.some((length) => !(length >= 0 && length <= 2 ** 24))) throw malformed('bad_value', 'feed_forward_length')
  return lengths
}

function vocabularySize(values: Map<string, Value>): number | null {
  const tokens = values.get('tokenizer.ggml.tokens')
  return typeof tokens === 'object' ? tokens.length : null
}

function text(values: Map<string, Value>, key: string): string | null {
  const value = values.get(key)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function roundUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment
}

function malformed(reason: MalformedReason, subject?: string): AppError {
  return new AppError('model_malformed', `Malformed GGUF: ${reason} ${subject ?? ''}`, {
    reason,
    ...(subject === undefined ? {} : { subject }),
  })
}

function truncated(expectedBytes: number, sizeBytes: number): AppError {
  return new AppError('model_truncated', 'The file ends too early', { expectedBytes, sizeBytes })
}

/** Prompt tokens that the engine evaluates at once. */
const batchTokens = 256

/**
 * Memory that a model takes with a context of so many tokens, in bytes.
 * Weights: the tensors once; the copy that llama.cpp repacks for the processor replaces pages of the mapped file, which the
 * system can drop. Cache: keys and values of every layer in half precision (llama_kv_cache), sliding windows counted in full,
 * plus the state of recurrent layers in single precision. Compute: the widest steps of a batch in single precision – logits
 * of the vocabulary, scores of one layer's attention over the whole context, its mask, and the feed-forward part.
 */
export function estimateMemory(
  header: GgufHeader,
  contextTokens: number,
): { weightsBytes: number; cacheBytes: number; computeBytes: number; totalBytes: number } {
  const { keyValueHeadCounts, keyLength, valueLength, recurrentStateLength, layers, headCounts } = header
  const keptHeads = keyValueHeadCounts.reduce((sum, heads) => sum + heads, 0)
  const cacheBytes = contextTokens * keptHeads * (keyLength + valueLength) * 2 + layers * recurrentStateLength * 4
  const wide = header.vocabularySize + 2 * contextTokens + 2 * header.feedForwardLength + 6 * header.embeddingLength
  const computeBytes = batchTokens * (wide + Math.max(0, ...headCounts) * contextTokens) * 4
  const weightsBytes = header.tensorBytes
  return { weightsBytes, cacheBytes, computeBytes, totalBytes: weightsBytes + cacheBytes + computeBytes }
}
