/** OpenDocument: text, presentations and spreadsheets, all of them one XML file inside. */
import { AppError } from '../../../contract/errors.ts'
import { tableBlocks, textBlock, type TextBlock, type TextPlace } from '../blocks.ts'
import { coreTitle } from '../core-title.ts'
import { filledCells, scannedCells, textBlocks, textCharacters } from '../limits.ts'
import { readXml, type MarkupEvents } from '../markup.ts'
import { inItems, type FormatReader, type Reading } from '../reading.ts'
import { SheetRows } from '../sheet-cells.ts'
import { ZipFile } from '../zip-file.ts'

type OpenFormat = 'odt' | 'odp' | 'ods'

/** Text in these is not of the document, or was deleted from it. */
const silent = new Set([
  'text:tracked-changes',
  'office:annotation',
  'text:note-citation',
  'office:forms',
  'svg:title',
  'svg:desc',
  'style:header',
])

export function openDocumentReader(format: OpenFormat): FormatReader {
  return async function* ({ bytes }, reading) {
    const zip = await ZipFile.open(bytes)
    await refuseEncrypted(zip)
    const content = new OpenContent(format, reading)
    await readXml(zip.pieces('content.xml'), content)
    await reading.turn()
    const pageKind = format === 'odp' ? 'slide' : format === 'ods' ? 'sheet' : null
    yield { type: 'begin', format, pages: pageKind ? content.pages : null, pageKind, title: await coreTitle(zip) }
    yield* inItems(content.blocks)
  }
}

async function refuseEncrypted(zip: ZipFile): Promise<void> {
  if (!zip.has('META-INF/manifest.xml')) return
  let encrypted = false
  await readXml(zip.pieces('META-INF/manifest.xml'), { open: (name) => (encrypted ||= name.endsWith('encryption-data')) })
  if (encrypted) throw new AppError('document_protected', 'An encrypted OpenDocument file')
}

class OpenContent implements MarkupEvents {
  readonly blocks: TextBlock[] = []
  pages = 0
  readonly #format: OpenFormat
  readonly #reading: Reading
  #silent = 0
  #lists = 0
  #level = 0
  #text = ''
  /** Paragraphs inside one another: a note inside its paragraph. */
  #paragraphs = 0
  #rows: string[][] | null = null
  #sheet: SheetRows | null = null
  #row = 0
  #column = 0
  #rowRepeat = 1
  #columnRepeat = 1
  #cells = new Map<number, string>()
  #cell = ''
  #characters = 0
  #filled = 0
  #scanned = 0

  constructor(format: OpenFormat, reading: Reading) {
    this.#format = format
    this.#reading = reading
  }

  get done(): boolean {
    const full = this.#filled > filledCells || this.#scanned > scannedCells
    if (full) this.#reading.leaveOut('cells')
    const long = this.blocks.length > textBlocks || this.#characters > textCharacters
    if (long) this.#reading.leaveOut('text')
    return full || long
  }

  open(name: string, attributes: Record<string, string>): void {
    if (silent.has(name)) this.#silent++
    if (this.#silent > 0) return
    if (name === 'draw:page') this.pages++
    else if (name === 'text:list') this.#lists++
    else if (name === 'text:h' || name === 'text:p') {
      this.#paragraphs++
      this.#level = name === 'text:h' ? Math.min(6, Math.max(1, Number(attributes['text:outline-level'] ?? 1))) : 0
      if (attributes['presentation:class'] === 'title') this.#level = 1
    } else if (name === 'text:s') this.#text += ' '
    else if (name === 'text:tab' || name === 'text:line-break') this.#text += ' '
    else if (name === 'draw:frame') this.#title = attributes['presentation:class'] === 'title'
    else if (name === 'table:table') this.#openTable(attributes['table:name'] ?? '')
    else if (name === 'table:table-row') this.#openRow(attributes)
    else if (name === 'table:table-cell' || name === 'table:covered-table-cell') {
      this.#cell = ''
      this.#columnRepeat = repeated(attributes['table:number-columns-repeated'])
      this.#scanned++
    }
  }
  #title = false

  close(name: string): void {
    if (silent.has(name)) this.#silent = Math.max(0, this.#silent - 1)
    if (this.#silent > 0) return
    if (name === 'text:list') this.#lists--
    else if (name === 'text:h' || name === 'text:p') this.#endParagraph()
    else if (name === 'draw:frame') this.#title = false
    else if (name === 'table:table-cell' || name === 'table:covered-table-cell') this.#endCell()
    else if (name === 'table:table-row') this.#endRow()
    else if (name === 'table:table') this.#endTable()
  }

  text(text: string): void {
    if (this.#silent > 0 || this.#paragraphs === 0) return
    this.#text += text
    this.#characters += text.length
  }

  get #place(): TextPlace {
    if (this.#format === 'odp') return { kind: 'slide', slide: Math.max(1, this.pages) }
    return { kind: 'paragraph', paragraph: this.blocks.length + 1 }
  }

  #endParagraph(): void {
    this.#paragraphs--
    const text = this.#text
    this.#text = ''
    if (this.#rows || this.#sheet) {
      this.#cell += this.#cell === '' ? text : ` ${text}`
      return
    }
    const level = this.#title ? 1 : this.#level
    const block = textBlock(level > 0 ? 'heading' : this.#lists > 0 ? 'list_item' : 'paragraph', text, this.#place, level)
    if (block) this.blocks.push(block)
  }

  #openTable(name: string): void {
    if (this.#format === 'ods') {
      this.pages++
      this.#sheet = new SheetRows(name)
      this.#row = 0
    } else this.#rows ??= []
  }

  #openRow(attributes: Record<string, string>): void {
    this.#rowRepeat = repeated(attributes['table:number-rows-repeated'])
    this.#row++
    this.#column = 0
    this.#cells = new Map()
  }

  #endCell(): void {
    if (this.#cell.trim() !== '') {
      // A value repeated for hundreds of columns is a filled area, not that many values.
      for (let at = 0; at < Math.min(this.#columnRepeat, 20); at++) this.#cells.set(this.#column + at, this.#cell)
      this.#filled++
    }
    this.#column += this.#columnRepeat
    this.#cell = ''
  }

  #endRow(): void {
    if (this.#sheet) this.blocks.push(...this.#sheet.add(this.#row, this.#cells))
    else if (this.#cells.size > 0)
      this.#rows?.push(Array.from({ length: Math.min(this.#column, 200) }, (_, at) => this.#cells.get(at) ?? ''))
    this.#row += this.#rowRepeat - 1
  }

  #endTable(): void {
    const place = this.#place
    if (this.#sheet) this.blocks.push(...this.#sheet.finish())
    else this.blocks.push(...tableBlocks(this.#rows ?? [], true, () => place))
    this.#rows = null
    this.#sheet = null
  }
}

function repeated(text: string | undefined): number {
  return Math.max(1, Math.min(Number.parseInt(text ?? '1', 10) || 1, 1_048_576))
}
