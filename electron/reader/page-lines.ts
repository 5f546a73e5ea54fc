/**
 * From pieces of text on a page to its lines: what was drawn twice on the spot is there once, what stands side by side on one baseline is
 * one line, and its words are in the order in which they are read. Raised and lowered figures become ² and ₂, so that no number swallows a note.
 */
import { inLine } from './blocks.ts'
import { loweredText, raisedText } from './raised-text.ts'
import { countLetters, isRightToLeft, reordered, type Direction } from './reading-direction.ts'

/** Edges in points from the upper left corner of the page as it is turned for these letters to stand upright. */
export interface Piece {
  text: string
  left: number
  right: number
  top: number
  bottom: number
  /** Of the letters, in points. */
  size: number
  /** Where the letters stand, between `top` and `bottom`. */
  baseline: number
  /** Quarter turns clockwise of the reading direction on the page as it is shown: 0 from left to right, 1 from top to bottom. */
  turn: 0 | 1 | 2 | 3
  /** Written across the page, such as a watermark: no line of others. */
  slanted: boolean
  /** Filled into a field or put on top by an annotation. */
  added: boolean
}

export interface Line extends Omit<Piece, 'turn'> {
  /** Of the column it stands in. */
  columnRight: number
}

interface Row extends Line {
  pieces: Piece[]
}

/** In sizes of the letters: how far two words, and two drawings of the same word, may be apart. */
const wordGap = 1.2
const blankGap = 2.3
const redrawnGap = 0.25
/** Space between two letters that parts words. */
const letterGap = 0.1

/** @param pieces of one turn @param page which way most of the page reads */
export function linesOf(pieces: readonly Piece[], page: Direction): Line[] {
  const rows: Row[] = []
  for (const piece of withMarksInPlace(drawnOnce(pieces))) {
    const row = rows.at(-1)
    if (row && continues(row, piece)) join(row, piece)
    else rows.push({ ...piece, columnRight: 0, pieces: [piece] })
  }
  return joinRows(rows)
    .map(({ pieces: those, ...line }) => ({ ...line, text: textOf(those, page).replace(hyphenWithin, '-') }))
    .filter(({ text }) => inLine(text) !== '')
}

/** A hyphen that the file calls a parting one, but that parts no word at the end of the line. */
const hyphenWithin = /\u00ad(?=\s*\S)/g

const isBlank = ({ text }: Piece): boolean => text.trim() === ''

/** Without what repeats a piece on its spot: bold or a shadow that is made by drawing twice, maybe in other parts. */
function drawnOnce(pieces: readonly Piece[]): Piece[] {
  const kept: (Piece | null)[] = []
  const byLine = new Map<number, number[]>()
  for (const piece of pieces) {
    if (isBlank(piece)) {
      kept.push(piece)
      continue
    }
    const line = Math.round(piece.baseline / 4)
    let repeats = false
    for (const near of [line - 1, line, line + 1]) {
      for (const at of byLine.get(near) ?? []) {
        const other = kept[at]
        if (!other || piece.right <= other.left || piece.left >= other.right) continue
        if (isWithin(piece, other)) repeats = true
        else if (isWithin(other, piece)) kept[at] = null
      }
    }
    if (repeats) continue
    const there = byLine.get(line)
    if (there) there.push(kept.length)
    else byLine.set(line, [kept.length])
    kept.push(piece)
  }
  return kept.filter((piece) => piece !== null)
}

/** Whether another piece says the same words where this one says them. */
function isWithin(piece: Piece, other: Piece): boolean {
  const most = redrawnGap * piece.size
  if (Math.abs(piece.baseline - other.baseline) > most || Math.abs(piece.size - other.size) > piece.size * 0.1) return false
  if (piece.text === other.text) return Math.abs(piece.left - other.left) < Math.min(most, (piece.right - piece.left) / 2)
  if (piece.left < other.left - most || piece.right > other.right + most) return false
  const expected = ((piece.left - other.left) / (other.right - other.left || 1)) * other.text.length
  const words = piece.text.trim()
  for (let at = other.text.indexOf(words); at >= 0; at = other.text.indexOf(words, at + 1))
    if (Math.abs(at - expected) < Math.max(1, other.text.length * 0.06)) return true
  return false
}

/** Accents that are drawn by themselves follow the letter over or under which they stand. */
function withMarksInPlace(pieces: readonly Piece[]): Piece[] {
  if (!pieces.some(({ text }) => isMark(text))) return [...pieces]
  const placed: Piece[] = []
  let waiting: Piece[] = []
  for (const piece of pieces) {
    const before = placed.at(-1)
    if (isMark(piece.text)) {
      if (before && !isBlank(before) && !isRightToLeft(piece.text)) placed[placed.length - 1] = marked(before, piece)
      else waiting.push(piece)
      continue
    }
    if (isBlank(piece) && piece.right - piece.left < letterGap * piece.size) continue
    // From right to left a mark comes before its letter, where letters are told as they stand.
    placed.push(isBlank(piece) ? piece : waiting.reduce(marked, piece))
    if (!isBlank(piece)) waiting = []
  }
  const last = placed.at(-1)
  if (last) placed[placed.length - 1] = waiting.reduce(marked, last)
  return placed
}

const isMark = (text: string): boolean => /^\p{M}+$/u.test(text)

function marked(piece: Piece, mark: Piece): Piece {
  const letters = [...piece.text]
  const share = (mark.left - piece.left) / (piece.right - piece.left || 1)
  const at = Math.floor((isRightToLeft(piece.text) ? 1 - share : share) * letters.length)
  letters.splice(Math.min(letters.length, Math.max(1, at + 1)), 0, mark.text)
  // Signs of vowels may stand behind their letter.
  const isBehind = mark.left > piece.right - letterGap * piece.size
  return { ...piece, text: letters.join(''), right: isBehind ? Math.max(piece.right, mark.right) : piece.right }
}

