/** Tables of OpenDocument while they are told: sheets, tables of a text, and tables in a cell of another. */
import { inLine, tableBlocks, type TextBlock, type TextPlace } from './blocks.ts'
import { filledCells, scannedCells, textCharacters } from './limits.ts'
import { columnName, SheetRows } from './sheet-cells.ts'

/** Columns of a table in a text, and those that one value may fill. */
const widest = 200
const repeatedColumns = 1024
/** Ranges of columns that are hidden. */
const mostRanges = 1000
/** UTF-16 units of a cell over several rows that are said again in each. */
const repeatedInCell = 200

/** How much was told in all tables of a file. */
interface TableSums {
  filled: number
  scanned: number
  characters: number
}

export class OpenTable {
  /** Paragraphs that were open when it began: only those of its own are its cells' words. */
  readonly paragraphs: number
  readonly sheet: string | null
  isInCell = false
  readonly #sums: TableSums
  readonly #gathered: SheetRows | null
  readonly #rows: string[][] = []
  #row = 0
  #rowRepeat = 1
  #isRowHidden = false
  #column = 0
  #columnRepeat = 1
  #cells = new Map<number, string>()
  #cell = ''
  #value = ''
  #isCovered = false
  #isNothing = false
  #spanRows = 1
  readonly #spans = new Map<number, { rows: number; text: string }>()
  #columns = 0
  readonly #hidden: [from: number, to: number][] = []

  /** @param sheet its name, null for a table of a text */
  constructor(sheet: string | null, paragraphs: number, sums: TableSums) {
    this.sheet = sheet
    this.paragraphs = paragraphs
    this.#sums = sums
    this.#gathered = sheet === null ? null : new SheetRows(sheet)
  }

  /** The cell that is told, as a sheet names it. */
  get cellName(): string {
    return `${columnName(this.#column)}${Math.max(1, this.#row)}`
  }

  column(attributes: Record<string, string>): void {
    const count = repeated(attributes['table:number-columns-repeated'])
    if (isCollapsed(attributes) && this.#hidden.length < mostRanges) this.#hidden.push([this.#columns, this.#columns + count])
    this.#columns += count
  }

  openRow(attributes: Record<string, string>): void {
    this.#rowRepeat = repeated(attributes['table:number-rows-repeated'])
    this.#isRowHidden = isCollapsed(attributes)
    this.#row++
    this.#column = 0
    this.#cells = new Map()
  }

  openCell(name: string, attributes: Record<string, string>): void {
    this.isInCell = true
    this.#cell = ''
    this.#isCovered = name === 'table:covered-table-cell'
    this.#value = shownValue(attributes)
    // A chart has this where it has no number.
    this.#isNothing = attributes['office:value'] === 'NaN'
    this.#spanRows = repeated(attributes['table:number-rows-spanned'])
    this.#columnRepeat = repeated(attributes['table:number-columns-repeated'])
    this.#sums.scanned++
  }

  addWords(words: string): void {
    const text = inLine(words)
    if (text !== '') this.#cell += this.#cell === '' ? text : ` ${text}`
  }

  endCell(): void {
    this.isInCell = false
    const text = this.#isNothing ? '' : this.#cell !== '' || this.#isCovered ? this.#cell : this.#value
    if (text !== '') {
      const count = Math.min(this.#columnRepeat, repeatedColumns)
      for (let at = 0; at < count && !this.#isFull; at++) this.#put(this.#column + at, text)
      if (this.#spanRows > 1)
        this.#spans.set(this.#column, { rows: this.#spanRows, text: text.length > repeatedInCell ? '' : text })
    } else if (this.#isCovered) {
      const above = this.#spans.get(this.#column)
      if (above && above.text !== '') this.#put(this.#column, above.text)
    }
    this.#column += this.#columnRepeat
    this.#cell = ''
  }

  /** @returns blocks of a sheet as they get full */
  endRow(): TextBlock[] {
    const blocks: TextBlock[] = []
    const cells = this.#cells
    if (cells.size > 0 && !this.#isRowHidden) {
      const length = [...cells.values()].reduce((sum, text) => sum + text.length, 0)
      for (let count = 0; count < this.#rowRepeat && !this.#isFull; count++) {
        if (this.#gathered) blocks.push(...this.#gathered.add(this.#row + count, cells))
        else this.#rows.push(Array.from({ length: Math.min(this.#column, widest) }, (_, at) => cells.get(at) ?? ''))
        if (count === 0) continue
        this.#sums.filled += cells.size
        this.#sums.characters += length
      }
    }
    this.#row += this.#rowRepeat - 1
    for (const [column, span] of this.#spans) if (--span.rows === 0) this.#spans.delete(column)
    return blocks
  }

  /** All of it as words of the cell that it stands in. */
  get words(): string {
    return this.#rows.map((row) => row.filter((cell) => cell !== '').join(' ')).join('; ')
  }

  finish(place: TextPlace): TextBlock[] {
    return this.#gathered ? this.#gathered.finish() : tableBlocks(this.#rows, true, () => place)
  }

  #put(column: number, text: string): void {
    if (this.#hidden.some(([from, to]) => column >= from && column < to)) return
    this.#cells.set(column, text)
    this.#sums.filled++
    this.#sums.characters += text.length
  }

  get #isFull(): boolean {
    const { filled, scanned, characters } = this.#sums
    return filled > filledCells || scanned > scannedCells || characters > textCharacters
  }
}

function isCollapsed(attributes: Record<string, string>): boolean {
  const visibility = attributes['table:visibility']
  return visibility === 'collapse' || visibility === 'filter'
}

function repeated(text: string | undefined): number {
  return Math.max(1, Math.min(Number.parseInt(text ?? '1', 10) || 1, 1_048_576))
}

/** What a cell shows whose text is not written out. */
function shownValue(attributes: Record<string, string>): string {
  const value = attributes['office:value'] ?? ''
  switch (attributes['office:value-type'] ?? attributes['calcext:value-type']) {
    case 'float':
      return value
    case 'currency':
      return `${value} ${attributes['office:currency'] ?? ''}`.trim()
    case 'percentage':
      return value === '' || Number.isNaN(Number(value)) ? value : `${Number((Number(value) * 100).toPrecision(12))}%`
    case 'date':
      return (attributes['office:date-value'] ?? '').replace(/T00:00:00(\.0+)?$/, '').replace('T', ' ')
    case 'time': {
      const [, hours = '0', minutes = '0', seconds = '0'] =
        /^PT(\d+)H(\d+)M(\d+)/.exec(attributes['office:time-value'] ?? '') ?? []
      return [hours, minutes, seconds].map((part) => part.padStart(2, '0')).join(':')
    }
    case 'boolean':
      return (attributes['office:boolean-value'] ?? '').toUpperCase()
    case 'string':
      return attributes['office:string-value'] ?? ''
    case undefined:
    default:
      return ''
  }
}
