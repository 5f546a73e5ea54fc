/** The cells of one sheet on their way to blocks: hidden columns are left out, and a cell over several rows is said of each of them. */
import type { TextBlock } from './blocks.ts'
import { filledCells, scannedCells } from './limits.ts'
import { SheetRows } from './sheet-cells.ts'

/** Of all sheets together. */
export interface CellCounts {
  filled: number
  scanned: number
  /** Formulas that no program has calculated. */
  open: number
}

/** Whether as many cells were told as are read of one file. */
export function isFull({ filled, scanned }: CellCounts): boolean {
  return filled > filledCells || scanned > scannedCells
}

/** A text that is longer stands over several rows for its length, and not because it says something of each. */
const longestLabel = 200

export class SheetTable {
  readonly #sheet: string
  readonly #counts: CellCounts
  readonly #rows: { number: number; cells: Map<number, string> }[] = []
  readonly #hiddenColumns: [from: number, to: number][] = []
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
    this.#hiddenColumns.push([from, to])
  }

  isHidden(column: number): boolean {
    return this.#hiddenColumns.some(([from, to]) => column >= from && column <= to)
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
    for (const merged of this.#merged) this.#fill(cells, merged)
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
      if (below && !below.has(column)) below.set(column, text)
    }
  }
}
