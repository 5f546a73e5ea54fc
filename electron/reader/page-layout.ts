/**
 * From pieces of text on a page to paragraphs in reading order. Letters that read in another direction than from left to right are laid out as
 * if the page were turned for them; a page that reads from right to left as if in a mirror. Lines make paragraphs by distance, indent and size.
 */
import { inLine, type TextBlock } from './blocks.ts'
import { LineEnds } from './line-end.ts'
import { inReadingOrder } from './page-columns.ts'
import { linesOf, type Line, type Piece } from './page-lines.ts'
import { countLetters, type Direction } from './reading-direction.ts'

/** In points, as the page is shown. */
export interface PageSize {
  width: number
  height: number
}

/** How much larger than the running text a heading's letters are. */
const headingRatio = 1.15

export class PageLayout {
  /** Characters by size of their letters, of all pages so far: the commonest is the running text. */
  readonly #sizes = new Map<number, number>()
  readonly #lineEnds = new LineEnds()

  blocks(pieces: readonly Piece[], page: number, size: PageSize): TextBlock[] {
    const turned = ([0, 1, 2, 3] as const).map((turn) => this.#turned(pieces, turn, size)).filter(({ lines }) => lines.length > 0)
    for (const { lines } of turned) this.#learn(lines)
    let usual = 0
    let most = 0
    for (const [letters, count] of this.#sizes) if (count > most) [usual, most] = [letters, count]
    const lettersOf = (lines: readonly Line[]): number => lines.reduce((sum, { text }) => sum + text.length, 0)
    return turned
      .sort((one, other) => lettersOf(other.lines) - lettersOf(one.lines))
      .flatMap(({ lines, boxOf }) =>
        paragraphsOf(lines).map((paragraph) =>
          blockOf(paragraph, { page, boxOf, usualSize: usual / 100, lineEnds: this.#lineEnds }),
        ),
      )
  }

  /** The lines of one direction in reading order, and where a line stands on the page as it is shown. */
  #turned(pieces: readonly Piece[], turn: Piece['turn'], size: PageSize): { lines: Line[]; boxOf: BoxOf } {
    const those = pieces.filter((piece) => piece.turn === turn)
    const boxOf = (line: Line): Box => boxOnPage(line, turn, size)
    if (those.length === 0) return { lines: [], boxOf }
    const direction = directionOf(those)
    const lines = linesOf(those, direction)
    const slanted = lines.filter((line) => line.slanted)
    const straight = lines.filter((line) => !line.slanted)
    if (direction === 'ltr') return { lines: [...inReadingOrder(straight), ...slanted], boxOf }
    const width = turn % 2 === 0 ? size.width : size.height
    return {
      lines: [...inReadingOrder(straight.map((line) => mirrored(line, width))), ...slanted.map((line) => mirrored(line, width))],
      boxOf: (line) => boxOf(mirrored(line, width)),
    }
  }

  #learn(lines: readonly Line[]): void {
    this.#lineEnds.learn(lines)
    for (const { size, text } of lines) {
      const key = Math.round(size * 100)
      this.#sizes.set(key, (this.#sizes.get(key) ?? 0) + text.length)
    }
  }
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}
type BoxOf = (line: Line) => Box

function directionOf(pieces: readonly Piece[]): Direction {
  let right = 0
  let all = 0
  for (const { text } of pieces) {
    const { rtl, ltr } = countLetters(text)
    right += rtl
    all += rtl + ltr
  }
  return right * 2 > all ? 'rtl' : 'ltr'
}

const mirrored = (line: Line, width: number): Line => ({ ...line, left: width - line.right, right: width - line.left })

/** Undoes the turn in which a line was laid out; fractions of the page. */
function boxOnPage({ left, right, top, bottom }: Line, turn: Piece['turn'], { width, height }: PageSize): Box {
  const [x, y, wide, high] = (
    {
      0: [left, top, right - left, bottom - top],
      1: [width - bottom, left, bottom - top, right - left],
      2: [width - right, height - bottom, right - left, bottom - top],
      3: [top, height - right, bottom - top, right - left],
    } as const
  )[turn]
  const within = (value: number, most: number): number => Math.min(1, Math.max(0, value / most))
  const [from, to] = [within(x, width), within(x + wide, width)]
  const [upper, lower] = [within(y, height), within(y + high, height)]
  return { x: from, y: upper, width: to - from, height: lower - upper }
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
  if (before.slanted || line.slanted) return false
  const step = line.top - before.top
  const beside = Math.min(before.bottom, line.bottom) - Math.max(before.top, line.top)
  // A field and its label, whatever their letters.
  if ((before.added || line.added) && beside > Math.min(before.bottom - before.top, line.bottom - line.top) / 2) return true
  if (Math.abs(before.size - line.size) > Math.max(before.size, line.size) * 0.12) return false
  if (Math.abs(step) < line.size * 0.4) return true
  if (step < 0 || line.top - before.bottom > line.size * 0.9) return false
  // Wider than the lines of this paragraph are apart so far.
  const [first, second] = paragraph
  if (first && second && step > (second.top - first.top) * 1.25 + 0.8) return false
  if (/^\s*([•◦▪‣–*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s/.test(line.text)) return false
  const short = line.columnRight - before.right > line.columnRight * 0.15
  const indented = line.left - before.left > line.size * 0.62
  const ended = /[.!?:…»”"]\s*$/.test(before.text)
  return !(ended && (short || indented)) && !(indented && paragraph.length > 1)
}

interface Setting {
  page: number
  boxOf: BoxOf
  usualSize: number
  lineEnds: LineEnds
}

function blockOf(lines: readonly Line[], { page, boxOf, usualSize, lineEnds }: Setting): TextBlock {
  let text = ''
  const places: TextBlock['places'] = []
  let before: Line | null = null
  for (const line of lines) {
    const words = inLine(line.text)
    if (words === '') continue
    // Only a line below goes on with a parted word; another cell of the row does not.
    const isBelow = before === null || line.top - before.top > line.size * 0.4
    text = isBelow ? lineEnds.before(text, words) : `${text} `
    before = line
    places.push({ start: text.length, place: { kind: 'page', page, boxes: [boxOf(line)] } })
    // What the end of a line says of the word that goes on in the next is looked at before it goes.
    text += /\u00ad\s*$/.test(line.text) ? `${words}\u00ad` : words
  }
  text = text.replace(/\u00ad$/, '')
  const ratio = (lines.find(({ added }) => !added)?.size ?? 0) / (usualSize || 1)
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
