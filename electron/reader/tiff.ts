/**
 * TIFF files: where their pages begin, how large each is, and each as a file that tesseract's core decodes. It knows LZW, PackBits and what
 * fax machines send (groups 3 and 4); Deflate and JPEG are unpacked or put together here.
 */
import { AppError } from '../../contract/errors.ts'
import { viewOf } from './bytes.ts'
import { refuseUnpacked, unpackedBytes } from './limits.ts'
import { jpegOfStrips } from './tiff-jpeg.ts'

/** Numbers of tags that are read here. */
const tags = {
  kind: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  orientation: 274,
  offsets: 273,
  samples: 277,
  rows: 278,
  lengths: 279,
  planes: 284,
  predictor: 317,
  colours: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileLengths: 325,
  extra: 338,
  jpegTables: 347,
} as const
/** Tags that an unpacked page keeps as they are. */
const keptTags = [tags.width, tags.height, tags.bits, tags.photometric, tags.orientation, tags.samples, tags.colours, tags.extra]
const [deflate, oldDeflate, jpeg] = [8, 32946, 7]
/** Bytes of a value of each type of a tag. */
const typeBytes: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 7: 1 }
/** Pages that are counted, and values of one tag that are read. */
const mostPages = 100_000
const mostValues = 1_000_000
/** Packed bytes that are unpacked at a time; they can become a thousand times as many. */
const stepBytes = 1024
/** What may be unpacked for nothing, of pieces that have more in them than they should. */
const spareBytes = 64 * 1024 * 1024

/** `II*` and a zero, or `MM`, a zero and `*`: the lower byte first, or the higher. */
export function isTiff(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes
  return (a === 0x49 && b === 0x49 && c === 0x2a && d === 0) || (a === 0x4d && b === 0x4d && c === 0 && d === 0x2a)
}

/** Pages in their order, without the small pictures of pages that some programs add. @throws AppError document_broken when there is none */
export function tiffPages(bytes: Uint8Array): TiffPage[] {
  const view = viewOf(bytes)
  const isLittle = view.getUint8(0) === 0x49
  const pages: TiffPage[] = []
  const seen = new Set<number>()
  for (let at = view.getUint32(4, isLittle); at !== 0 && !seen.has(at) && at + 2 <= bytes.length && pages.length < mostPages;) {
    seen.add(at)
    pages.push(new TiffPage(bytes, at))
    const next = at + 2 + view.getUint16(at, isLittle) * 12
    at = next + 4 <= bytes.length ? view.getUint32(next, isLittle) : 0
  }
  if (pages.length === 0) throw new AppError('document_broken', 'A TIFF file without pages')
  const whole = pages.filter((page) => !page.isSmall)
  return whole.length > 0 ? whole : pages
}

