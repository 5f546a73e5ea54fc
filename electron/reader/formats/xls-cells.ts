/** The cells of one sheet of an Excel file of before 2007, record by record: what Excel shows in each. */
import type { TextBlock } from '../blocks.ts'
import { viewOf } from '../bytes.ts'
import { shownNumber, shownText } from '../sheet-numbers.ts'
import { SheetTable } from '../sheet-table.ts'
import type { XlsBook } from './xls-book.ts'
import { XlsBytes, xlsTypes, type XlsRecord } from './xls-records.ts'
import { struckOut } from './xlsx-strings.ts'

interface Cell {
  row: number
  column: number
  style: number
}

/** No sheet of that time is wider. */
const mostColumns = 256
const errors: Readonly<Record<number, string>> = {
  ...{ 0x00: '#NULL!', 0x07: '#DIV/0!', 0x0f: '#VALUE!', 0x17: '#REF!', 0x1d: '#NAME?', 0x24: '#NUM!', 0x2a: '#N/A' },
}

export class XlsCells {
  readonly #book: XlsBook
  readonly #table: SheetTable
  readonly #rows = new Map<number, Map<number, string>>()
  readonly #hiddenRows = new Set<number>()
  /** The cell of a formula whose text comes in a record of its own. */
  #waiting: Cell | null = null
  /** Formulas whose value is an empty text, and all of them. */
  #empty = 0
  #formulas = 0

  constructor(sheet: string, book: XlsBook) {
    this.#book = book
    this.#table = new SheetTable(sheet, book.counts)
  }

  get isFull(): boolean {
    return this.#table.isFull
  }

  /** @throws RangeError for a record that is too short */
  take({ type, body, parts }: XlsRecord): void {
    const view = viewOf(body)
    if (type === xlsTypes.row) {
      if ((view.getUint16(12, true) & 0x20) !== 0) this.#hiddenRows.add(view.getUint16(0, true))
    } else if (type === xlsTypes.columns) {
      if ((view.getUint16(8, true) & 1) !== 0)
        this.#table.hideColumns(view.getUint16(0, true), Math.min(mostColumns, view.getUint16(2, true)))
    } else if (type === xlsTypes.merged) this.#merge(view)
    else if (type === xlsTypes.string) this.#endFormula(parts)
    else if (type === xlsTypes.manyRk) this.#takeMany(view)
    else this.#takeCell(type, view, parts)
  }

  /** The blocks of the sheet, once everything was told, or as much of it as is read. */
  finish(): TextBlock[] {
    // Some writers calculate nothing and give every formula an empty text.
    if (this.#formulas > 0 && this.#empty === this.#formulas && !this.#book.isCalculated) this.#book.counts.open += this.#empty
    const rows = [...this.#rows].sort(([one], [other]) => one - other)
    for (const [row, cells] of rows) if (!this.#hiddenRows.has(row)) this.#table.addRow(row + 1, cells)
    return this.#table.finish()
  }

  #takeCell(type: number, view: DataView, parts: readonly Uint8Array[]): void {
    const isCell =
      type === xlsTypes.sharedLabel ||
      type === xlsTypes.number ||
      type === xlsTypes.rk ||
      type === xlsTypes.label ||
      type === xlsTypes.richLabel ||
      type === xlsTypes.truth ||
      type === xlsTypes.formula
    if (!isCell) return
    this.#waiting = null
    const cell = { row: view.getUint16(0, true), column: view.getUint16(2, true), style: view.getUint16(4, true) }
    const { formats, strings } = this.#book
    if (type === xlsTypes.sharedLabel) this.#put(cell, shownText(strings[view.getUint32(6, true)] ?? '', cell.style, formats))
    else if (type === xlsTypes.number) this.#putNumber(cell, view.getFloat64(6, true))
    else if (type === xlsTypes.rk) this.#putNumber(cell, rkNumber(view.getUint32(6, true)))
    else if (type === xlsTypes.truth) this.#put(cell, truthText(view.getUint8(6), view.getUint8(7) === 1))
    else if (type === xlsTypes.formula) this.#takeFormula(cell, view)
    else this.#put(cell, shownText(this.#labelText(type === xlsTypes.richLabel, parts), cell.style, formats))
  }

  #labelText(isRich: boolean, parts: readonly Uint8Array[]): string {
    const bytes = new XlsBytes(parts, 6)
    const { isOld, decode } = this.#book
    const length = bytes.short()
    const label = isOld ? { text: bytes.oldText(length, decode), runs: [] } : bytes.text(length)
    if (!isRich) return this.#book.shown(label)
    const count = isOld ? bytes.byte() : bytes.short()
    const number = (): number => (isOld ? bytes.byte() : bytes.short())
    const runs = Array.from({ length: bytes.isAtEnd ? 0 : count }, () => ({ at: number(), font: number() }))
    return this.#book.shown({ text: label.text, runs })
  }

  /** Several numbers side by side. */
  #takeMany(view: DataView): void {
    const [row, first] = [view.getUint16(0, true), view.getUint16(2, true)]
    for (let at = 4, column = first; at + 8 <= view.byteLength; at += 6, column++)
      this.#putNumber({ row, column, style: view.getUint16(at, true) }, rkNumber(view.getUint32(at + 2, true)))
  }

