/**
 * What a LoRA adapter's GGUF file says of it, and whether it belongs on a model. llama.cpp gives one message for every bad
 * adapter, and loads some that are: one without its strength, one with numbers that are none, one for another base of the
 * same shape. So all of it is looked at here, first.
 */
import { open } from 'node:fs/promises'
import { AppError } from '../../../../contract/errors.ts'
import { fitName } from '../../base/foreign-name.ts'
import { malformed, readGgufParts, type GgufTensor, type GgufValue } from './gguf-parts.ts'

/** A pair of small matrices that change one matrix of the base. */
interface AdapterPair {
  /** The base's tensor. */
  target: string
  a: GgufTensor
  b: GgufTensor
}

/** What an adapter says of itself. */
export interface AdapterHeader {
  architecture: string
  name: string | null
  licence: string | null
  /** The model it was trained on, in the words of its card; null when it does not say. */
  baseName: string | null
  /** Numbers in the inner dimension of the pairs: the greatest, where they differ. */
  rank: number
  /** Its strength is alpha ÷ rank. */
  alpha: number
  /** Elements of all tensors. */
  parameters: number
  quantisation: string
  tensorBytes: number
  sizeBytes: number
  pairs: AdapterPair[]
}

/** Why an adapter does not go on a model: its family, a matrix that the model lacks, or one of another shape. */
export type Misfit = 'architecture' | 'tensor_missing' | 'tensor_shape'

/** What a base must tell to be compared: its family, and the shapes of its matrices by name. */
export interface BaseShape {
  architecture: string
  shapes: ReadonlyMap<string, readonly number[]>
}

const wantedKeys = new Set([
  ...['architecture', 'type', 'name', 'license', 'alignment', 'base_model.0.name'].map((key) => `general.${key}`),
  ...['adapter.type', 'adapter.lora.alpha'],
])
const halves = /^(.+)\.lora_([ab])$/
/** How much of an adapter is looked at at once. */
const chunkBytes = 1024 * 1024

/**
 * Reads and checks an adapter's header; null when the file is no adapter.
 * @throws AppError what {@link readGgufParts} throws; model_not_chat {kind: other} for an adapter that is no LoRA;
 * model_malformed {reason: missing_key, bad_value, tensor_pair}
 */
export async function readAdapterHeader(path: string): Promise<AdapterHeader | null> {
  const notAnAdapter = new AppError('model_not_chat', 'Not an adapter')
  const refuseOthers = (values: Map<string, GgufValue>): void => {
    if (values.get('general.type') !== 'adapter') throw notAnAdapter
  }
  try {
    const { values, tensors, sizeBytes } = await readGgufParts(path, (key) => wantedKeys.has(key), refuseOthers)
    const text = (key: string): string | null => {
      const value = values.get(key)
      return typeof value === 'string' && value.trim() !== '' ? value : null
    }
    const name = (key: string): string | null => fitName(text(key))
    if (values.get('adapter.type') !== 'lora')
      throw new AppError('model_not_chat', 'An adapter, but not a LoRA', { kind: 'other' })
    const architecture = text('general.architecture')
    if (architecture === null) throw malformed('missing_key', 'general.architecture')
    const alpha = values.get('adapter.lora.alpha')
    if (alpha === undefined) throw malformed('missing_key', 'adapter.lora.alpha')
    if (typeof alpha !== 'number' || !(alpha > 0) || !Number.isFinite(alpha)) throw malformed('bad_value', 'adapter.lora.alpha')
    const pairs = pairUp(tensors)
    return {
      architecture,
      name: name('general.name'),
      licence: name('general.license'),
      baseName: name('general.base_model.0.name'),
      rank: Math.max(...pairs.map(({ a, b }) => innerOf(a, b))),
      alpha,
      parameters: tensors.reduce((sum, { elements }) => sum + elements, 0),
      quantisation: pairs[0]?.a.type.name ?? '',
      tensorBytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
      sizeBytes,
      pairs,
    }
  } catch (error) {
    if (error === notAnAdapter) return null
    throw error
  }
}

function pairUp(tensors: readonly GgufTensor[]): AdapterPair[] {
  const found = new Map<string, { a?: GgufTensor; b?: GgufTensor }>()
  for (const tensor of tensors) {
    const [, target, half] = halves.exec(tensor.name) ?? []
    if (!target) {
      // Some trainers keep whole norms beside the pairs; llama.cpp leaves them out with a warning, and the student is another one.
      throw malformed('tensor_pair', tensor.name)
    }
    found.set(target, { ...found.get(target), [half === 'a' ? 'a' : 'b']: tensor })
  }
  if (found.size === 0) throw malformed('tensor_pair')
  return [...found].map(([target, { a, b }]) => {
    if (!a || !b) throw malformed('tensor_pair', target)
    if (innerOf(a, b) === 0) throw malformed('tensor_shape', target)
    return { target, a, b }
  })
}

