/**
 * Excel files, streamed: cells are looked at one by one and stop at a limit, however much the file unpacks to. A file of
 * 170 kB can be millions of cells, which a library that holds the whole workbook would have in memory.
 */
import { AppError } from '../../../contract/errors.ts'
import { coreTitle } from '../core-title.ts'
import { filledCells, pages as mostPages, scannedCells, textCharacters } from '../limits.ts'
import { readXml, type MarkupEvents } from '../markup.ts'
import { relationsOf, type Relation } from '../office-parts.ts'
import { inItems, type FormatReader } from '../reading.ts'
import { columnNumber, SheetRows } from '../sheet-cells.ts'
import { dateFormats, shownNumber, type NumberFormats } from '../sheet-numbers.ts'
import type { TextBlock } from '../blocks.ts'
import { ZipFile } from '../zip-file.ts'

const workbook = 'xl/workbook.xml'

export const readXlsx: FormatReader = async function* ({ bytes }, reading) {
  const zip = await ZipFile.open(bytes)
  const relations = await relationsOf(zip, workbook)
  const { sheets, from1904 } = await sheetsOf(zip, relations)
  yield { type: 'begin', format: 'xlsx', pages: sheets.length, pageKind: 'sheet', title: await coreTitle(zip) }
  const strings = await sharedStrings(zip, relations)
  const formats = await dateFormats(zip, relations.find(({ type }) => type === 'styles')?.part, from1904)
  const counts = { filled: 0, scanned: 0 }
  if (sheets.length > mostPages) reading.leaveOut('pages')
  for (const [at, { name, part }] of sheets.slice(0, mostPages).entries()) {
    await reading.turn()
    const cells = new SheetCells(name, strings, formats, counts)
    await readXml(zip.pieces(part), cells)
    yield* inItems(cells.finish())
    yield { type: 'progress', done: at + 1, total: Math.min(sheets.length, mostPages) }
    if (!cells.done) continue
    reading.leaveOut('cells')
    return
  }
}

async function sheetsOf(zip: ZipFile, relations: Relation[]) {
  const sheets: { name: string; part: string }[] = []
  const parts = new Map(relations.map(({ id, part }) => [id, part]))
  let from1904 = false
  await readXml(zip.pieces(workbook), {
    open: (element, attributes) => {
      if (element.endsWith('workbookPr')) from1904 = /^(1|true)$/.test(attributes['date1904'] ?? '')
      if (!/(^|:)sheet$/.test(element)) return
      const part = parts.get(attributes['r:id'] ?? '')
      if (part && zip.has(part)) sheets.push({ name: attributes['name'] ?? '', part })
    },
  })
  if (sheets.length === 0) throw new AppError('document_broken', 'A workbook without sheets')
  return { sheets, from1904 }
}

async function sharedStrings(zip: ZipFile, relations: Relation[]): Promise<string[]> {
  const part = relations.find(({ type }) => type === 'sharedStrings')?.part
  const strings: string[] = []
  if (!part || !zip.has(part)) return strings
  let text = ''
  let inside = false
  let phonetic = false
  let characters = 0
  await readXml(zip.pieces(part), {
    open: (name) => {
      if (name === 'si') text = ''
      else if (name === 'rPh') phonetic = true
      else if (name === 't') inside = !phonetic
    },
    close: (name) => {
      if (name === 't') inside = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'si') strings.push(text)
    },
    text: (piece) => {
      if (!inside) return
      text += piece
      characters += piece.length
    },
    get done() {
      return characters > textCharacters
    },
  })
  return strings
}

class SheetCells implements MarkupEvents {
  readonly #blocks: TextBlock[] = []
  readonly #rows: SheetRows
  readonly #strings: readonly string[]
  readonly #formats: NumberFormats
  readonly #counts: { filled: number; scanned: number }
  #row = 0
  #column = -1
  #cells = new Map<number, string>()
  #type = 'n'
  #style = 0
  #value = ''
  #inValue = false

  constructor(name: string, strings: readonly string[], formats: NumberFormats, counts: { filled: number; scanned: number }) {
    this.#rows = new SheetRows(name)
    this.#strings = strings
    this.#formats = formats
    this.#counts = counts
  }

  get done(): boolean {
    return this.#counts.filled > filledCells || this.#counts.scanned > scannedCells
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'c') {
      this.#counts.scanned++
      this.#column = attributes['r'] ? columnNumber(attributes['r']) : this.#column + 1
      this.#type = attributes['t'] ?? 'n'
      this.#style = Number(attributes['s'] ?? 0)
      this.#value = ''
    } else if (name === 'row') {
      this.#row = rowNumber(attributes['r']) ?? this.#row + 1
      this.#column = -1
      this.#cells = new Map()
    } else if (name === 'v' || name === 't') this.#inValue = true
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#inValue = false
    else if (name === 'c') this.#endCell()
    else if (name === 'row' && !this.done) this.#blocks.push(...this.#rows.add(this.#row, this.#cells))
  }

  text(text: string): void {
    if (this.#inValue) this.#value += text
  }

  finish(): TextBlock[] {
    return [...this.#blocks, ...this.#rows.finish()]
  }

  #endCell(): void {
    const shown = this.#shown()
    if (shown.trim() === '' || this.done) return
    this.#counts.filled++
    this.#cells.set(this.#column, shown)
  }

  #shown(): string {
    if (this.#value === '') return ''
    if (this.#type === 's') return this.#strings[Number(this.#value)] ?? ''
    if (this.#type === 'b') return this.#value === '1' ? 'TRUE' : 'FALSE'
    return this.#type === 'n' ? shownNumber(this.#value, this.#style, this.#formats) : this.#value
  }
}

/** Null for what is no row of a sheet. */
function rowNumber(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null
}
