/** Reads a file that is not trusted from front to back in chunks: never past its end, never past a limit, never all of it. */
import type { FileHandle } from 'node:fs/promises'

const chunkBytes = 1024 * 1024

/** Thrown when a value would reach past the end of the file; `neededBytes` is how big the file would have to be, at least. */
export class PastEnd extends Error {
  readonly neededBytes: number
  constructor(neededBytes: number) {
    super('Past the end of the file')
    this.neededBytes = neededBytes
  }
}

/** Thrown when reading would go past the limit. */
export class PastLimit extends Error {}

/** Little-endian values, one after another. `ensure` first what is then taken without waiting. */
export class BoundedFileReader {
  readonly #file: FileHandle
  readonly #sizeBytes: number
  readonly #limitBytes: number
  readonly #chunk = Buffer.allocUnsafe(chunkBytes)
  /** Where the chunk begins in the file, how much of it is filled, and what of it is taken. */
  #start = 0
  #filled = 0
  #taken = 0

  constructor(file: FileHandle, sizeBytes: number, limitBytes: number) {
    this.#file = file
    this.#sizeBytes = sizeBytes
    this.#limitBytes = limitBytes
  }

  /** Bytes from the file's beginning. */
  get position(): number {
    return this.#start + this.#taken
  }

  /** Whether so many bytes can be taken at once. */
  has(bytes: number): boolean {
    return this.#filled - this.#taken >= bytes
  }

  /**
   * Makes the next bytes ready to take.
   * @param bytes at most a chunk of 1 MiB
   */
  async ensure(bytes: number): Promise<void> {
    if (this.has(bytes)) return
    this.#check(bytes)
    this.#start = this.position
    this.#filled = this.#taken = 0
    while (this.#filled < bytes) {
      const { bytesRead } = await this.#file.read(
        this.#chunk,
        this.#filled,
        chunkBytes - this.#filled,
        this.#start + this.#filled,
      )
      // The file shrank while it was read.
      if (bytesRead === 0) throw new PastEnd(this.#start + bytes)
      this.#filled += bytesRead
    }
  }

  /** Goes on without reading; only the bounds are checked. */
  skip(bytes: number): void {
    if (this.has(bytes)) this.#taken += bytes
    else {
      this.#check(bytes)
      this.#start = this.position + bytes
      this.#filled = this.#taken = 0
    }
  }

  u32(): number {
    return this.#chunk.readUInt32LE(this.#advance(4))
  }

  /** An unsigned 64-bit number; Infinity when JavaScript cannot count so far. */
  u64(): number {
    const at = this.#advance(8)
    const high = this.#chunk.readUInt32LE(at + 4)
    return high >= 2 ** 21 ? Infinity : high * 2 ** 32 + this.#chunk.readUInt32LE(at)
  }

  /** A copy of the next bytes, whatever their number; the caller bounds it. */
  async bytes(count: number): Promise<Buffer> {
    this.#check(count)
    const whole = Buffer.allocUnsafe(count)
    for (let done = 0; done < count;) {
      const part = Math.min(count - done, chunkBytes)
      await this.ensure(part)
      this.#chunk.copy(whole, done, this.#taken, this.#taken + part)
      this.#taken += part
      done += part
    }
    return whole
  }

  #advance(bytes: number): number {
    if (!this.has(bytes)) throw new Error('ensure() first')
    this.#taken += bytes
    return this.#taken - bytes
  }

  #check(bytes: number): void {
    const end = this.position + bytes
    if (end > this.#sizeBytes) throw new PastEnd(end)
    if (end > this.#limitBytes) throw new PastLimit('Past the limit')
  }
}
