/** A table of a Word file while it is read: cells over several rows and columns, tables within cells, tables that lay a page out. */
import type { TextBlock } from '../blocks.ts'

/** A part of a Word text, in reading order. What lies in other parts of the file is named, and read later. */
export type WordPiece =
  | { is: 'text'; kind: Exclude<TextBlock['kind'], 'table' | 'code'>; level: number; text: string }
  | { is: 'table'; rows: string[][]; hasHeader: boolean }
  /** A chart, a diagram or a document inside, by its relation. */
  | { is: 'part'; id: string }
  | { is: 'note'; kind: 'footnote' | 'endnote' | 'comment'; id: string }
  /** The end of a section, with the relations of its headers and footers. */
  | { is: 'section'; headers: string[]; footers: string[] }

/** A cell of more text than this lays out a page rather than tells a value; and so does one with a larger table inside. */
const cellCharacters = 2_000
const innerTableCharacters = 300
/** Columns that one cell may claim for itself: Word has no more than 63. */
const widestSpan = 63

interface Row {
  cells: string[]
  hasText: boolean
}

export class WordTable {
  readonly #rows: Row[] = []
  readonly #pieces: WordPiece[] = []
  /** Of each column the text of the cell that reaches down from above. */
  #above: string[] = []
  #below: string[] = []
  #row: Row = { cells: [], hasText: false }
  #isLayout = false
  #hasHeader = false

  openRow(): void {
    this.#row = { cells: [], hasText: false }
    this.#above = this.#below
    this.#below = []
  }

  /** Columns that the row leaves out before its next cell. */
  skip(columns: number): void {
    for (let at = 0; at < Math.min(widestSpan, columns); at++) this.#row.cells.push('')
  }

  /** @param reach whether the cell belongs to one that begins above, begins one that reaches down, or neither */
  addCell(pieces: readonly WordPiece[], columns: number, reach: 'above' | 'down' | null): void {
    const column = this.#row.cells.length
    const own = cellText(pieces)
    const text = reach === 'above' ? (this.#above[column] ?? own) : own
    if (reach !== null) this.#below[column] = text
    if (reach !== 'above' && own !== '') this.#row.hasText = true
    this.#row.cells.push(text)
    this.skip(Math.max(1, columns) - 1)
    for (const piece of pieces) this.#pieces.push(piece)
    if (own.length > cellCharacters || pieces.some(isLargeTable)) this.#isLayout = true
  }

  /** @param isHeader whether it names the columns */
  closeRow(isHeader: boolean): void {
    if (!this.#row.hasText) return
    if (isHeader && this.#rows.length === 0) this.#hasHeader = true
    this.#rows.push(this.#row)
  }

  /** What it is in the text around it: a table, or its cells one by one. Notes and the like follow it. */
  finish(): WordPiece[] {
    const columns = new Set<number>()
    for (const { cells } of this.#rows) for (const [column, cell] of cells.entries()) if (cell !== '') columns.add(column)
    if (this.#isLayout || columns.size < 2) return this.#pieces
    const kept = [...columns].sort((one, other) => one - other)
    const rows = this.#rows.map(({ cells }) => kept.map((column) => cells[column] ?? ''))
    return [
      { is: 'table', rows, hasHeader: this.#hasHeader },
      ...this.#pieces.filter(({ is }) => is !== 'text' && is !== 'table'),
    ]
  }
}

function cellText(pieces: readonly WordPiece[]): string {
  return pieces
    .flatMap((piece) => (piece.is === 'text' ? piece.text : piece.is === 'table' ? innerText(piece.rows) : []))
    .join(' ')
}

function innerText(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => cells.filter((cell) => cell !== '').join(' ')).join('; ')
}

function isLargeTable(piece: WordPiece): boolean {
  return piece.is === 'table' && innerText(piece.rows).length > innerTableCharacters
}
