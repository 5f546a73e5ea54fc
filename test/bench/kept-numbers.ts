/** Numbers that took long to reckon, by what they were reckoned from, in a file that grows and can be thrown away. */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'

const keyBytes = 32

export class KeptNumbers {
  readonly #path: string
  readonly #known = new Map<string, Float32Array>()

  /** @param length of every row */
  constructor(path: string, length: number) {
    this.#path = path
    mkdirSync(dirname(path), { recursive: true })
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    const rowBytes = keyBytes + length * Float32Array.BYTES_PER_ELEMENT
    const rows = Math.floor(bytes.length / rowBytes)
    // A row that a kill left half written.
    if (rows * rowBytes < bytes.length) truncateSync(path, rows * rowBytes)
    for (let row = 0; row < rows; row++) {
      const from = row * rowBytes + keyBytes
      const numbers = new Float32Array(Uint8Array.from(bytes.subarray(from, (row + 1) * rowBytes)).buffer)
      this.#known.set(bytes.toString('hex', row * rowBytes, from), numbers)
    }
  }

  get(...from: readonly string[]): Float32Array | undefined {
    return this.#known.get(keyOf(from).toString('hex'))
  }

  add(numbers: Float32Array, ...from: readonly string[]): void {
    const key = keyOf(from)
    this.#known.set(key.toString('hex'), numbers)
    appendFileSync(this.#path, Buffer.concat([key, Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)]))
  }

  clear(): void {
    this.#known.clear()
    rmSync(this.#path, { force: true })
  }
}

function keyOf(from: readonly string[]): Buffer {
  return createHash('sha256').update(from.join('\0')).digest()
}
