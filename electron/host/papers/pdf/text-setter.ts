/** Breaks words into lines by the fonts of papers. A character that none of them has is drawn as an empty box, and remembered. */
import type { PaperRun } from '../../../../contract/paper.ts'
import { UsedFont, type Face, type Fonts } from './fonts.ts'

/** Neighbouring characters of one look and one font. */
export interface Segment {
  text: string
  font: UsedFont
  width: number
  size: number
  struck: boolean
  /** The fonts have no drawing for it: its text must be told beside it. */
  undrawn: boolean
  link: string | undefined
  source: number | undefined
}

export interface Line {
  segments: Segment[]
  /** Without the blanks at its end. */
  width: number
}

/** Characters up to the next place where a line may end, and the blanks behind them. */
interface Word {
  segments: Segment[]
  width: number
  blanks: Segment[]
  endsLine: boolean
}

/** What cannot be seen: control characters and marks of direction, joiners, soft hyphens. Line breaks are taken before. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufe00-\ufe0f]/gu
/** Between these a line may end without a blank. */
const eastern = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef`
const wordsAndBlanks = /\n|[ \u2000-\u2006\u2008-\u200a\u205f\u3000]+|[^\n \u2000-\u2006\u2008-\u200a\u205f\u3000]+/gu
/** A word in parts: a line may end behind a hyphen or a stroke, and beside an eastern character. */
const parts = new RegExp(String.raw`[${eastern}]|[^-/–—${eastern}]*[-/–—]+|[^-/–—${eastern}]+`, 'gu')
/** Fonts that are asked for a character, after that of the look. */
const others: readonly Face[] = ['regular', 'mono']

/** Blanks that stand for a tabulator. */
const tab = '    '

export class TextSetter {
  readonly fonts: Readonly<Record<Face, UsedFont>>
  /** What could not be drawn. */
  readonly undrawn = new Set<string>()

  constructor(fonts: Fonts) {
    this.fonts = {
      regular: new UsedFont(fonts.regular),
      bold: new UsedFont(fonts.bold),
      italic: new UsedFont(fonts.italic),
      boldItalic: new UsedFont(fonts.boldItalic),
      mono: new UsedFont(fonts.mono),
    }
  }

  /** @param bold for a heading */
  lines(runs: readonly PaperRun[], { size, width, bold = false }: { size: number; width: number; bold?: boolean }): Line[] {
    const lines: Line[] = []
    let line: Line = { segments: [], width: 0 }
    let blanks = 0
    const end = (): void => {
      lines.push(line)
      line = { segments: [], width: 0 }
      blanks = 0
    }
    const put = (segments: readonly Segment[], wide: number): void => {
      line.segments.push(...segments)
      line.width += blanks + wide
      blanks = 0
    }
    for (const word of this.#words(runs, size, bold)) {
      if (word.width > 0 && line.width > 0 && line.width + blanks + word.width > width) end()
      if (word.width <= width) put(word.segments, word.width)
      // A word that no line holds ends wherever it must.
      else
        for (const sign of signsOf(word.segments)) {
          if (line.width > 0 && line.width + blanks + sign.width > width) end()
          put([sign], sign.width)
        }
      line.segments.push(...word.blanks)
      blanks += widthOf(word.blanks)
      if (word.endsLine) end()
    }
    end()
    for (const each of lines) each.segments = joined(each.segments)
    // A break at the very end begins no line of its own.
    if (lines.length > 1 && lines.at(-1)?.segments.length === 0) lines.pop()
    return lines
  }

  /** Lines as they stand, blanks and all; one that is too long goes on in the next. */
  *codeLines(text: string, { size, width }: { size: number; width: number }): Generator<Line> {
    const look = { face: 'mono' as const, size, struck: false, link: undefined, source: undefined }
    for (const source of text.replace(/\r\n?/g, '\n').split('\n')) {
      let line: Line = { segments: [], width: 0 }
      for (const sign of signsOf(this.#segments(source.replaceAll('\t', tab), look))) {
        if (line.width > 0 && line.width + sign.width > width) {
          yield { ...line, segments: joined(line.segments) }
          line = { segments: [], width: 0 }
        }
        line.segments.push(sign)
        line.width += sign.width
      }
      yield { ...line, segments: joined(line.segments) }
    }
  }

  /** Width of the widest part that no line may end in, and of all in one line. */
  extent(runs: readonly PaperRun[], size: number, bold: boolean): { least: number; most: number } {
    let [least, most, line] = [0, 0, 0]
    for (const word of this.#words(runs, size, bold)) {
      least = Math.max(least, word.width)
      most = Math.max(most, line + word.width)
      line = word.endsLine ? 0 : line + word.width + widthOf(word.blanks)
    }
    return { least, most }
  }

  *#words(runs: readonly PaperRun[], size: number, bold: boolean): Generator<Word> {
    let word: Word = { segments: [], width: 0, blanks: [], endsLine: false }
    const isBegun = (): boolean => word.segments.length > 0 || word.blanks.length > 0
    for (const run of runs) {
      const look = {
        ...{ face: faceOf(run, bold), size: run.code ? size * 0.92 : size, struck: run.struck ?? false },
        ...{ link: run.link, source: run.source },
      }
      for (const [found] of run.text.replace(/\r\n?/g, '\n').replaceAll('\t', ' ').matchAll(wordsAndBlanks)) {
        if (found === '\n') {
          yield { ...word, endsLine: true }
          word = { segments: [], width: 0, blanks: [], endsLine: false }
        } else if (found.trim() === '') {
          word.blanks.push(...this.#segments(found.replace(/[^ ]/gu, ' '), look))
        } else
          for (const [index, [part]] of [...found.matchAll(parts)].entries()) {
            // The first part of a run belongs to the word before it: a mark stays with what it follows.
            if (isBegun() && (index > 0 || word.blanks.length > 0)) {
              yield word
              word = { segments: [], width: 0, blanks: [], endsLine: false }
            }
            const segments = this.#segments(part, look)
            word.segments.push(...segments)
            word.width += widthOf(segments)
          }
      }
    }
    if (isBegun()) yield word
  }

  #segments(text: string, { face, ...look }: Pick<Segment, 'size' | 'struck' | 'link' | 'source'> & { face: Face }): Segment[] {
    const segments: Segment[] = []
    for (const character of text.normalize('NFC').toWellFormed().replace(unseen, '')) {
      const code = character.codePointAt(0) ?? 0
      const own = this.fonts[face]
      const font = own.draws(code) ? own : others.map((other) => this.fonts[other]).find((other) => other.draws(code))
      const undrawn = font === undefined
      if (undrawn) this.undrawn.add(character)
      const used = font ?? own
      const width = used.widthOf(code) * look.size
      const last = segments.at(-1)
      if (last?.font === used && last.undrawn === undrawn) {
        last.text += character
        last.width += width
      } else segments.push({ ...look, text: character, font: used, width, undrawn })
    }
    return segments
  }
}

function faceOf({ bold, italic, code }: PaperRun, isBold: boolean): Face {
  if (code) return 'mono'
  if (bold || isBold) return italic ? 'boldItalic' : 'bold'
  return italic ? 'italic' : 'regular'
}

function widthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { width }) => sum + width, 0)
}

/** One segment for each character. */
function* signsOf(segments: readonly Segment[]): Generator<Segment> {
  for (const segment of segments)
    for (const text of segment.text)
      yield { ...segment, text, width: segment.font.widthOf(text.codePointAt(0) ?? 0) * segment.size }
}

/** Neighbours that look the same as one. */
function joined(segments: readonly Segment[]): Segment[] {
  const all: Segment[] = []
  for (const segment of segments) {
    const last = all.at(-1)
    if (
      last?.font === segment.font &&
      last.size === segment.size &&
      last.struck === segment.struck &&
      last.undrawn === segment.undrawn &&
      last.link === segment.link &&
      last.source === segment.source
    ) {
      last.text += segment.text
      last.width += segment.width
    } else all.push({ ...segment })
  }
  return all
}