/** The rank of a pair: what both halves share; 0 when they share nothing. Those of the embedding stand the other way round. */
function innerOf(a: GgufTensor, b: GgufTensor): number {
  const inner = isEmbedding(a.name) ? [a.shape[0], b.shape[0]] : [a.shape[1], b.shape[0]]
  return inner[0] === inner[1] ? (inner[0] ?? 0) : 0
}

function isEmbedding(name: string): boolean {
  return name.startsWith('token_embd.')
}

/** Why an adapter does not fit on a base; null when it does (the rules of src/llama-adapter.cpp). */
export function misfitOf({ architecture, pairs }: AdapterHeader, base: BaseShape): { reason: Misfit; subject: string } | null {
  if (architecture !== base.architecture) return { reason: 'architecture', subject: architecture }
  for (const { target, a, b } of pairs) {
    const shape = base.shapes.get(target)
    if (!shape) return { reason: 'tensor_missing', subject: target }
    const [input, output] = isEmbedding(target) ? [b.shape[1], a.shape[1]] : [a.shape[0], b.shape[1]]
    const isSame = shape[0] === input && shape[1] === output && (shape[2] ?? 1) === (a.shape[2] ?? 1)
    if (!isSame || (a.shape[2] ?? 1) !== (b.shape[2] ?? 1)) return { reason: 'tensor_shape', subject: target }
  }
  return null
}

/** The shapes of a model's matrices. @throws AppError what {@link readGgufParts} throws */
export async function readBaseShape(path: string): Promise<BaseShape> {
  const { values, tensors } = await readGgufParts(
    path,
    (key) => key === 'general.architecture',
    () => undefined,
  )
  const architecture = values.get('general.architecture')
  return {
    architecture: typeof architecture === 'string' ? architecture : '',
    shapes: new Map(tensors.map(({ name, shape }) => [name, shape])),
  }
}

/**
 * Looks at every number of an adapter: one that is not finite makes the student answer with nothing at all. Halves and whole
 * floats are looked at; adapters in block formats are rare, and their numbers cannot be infinite but by their scales.
 * @throws AppError model_malformed {reason: not_finite}, file_unreadable, cancelled
 */
export async function refuseNonFinite(path: string, { pairs }: AdapterHeader, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'r')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  try {
    for (const tensor of pairs.flatMap(({ a, b }) => [a, b])) {
      const isBroken = brokenNumber[tensor.type.name]
      if (!isBroken) continue
      for (let done = 0; done < tensor.bytes; done += chunkBytes) {
        if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
        const { bytesRead } = await file.read(chunk, 0, Math.min(chunkBytes, tensor.bytes - done), tensor.offset + done)
        if (isBroken(chunk.subarray(0, bytesRead))) throw malformed('not_finite', tensor.name)
      }
    }
  } finally {
    await file.close()
  }
}

/** Whether any number of a chunk has all bits of its exponent set, which is infinity or no number (IEEE 754), by format. */
const brokenNumber: Record<string, (chunk: Buffer) => boolean> = {
  F32: (chunk) => some(chunk, 4, 3, 0x7f, 2, 0x80),
  F16: (chunk) => some(chunk, 2, 1, 0x7c, null, 0),
  BF16: (chunk) => some(chunk, 2, 1, 0x7f, 0, 0x80),
}

function some(chunk: Buffer, step: number, high: number, highMask: number, low: number | null, lowMask: number): boolean {
  for (let at = 0; at + step <= chunk.length; at += step) {
    if (((chunk[at + high] ?? 0) & highMask) !== highMask) continue
    if (low === null || ((chunk[at + low] ?? 0) & lowMask) === lowMask) return true
  }
  return false
}

/**
 * Whether two names mean the same model: letters and digits alone count, and a file's name may go on with its quantisation
 * (`SmolLM2-135M-Instruct.Q4_1` is `SmolLM2 135M Instruct`).
 */
export function isNameOf(wanted: string, name: string): boolean {
  const plain = (text: string): string =>
    text
      .slice(text.lastIndexOf('/') + 1)
      .toLowerCase()
      .replace(/\.gguf$/, '')
      .replace(/[^\p{L}\p{N}]/gu, '')
  const rest = plain(name).startsWith(plain(wanted)) ? plain(name).slice(plain(wanted).length) : null
  return rest !== null && /^(i?q\d\w*|b?fp?\d+|mxfp\d+\w*)?$/.test(rest)
}
