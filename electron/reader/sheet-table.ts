/** The cells of one sheet on their way to blocks: hidden columns are left out, and a cell over several rows is said of each of them. */
import type { TextBlock } from './blocks.ts'
import { filledCells, scannedCells, textCharacters } from './limits.ts'
import { SheetRows } from './sheet-cells.ts'

/** Of all sheets together. */
export interface CellCounts {
  filled: number
  scanned: number
  /** UTF-16 units of what filled cells show: many of them may show one long text. */
  characters: number
  /** Formulas that no program has calculated. */
  open: number
}

/** Whether as many cells were told as are read of one file. */
export function isFull({ filled, scanned, characters }: CellCounts): boolean {
  return filled > filledCells || scanned > scannedCells || characters > textCharacters
}

/** A text that is longer stands over several rows for its length, and not because it says something of each. */
const longestLabel = 200
/** No sheet is wider. */
const mostColumns = 16_384

export class SheetTable {
  readonly #sheet: string
  readonly #counts: CellCounts
  readonly #rows: { number: number; cells: Map<number, string> }[] = []
  readonly #hiddenColumns = new Set<number>()
  /** Columns that may still be said to be hidden, each time anew. */
  #hidden = scannedCells
  /** Cells that reach over others, by where they begin and their last row. */
  readonly #merged: { first: number; last: number; column: number }[] = []

  constructor(sheet: string, counts: CellCounts) {
    this.#sheet = sheet
    this.#counts = counts
  }

  get isFull(): boolean {
    return isFull(this.#counts)
  }

  hideColumns(from: number, to: number): void {
    for (let column = Math.max(0, from); column <= to && column < mostColumns && this.#hidden-- > 0; column++)
      this.#hiddenColumns.add(column)
  }

  isHidden(column: number): boolean {
    return this.#hiddenColumns.has(column)
  }

  /** @param first row and @param last row, from 1 */
  merge(first: number, last: number, column: number): void {
    if (this.#merged.length < scannedCells) this.#merged.push({ first, last, column })
  }

  /** @param number of the row, from 1; rows are told in the order in which they are shown */
  addRow(number: number, cells: Map<number, string>): void {
    if (!this.isFull && cells.size > 0) this.#rows.push({ number, cells })
  }

  /** The blocks of the sheet, once everything was told, or as much of it as is read. */
  finish(): TextBlock[] {
    const cells = new Map(this.#rows.map((row) => [row.number, row.cells]))
    const lastRow = this.#rows.reduce((last, { number }) => Math.max(last, number), 0)
    for (const merged of this.#merged) this.#fill(cells, { ...merged, last: Math.min(merged.last, lastRow) })
    const rows = new SheetRows(this.#sheet)
    return [...this.#rows.flatMap(({ number, cells }) => rows.add(number, cells)), ...rows.finish()]
  }

  #fill(
    cells: ReadonlyMap<number, Map<number, string>>,
    { first, last, column }: { first: number; last: number; column: number },
  ): void {
    const text = cells.get(first)?.get(column)
    if (text === undefined || text.length > longestLabel) return
    for (let row = first + 1; row <= last && !this.isFull; row++) {
      this.#counts.scanned++
      const below = cells.get(row)
      if (!below || below.has(column)) continue
      below.set(column, text)
      this.#counts.characters += text.length
    }
  }
}
