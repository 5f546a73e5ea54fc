/**
 * HTML to blocks, whoever made it: a page, a book's chapter, a mail, or mammoth out of a Word file. Headings, lists, tables and code are
 * kept; a table that only lays a page out becomes its text.
 */
import { textBlock, type TextBlock, type TextPlace } from './blocks.ts'
import { HiddenStyle } from './hidden-style.ts'
import { chosenOptions, shownControl, type Option } from './html-controls.ts'
import { HtmlTable, isDataTable } from './html-table.ts'
import { scannedCells, textBlocks, textCharacters } from './limits.ts'
import { numberText } from './list-numbers.ts'
import type { MarkupEvents } from './markup.ts'
import type { Reading } from './reading.ts'
import { plainLook, RunText, type RunLook } from './run-text.ts'

/** What no browser shows. */
const silent = new Set(
  'script style template noscript head iframe object audio video canvas progress meter datalist noframes annotation annotation-xml rp metadata desc defs ix:header'.split(
    ' ',
  ),
)
const breaking = new Set(
  'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead title tr ul'.split(
    ' ',
  ),
)
const looks: Readonly<Record<string, Partial<RunLook>>> = {
  ...{ sup: { script: 'raised' }, sub: { script: 'lowered' } },
  ...{ del: { struck: true }, s: { struck: true }, strike: { struck: true } },
}
/** Parts of a formula by what they are in and their number there: raised, lowered, or behind a sign. */
const formulaParts: Readonly<Record<string, Partial<RunLook> & { sign?: string }>> = {
  ...{ 'msup 2': { script: 'raised' }, 'msub 2': { script: 'lowered' }, 'mfrac 2': { sign: '/' } },
  ...{ 'msubsup 2': { script: 'lowered' }, 'msubsup 3': { script: 'raised' } },
}

/** A cell of more text than this lays out a page rather than tells a value. */
const cellCharacters = 2_000

interface Element {
  silent: boolean
  look: RunLook
  /** Elements that are in it so far. */
  parts: number
}

interface List {
  type: string
  /** Of its next entry; null where entries have no numbers. */
  next: number | null
  step: 1 | -1
}

interface HtmlShown {
  /** Whether entries of lists get the numbers that a browser gives them. */
  numbers: boolean
  /** Whether what leads to other places (`nav`) is shown. */
  navigation: boolean
}

export class HtmlBlocks implements MarkupEvents {
  readonly blocks: TextBlock[] = []
  /** Of the document's head. */
  title = ''
  readonly #place: (number: number) => TextPlace
  readonly #shown: HtmlShown
  readonly #tables: HtmlTable[] = []
  readonly #style = new HiddenStyle()
  readonly #open: Element[] = []
  readonly #lists: List[] = []
  readonly #text = new RunText()
  #textLength = 0
  /** Readings that stand above words: they follow the text that they are in. */
  #readings: string[] = []
  #reading = ''
  #inReading = false
  #sheet: string | null = null
  #select: { attributes: Record<string, string>; options: Option[] } | null = null
  #kind: TextBlock['kind'] = 'paragraph'
  #level = 0
  #inTitle = false
  #inSvg = 0
  /** Elements of a drawing that hold text. */
  #inDrawnText = 0
  #code = 0
  #characters = 0
  #cells = 0

  /** @param place of the block with this number, counted from 1 */
  constructor(place: (number: number) => TextPlace, shown: HtmlShown = { numbers: false, navigation: false }) {
    this.#place = place
    this.#shown = shown
  }

  /** More of it is not read. */
  get done(): boolean {
    return this.#characters > textCharacters || this.blocks.length > textBlocks || this.#cells > scannedCells
  }