  #takeFormula(cell: Cell, view: DataView): void {
    this.#formulas++
    const isNumber = view.getUint16(12, true) !== 0xffff
    const flags = view.getUint16(14, true)
    if (isNumber) {
      const value = view.getFloat64(6, true)
      // To be calculated when it is opened, and nothing there yet.
      if (value === 0 && (flags & 2) !== 0) this.#book.counts.open++
      else this.#putNumber(cell, value)
      return
    }
    const kind = view.getUint8(6)
    if (kind === 0) this.#waiting = cell
    else if (kind === 3) this.#empty++
    else this.#put(cell, truthText(view.getUint8(8), kind === 2))
  }

  #endFormula(parts: readonly Uint8Array[]): void {
    const cell = this.#waiting
    this.#waiting = null
    if (!cell) return
    const bytes = new XlsBytes(parts)
    const length = bytes.short()
    const text = this.#book.isOld ? bytes.oldText(length, this.#book.decode) : this.#book.shown(bytes.text(length))
    this.#put(cell, shownText(text, cell.style, this.#book.formats))
  }

  #putNumber(cell: Cell, value: number): void {
    this.#put(cell, shownNumber(String(value), cell.style, this.#book.formats))
  }

  #put({ row, column, style }: Cell, shown: string): void {
    const { counts, formats } = this.#book
    counts.scanned++
    if (shown.trim() === '' || column >= mostColumns || this.isFull || this.#table.isHidden(column)) return
    counts.filled++
    counts.characters += shown.length
    const cells = this.#rows.get(row) ?? new Map<number, string>()
    this.#rows.set(row, cells)
    const isStruck = formats.styles[style]?.struck === true && !shown.includes('~~')
    cells.set(column, isStruck ? struckOut(shown) : shown)
  }

  #merge(view: DataView): void {
    const count = view.getUint16(0, true)
    for (let each = 0, at = 2; each < count; each++, at += 8)
      this.#table.merge(view.getUint16(at, true) + 1, view.getUint16(at + 2, true) + 1, view.getUint16(at + 4, true))
  }
}

/** A number in four bytes: a whole one or the upper half of one with a point, and perhaps a hundredth of it. */
export function rkNumber(packed: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(4, packed & ~3, true)
  const value = (packed & 2) === 0 ? view.getFloat64(0, true) : (packed | 0) >> 2
  return (packed & 1) === 0 ? value : value / 100
}

function truthText(value: number, isError: boolean): string {
  return isError ? (errors[value] ?? '#N/A') : value === 0 ? 'FALSE' : 'TRUE'
}
