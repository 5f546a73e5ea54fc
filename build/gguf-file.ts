/** Writes GGUF, the file format of llama.cpp (its `docs/gguf.md`, version 3): what the converters of embedders need of it. */

/** How a value is marked in the file. */
const kinds = { uint8: 0, uint32: 4, int32: 5, float32: 6, bool: 7, text: 8, array: 9 } as const

/** Number types of tensors, by ggml's own numbers. */
export const tensorTypes = { f32: 0, q4_0: 2, q8_0: 8 } as const

/** A value under a key, encoded. */
export type GgufValue = Uint8Array

/** Weights, encoded; `shape` has the fastest dimension first. */
export interface GgufTensor {
  name: string
  shape: readonly number[]
  type: (typeof tensorTypes)[keyof typeof tensorTypes]
  data: Uint8Array
}

const alignment = 32

/** The file from its beginning to its end, in the order in which things are given. */
export function* ggufFile(
  metadata: readonly (readonly [key: string, value: GgufValue])[],
  tensors: readonly GgufTensor[],
): Generator<Uint8Array> {
  const head: Uint8Array[] = [Buffer.from('GGUF'), unsigned(3), long(tensors.length), long(metadata.length)]
  for (const [key, value] of metadata) head.push(rawText(key), value)
  let offset = 0
  for (const { name, shape, type, data } of tensors) {
    head.push(rawText(name), unsigned(shape.length), ...shape.map(long), unsigned(type), long(offset))
    offset += data.byteLength + padding(data.byteLength)
  }
  const whole = Buffer.concat(head)
  yield whole
  yield Buffer.alloc(padding(whole.byteLength))
  for (const { data } of tensors) {
    yield data
    yield Buffer.alloc(padding(data.byteLength))
  }
}

export function text(value: string): GgufValue {
  return Buffer.concat([unsigned(kinds.text), rawText(value)])
}
export function uint32(value: number): GgufValue {
  return Buffer.concat([unsigned(kinds.uint32), unsigned(value)])
}
export function float32(value: number): GgufValue {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([unsigned(kinds.float32), bytes])
}
export function bool(value: boolean): GgufValue {
  return Buffer.concat([unsigned(kinds.bool), Buffer.from([value ? 1 : 0])])
}
export function texts(values: readonly (string | Uint8Array)[]): GgufValue {
  return Buffer.concat([unsigned(kinds.array), unsigned(kinds.text), long(values.length), ...values.map(rawText)])
}
export function int32s(values: readonly number[]): GgufValue {
  return array(kinds.int32, values.length, Buffer.from(Int32Array.from(values).buffer))
}
export function float32s(values: readonly number[]): GgufValue {
  return array(kinds.float32, values.length, Buffer.from(Float32Array.from(values).buffer))
}
export function uint8s(values: Uint8Array): GgufValue {
  return array(kinds.uint8, values.length, values)
}

function array(kind: number, length: number, bytes: Uint8Array): GgufValue {
  return Buffer.concat([unsigned(kinds.array), unsigned(kind), long(length), bytes])
}

function rawText(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([long(bytes.byteLength), bytes])
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function padding(length: number): number {
  return (alignment - (length % alignment)) % alignment
}
