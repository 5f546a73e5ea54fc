/** A packed file (ZIP): its parts by name, unpacked one at a time and never to more than the limits. What its directory claims of sizes is not believed. */
import type { Inflate } from 'fflate/browser'
import { AppError } from '../../contract/errors.ts'
import { joined } from './bytes.ts'
import { packedParts, partBytes, refuseUnpacked, unpackedBytes } from './limits.ts'

interface Part {
  method: number
  start: number
  packedBytes: number
}

/** Bytes that are unpacked at a time; they can become a thousand times as many. */
const stepBytes = 8192

export class ZipFile {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #Inflate: typeof Inflate
  readonly #parts = new Map<string, Part>()
  /** Names as they are written, by their small letters. */
  readonly #names = new Map<string, string>()
  #unpacked = 0

  /** @throws AppError document_broken, document_protected, document_too_big */
  static async open(bytes: Uint8Array): Promise<ZipFile> {
    const { Inflate } = await import('fflate/browser')
    return new ZipFile(bytes, Inflate)
  }

  private constructor(bytes: Uint8Array, inflate: typeof Inflate) {
    this.#bytes = bytes
    this.#Inflate = inflate
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    try {
      this.#readDirectory()
    } catch (error) {
      throw error instanceof RangeError ? broken() : error
    }
  }

  get names(): string[] {
    return [...this.#parts.keys()]
  }

  has(name: string): boolean {
    return this.#part(name) !== undefined
  }

  /** A part in pieces. @throws AppError document_broken when it is not there, document_too_big */
  *pieces(name: string): Generator<Uint8Array> {
    const part = this.#part(name)
    if (!part) throw broken()
    const { start, packedBytes, method } = part
    if (start + packedBytes > this.#bytes.length) throw broken()
    const packed = this.#bytes.subarray(start, start + packedBytes)
    let length = 0
    for (const piece of method === 0 ? [packed] : inflated(packed, this.#Inflate)) {
      length += piece.length
      this.#unpacked += piece.length
      if (length > partBytes || this.#unpacked > unpackedBytes) refuseUnpacked()
      yield piece
    }
  }

  /** A whole part. @throws AppError document_broken, document_too_big */
  read(name: string): Uint8Array {
    return joined([...this.pieces(name)])
  }

  /** Office files may write a name with capital letters in one place and without in another. */
  #part(name: string): Part | undefined {
    return this.#parts.get(name) ?? this.#parts.get(this.#names.get(name.toLowerCase()) ?? '')
  }

  #readDirectory(): void {
    const end = this.#findEnd()
    let count = this.#view.getUint16(end + 10, true)
    let at = this.#view.getUint32(end + 16, true)
    // Writers of more than 65,535 parts or 4 GB put the true numbers into a second end (ZIP64).
    if (at === 0xffffffff || count === 0xffff) {
      const second = Number(this.#view.getBigUint64(end - 20 + 8, true))
      if (this.#view.getUint32(second, true) !== 0x06064b50) throw broken()
      count = Number(this.#view.getBigUint64(second + 32, true))
      at = Number(this.#view.getBigUint64(second + 48, true))
    }
    if (count > packedParts) refuseUnpacked()
    for (let number = 0; number < count; number++) at = this.#readEntry(at)
  }

  #readEntry(at: number): number {
    const view = this.#view
    if (view.getUint32(at, true) !== 0x02014b50) throw broken()
    const flags = view.getUint16(at + 8, true)
    const method = view.getUint16(at + 10, true)
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ]
    let packedBytes = view.getUint32(at + 20, true)
    let offset = view.getUint32(at + 42, true)
    // Old writers on Windows part folders with backslashes.
    const name = new TextDecoder().decode(this.#bytes.subarray(at + 46, at + 46 + nameBytes)).replace(/[\\/]+/g, '/')
    const extraAt = at + 46 + nameBytes
    if (packedBytes === 0xffffffff || offset === 0xffffffff) {
      const wide = this.#wideNumbers(extraAt, extraBytes, view.getUint32(at + 24, true) === 0xffffffff)
      if (packedBytes === 0xffffffff) packedBytes = wide.shift() ?? 0
      if (offset === 0xffffffff) offset = wide.shift() ?? 0
    }
    if ((flags & 1) !== 0) throw new AppError('document_protected', 'A part of the packed file is encrypted')
    if (view.getUint32(offset, true) !== 0x04034b50) throw broken()
    const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
    if ((method === 0 || method === 8) && !name.endsWith('/')) {
      this.#parts.set(name, { method, start, packedBytes })
      this.#names.set(name.toLowerCase(), name)
    }
    return extraAt + extraBytes + commentBytes
  }

  /** The numbers of a ZIP64 field after the unpacked size, which is not used. */
  #wideNumbers(at: number, length: number, hasSize: boolean): number[] {
    for (let field = at; field + 4 <= at + length; field += 4 + this.#view.getUint16(field + 2, true)) {
      if (this.#view.getUint16(field, true) !== 1) continue
      const bytes = this.#view.getUint16(field + 2, true)
      const numbers: number[] = []
      for (let from = hasSize ? 8 : 0; from + 8 <= bytes; from += 8)
        numbers.push(Number(this.#view.getBigUint64(field + 4 + from, true)))
      return numbers
    }
    return []
  }

  #findEnd(): number {
    const first = Math.max(0, this.#bytes.length - 22 - 0xffff)
    for (let at = this.#bytes.length - 22; at >= first; at--) if (this.#view.getUint32(at, true) === 0x06054b50) return at
    throw broken()
  }
}

function* inflated(packed: Uint8Array, inflater: typeof Inflate): Generator<Uint8Array> {
  const pieces: Uint8Array[] = []
  const inflate = new inflater((piece) => pieces.push(piece))
  for (let from = 0; from < packed.length; from += stepBytes) {
    const to = Math.min(from + stepBytes, packed.length)
    try {
      inflate.push(packed.subarray(from, to), to === packed.length)
    } catch {
      throw broken()
    }
    yield* pieces.splice(0)
  }
}

function broken(): AppError {
  return new AppError('document_broken', 'The packed file is damaged')
}
