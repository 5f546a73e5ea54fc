/** The cells of one sheet, one by one: what Excel shows in each, without rows and columns that are hidden. */
import type { MarkupEvents } from '../markup.ts'
import type { TextBlock } from '../blocks.ts'
import { columnNumber } from '../sheet-cells.ts'
import { shownNumber, shownText, type NumberFormats } from '../sheet-numbers.ts'
import { SheetTable, type CellCounts } from '../sheet-table.ts'
import { RichText, struckOut, unescaped } from './xlsx-strings.ts'

export interface Workbook {
  strings: readonly string[]
  formats: NumberFormats
  counts: CellCounts
}

export class SheetCells implements MarkupEvents {
  readonly #workbook: Workbook
  readonly #table: SheetTable
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
    this.#workbook = workbook
    this.#table = new SheetTable(sheet, workbook.counts)
  }

  get done(): boolean {
    return this.#table.isFull
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
      this.#table.hideColumns(Number(attributes['min']) - 1, Number(attributes['max']) - 1)
    else if (name === 'mergeCell') this.#merge(attributes['ref'] ?? '')
  }

  close(name: string): void {
    if (name === 'is') {
      this.#inRich = false
      this.#value = this.#rich.take()
    } else if (this.#inRich) this.#rich.close(name)
    else if (name === 'v') this.#inValue = false
    else if (name === 'c') this.#endCell()
    else if (name === 'row') this.#table.addRow(this.#row, this.#cells)
  }

  text(text: string): void {
    if (this.#inRich) this.#rich.text(text)
    else if (this.#inValue) this.#value += text
  }

  /** The blocks of the sheet, once everything was told, or as much of it as is read. */
  finish(): TextBlock[] {
    return this.#table.finish()
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
    if (this.#isHidden || this.#table.isHidden(this.#column)) return
    const { counts, formats } = this.#workbook
    if (this.#hasFormula && this.#value === '' && this.#type !== 'str') counts.open++
    const shown = this.#shown()
    if (shown.trim() === '' || this.done) return
    counts.filled++
    counts.characters += shown.length
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

  /** @param merged as it is written: `A2:A9` */
  #merge(merged: string): void {
    const [from = '', to = ''] = merged.split(':')
    const first = rowNumber(/\d+$/.exec(from)?.[0])
    const last = rowNumber(/\d+$/.exec(to)?.[0])
    if (first !== null && last !== null) this.#table.merge(first, last, columnNumber(from))
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
