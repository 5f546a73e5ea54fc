/**
 * From pieces of text on a page to paragraphs in reading order. Pieces on one baseline make a line; where the page has two columns of running
 * text the left is read before the right, between lines that cross both; lines make paragraphs by their distance, indent and size. In the
 * spirit of the cuts of Nagy and Seth (1984), with one gutter.
 */
import { inLine, type TextBlock } from './blocks.ts'

/** Edges as fractions of the page, from its upper left corner; `size` of the letters as a fraction of its height. */
export interface Piece {
  text: string
  left: number
  right: number
  top: number
  bottom: number
  size: number
  /** Reads from left to right on the page as it is shown. */
  upright: boolean
}

interface Line extends Piece {
  /** Of the column it stands in. */
  columnRight: number
}

/** How much larger than the running text a heading's letters are. */
const headingRatio = 1.15
/** Share of lines that may cross the gutter of a page in two columns, such as titles and wide figures. */
const crossingShare = 0.3
/** Lines that each of two columns has at least. */
const columnLines = 5
/** Share of its column's width that a line of running text fills on the average; values of a table do not. */
const filledShare = 0.6

export class PageLayout {
  /** Characters by size of their letters, of all pages so far: the commonest is the running text. */
  readonly #sizes = new Map<number, number>()

  blocks(pieces: readonly Piece[], page: number): TextBlock[] {
    const lines = inReadingOrder(linesOf(pieces))
    for (const { size, text } of lines) {
      const key = sizeKey(size)
      this.#sizes.set(key, (this.#sizes.get(key) ?? 0) + text.length)
    }
    let usual = 0
    let most = 0
    for (const [size, count] of this.#sizes) if (count > most) [usual, most] = [size, count]
    return paragraphsOf(lines).map((paragraph) => blockOf(paragraph, page, usual / 10_000))
  }
}

/** Sizes as whole ten-thousandths of the page's height. */
function sizeKey(size: number): number {
  return Math.round(size * 10_000)
}

function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: Line[] = []
  for (const piece of pieces) {
    const line = lines.at(-1)
    if (line && continues(line, piece)) join(line, piece)
    else lines.push({ ...piece, columnRight: 0 })
  }
  return joinRows(lines.filter(({ text }) => inLine(text) !== ''))
}

/** On the same baseline, and no farther than words are apart. */
function continues(line: Line, piece: Piece): boolean {
  if (line.upright !== piece.upright) return false
  if (!line.upright) return Math.abs(line.left - piece.left) < line.size * 0.4
  const em = Math.max(line.size, piece.size)
  if (Math.min(line.bottom, piece.bottom) - Math.max(line.top, piece.top) < Math.min(line.size, piece.size) * 0.5) return false
  return piece.text.trim() === ''
    ? piece.left - line.right < em * 3
    : piece.left - line.right < em * 1.6 && piece.right > line.left
}

function join(line: Line, piece: Piece): void {
  const blank = piece.text.trim() === ''
  const apart = piece.left - line.right > Math.max(line.size, piece.size) * 0.12
  line.text += apart && !line.text.endsWith(' ') && !piece.text.startsWith(' ') ? ` ${piece.text}` : piece.text
  if (blank) return
  line.right = Math.max(line.right, piece.right)
  line.left = Math.min(line.left, piece.left)
  line.top = Math.min(line.top, piece.top)
  line.bottom = Math.max(line.bottom, piece.bottom)
  line.size = Math.max(line.size, piece.size)
}

/** Parts of one line that the file tells in another order, but that stand close together, are one. */
function joinRows(lines: Line[]): Line[] {
  const rows: Line[] = []
  for (const line of lines) {
    const near = rows.slice(-3).find((row) => row.upright && line.upright && continues(row, line))
    if (near) join(near, line)
    else rows.push(line)
  }
  return rows
}

function inReadingOrder(lines: Line[]): Line[] {
  const upright = lines.filter((line) => line.upright)
  const gutter = gutterOf(upright)
  const turned = lines.filter((line) => !line.upright)
  if (gutter === null) return [...rowByRow(upright, 1), ...turned]
  const ordered: Line[] = []
  let left: Line[] = []
  let right: Line[] = []
  const flush = (): void => {
    ordered.push(...rowByRow(left, gutter), ...rowByRow(right, 1))
    left = []
    right = []
  }
  for (const line of [...upright].sort((one, other) => one.top - other.top)) {
    if (line.right <= gutter) left.push(line)
    else if (line.left >= gutter) right.push(line)
    else {
      flush()
      ordered.push(...rowByRow([line], 1))
    }
  }
  flush()
  return [...ordered, ...turned]
}

