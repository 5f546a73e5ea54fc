/** Text of PowerPoint files of before 2007 ([MS-PPT] 2.9): its letters, fields and raised parts, in paragraphs. */
import { byteText, viewOf, wideText } from '../bytes.ts'
import type { OfficeRecord } from '../office-records.ts'
import { loweredText, raisedText } from '../raised-text.ts'
import type { SlidePiece } from '../slide-pieces.ts'
import { isSymbolFont, symbolSign } from '../symbol-fonts.ts'
import { pptTypes } from './ppt-types.ts'

/** A text as the file has it. */
export interface PptText {
  /** What it is on the slide: a title, a list, notes. */
  use: number
  text: string
  style: Uint8Array | null
  /** Signs that stand for a field: the slide's number, or what repeats on every slide. */
  fields: { at: number; isNumber: boolean }[]
}

const uses = { title: 0, body: 1, notes: 2, centredTitle: 6, halfBody: 7, quarterBody: 8 } as const
const repeatingFields = new Set<number>([
  ...[pptTypes.date, pptTypes.plainDate, pptTypes.header, pptTypes.footer, pptTypes.ownDate],
])

/** The texts among these records; each begins with a head that says its use. */
export function textsAmong(records: Iterable<OfficeRecord>): PptText[] {
  const texts: PptText[] = []
  for (const { type, body } of records) {
    if (type === pptTypes.textHead)
      texts.push({ use: body.length >= 4 ? viewOf(body).getUint32(0, true) : 4, text: '', style: null, fields: [] })
    const last = texts.at(-1)
    if (!last) continue
    if (type === pptTypes.wideText) last.text = wideText(body)
    else if (type === pptTypes.byteText) last.text = byteText(body)
    else if (type === pptTypes.textStyle) last.style = body
    else if ((type === pptTypes.slideNumber || repeatingFields.has(type)) && body.length >= 4)
      last.fields.push({ at: viewOf(body).getUint32(0, true), isNumber: type === pptTypes.slideNumber })
  }
  return texts
}

/** Its paragraphs as they are shown. @param fonts names by their number */
export function paragraphsOf(text: PptText, slide: number, fonts: readonly string[]): string[] {
  const fields = new Map(text.fields.map(({ at, isNumber }) => [at, isNumber ? String(slide) : '']))
  let shown = ''
  let from = 0
  for (const run of [...runsOf(text), { end: text.text.length, height: 0, font: -1 }]) {
    const end = Math.min(run.end, text.text.length)
    if (end <= from) continue
    const piece = withFields(text.text.slice(from, end), from, fields)
    const before = shown.slice(-1)
    const signs = withSigns(piece, fonts[run.font] ?? '')
    shown += run.height > 0 ? raisedText(signs, before) : run.height < 0 ? loweredText(signs, before) : signs
    from = end
  }
  return shown.split('\r')
}

/** As what a paragraph of this text is told, in the same way as of newer files. */
export function kindOf({ use }: PptText): Extract<SlidePiece, { is: 'text' }>['kind'] {
  if (use === uses.title || use === uses.centredTitle) return 'heading'
  return use === uses.body || use === uses.notes || use === uses.halfBody || use === uses.quarterBody ? 'list_item' : 'paragraph'
}

function withFields(piece: string, from: number, fields: ReadonlyMap<number, string>): string {
  if (fields.size === 0) return piece
  return [...piece.split('')].map((letter, at) => fields.get(from + at) ?? letter).join('')
}

function withSigns(piece: string, font: string): string {
  if (!isSymbolFont(font) && !/[\uf000-\uf0ff]/.test(piece)) return piece
  return [...piece].map((sign) => (/[\r\v]/.test(sign) ? sign : symbolSign(font, sign.codePointAt(0) ?? 0))).join('')
}

interface Run {
  end: number
  /** In percent of the letters' size, below zero for lowered ones. */
  height: number
  font: number
}

/** How letters look, part by part; what is not whole is left. */
function runsOf({ text, style }: PptText): Run[] {
  const runs: Run[] = []
  if (!style) return runs
  const reader = new StyleReader(style)
  try {
    for (let covered = 0; covered <= text.length;) covered += reader.paragraphs()
    for (let end = 0; end <= text.length;) {
      const run = reader.letters(end)
      end = run.end
      runs.push(run)
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return runs
}

/** What of a look is there is said by the bits in front of it ([MS-PPT] 2.9.20 and 2.9.13). */
class StyleReader {
  readonly #view: DataView
  #at = 0

  constructor(style: Uint8Array) {
    this.#view = viewOf(style)
  }

  /** Passes over the look of some paragraphs. @returns how many letters they have */
  paragraphs(): number {
    const count = this.#long()
    this.#at += 2
    const mask = this.#long()
    const shorts = (bits: number): number => (mask & bits ? 2 : 0)
    this.#at += shorts(0xf) + shorts(0x80) + shorts(0x10) + shorts(0x40) + (mask & 0x20 ? 4 : 0)
    for (const bit of [0x800, 0x1000, 0x2000, 0x4000, 0x100, 0x400, 0x8000]) this.#at += shorts(bit)
    if (mask & 0x100000) this.#at += this.#short() * 4
    this.#at += shorts(0x10000) + shorts(0xe0000) + shorts(0x200000)
    return count
  }

  letters(from: number): Run {
    const end = from + this.#long()
    const mask = this.#long()
    if (mask & 0x3eb7) this.#at += 2
    const font = mask & 0x10000 ? this.#short() : -1
    this.#at += (mask & 0x200000 ? 2 : 0) + (mask & 0x400000 ? 2 : 0)
    const signs = mask & 0x800000 ? this.#short() : -1
    this.#at += (mask & 0x20000 ? 2 : 0) + (mask & 0x40000 ? 4 : 0)
    const height = mask & 0x80000 ? (this.#short() << 16) >> 16 : 0
    return { end, height, font: signs >= 0 ? signs : font }
  }

  #short(): number {
    this.#at += 2
    return this.#view.getUint16(this.#at - 2, true)
  }

  #long(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }
}