/** One page: its directory is read when it is asked for something. */
export class TiffPage {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #start: number
  readonly #isLittle: boolean

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
    this.#start = start
    this.#isLittle = this.#view.getUint8(0) === 0x49
  }

  /** A page again in small, for a list of pages. */
  get isSmall(): boolean {
    return ((this.#values(tags.kind)[0] ?? 0) & 1) === 1
  }

  get size(): [width: number, height: number] {
    return [this.#first(tags.width), this.#first(tags.height)]
  }

  /**
   * As a file of its own, a TIFF or a JPEG.
   * @throws AppError document_broken, document_too_big
   */
  async file(): Promise<Uint8Array> {
    const compression = this.#first(tags.compression, 1)
    if (compression === deflate || compression === oldDeflate) return this.#unpacked()
    return compression === jpeg ? this.#jpegFile() : this.#alone()
  }

  /** The whole file, its head pointing to this page: the first is the one that is read. */
  #alone(): Uint8Array {
    const copy = Uint8Array.from(this.#bytes)
    viewOf(copy).setUint32(4, this.#start, this.#isLittle)
    return copy
  }

  #jpegFile(): Uint8Array {
    const { at, count } = this.#entry(tags.jpegTables) ?? { at: 0, count: 0 }
    const isTiled = this.#entry(tags.tileWidth) !== null
    const page = { height: this.#first(tags.height), isRed: this.#first(tags.photometric) === 2 }
    const file = isTiled ? null : jpegOfStrips(this.#part(at, count), this.#pieces(), page)
    if (!file) throw new AppError('document_broken', 'A JPEG page in tiles, or in strips that are not alike')
    return file
  }

  async #unpacked(): Promise<Uint8Array> {
    const [width, height] = this.size
    const samples = this.#first(tags.samples, 1)
    const bits = this.#values(tags.bits)[0] ?? 1
    const isTiled = this.#entry(tags.tileWidth) !== null
    const predictor = this.#first(tags.predictor, 1)
    const isOdd = predictor > 2 || (predictor === 2 && bits !== 8) || (samples > 1 && this.#first(tags.planes, 1) !== 1)
    if (isOdd || width * height * samples * bits === 0) throw new AppError('document_broken', 'Packed in a way that is not read')
    const rowBytes = Math.ceil((width * samples * bits) / 8)
    if (rowBytes * height > unpackedBytes) refuseUnpacked()
    const pieceWidth = isTiled ? this.#first(tags.tileWidth) : width
    const pieceHeight = Math.min(isTiled ? this.#first(tags.tileHeight) : this.#first(tags.rows, height), height)
    const pieceRow = Math.ceil((pieceWidth * samples * bits) / 8)
    if (pieceRow * pieceHeight === 0 || pieceRow * pieceHeight > unpackedBytes) refuseUnpacked()
    const across = Math.ceil(width / pieceWidth)
    const pixels = new Uint8Array(rowBytes * height)
    const unpacker = new Unpacker(pixels.length * 2 + spareBytes)
    for (const [index, packed] of this.#pieces().entries()) {
      const [left, top] = [(index % across) * pieceRow, Math.floor(index / across) * pieceHeight]
      if (top >= height) break
      const piece = await unpacker.unpack(packed, pieceRow * pieceHeight)
      for (let row = 0; row < pieceHeight && top + row < height; row++) {
        const line = piece.subarray(row * pieceRow, (row + 1) * pieceRow)
        if (predictor === 2) for (let at = samples; at < line.length; at++) line[at] = (line[at] ?? 0) + (line[at - samples] ?? 0)
        pixels.set(line.subarray(0, Math.max(0, rowBytes - left)), (top + row) * rowBytes + left)
      }
    }
    return this.#written(pixels, height)
  }

  /** A TIFF of this page alone, with these pixels in one piece. */
  #written(pixels: Uint8Array, height: number): Uint8Array {
    const kept = keptTags.flatMap((tag) =>
      this.#entry(tag) ? [{ tag, type: tag === tags.width || tag === tags.height ? 4 : 3, values: this.#values(tag) }] : [],
    )
    const own = [
      { tag: tags.compression, type: 3, values: [1] },
      { tag: tags.offsets, type: 4, values: [8] },
      { tag: tags.rows, type: 4, values: [height] },
      { tag: tags.lengths, type: 4, values: [pixels.length] },
    ]
    const entries = [...kept, ...own].sort((one, other) => one.tag - other.tag)
    const beside = 8 + pixels.length + (pixels.length & 1)
    const longer = entries.reduce(
      (sum, { type, values }) => sum + (values.length * (typeBytes[type] ?? 4) > 4 ? values.length * 4 : 0),
      0,
    )
    const directory = beside + longer + (longer & 1)
    const file = new Uint8Array(directory + 2 + entries.length * 12 + 4)
    const view = viewOf(file)
    const isLittle = this.#isLittle
    file.set(this.#bytes.subarray(0, 4))
    view.setUint32(4, directory, isLittle)
    file.set(pixels, 8)
    view.setUint16(directory, entries.length, isLittle)
    let free = beside
    for (const [index, { tag, type, values }] of entries.entries()) {
      const at = directory + 2 + index * 12
      view.setUint16(at, tag, isLittle)
      view.setUint16(at + 2, type, isLittle)
      view.setUint32(at + 4, values.length, isLittle)
      const size = typeBytes[type] ?? 4
      const isLong = values.length * size > 4
      if (isLong) view.setUint32(at + 8, free, isLittle)
      for (const [number, value] of values.entries()) {
        const to = (isLong ? free : at + 8) + number * size
        if (size === 2) view.setUint16(to, value, isLittle)
        else view.setUint32(to, value, isLittle)
      }
      if (isLong) free += values.length * 4
    }
    return file
  }

  /** Strips or tiles, as they lie in the file. */
  #pieces(): Uint8Array[] {
    const isTiled = this.#entry(tags.tileWidth) !== null
    const lengths = this.#values(isTiled ? tags.tileLengths : tags.lengths)
    return this.#values(isTiled ? tags.tileOffsets : tags.offsets).map((at, index) => this.#part(at, lengths[index] ?? 0))
  }

  #part(at: number, length: number): Uint8Array {
    if (at + length > this.#bytes.length) throw new AppError('document_broken', 'A part of a picture lies outside of its file')
    return this.#bytes.subarray(at, at + length)
  }

  #first(tag: number, otherwise = 0): number {
    return this.#values(tag)[0] ?? otherwise
  }

  #values(tag: number): number[] {
    const entry = this.#entry(tag)
    const size = typeBytes[entry?.type ?? 0]
    if (!entry || size === undefined) return []
    if (entry.count > mostValues) refuseUnpacked()
    return Array.from({ length: entry.count }, (_, index) => {
      const at = entry.at + index * size
      if (size === 1) return this.#view.getUint8(at)
      return size === 2 ? this.#view.getUint16(at, this.#isLittle) : this.#view.getUint32(at, this.#isLittle)
    })
  }

  #entry(tag: number): { type: number; count: number; at: number } | null {
    const view = this.#view
    const count = view.getUint16(this.#start, this.#isLittle)
    for (let index = 0; index < count; index++) {
      const at = this.#start + 2 + index * 12
      if (at + 12 > view.byteLength) return null
      if (view.getUint16(at, this.#isLittle) !== tag) continue
      const [type, values] = [view.getUint16(at + 2, this.#isLittle), view.getUint32(at + 4, this.#isLittle)]
      const isHere = values * (typeBytes[type] ?? 4) <= 4
      return { type, count: values, at: isHere ? at + 8 : view.getUint32(at + 8, this.#isLittle) }
    }
    return null
  }
}

/** Unpacks the pieces of one page, no further than they are asked for. */
class Unpacker {
  #left: number

  /** @param most bytes that all pieces together may become */
  constructor(most: number) {
    this.#left = most
  }

  /** So many bytes, zeros where there are fewer. */
  async unpack(packed: Uint8Array, size: number): Promise<Uint8Array> {
    const { Unzlib } = await import('fflate/browser')
    const whole = new Uint8Array(size)
    let length = 0
    const unpacking = new Unzlib((part) => {
      this.#left -= part.length
      whole.set(part.subarray(0, Math.max(0, size - length)), Math.min(length, size))
      length += part.length
    })
    for (let from = 0; from < packed.length && length < size; from += stepBytes) {
      try {
        unpacking.push(packed.subarray(from, from + stepBytes), from + stepBytes >= packed.length)
      } catch {
        throw new AppError('document_broken', 'A piece of a picture that cannot be unpacked')
      }
      if (this.#left < 0) refuseUnpacked()
    }
    return whole
  }
}
