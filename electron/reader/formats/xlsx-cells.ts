/** The cells of one sheet, one by one: what Excel shows in each, without rows and columns that are hidden. */
import { filledCells, scannedCells } from '../limits.ts'
import type { MarkupEvents } from '../markup.ts'
import type { TextBlock } from '../blocks.ts'
import { columnNumber, SheetRows } from '../sheet-cells.ts'
import { shownNumber, shownText, type NumberFormats } from '../sheet-numbers.ts'
import { RichText, struckOut, unescaped } from './xlsx-strings.ts'

/** Of all sheets together. */
export interface CellCounts {
  filled: number
  scanned: number
  /** Formulas that no program has calculated. */
  open: number
}

export interface Workbook {
  strings: readonly string[]
  formats: NumberFormats
  counts: CellCounts
}

/** A text that is longer stands over several rows for its length, and not because it says something of each. */
const longestLabel = 200

export class SheetCells implements MarkupEvents {
  readonly #sheet: string
  readonly #workbook: Workbook
  readonly #rows: { number: number; cells: Map<number, string> }[] = []
  readonly #hiddenColumns: [from: number, to: number][] = []
  /** Cells that reach over others, as they are written: `A2:A9`. */
  readonly #merged: string[] = []
  readonly #rich = new RichText()
  #row = 0
  #isHidden = false
  #column = -1
  #cells = new Map<number, string>()
  #type = 'n'
  #style = 0
  #value = ''
  #inValue = false
  #inRich = false
  #hasFormula = false

  constructor(sheet: string, workbook: Workbook) {
    this.#sheet = sheet
    this.#workbook = workbook
  }

  get done(): boolean {
    const { filled, scanned } = this.#workbook.counts
    return filled > filledCells || scanned > scannedCells
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.#inRich) this.#rich.open(name, attributes)
    else if (name === 'c') this.#openCell(attributes)
    else if (name === 'v') this.#inValue = true
    else if (name === 'f') this.#hasFormula = true
    else if (name === 'is') this.#inRich = true
    else if (name === 'row') {
      this.#row = rowNumber(attributes['r']) ?? this.#row + 1
      this.#isHidden = isOn(attributes['hidden'])
      this.#column = -1
      this.#cells = new Map()
    } else if (name === 'col' && isOn(attributes['hidden']))
      this.#hiddenColumns.push([Number(attributes['min']) - 1, Number(attributes['max']) - 1])
    else if (name === 'mergeCell' && this.#merged.length < scannedCells) this.#merged.push(attributes['ref'] ?? '')
  }

  close(name: string): void {
    if (name === 'is') {
      this.#inRich = false
      this.#value = this.#rich.take()
    } else if (this.#inRich) this.#rich.close(name)
    else if (name === 'v') this.#inValue = false
    else if (name === 'c') this.#endCell()
    else if (name === 'row' && !this.done && this.#cells.size > 0) this.#rows.push({ number: this.#row, cells: this.#cells })
  }

  text(text: string): void {
    if (this.#inRich) this.#rich.text(text)
    else if (this.#inValue) this.#value += text
  }

  /** The blocks of the sheet, once everything was told, or as much of it as is read. */
  finish(): TextBlock[] {
    const cells = new Map(this.#rows.map((row) => [row.number, row.cells]))
    for (const merged of this.#merged) this.#fill(cells, merged)
    const rows = new SheetRows(this.#sheet)
    return [...this.#rows.flatMap(({ number, cells }) => rows.add(number, cells)), ...rows.finish()]
  }

  #openCell(attributes: Record<string, string>): void {
    this.#workbook.counts.scanned++
    this.#column = attributes['r'] ? columnNumber(attributes['r']) : this.#column + 1
    this.#type = attributes['t'] ?? 'n'
    this.#style = Number(attributes['s'] ?? 0)
    this.#value = ''
    this.#hasFormula = false
  }

  #endCell(): void {
    if (this.#isHidden || this.#hiddenColumns.some(([from, to]) => this.#column >= from && this.#column <= to)) return
    const { counts, formats } = this.#workbook
    if (this.#hasFormula && this.#value === '' && this.#type !== 'str') counts.open++
    const shown = this.#shown()
    if (shown.trim() === '' || this.done) return
    counts.filled++
    this.#cells.set(this.#column, formats.styles[this.#style]?.struck ? struckOut(shown) : shown)
  }

  #shown(): string {
    const { strings, formats } = this.#workbook
    if (this.#value === '') return ''
    if (this.#type === 's') return shownText(strings[Number(this.#value)] ?? '', this.#style, formats)
    if (this.#type === 'b') return this.#value === '1' ? 'TRUE' : 'FALSE'
    if (this.#type === 'd') return shownNumber(dayNumber(this.#value), this.#style, formats)
    if (this.#type === 'n') return shownNumber(this.#value, this.#style, formats)
    return shownText(this.#type === 'str' ? unescaped(this.#value) : this.#value, this.#style, formats)
  }

  /** A cell over several rows says what it says of each of them. */
  #fill(cells: ReadonlyMap<number, Map<number, string>>, merged: string): void {
    const [from = '', to = ''] = merged.split(':')
    const first = rowNumber(/\d+$/.exec(from)?.[0])
    const last = rowNumber(/\d+$/.exec(to)?.[0])
    const column = columnNumber(from)
    const text = cells.get(first ?? 0)?.get(column)
    if (first === null || last === null || text === undefined || text.length > longestLabel) return
    for (let row = first + 1; row <= last && !this.done; row++) {
      this.#workbook.counts.scanned++
      const below = cells.get(row)
      if (below && !below.has(column)) below.set(column, text)
    }
  }
}

/** Null for what is no row of a sheet. */
function rowNumber(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null
}

function isOn(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}

/** Days as strict writers write them (`2021-05-04T10:00:00`) as the number that others write. */
function dayNumber(text: string): string {
  const time = Date.parse(/\dT\d/.test(text) && !/Z$|[+-]\d\d:\d\d$/.test(text) ? `${text}Z` : text)
  return Number.isNaN(time) ? text : String(time / 86_400_000 + 25_569)
}
