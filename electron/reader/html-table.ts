/** A table of a page while it is told: a grid in which each cell stands in its column, also below cells that reach over several rows. */
import { tableBlocks, textBlock, type TextBlock, type TextPlace } from './blocks.ts'

/** Columns that one cell may claim for itself. */
const widestSpan = 100
/** Rows: more than any table that was tried has. */
const tallestSpan = 65_534
/** Cells over several rows in one table; what more of them cover is left empty. */
const mostSpans = 200
/** UTF-16 units that a cell says again in each row that it reaches over, and all of a table's together; a longer text stands in the first row alone. */
const repeatedInCell = 200
const repeatedInTable = 1_000_000

interface Span {
  /** Rows that it still reaches over, the one that is told included. */
  rows: number
  text: string
  /** Number of its own row, from 1. */
  since: number
}

export class HtmlTable {
  /** `layout`: its cells are parts of a page; `inner`: they are words in a cell of the table around it. */
  kind: 'data' | 'layout' | 'inner'
  hasHeader = false
  rows: string[][] = []
  /** UTF-16 units that were said again because their cells reach over several rows. */
  repeatedCharacters = 0
  /** Cells from rows above, by their column. */
  #spans = new Map<number, Span>()
  #column = 0
  #columns = 1
  #spanRows = 1

  constructor(kind: HtmlTable['kind']) {
    this.kind = kind
  }

  beginRow(): void {
    if (this.kind !== 'data') return
    this.#fillSpans()
    this.rows.push([])
  }

  /** @returns columns that it takes */
  beginCell({ colspan = '', rowspan = '' }: Record<string, string>): number {
    if (this.rows.length === 0) this.beginRow()
    const row = this.rows.at(-1) ?? []
    const before = row.length
    for (let span = this.#takeSpan(row.length); span; span = this.#takeSpan(row.length)) row.push(span.text)
    this.#columns = Math.min(widestSpan, Math.max(1, Number.parseInt(colspan, 10) || 1))
    // Zero is down to the last row.
    this.#spanRows = /^\s*0/.test(rowspan) ? tallestSpan : Math.min(tallestSpan, Math.max(1, Number.parseInt(rowspan, 10) || 1))
    this.#column = row.length
    for (let count = 0; count < this.#columns; count++) row.push('')
    return row.length - before
  }

  endCell(text: string): void {
    const row = this.rows.at(-1)
    if (!row) return
    row[this.#column] = text
    if (this.#spanRows < 2) return
    const short = text.trim().length <= repeatedInCell ? text.trim() : ''
    for (let at = 0; at < this.#columns && this.#spans.size < mostSpans; at++)
      this.#spans.set(this.#column + at, { rows: this.#spanRows, text: at === 0 ? short : '', since: this.rows.length })
  }

  /** The texts of its cells, in order, and the one that is open: from now on they are parts of a page. */
  becomeLayout(open: string): string[] {
    const cells = [...this.rows.flat(), open]
    this.rows = []
    this.kind = 'layout'
    return cells
  }

  blocks(placeOf: (from: number) => TextPlace): TextBlock[] {
    this.#fillSpans()
    const rows = this.rows.filter((row) => row.some((cell) => cell.trim() !== ''))
    const columns = filledColumns(rows)
    const kept = rows.map((row) => filledCells(row, columns))
    if (columns.length >= 2) return tableBlocks(kept, this.hasHeader, placeOf)
    return kept.flatMap(([cell = ''], at) => textBlock('paragraph', cell, placeOf(at * 50)) ?? [])
  }

  /** Cells from above that stand right of the last one of this row. */
  #fillSpans(): void {
    const row = this.rows.at(-1)
    if (!row || this.#spans.size === 0) return
    for (const column of [...this.#spans.keys()].sort((one, other) => one - other)) {
      if (column < row.length) continue
      while (row.length < column) row.push('')
      row.push(this.#takeSpan(column)?.text ?? '')
    }
    for (const [column, span] of this.#spans) if (--span.rows === 0) this.#spans.delete(column)
  }

  /** The one that stands in this column of the row that is told, if it came from above. */
  #takeSpan(column: number): { text: string } | null {
    const span = this.#spans.get(column)
    if (!span || span.since === this.rows.length) return null
    if (this.repeatedCharacters > repeatedInTable) return { text: '' }
    this.repeatedCharacters += span.text.length
    return span
  }
}

/** Whether the rows so far tell values: several columns in each, with words in them. */
export function isDataTable({ rows, hasHeader }: HtmlTable): boolean {
  const told = rows.slice(0, -1)
  return told.length > 0 && (hasHeader || told.every((row) => row.filter((cell) => cell.trim() !== '').length > 1))
}

/** The columns in which any row has something, in order. */
function filledColumns(rows: readonly (readonly string[])[]): number[] {
  const columns = new Set<number>()
  for (const row of rows) for (const [column, cell] of row.entries()) if (cell.trim() !== '') columns.add(column)
  return [...columns].sort((one, other) => one - other)
}

/** What a row has in these columns. Not beyond its own end: one row of 100,000 cells must not widen 100,000 others. */
function filledCells(row: readonly string[], columns: readonly number[]): string[] {
  const cells: string[] = []
  for (const column of columns) {
    if (column >= row.length) break
    cells.push(row[column] ?? '')
  }
  return cells
}
