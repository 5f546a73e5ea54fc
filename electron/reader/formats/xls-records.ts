/** The stream of an Excel file of before 2007 ([MS-XLS] 2.1.4): records one behind the other, and texts that go on in the next one. */
import { byteText, joined, viewOf, wideText } from '../bytes.ts'
import type { Decode } from '../rtf-encodings.ts'

/** Types of records that are read. */
export const xlsTypes = {
  ...{ formula: 0x0006, end: 0x000a, note: 0x001c, days: 0x0022, encryption: 0x002f, font: 0x0031, continued: 0x003c },
  ...{ codePage: 0x0042, object: 0x005d, columns: 0x007d, sheet: 0x0085, manyRk: 0x00bd, richLabel: 0x00d6, style: 0x00e0 },
  ...{ merged: 0x00e5, drawing: 0x00ec, strings: 0x00fc, sharedLabel: 0x00fd, textBox: 0x01b6, recalculated: 0x01c1 },
  ...{ number: 0x0203, label: 0x0204, truth: 0x0205, string: 0x0207, row: 0x0208, rk: 0x027e, format: 0x041e, begin: 0x0809 },
  ...{ chartSeries: 0x1003, seriesText: 0x100d, chartText: 0x1025, blockBegin: 0x1033, blockEnd: 0x1034 },
  ...{ dataLink: 0x1051, dataKind: 0x1065 },
} as const

/** Records of one file that are looked at: as many as cells. They take some five seconds. */
const mostRecords = 5_000_000
/** Records that one text may go on in: the longest have some thousands. */
const mostParts = 100_000

/** A record, with those that it goes on in. */
export interface XlsRecord {
  type: number
  body: Uint8Array
  /** Its own bytes, and those of the records that go on with it. */
  parts: readonly Uint8Array[]
}

export class XlsStream {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #left = mostRecords
  /** Whether a record claimed more than there is, or there were more records than are looked at. */
  isCut = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
  }

  /** The type of the record that begins there, null where none does. */
  typeAt(at: number): number | null {
    return at + 4 <= this.#bytes.length ? this.#view.getUint16(at, true) : null
  }

  *records(from: number): Generator<XlsRecord> {
    for (let at = from; at + 4 <= this.#bytes.length;) {
      if (this.#left-- <= 0) break
      const type = this.#view.getUint16(at, true)
      const body = this.#bodyAt(at)
      if (!body) break
      at += 4 + body.length
      const parts = [body]
      while (this.typeAt(at) === xlsTypes.continued && type !== xlsTypes.continued) {
        const part = this.#left-- > 0 ? this.#bodyAt(at) : null
        if (!part) break
        at += 4 + part.length
        if (parts.length < mostParts) parts.push(part)
      }
      yield { type, body, parts }
    }
    if (this.#left < 0) this.isCut = true
  }

  #bodyAt(at: number): Uint8Array | null {
    const length = this.#view.getUint16(at + 2, true)
    if (at + 4 + length <= this.#bytes.length) return this.#bytes.subarray(at + 4, at + 4 + length)
    this.isCut = true
    return null
  }
}

/** A text and where its letters change: from each place on they are in that font. */
export interface XlsText {
  text: string
  runs: { at: number; font: number }[]
}

/** Reads what stands in a record one thing after the other. @throws RangeError where the record ends too early */
export class XlsBytes {
  readonly #parts: readonly Uint8Array[]
  #part = 0
  #at: number

  constructor(parts: readonly Uint8Array[], at = 0) {
    this.#parts = parts
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#here === null
  }

  byte(): number {
    const here = this.#here
    if (!here) throw new RangeError('A record that ends too early')
    return here[this.#at++] ?? 0
  }

  short(): number {
    return this.byte() | (this.byte() << 8)
  }

  long(): number {
    return (this.short() | (this.short() << 16)) >>> 0
  }

  skip(count: number): void {
    for (let left = count; left > 0;) {
      const here = this.#here
      if (!here) throw new RangeError('A record that ends too early')
      const step = Math.min(left, here.length - this.#at)
      this.#at += step
      left -= step
    }
  }

  /** A text of Excel 97 and later, with fonts of its parts where it has any. @param count of letters */
  text(count: number): XlsText {
    const flags = this.byte()
    const runCount = flags & 8 ? this.short() : 0
    const extraBytes = flags & 4 ? this.long() : 0
    const text = this.letters(count, (flags & 1) === 1)
    const runs: XlsText['runs'] = []
    for (let each = 0; each < runCount; each++) runs.push({ at: this.short(), font: this.short() })
    this.skip(extraBytes)
    return { text, runs }
  }

  /** Where letters go on in the next record, it says anew whether they take one byte or two. */
  letters(count: number, isWide: boolean): string {
    let text = ''
    let wide = isWide
    for (let left = count; left > 0;) {
      const here = this.#parts[this.#part]
      if (here && this.#at >= here.length) {
        this.#part++
        this.#at = 0
        wide = (this.byte() & 1) === 1
        continue
      }
      if (!here) throw new RangeError('A text that ends too early')
      const size = wide ? 2 : 1
      const bytes = here.subarray(this.#at, this.#at + left * size)
      // Half a letter at the end of a record is none.
      const step = Math.max(1, Math.floor(bytes.length / size))
      text += wide ? wideText(bytes) : byteText(bytes)
      this.#at += step * size
      left -= step
    }
    return text
  }

  /** A text of before Excel 97. @param count of bytes */
  oldText(count: number, decode: Decode): string {
    const pieces: Uint8Array[] = []
    for (let left = count; left > 0;) {
      const here = this.#here
      if (!here) throw new RangeError('A text that ends too early')
      const piece = here.subarray(this.#at, this.#at + left)
      pieces.push(piece)
      this.#at += piece.length
      left -= piece.length
    }
    return decode(joined(pieces))
  }

  /** The bytes of the part that is open, or of the next one that has any. */
  get #here(): Uint8Array | null {
    for (; this.#part < this.#parts.length; this.#part++, this.#at = 0) {
      const here = this.#parts[this.#part]
      if (here && this.#at < here.length) return here
    }
    return null
  }
}
