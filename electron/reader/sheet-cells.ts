/** What all tables of cells share: names of columns, values as a person reads them, rows gathered into blocks. */
import { tableBlocks, type TextBlock } from './blocks.ts'

/** `A` for 0, `AB` for 27. */
export function columnName(column: number): string {
  let name = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  return name
}

/** 27 for `AB`; the digits after it are not looked at. */
export function columnNumber(name: string): number {
  let column = 0
  for (const letter of /^[A-Z]{1,3}/.exec(name)?.[0] ?? 'A') column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

/** Whether the first row names columns: every cell has words, and the next row does not look the same. */
export function looksLikeHeader(rows: readonly (readonly string[])[]): boolean {
  const [first = [], second = []] = rows
  const words = (cell: string): boolean => cell.trim() !== '' && !/^[\s\d.,%+()€$£-]+$/.test(cell)
  return rows.length > 1 && first.length > 1 && first.every(words) && second.some((cell) => cell.trim() !== '')
}

/** Gathers the filled cells of one sheet, row by row, and makes blocks of 50 rows of them. */
export class SheetRows {
  readonly #sheet: string
  #rows: { number: number; cells: Map<number, string> }[] = []
  #first = true

  constructor(sheet: string) {
    this.#sheet = sheet
  }

  /** @param number of the row, from 1 @returns a block's worth of rows when there are enough */
  add(number: number, cells: Map<number, string>): TextBlock[] {
    if (cells.size === 0) return []
    // Far from the last one: another table on the same sheet.
    const gap = number - (this.#rows.at(-1)?.number ?? number) > 2
    const blocks = gap || this.#rows.length === 50 ? this.finish() : []
    if (gap) this.#first = true
    this.#rows.push({ number, cells })
    return blocks
  }

  finish(): TextBlock[] {
    const rows = this.#rows
    this.#rows = []
    const [first] = rows
    const last = rows.at(-1)
    if (!first || !last) return []
    const columns = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))].sort((one, other) => one - other)
    const table = rows.map(({ cells }) => columns.map((column) => cells.get(column) ?? ''))
    const hasHeader = this.#first && looksLikeHeader(table)
    this.#first = false
    const from = `${columnName(columns[0] ?? 0)}${first.number}`
    const to = `${columnName(columns.at(-1) ?? 0)}${last.number}`
    return tableBlocks(table, hasHeader, () => ({
      kind: 'sheet',
      sheet: this.#sheet,
      cells: from === to ? from : `${from}:${to}`,
    }))
  }
}
