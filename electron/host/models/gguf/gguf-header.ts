/** What a model's GGUF file says of it, and what it is for: read before llama.cpp sees the file. */
import type { ModelPurpose } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { oneLine } from '../../../../contract/one-line.ts'
import { fitName } from '../../base/foreign-name.ts'
import { purposeOf } from './architecture-purpose.ts'
import { malformed, mostLayers, readGgufParts, type GgufParts, type GgufTensor, type GgufValue } from './gguf-parts.ts'
import { fileTypeNames } from './tensor-types.ts'

/** What a header says of a model. */
export interface GgufHeader {
  version: number
  purpose: ModelPurpose
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

/**
 * Reads and checks the header.
 * @throws AppError what {@link readGgufParts} throws; model_unknown_architecture {architecture};
 * model_not_chat {kind: adapter, projector, vocabulary, other}; model_part_missing for one of several files
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  return describe(
    await readGgufParts(path, isHeaderKey, (values, tensorCount) => {
      refuseOtherKinds(values)
      if (Number(values.get('split.count') ?? 0) > 1) throw new AppError('model_part_missing', 'Only a piece of a model')
      if (tensorCount === 0) refuse('vocabulary')
    }),
  )
}

/** Whether a key is one that {@link describe} reads. */
export function isHeaderKey(key: string): boolean {
  return keptKeys.has(key) || keptArchitectureKeys.has(key.slice(key.indexOf('.') + 1))
}

function refuse(kind: string): never {
  throw new AppError('model_not_chat', `Not a model to talk to: ${kind}`, { kind })
}

/** What is valid GGUF but nothing to talk to. Said before the tensors are looked at: an adapter's are of no interest. @throws AppError */
export function refuseOtherKinds(values: Map<string, GgufValue>): void {
  const type = values.get('general.type')
  if (type === 'adapter') refuse('adapter')
  if (type === 'mmproj') refuse('projector')
  if (type === 'imatrix') refuse('other')
  const architecture = text(values, 'general.architecture')
  if (architecture === null) throw malformed('missing_key', 'general.architecture')
  const purpose = purposeOf(architecture)
  if (purpose === null)
    throw new AppError('model_unknown_architecture', 'llama.cpp does not know it', {
      architecture: oneLine(architecture.slice(0, 64)),
    })
  if (purpose !== 'chat' && purpose !== 'embedder') refuse(purpose)
}

/** What the keys and tensors of a whole model say of it. @throws AppError model_malformed */
export function describe({
  version,
  values,
  tensors,
  sizeBytes,
}: Pick<GgufParts, 'version' | 'values' | 'tensors' | 'sizeBytes'>): GgufHeader {
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
  const sum = (key: 'elements' | 'bytes'): number => tensors.reduce((total, tensor) => total + tensor[key], 0)
  return {
    version,
    purpose: purposeOfModel(architecture, number('pooling_type', 16) ?? 0, tensors),
    sizeBytes,
    architecture,
    name: fitName(text(values, 'general.name')),
    licence: fitName(text(values, 'general.license')),
    quantisation: (typeof fileType === 'number' ? fileTypeNames.get(fileType) : undefined) ?? mainTypeOf(tensors),
    parameters: sum('elements'),
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
    vocabularySize: vocabularySize(values) ?? number('vocab_size', 2 ** 24) ?? embeddingRows(tensors),
    tensorBytes: sum('bytes'),
  }
}

/** In llama.cpp's numbers (llama_pooling_type): 0 none, 1 mean, 2 first token, 3 last token, 4 rank. */
const rankPooling = 4
/** llama.cpp's names of the part that turns a text's vector into a score. */
const rankingHeads = new Set(['cls.weight', 'cls.output.weight'])

/** Chat models that were made into embedders say how their vectors are pooled. Older rerankers say nothing, and have the head of one. */
function purposeOfModel(architecture: string, pooling: number, tensors: readonly GgufTensor[]): ModelPurpose {
  const talks = purposeOf(architecture) === 'chat'
  if (pooling === rankPooling || (!talks && tensors.some(({ name }) => rankingHeads.has(name)))) return 'reranker'
  return talks && pooling === 0 ? 'chat' : 'embedder'
}

function perLayerLengths(value: GgufValue | undefined): number[] | null {
  const lengths = Array.isArray(value) ? value : typeof value === 'number' ? [value] : null
  if (lengths?.some((length) => !(length >= 0 && length <= 2 ** 24))) throw malformed('bad_value', 'feed_forward_length')
  return lengths
}

function vocabularySize(values: Map<string, GgufValue>): number | null {
  const tokens = values.get('tokenizer.ggml.tokens')
  return typeof tokens === 'object' ? tokens.length : null
}

/** The type that most bytes have. */
function mainTypeOf(tensors: readonly GgufTensor[]): string {
  const bytesByType = new Map<string, number>()
  for (const { type, bytes } of tensors) bytesByType.set(type.name, (bytesByType.get(type.name) ?? 0) + bytes)
  const [mainType] = [...bytesByType].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0])
  return mainType
}

function embeddingRows(tensors: readonly GgufTensor[]): number {
  return tensors.find(({ name }) => name === 'token_embd.weight')?.shape[1] ?? 0
}

function text(values: Map<string, GgufValue>, key: string): string | null {
  const value = values.get(key)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}
