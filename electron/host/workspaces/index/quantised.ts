/** Vectors as they are kept: eight bits a dimension, and one bit a dimension for finding the few that are worth comparing. */

/** The vector's direction in eight bits a dimension, scaled so that the largest is 127. */
export function quantise(vector: Float32Array): Int8Array {
  let largest = 0
  for (const value of vector) largest = Math.max(largest, Math.abs(value))
  const scale = largest === 0 ? 0 : 127 / largest
  return Int8Array.from(vector, (value) => Math.round(value * scale))
}

/** Of a vector of length 1 and a quantised one; within about 0.003 of the exact. */
export function cosine(query: Float32Array, kept: Int8Array): number {
  let product = 0
  let squares = 0
  for (let index = 0; index < kept.length; index++) {
    const value = kept[index] ?? 0
    product += value * (query[index] ?? 0)
    squares += value * value
  }
  return squares === 0 ? 0 : product / Math.sqrt(squares)
}

/** A signed 32-bit word for every 32 dimensions. */
export function signWords(dimensions: number): number {
  return Math.ceil(dimensions / 32)
}

/** One bit a dimension: whether the vector lies above the centre there. */
export function signsOf(vector: ArrayLike<number>, scale: number, centre: Float32Array): Int32Array {
  const signs = new Int32Array(signWords(centre.length))
  for (const [index, middle] of centre.entries()) {
    if ((vector[index] ?? 0) * scale > middle) signs[index >> 5] = (signs[index >> 5] ?? 0) | (1 << (index & 31))
  }
  return signs
}

/** What turns a quantised vector into one of length 1. */
export function unitScale(kept: Int8Array): number {
  let squares = 0
  for (const value of kept) squares += value * value
  return squares === 0 ? 0 : 1 / Math.sqrt(squares)
}

/** The mean of quantised vectors, each taken at length 1. */
export function meanOf(vectors: readonly Int8Array[], dimensions: number): Float32Array {
  const mean = new Float32Array(dimensions)
  for (const vector of vectors) {
    const scale = unitScale(vector) / vectors.length
    for (let index = 0; index < dimensions; index++) mean[index] = (mean[index] ?? 0) + (vector[index] ?? 0) * scale
  }
  return mean
}

/** A copy of its own: what SQLite hands out lies at any address. */
export function bytesOf(blob: Uint8Array): ArrayBuffer {
  return Uint8Array.from(blob).buffer
}
