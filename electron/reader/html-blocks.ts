/**
 * HTML to blocks, whoever made it: a page, a book's chapter or a mail. Headings, lists, tables and code are kept; a table that only lays a page out becomes its text.
 */
import { tableBlocks, textBlock, type TextBlock, type TextPlace } from './blocks.ts'
import { scannedCells, textBlocks, textCharacters } from './limits.ts'
import type { MarkupEvents } from './markup.ts'
import type { Reading } from './reading.ts'

const silent = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'math',
  'head',
  'iframe',
  'object',
  'select',
  'button',
  'nav',
])
const breaking = new Set(
  'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section summary table tbody td tfoot th thead title tr ul'.split(
    ' ',
  ),
)

/** A cell of more text than this lays out a page rather than tells a value. */
const cellCharacters = 2_000
/** Columns that one cell may claim for itself. */
const widestSpan = 100

interface Table {
  rows: string[][]
  hasHeader: boolean
  /** Its cells are parts of a page. */
  layout: boolean
}

export class HtmlBlocks implements MarkupEvents {
  readonly blocks: TextBlock[] = []
  /** Of the document's head. */
  title = ''
  readonly #place: (number: number) => TextPlace
  readonly #tables: Table[] = []
  #text = ''
  #kind: TextBlock['kind'] = 'paragraph'
  #level = 0
  /** Elements that are open, from one that says nothing on. */
  #silent = 0
  #inTitle = false
  #listDepth = 0
  #code = 0
  #characters = 0
  #cells = 0

  /** @param place of the block with this number, counted from 1 */
  constructor(place: (number: number) => TextPlace) {
    this.#place = place
  }

  /** More of it is not read. */
  get done(): boolean {
    return this.#characters > textCharacters || this.blocks.length > textBlocks || this.#cells > scannedCells
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'title') this.#inTitle = true
    if (this.#silent > 0 || silent.has(name) || isHidden(name, attributes)) {
      this.#silent++
      return
    }
    if (name === 'br') this.#text += this.#code > 0 ? '\n' : ' '
    if (!breaking.has(name)) return
    const table = this.#tables.at(-1)
    if (name === 'table') this.#openTable(table)
    else if (name === 'tr') table?.rows.push([])
    else if (name === 'td' || name === 'th') this.#openCell(table, name, attributes)
    else if (this.#inCell) this.#text += ' '
    else this.#begin(name)
  }

  close(name: string): void {
    if (name === 'title') this.#inTitle = false
    if (this.#silent > 0) {
      this.#silent--
      return
    }
    if (!breaking.has(name)) return
    if (name === 'td' || name === 'th') this.#closeCell()
    else if (name === 'table') this.#closeTable()
    else if (this.#inCell) this.#text += ' '
    else {
      this.#flush()
      if (name === 'pre') this.#code = Math.max(0, this.#code - 1)
      if (name === 'ul' || name === 'ol') this.#listDepth = Math.max(0, this.#listDepth - 1)
      this.#kind = this.#code > 0 ? 'code' : 'paragraph'
      this.#level = 0
    }
  }

  text(text: string): void {
    this.#characters += text.length
    if (this.#inTitle) this.title += text
    else if (this.#silent === 0) this.#text += text
  }

  /** The blocks, once everything was told, or as much of it as is read. */
  finish(reading: Reading): TextBlock[] {
    if (this.done) reading.leaveOut('text')
    while (this.#tables.length > 0) this.#closeTable()
    this.#flush()
    return this.blocks
  }

  get #inCell(): boolean {
    const table = this.#tables.at(-1)
    return table !== undefined && !table.layout && table.rows.length > 0
  }

  #begin(name: string): void {
    this.#flush()
    const heading = /^h([1-6])$/.exec(name)
    if (name === 'ul' || name === 'ol') this.#listDepth++
    if (name === 'pre') this.#code++
    this.#level = heading ? Number(heading[1]) : 0
    this.#kind = heading
      ? 'heading'
      : this.#code > 0
        ? 'code'
        : name === 'li' || this.#kind === 'list_item'
          ? 'list_item'
          : 'paragraph'
  }

  #flush(): void {
    const block = textBlock(this.#kind, this.#text, this.#place(this.blocks.length + 1), this.#level)
    this.#text = ''
    if (block) this.blocks.push(block)
  }

  #openTable(outer: Table | undefined): void {
    // A table inside a table: the outer one lays out.
    if (outer && !outer.layout) this.#becomeLayout(outer)
    this.#flush()
    this.#tables.push({ rows: [], hasHeader: false, layout: false })
  }

  #openCell(table: Table | undefined, name: string, { colspan = '' }: Record<string, string>): void {
    if (!table || table.layout) return this.#flush()
    if (table.rows.length === 0) table.rows.push([])
    this.#text = ''
    if (name === 'th' && table.rows.length === 1) table.hasHeader = true
    const span = Math.min(widestSpan, Math.max(1, Number.parseInt(colspan, 10) || 1))
    // Its text comes when it closes; the columns it covers stay empty.
    table.rows.at(-1)?.push(...Array<string>(span).fill(''))
    this.#span = span
    this.#cells += span
  }
  #span = 1

  #closeCell(): void {
    const table = this.#tables.at(-1)
    const row = table?.rows.at(-1)
    if (!table || table.layout || !row) return this.#flush()
    row[row.length - this.#span] = this.#text
    if (this.#text.length > cellCharacters) this.#becomeLayout(table)
    this.#text = ''
  }

  /** What was gathered so far as text, cell by cell. */
  #becomeLayout(table: Table): void {
    const cells = [...table.rows.flat()]
    const open = this.#text
    table.rows = []
    table.layout = true
    this.#kind = 'paragraph'
    for (const cell of cells.at(-1) === open ? cells : [...cells, open]) {
      this.#text = cell
      this.#flush()
    }
  }

  #closeTable(): void {
    const table = this.#tables.pop()
    if (!table || table.layout) return this.#flush()
    this.#text = ''
    const rows = table.rows.filter((row) => row.some((cell) => cell.trim() !== ''))
    const columns = filledColumns(rows)
    const kept = rows.map((row) => filledCells(row, columns))
    this.#kind = 'paragraph'
    if (columns.length < 2) {
      for (const [cell = ''] of kept) {
        this.#text = cell
        this.#flush()
      }
      return
    }
    const first = this.blocks.length
    this.blocks.push(...tableBlocks(kept, table.hasHeader, (from) => this.#place(first + from / 50 + 1)))
  }
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

/** What a browser does not show: the data of a filing, and what somebody wants only a machine to read. */
function isHidden(name: string, attributes: Record<string, string>): boolean {
  return (
    name === 'ix:header' ||
    attributes['hidden'] !== undefined ||
    /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attributes['style'] ?? '')
  )
}