/** On the same baseline, and no farther than words are apart. */
function continues(line: Line, piece: Piece): boolean {
  if (line.slanted || piece.slanted) return line.slanted && piece.slanted && Math.abs(line.size - piece.size) < 0.1
  if (line.added !== piece.added) return false
  const em = Math.max(line.size, piece.size)
  if (Math.min(line.bottom, piece.bottom) - Math.max(line.top, piece.top) < Math.min(line.size, piece.size) * 0.5) return false
  const after = piece.left - line.right
  if (isBlank(piece)) return after < em * blankGap && piece.right > line.left - em
  return after < em * wordGap && line.left - piece.right < em * 0.35
}

function join(line: Row, piece: Piece): void {
  line.pieces.push(piece)
  if (isBlank(piece)) return
  line.right = Math.max(line.right, piece.right)
  line.left = Math.min(line.left, piece.left)
  line.top = Math.min(line.top, piece.top)
  line.bottom = Math.max(line.bottom, piece.bottom)
  line.size = Math.max(line.size, piece.size)
}

/** Parts of one line that the file tells in another order, but that stand close together, are one. */
function joinRows(lines: Row[]): Row[] {
  const rows: Row[] = []
  for (const line of lines) {
    const near =
      line.slanted || line.pieces.every(isBlank) ? null : rows.slice(-3).find((row) => continues(row, line as unknown as Piece))
    if (near) for (const piece of line.pieces) join(near, piece)
    else rows.push(line)
  }
  return rows
}

/** Shapes that letters take within words, each with a character of its own. */
const presentationForms = /[\ufb1d-\ufdff\ufe70-\ufefc]+/g

/** The words of a line as they are read. */
function textOf(pieces: readonly Piece[], page: Direction): string {
  const all = pieces.map(({ text }) => text).join('')
  if (!isRightToLeft(all)) return joined(inOrder(pieces), ({ text }) => text)
  const { rtl, ltr } = countLetters(all)
  const base = rtl >= ltr || page === 'rtl' ? 'rtl' : 'ltr'
  // pdf.js has turned the letters of each piece, without regard to the line in which it stands.
  const standing = joined(inOrder(pieces), ({ text }) => {
    if (!isRightToLeft(text)) return text
    const own = countLetters(text)
    return reordered(text, own.rtl / text.length >= 0.3 || text.length <= 4 ? 'rtl' : 'ltr', false)
  })
  return reordered(standing, base).replace(presentationForms, (forms) => forms.normalize('NFKC'))
}

function inOrder(pieces: readonly Piece[]): readonly Piece[] {
  const sorted = pieces.every((piece, at) => at === 0 || (pieces[at - 1]?.left ?? 0) <= piece.left)
  return sorted || pieces.some(({ slanted }) => slanted) ? pieces : [...pieces].sort((one, other) => one.left - other.left)
}

function joined(pieces: readonly Piece[], wordsOf: (piece: Piece) => string): string {
  const level = levelOf(pieces)
  let text = ''
  let before: Piece | null = null
  let blank = false
  for (const [at, piece] of pieces.entries()) {
    if (isBlank(piece)) {
      blank ||= piece.right - piece.left > piece.size * letterGap * 0.8
      continue
    }
    const gap = before === null ? 0 : piece.left - before.right
    const em = Math.max(before?.size ?? 0, piece.size)
    const close = !blank && gap < em * letterGap * 3
    let words = wordsOf(piece)
    const next = pieces.slice(at + 1).find((one) => !isBlank(one))
    const follows = before === null ? next !== undefined && next.left - piece.right < em : close
    if (level && follows) words = shifted(words, text, piece, level)
    const apart = before !== null && (blank || gap > em * letterGap)
    text += apart && !text.endsWith(' ') && !words.startsWith(' ') ? ` ${words}` : words
    before = piece
    blank = false
  }
  return text
}

interface Level {
  size: number
  baseline: number
}

/** Of most letters of a line; null when all are alike. */
function levelOf(pieces: readonly Piece[]): Level | null {
  const [first] = pieces
  if (!first || pieces.every(({ size, baseline }) => size === first.size && baseline === first.baseline)) return null
  const levels: (Level & { letters: number })[] = []
  for (const piece of pieces) {
    if (isBlank(piece) || piece.turn !== first.turn) continue
    const { size, baseline, text } = piece
    const same = levels.find(
      (level) => Math.abs(level.size - size) < size * 0.02 && Math.abs(level.baseline - baseline) < size * 0.02,
    )
    if (same) same.letters += text.length
    else levels.push({ size, baseline, letters: text.length })
  }
  return levels.sort((one, other) => other.letters - one.letters || other.size - one.size)[0] ?? null
}

/** Longer words are no note, however they stand. */
const shiftedLength = 8

/** Figures above or below the line as such, and letters after a number. */
function shifted(words: string, before: string, { size, baseline }: Piece, level: Level): string {
  const isNote = /\d/.test(words) || /\d$/.test(before)
  if (!isNote || words.trim().length > shiftedLength || size < level.size * 0.35 || size > level.size * 1.05) return words
  const up = level.baseline - baseline
  const least = level.size * (size < level.size * 0.93 ? 0.12 : 0.2)
  if (up > least && up < level.size) return raisedText(words, before)
  return -up > least * 0.6 && -up < level.size * 0.6 ? loweredText(words, before) : words
}