  open(name: string, attributes: Record<string, string>): void {
    const around = this.#open.at(-1)
    const part = around ? formulaParts[`${this.#names.at(-1) ?? ''} ${++around.parts}`] : undefined
    const isSilent = (around?.silent ?? false) || this.#isHidden(name, attributes)
    const struck = /line-through/i.test(attributes['style'] ?? '') ? { struck: true } : null
    this.#open.push({ silent: isSilent, look: { ...(around?.look ?? plainLook), ...looks[name], ...part, ...struck }, parts: 0 })
    this.#names.push(name)
    if (name === 'title' && this.#inSvg === 0) this.#inTitle = true
    if (name === 'style') this.#sheet = ''
    if (isSilent) return
    if (part?.sign !== undefined) this.#add(part.sign)
    if (breaking.has(name)) this.#openBlock(name, attributes)
    else this.#openInline(name, attributes)
  }
  /** Of the elements that are open. */
  readonly #names: string[] = []

  close(name: string): void {
    this.#names.pop()
    const element = this.#open.pop()
    if (name === 'title') this.#inTitle = false
    if (name === 'style') {
      this.#style.add(this.#sheet ?? '')
      this.#sheet = null
    }
    if (!element || element.silent) return
    if (breaking.has(name)) this.#closeBlock(name)
    else this.#closeInline(name)
  }

  text(text: string): void {
    this.#characters += text.length
    const element = this.#open.at(-1)
    if (this.#inTitle) this.title += text
    else if (this.#sheet !== null) this.#sheet += text
    else if (element?.silent || (this.#inSvg > 0 && this.#inDrawnText === 0)) return
    else if (this.#inReading) this.#reading += text
    else if (this.#select) {
      const option = this.#select.options.at(-1)
      if (option) option.text += text
    } else this.#add(text, element?.look)
  }

  /** The blocks, once everything was told, or as much of it as is read. */
  finish(reading: Reading): TextBlock[] {
    if (this.done) reading.leaveOut('text')
    while (this.#tables.length > 0) this.#closeTable()
    this.#flush()
    return this.blocks
  }

  #isHidden(name: string, attributes: Record<string, string>): boolean {
    return (
      silent.has(name) ||
      attributes['hidden'] !== undefined ||
      (name === 'dialog' && attributes['open'] === undefined) ||
      (name === 'nav' && !this.#shown.navigation) ||
      (this.#inSvg > 0 && name === 'title') ||
      this.#style.hides(name, attributes)
    )
  }

  #add(text: string, look?: RunLook): void {
    this.#text.add(text, look)
    this.#textLength += text.length
  }

  #takeText(): string {
    const text = [this.#text.take(), ...this.#readings].join(' ')
    this.#readings = []
    this.#textLength = 0
    return text
  }

  #openInline(name: string, attributes: Record<string, string>): void {
    if (name === 'br') this.#add(this.#code > 0 ? '\n' : ' ')
    else if (name === 'svg') this.#inSvg++
    else if (name === 'text' || name === 'foreignobject') {
      this.#inDrawnText++
      this.#add(' ')
    } else if (name === 'rt') this.#inReading = true
    else if (name === 'q') this.#add('“')
    else if (name === 'button' || name === 'textarea') this.#add(' ')
    else if (name === 'select') this.#select ??= { attributes, options: [] }
    else if (name === 'option') this.#select?.options.push({ text: '', attributes })
    else this.#add(shownControl(name, attributes))
  }

  #closeInline(name: string): void {
    if (name === 'svg') this.#inSvg = Math.max(0, this.#inSvg - 1)
    else if (name === 'q') this.#add('”')
    else if (name === 'button' || name === 'textarea') this.#add(' ')
    else if (name === 'text' || name === 'foreignobject') this.#inDrawnText = Math.max(0, this.#inDrawnText - 1)
    else if (name === 'rt') this.#inReading = false
    else if (name === 'ruby') {
      if (this.#reading.trim() !== '') this.#readings.push(`(${this.#reading.trim()})`)
      this.#reading = ''
    } else if (name === 'select' && this.#select) {
      this.#add(chosenOptions(this.#select.options, this.#select.attributes))
      this.#select = null
    }
  }

  #openBlock(name: string, attributes: Record<string, string>): void {
    const table = this.#tables.at(-1)
    if (name === 'table') this.#openTable(table)
    else if (name === 'tr') {
      if (table?.kind === 'inner') this.#add(table.rows.push([]) > 1 ? ';' : ' ')
      else table?.beginRow()
    } else if (name === 'td' || name === 'th') this.#openCell(table, name, attributes)
    else if (name === 'thead' && table) table.hasHeader = true
    else if (this.#inCell) {
      this.#add(' ')
      this.#openList(name, attributes)
    } else {
      this.#begin(name)
      this.#openList(name, attributes)
    }
  }

  #closeBlock(name: string): void {
    if (name === 'ul' || name === 'ol' || name === 'menu') this.#lists.pop()
    if (name === 'td' || name === 'th') this.#closeCell()
    else if (name === 'table') this.#closeTable()
    else if (this.#inCell) {
      if (name !== 'tr' && name !== 'tbody') this.#add(' ')
    } else {
      this.#flush()
      if (name === 'pre') this.#code = Math.max(0, this.#code - 1)
      this.#kind = this.#code > 0 ? 'code' : 'paragraph'
      this.#level = 0
    }
  }

  #openList(name: string, { start = '1', reversed, type = '1', value = '' }: Record<string, string>): void {
    if (name === 'ul' || name === 'menu') this.#lists.push({ type, next: null, step: 1 })
    else if (name === 'ol') this.#lists.push({ type, next: numberOf(start) ?? 1, step: reversed === undefined ? 1 : -1 })
    else if (name === 'li') {
      const list = this.#lists.at(-1)
      if (!list || list.next === null || !this.#shown.numbers) return
      const number = numberOf(value) ?? list.next
      list.next = number + list.step
      this.#add(`${numberText(number, list.type)}. `)
    }
  }

  get #inCell(): boolean {
    const table = this.#tables.at(-1)
    return table !== undefined && table.kind !== 'layout' && table.rows.length > 0
  }

  #begin(name: string): void {
    this.#flush()
    const heading = /^h([1-6])$/.exec(name)
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
    const block = textBlock(this.#kind, this.#takeText(), this.#place(this.blocks.length + 1), this.#level)
    if (block) this.blocks.push(block)
  }

  #openTable(outer: HtmlTable | undefined): void {
    const isInside = outer !== undefined && outer.kind !== 'layout'
    if (isInside && (outer.kind === 'inner' || isDataTable(outer))) {
      this.#tables.push(new HtmlTable('inner'))
      return
    }
    // A table inside a table that tells no values: the outer one lays out.
    if (isInside) this.#becomeLayout(outer)
    this.#flush()
    this.#tables.push(new HtmlTable('data'))
  }

  #openCell(table: HtmlTable | undefined, name: string, attributes: Record<string, string>): void {
    if (table?.kind === 'inner') return this.#add(' ')
    if (!table || table.kind === 'layout') return this.#flush()
    this.#takeText()
    this.#cells += table.beginCell(attributes)
    if (name === 'th' && table.rows.length === 1) table.hasHeader = true
  }

  #closeCell(): void {
    const table = this.#tables.at(-1)
    if (table?.kind === 'inner') return
    if (!table || table.kind === 'layout' || table.rows.length === 0) return this.#flush()
    if (this.#textLength > cellCharacters) return this.#becomeLayout(table)
    table.endCell(this.#takeText())
  }

  /** What was gathered so far as text, cell by cell. */
  #becomeLayout(table: HtmlTable): void {
    const open = this.#takeText()
    this.#kind = 'paragraph'
    for (const cell of table.becomeLayout(open)) {
      this.#add(cell)
      this.#flush()
    }
  }

  #closeTable(): void {
    const table = this.#tables.pop()
    if (table?.kind === 'inner') return this.#add(' ')
    if (!table || table.kind === 'layout') return this.#flush()
    this.#takeText()
    this.#characters += table.repeatedCharacters
    this.#kind = 'paragraph'
    const first = this.blocks.length
    this.blocks.push(...table.blocks((from) => this.#place(first + from / 50 + 1)))
  }
}

function numberOf(text: string): number | null {
  return /^\s*-?\d{1,9}\s*$/.test(text) ? Number(text) : null
}
