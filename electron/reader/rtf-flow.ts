/** One run of paragraphs and tables of an RTF file: its body, a note, a header, the text of a box. */
import { inLine, tableBlocks, textBlock, type TextBlock } from './blocks.ts'
import { RunText } from './run-text.ts'

/** Cells in a row: Word has 63. */
const mostCells = 1000
/** Who reads the whole file numbers its blocks. */
const anyPlace = { kind: 'paragraph' as const, paragraph: 1 }
/** Twips within which two edges are the same column's. */
const sameEdge = 40

interface CellShape {
  right: number
  /** Goes on from the cell above. */
  isBelow: boolean
}

interface Cell {
  text: string
  left: number | null
  isBelow: boolean
}

export class RtfFlow {
  readonly text = new RunText()
  /** Of the paragraph: 1 to 6 for a heading, 0 for none. */
  outline = 0
  isListItem = false
  /** The paragraph is said to stand in a cell. */
  inTable = false
  /** Tables around the paragraph. */
  depth = 0
  #rows: Cell[][] = []
  #row: string[] = []
  #inner: string[] = []
  #shapes: CellShape[] = []
  #isBelow = false

  /** Nothing is begun in it. */
  get isEmpty(): boolean {
    return this.text.isEmpty && !this.inTable && this.#row.length === 0 && this.#rows.length === 0
  }

  endParagraph(): TextBlock[] {
    if (this.#row.length > 0 || this.inTable || this.#inner.length > 0) {
      this.text.add(' ')
      return []
    }
    const words = this.text.take()
    const blocks = this.endTable()
    const kind = this.outline > 0 ? 'heading' : this.isListItem ? 'list_item' : 'paragraph'
    const block = textBlock(kind, words, anyPlace, this.outline)
    this.isListItem = false
    if (block) blocks.push(block)
    return blocks
  }

  beginShapes(): void {
    this.#shapes = []
    this.#isBelow = false
  }

  goesOn(): void {
    this.#isBelow = true
  }

  endShape(right: number): void {
    if (this.#shapes.length < mostCells) this.#shapes.push({ right, isBelow: this.#isBelow })
    this.#isBelow = false
  }

  endCell(): void {
    this.#row.push(this.text.take())
    this.isListItem = false
  }

  /** Words of a cell of a table within a cell. */
  endInnerCell(): void {
    this.#inner.push(inLine(this.text.take()))
  }

  endInnerRow(): void {
    const words = this.#inner.filter((cell) => cell !== '').join(' ')
    this.#inner = []
    this.#outer += this.#outer === '' ? words : `; ${words}`
  }
  #outer = ''

  /** What tables within the cell said goes before the words that follow them. */
  beforeWords(): void {
    if (this.#outer === '' || this.#inner.length > 0 || this.depth > 1) return
    const words = this.#outer
    this.#outer = ''
    this.text.add(` ${words} `)
  }

  endRow(): void {
    const shapes = this.#shapes
    const known = shapes.length >= this.#row.length
    this.#rows.push(
      this.#row.map((text, at) => ({
        text,
        left: known ? (shapes[at - 1]?.right ?? (at === 0 ? -Infinity : null)) : null,
        isBelow: shapes[at]?.isBelow ?? false,
      })),
    )
    this.#row = []
  }

  endTable(): TextBlock[] {
    if (this.#row.length > 0) this.endRow()
    const rows = filledDown(inColumns(this.#rows))
    this.#rows = []
    return tableBlocks(rows, true, () => anyPlace)
  }
}

/** Each cell in the column that its left edge is in, where all rows tell theirs. */
function inColumns(rows: readonly Cell[][]): Cell[][] {
  const lefts = rows.flatMap((row) => row.map(({ left }) => left))
  if (lefts.includes(null)) return [...rows]
  const edges: number[] = []
  for (const left of [...new Set(lefts as number[])].sort((one, other) => one - other))
    if (edges.length === 0 || left > (edges.at(-1) ?? 0) + sameEdge) edges.push(left)
  if (edges.length > mostCells) return [...rows]
  return rows.map((row) => {
    const placed: Cell[] = []
    for (const cell of row) {
      const column = edges.findLastIndex((edge) => edge <= (cell.left ?? 0) + sameEdge / 2)
      while (placed.length < column) placed.push({ text: '', left: null, isBelow: false })
      placed.push(cell)
    }
    return placed
  })
}

/** Cells that go on from the one above say what it says. */
function filledDown(rows: readonly Cell[][]): string[][] {
  const texts: string[][] = []
  for (const row of rows) {
    const above = texts.at(-1)
    texts.push(
      row.map(({ text, isBelow }, at) =>
        isBelow && text.trim() === '' && (above?.[at]?.length ?? 0) <= 200 ? (above?.[at] ?? '') : text,
      ),
    )
  }
  return texts
}