/** From top to bottom, and from left to right in a row. */
function rowByRow(lines: Line[], columnRight: number): Line[] {
  const sorted = [...lines].sort((one, other) => one.top + one.bottom - other.top - other.bottom)
  const right = Math.min(
    columnRight,
    lines.reduce((most, line) => Math.max(most, line.right), 0),
  )
  const ordered: Line[] = []
  let row: Line[] = []
  const flush = (): void => {
    ordered.push(...row.sort((one, other) => one.left - other.left).map((line) => ({ ...line, columnRight: right })))
    row = []
  }
  for (const line of sorted) {
    const [first] = row
    if (first && line.top + line.bottom - first.top - first.bottom > Math.min(first.size, line.size)) flush()
    row.push(line)
  }
  flush()
  return ordered
}

/** Where the two columns of a page part, as a fraction of its width; null when it has no two columns of running text. */
function gutterOf(lines: readonly Line[]): number | null {
  let best: { at: number; crossing: number } | null = null
  for (let at = 0.3; at <= 0.7; at += 0.01) {
    const crossing = lines.filter((line) => line.left < at && line.right > at).length
    if (!best || crossing < best.crossing) best = { at, crossing }
  }
  if (!best || best.crossing > lines.length * crossingShare) return null
  const { at } = best
  const sides = [lines.filter((line) => line.right <= at), lines.filter((line) => line.left >= at)]
  for (const side of sides) {
    if (side.length < columnLines) return null
    const width =
      side.reduce((most, { right }) => Math.max(most, right), 0) - side.reduce((least, { left }) => Math.min(least, left), 1)
    const filled = side.reduce((sum, { left, right }) => sum + (right - left), 0) / side.length
    if (width < 0.15 || filled < width * filledShare) return null
  }
  return at
}

function paragraphsOf(lines: readonly Line[]): Line[][] {
  const paragraphs: Line[][] = []
  for (const line of lines) {
    const paragraph = paragraphs.at(-1)
    const before = paragraph?.at(-1)
    if (paragraph && before && goesOn(paragraph, before, line)) paragraph.push(line)
    else paragraphs.push([line])
  }
  return paragraphs
}

/** Whether a line belongs to the paragraph of the line before it. */
function goesOn(paragraph: readonly Line[], before: Line, line: Line): boolean {
  if (before.upright !== line.upright) return false
  if (Math.abs(before.size - line.size) > Math.max(before.size, line.size) * 0.12) return false
  const step = line.top - before.top
  const sameRow = Math.abs(step) < line.size * 0.4
  if (sameRow) return true
  if (step < 0 || line.top - before.bottom > line.size * 0.9) return false
  // Wider than the lines of this paragraph are apart so far.
  const [first, second] = paragraph
  if (first && second && step > (second.top - first.top) * 1.25 + 0.001) return false
  if (/^\s*([•◦▪‣–*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s/.test(line.text)) return false
  const short = line.columnRight - before.right > line.columnRight * 0.15
  const indented = line.left - before.left > line.size * 0.8
  const ended = /[.!?:…»”"]\s*$/.test(before.text)
  return !(ended && (short || indented)) && !(indented && paragraph.length > 1)
}

function blockOf(lines: readonly Line[], page: number, usualSize: number): TextBlock {
  let text = ''
  const places: TextBlock['places'] = []
  for (const line of lines) {
    const words = inLine(line.text)
    if (words === '') continue
    // A word parted at the end of a line is one word.
    const parted = /\p{L}-$/u.test(text) && /^\p{Ll}/u.test(words)
    text = parted ? text.slice(0, -1) : text === '' ? '' : `${text} `
    const box = { x: line.left, y: line.top, width: line.right - line.left, height: line.bottom - line.top }
    places.push({ start: text.length, place: { kind: 'page', page, boxes: [box] } })
    text += words
  }
  const ratio = (lines[0]?.size ?? 0) / (usualSize || 1)
  const heading = ratio >= headingRatio && text.length < 200 && lines.length <= 4
  const item = !heading && /^([•◦▪‣]|\(?\d{1,3}[.)]\s|[-–*]\s)/.test(text)
  return {
    kind: heading ? 'heading' : item ? 'list_item' : 'paragraph',
    level: heading ? (ratio >= 1.8 ? 1 : ratio >= 1.4 ? 2 : 3) : 0,
    text,
    hasHeader: false,
    places,
    confidence: null,
  }
}
