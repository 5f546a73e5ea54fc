/** Text of PowerPoint files of before 2007 ([MS-PPT] 2.9): its letters, fields and raised parts, in paragraphs. */
import { byteText, viewOf, wideText } from '../bytes.ts'
import type { OfficeRecord } from '../office-records.ts'
import { loweredText, raisedText } from '../raised-text.ts'
import { SlideNumbers, type SlidePiece } from '../slide-pieces.ts'
import { isSymbolFont, symbolSign } from '../symbol-fonts.ts'
import { looksOf, type PptNumbering } from './ppt-style.ts'
import { pptTypes } from './ppt-types.ts'

/** A text as the file has it. */
export interface PptText {
  /** What it is on the slide: a title, a list, notes. */
  use: number
  text: string
  style: Uint8Array | null
  /** Signs that stand for a field: the slide's number, or what repeats on every slide. */
  fields: { at: number; isNumber: boolean }[]
  numberings: readonly PptNumbering[]
}

const uses = { title: 0, body: 1, notes: 2, centredTitle: 6, halfBody: 7, quarterBody: 8 } as const
const repeatingFields = new Set<number>([
  ...[pptTypes.date, pptTypes.plainDate, pptTypes.header, pptTypes.footer, pptTypes.ownDate],
])

/** Texts of one box or slide. */
const mostTexts = 10_000

/** The texts among these records; each begins with a head that says its use. */
export function textsAmong(records: Iterable<OfficeRecord>): PptText[] {
  const texts: PptText[] = []
  for (const { type, body } of records) {
    if (type === pptTypes.textHead) {
      if (texts.length >= mostTexts) break
      texts.push({
        use: body.length >= 4 ? viewOf(body).getUint32(0, true) : 4,
        text: '',
        style: null,
        fields: [],
        numberings: [],
      })
    }
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
export function* paragraphsOf(text: PptText, slide: number, fonts: readonly string[]): Generator<string> {
  const fields = new Map(text.fields.map(({ at, isNumber }) => [at, isNumber ? String(slide) : '']))
  const { paragraphs, letters } = text.style ? looksOf(text.style, text.text.length) : { paragraphs: [], letters: [] }
  const numbers = new SlideNumbers()
  const [paragraphAt, lettersAt] = [new RunCursor(paragraphs), new RunCursor(letters)]
  for (let from = 0, end = 0; from <= text.text.length; from = end + 1) {
    const found = text.text.indexOf('\r', from)
    end = found < 0 ? text.text.length : found
    const numbering = text.numberings[lettersAt.at(from)?.further ?? 0]
    let shown = ''
    for (let at = from; at < end;) {
      const run = lettersAt.at(at)
      const to = Math.min(end, run?.end ?? end)
      const signs = withSigns(withFields(text.text.slice(at, to), at, fields), fonts[run?.font ?? -1] ?? '')
      const height = run?.height ?? 0
      const before = shown.slice(-1)
      shown += height > 0 ? raisedText(signs, before) : height < 0 ? loweredText(signs, before) : signs
      at = to
    }
    const level = paragraphAt.at(from)?.level ?? 0
    if (shown.trim() !== '') yield numbers.next(level, numbering?.scheme ?? '', numbering?.start ?? 1) + shown
  }
}

/** What telling a text costs: its letters, and what is said of them. */
export function weightOf({ text, style, fields }: PptText): number {
  return text.length + (style?.length ?? 0) + fields.length
}

/** Finds the run that a letter is in; letters are asked for in their order. */
class RunCursor<Run extends { end: number }> {
  readonly #runs: readonly Run[]
  #next = 0

  constructor(runs: readonly Run[]) {
    this.#runs = runs
  }

  at(letter: number): Run | undefined {
    while ((this.#runs[this.#next]?.end ?? Infinity) <= letter) this.#next++
    return this.#runs[this.#next]
  }
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
