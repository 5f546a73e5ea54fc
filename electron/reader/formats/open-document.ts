/** OpenDocument: text, presentations and spreadsheets, all of them one XML file inside. */
import { AppError } from '../../../contract/errors.ts'
import { textBlock, type TextBlock, type TextPlace } from '../blocks.ts'
import { coreTitle } from '../core-title.ts'
import { filledCells, scannedCells, textBlocks, textCharacters } from '../limits.ts'
import { readXml, type MarkupEvents } from '../markup.ts'
import { OpenControls } from '../open-controls.ts'
import { OpenFormula } from '../open-formula.ts'
import { OpenLists, OpenStyles } from '../open-styles.ts'
import { OpenTable } from '../open-tables.ts'
import { inItems, type FormatReader, type Reading } from '../reading.ts'
import { plainLook, RunText, type RunLook } from '../run-text.ts'
import { ZipFile } from '../zip-file.ts'

type OpenFormat = 'odt' | 'odp' | 'ods'

/** Text in these is not of the document, or was deleted from it. */
const silent = new Set([
  ...['text:tracked-changes', 'table:tracked-changes', 'table:content-validations', 'text:number'],
  ...[
    'dc:creator',
    'dc:date',
    'meta:date-string',
    'meta:creator-initials',
    'office:forms',
    'svg:title',
    'svg:desc',
    'draw:image-map',
    'office:scripts',
  ],
])
const headers = /^style:(header|footer)(-left|-first)?$/

export function openDocumentReader(format: OpenFormat): FormatReader {
  return async function* ({ bytes }, reading) {
    const zip = await ZipFile.open(bytes)
    await refuseEncrypted(zip)
    const styles = new OpenStyles()
    const objects = await objectsIn(zip, reading)
    const newContent = (): OpenContent => new OpenContent(format, styles, reading, objects)
    const pageText = { header: [] as TextBlock[], footer: [] as TextBlock[] }
    if (zip.has('styles.xml')) await readStyles(zip, styles, format === 'odt' ? newContent : null, pageText)
    const content = newContent()
    await readXml(zip.pieces('content.xml'), content)
    content.finish()
    await reading.turn()
    const pageKind = format === 'odp' ? 'slide' : format === 'ods' ? 'sheet' : null
    yield { type: 'begin', format, pages: pageKind ? content.pages : null, pageKind, title: await coreTitle(zip) }
    const blocks = [...pageText.header, ...content.blocks, ...pageText.footer]
    yield* inItems(format === 'odt' ? numbered(blocks) : blocks)
  }
}

/** Styles, and what a text has at the top and the foot of its pages, each once. @param newContent null where those are not read */
async function readStyles(
  zip: ZipFile,
  styles: OpenStyles,
  newContent: (() => OpenContent) | null,
  pageText: Record<'header' | 'footer', TextBlock[]>,
): Promise<void> {
  let page: { kind: 'header' | 'footer'; content: OpenContent } | null = null
  const told = new Set<string>()
  await readXml(zip.pieces('styles.xml'), {
    open: (name, attributes) => {
      styles.open(name, attributes)
      const kind = attributes['style:display'] !== 'false' ? headers.exec(name)?.[1] : undefined
      if (newContent && (kind === 'header' || kind === 'footer')) page = { kind, content: newContent() }
      else page?.content.open(name, attributes)
    },
    close: (name) => {
      styles.close(name)
      if (!page) return
      if (!headers.test(name)) return page.content.close(name)
      page.content.finish()
      const fresh = page.content.blocks.filter(({ text }) => !told.has(text))
      for (const { text } of fresh) told.add(text)
      pageText[page.kind].push(...fresh)
      page = null
    },
    text: (text) => page?.content.text(text),
  })
}

/** In the order in which they are read: a note was told before the end of its paragraph. */
function numbered(blocks: readonly TextBlock[]): TextBlock[] {
  return blocks.map((block, at) => ({ ...block, places: [{ start: 0, place: { kind: 'paragraph', paragraph: at + 1 } }] }))
}

async function refuseEncrypted(zip: ZipFile): Promise<void> {
  if (!zip.has('META-INF/manifest.xml')) return
  let encrypted = false
  await readXml(zip.pieces('META-INF/manifest.xml'), { open: (name) => (encrypted ||= name.endsWith('encryption-data')) })
  if (encrypted) throw new AppError('document_protected', 'An encrypted OpenDocument file')
}

/** What an object in a text, a sheet or a slide shows: a formula in its sentence, or blocks behind it. */
interface OpenObject {
  formula: string | null
  blocks: TextBlock[]
}

/** Objects of one file, and objects inside one another. */
const mostObjects = 1000
const deepestObject = 5

/** Charts, formulas, sheets and texts that lie in parts of their own, by the folder of each. The pictures of them that lie beside (`ObjectReplacements`) say nothing more. */
async function objectsIn(zip: ZipFile, reading: Reading): Promise<Map<string, OpenObject>> {
  const objects = new Map<string, OpenObject>()
  const folders = zip.names.flatMap((name) => (name.endsWith('/content.xml') ? [name.slice(0, -'/content.xml'.length)] : []))
  // What is inside another one is read before it.
  const inward = folders
    .filter((folder) => folder.split('/').length <= deepestObject)
    .sort((one, other) => depthOf(other) - depthOf(one))
  if (inward.length < folders.length || inward.length > mostObjects) reading.leaveOut('text')
  for (const folder of inward.slice(0, mostObjects)) {
    await reading.turn()
    objects.set(folder, await objectIn(zip, folder, objects, reading))
  }
  return objects
}

function depthOf(folder: string): number {
  return folder.split('/').length
}

async function objectIn(
  zip: ZipFile,
  folder: string,
  objects: ReadonlyMap<string, OpenObject>,
  reading: Reading,
): Promise<OpenObject> {
  const part = `${folder}/content.xml`
  const kind = await kindOf(zip, part)
  if (kind === 'math') {
    const formula = new OpenFormula()
    await readXml(zip.pieces(part), formula)
    return { formula: formula.line(reading), blocks: [] }
  }
  const styles = new OpenStyles()
  if (zip.has(`${folder}/styles.xml`)) await readXml(zip.pieces(`${folder}/styles.xml`), styles)
  const content = new OpenContent(kind, styles, reading, objects, `${folder}/`)
  await readXml(zip.pieces(part), content)
  content.finish()
  return { formula: null, blocks: content.blocks }
}

async function kindOf(zip: ZipFile, part: string): Promise<OpenFormat | 'math'> {
  let kind: OpenFormat | 'math' | null = null
  await readXml(zip.pieces(part), {
    open: (name) => {
      if (name === 'math' || name === 'math:math') kind ??= 'math'
      else if (name === 'office:spreadsheet') kind ??= 'ods'
      else if (name === 'office:presentation') kind ??= 'odp'
      else if (name === 'office:text' || name === 'office:chart' || name === 'office:drawing') kind ??= 'odt'
    },
    get done() {
      return kind !== null
    },
  })
  return kind ?? 'odt'
}

/** One that is told; others may be inside it, in a note or a box. */
interface Paragraph {
  text: RunText
  readings: string
  level: number
  isListItem: boolean
  isHidden: boolean
}

class OpenContent implements MarkupEvents {
  readonly blocks: TextBlock[] = []
  pages = 0
  readonly #format: OpenFormat
  readonly #styles: OpenStyles
  readonly #lists: OpenLists
  readonly #controls = new OpenControls()
  readonly #reading: Reading
  /** Elements that are open, and how many were when one began that says nothing; 0 while all speak. */
  #depth = 0
  #silentFrom = 0
  #inForms = false
  readonly #paragraphs: Paragraph[] = []
  readonly #looks: RunLook[] = []
  readonly #tables: OpenTable[] = []
  /** Blocks of notes, boxes and comments: they follow the paragraph or the table that they hang on. */
  #later: TextBlock[] = []
  #isReading = false
  /** Number of a note: it would part the words around it, and stands before those of the note. */
  #noteMark = ''
  #isNoteMark = false
  #isTitle = false
  readonly #sums = { filled: 0, scanned: 0, characters: 0 }
  readonly #objects: ReadonlyMap<string, OpenObject>
  readonly #folder: string

  /** @param folder of the part that is told, which its objects are named from */
  constructor(
    format: OpenFormat,
    styles: OpenStyles,
    reading: Reading,
    objects: ReadonlyMap<string, OpenObject> = new Map(),
    folder = '',
  ) {
    this.#objects = objects
    this.#folder = folder
    this.#format = format
    this.#styles = styles
    this.#lists = new OpenLists(styles)
    this.#reading = reading
  }

  get done(): boolean {
    const full = this.#sums.filled > filledCells || this.#sums.scanned > scannedCells
    if (full) this.#reading.leaveOut('cells')
    const long = this.blocks.length + this.#later.length > textBlocks || this.#sums.characters > textCharacters
    if (long) this.#reading.leaveOut('text')
    return full || long
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#depth++
    if (this.#inForms) this.#controls.open(name, attributes)
    if (this.#silentFrom > 0) return
    this.#styles.open(name, attributes)
    if (name === 'office:forms') this.#inForms = true
    if (silent.has(name) || this.#isHidden(name, attributes)) {
      this.#silentFrom = this.#depth
      return
    }
    if (name.startsWith('table:')) this.#openTablePart(name, attributes)
    else if (name.startsWith('text:')) this.#openText(name, attributes)
    else if (name === 'draw:page') this.pages++
    else if (name === 'draw:frame') this.#isTitle = attributes['presentation:class'] === 'title'
    else if (name === 'draw:object') this.#addObject(attributes['xlink:href'] ?? '')
    else if (name === 'draw:object-ole') this.#reading.leaveOut('text')
    else if (name === 'draw:control') this.#addControl(this.#controls.wordsOf(attributes['draw:control']))
  }

  close(name: string): void {
    const isSilent = this.#silentFrom > 0
    if (this.#silentFrom === this.#depth) this.#silentFrom = 0
    this.#depth--
    if (name === 'office:forms') this.#inForms = false
    if (isSilent) return
    this.#styles.close(name)
    const table = this.#tables.at(-1)
    if (name === 'text:list') this.#lists.close()
    else if (name === 'text:h' || name === 'text:p') this.#endParagraph()
    else if (name === 'text:span') this.#looks.pop()
    else if (name === 'text:ruby-text') this.#isReading = false
    else if (name === 'text:note-citation') this.#isNoteMark = false
    else if (name === 'text:note') this.#noteMark = ''
    else if (name === 'draw:frame') this.#isTitle = false
    else if (name === 'table:table-cell' || name === 'table:covered-table-cell') table?.endCell()
    else if (name === 'table:table-row') this.blocks.push(...(table?.endRow() ?? []))
    else if (name === 'table:table') this.#endTable()
  }

  text(text: string): void {
    const paragraph = this.#paragraphs.at(-1)
    if (this.#silentFrom > 0 || !paragraph) return
    if (this.#isNoteMark) this.#noteMark += text
    else if (this.#isReading) paragraph.readings += text
    else paragraph.text.add(text, this.#looks.at(-1))
    this.#sums.characters += text.length
  }

  finish(): void {
    while (this.#paragraphs.length > 0) this.#endParagraph()
    while (this.#tables.length > 0) this.#endTable()
    this.#add([])
  }

  /** What its program does not show. */
  #isHidden(name: string, attributes: Record<string, string>): boolean {
    if (name === 'text:p' || name === 'text:h') return this.#styles.of('paragraph', attributes['text:style-name']).hidden
    if (name === 'text:span') return this.#styles.of('text', attributes['text:style-name']).hidden
    if (name === 'text:section')
      return (
        attributes['text:display'] === 'none' ||
        (attributes['text:display'] === 'condition' && attributes['text:is-hidden'] === 'true')
      )
    if (name === 'text:hidden-text') return attributes['text:is-hidden'] === 'true'
    return name === 'table:table' && this.#styles.of('table', attributes['table:style-name']).hidden
  }

  #openText(name: string, attributes: Record<string, string>): void {
    if (name === 'text:h' || name === 'text:p') this.#openParagraph(name, attributes)
    else if (name === 'text:span') {
      const { look } = this.#styles.of('text', attributes['text:style-name'])
      const around = this.#looks.at(-1) ?? plainLook
      this.#looks.push({ script: look.script ?? around.script, struck: look.struck || around.struck })
    } else if (name === 'text:list') this.#lists.open(attributes)
    else if (name === 'text:list-item') this.#lists.beginEntry(attributes)
    else if (name === 'text:s' || name === 'text:tab' || name === 'text:line-break') this.text(' ')
    else if (name === 'text:ruby-text') this.#isReading = true
    else if (name === 'text:note-citation') {
      this.#isNoteMark = true
      this.#noteMark = ''
    } else if (name === 'text:hidden-paragraph' && attributes['text:is-hidden'] === 'true') {
      const paragraph = this.#paragraphs.at(-1)
      if (paragraph) paragraph.isHidden = true
    }
  }

  #openParagraph(name: string, attributes: Record<string, string>): void {
    const style = this.#styles.of('paragraph', attributes['text:style-name'])
    const outline =
      name === 'text:h' ? Math.min(10, Math.max(1, Number.parseInt(attributes['text:outline-level'] ?? '1', 10) || 1)) : 0
    const text = new RunText()
    const number = this.#lists.numberOf(outline, style.list, attributes)
    if (this.#noteMark !== '') text.add(`${this.#noteMark} `)
    this.#noteMark = ''
    if (number !== '') text.add(`${number} `)
    const isTitle = this.#isTitle || attributes['presentation:class'] === 'title'
    this.#paragraphs.push({
      ...{ text, readings: '', isHidden: false, isListItem: this.#lists.depth > 0 },
      level: isTitle ? 1 : Math.min(6, outline),
    })
    this.#looks.push(style.look)
  }

  #openTablePart(name: string, attributes: Record<string, string>): void {
    const table = this.#tables.at(-1)
    if (name === 'table:table') {
      const isSheet = this.#format === 'ods' && this.#tables.length === 0 && this.#paragraphs.length === 0
      if (isSheet) this.pages++
      this.#tables.push(new OpenTable(isSheet ? (attributes['table:name'] ?? '') : null, this.#paragraphs.length, this.#sums))
    } else if (name === 'table:table-column') table?.column(attributes)
    else if (name === 'table:table-row') table?.openRow(attributes)
    else if (name === 'table:table-cell' || name === 'table:covered-table-cell') table?.openCell(name, attributes)
  }

  #addControl(words: string): void {
    if (this.#paragraphs.length > 0) this.text(` ${words} `)
    else this.#endWords(words, 'paragraph', 0)
  }

  /** @param href of its folder, from that of this part; an object that lies in the text itself has none */
  #addObject(href: string): void {
    const object = this.#objects.get(`${this.#folder}${href.replace(/^\.\//, '').replace(/\/$/, '')}`)
    if (!object) return
    const { formula, blocks } = object
    if (formula !== null) {
      if (this.#paragraphs.length > 0) this.text(formula)
      else this.#endWords(formula, 'paragraph', 0)
    }
    const place = this.#place
    this.#sums.characters += blocks.reduce((sum, { text }) => sum + text.length, 0)
    this.#add(blocks.map((block) => ({ ...block, places: [{ start: 0, place }] })))
  }

  get #place(): TextPlace {
    const sheet = this.#tables.find((table) => table.sheet !== null)
    if (sheet) return { kind: 'sheet', sheet: sheet.sheet ?? '', cells: sheet.cellName }
    if (this.#format === 'odp') return { kind: 'slide', slide: Math.max(1, this.pages) }
    return { kind: 'paragraph', paragraph: this.blocks.length + 1 }
  }

  #endParagraph(): void {
    this.#looks.pop()
    const paragraph = this.#paragraphs.pop()
    if (!paragraph) return
    const { text, readings, level, isListItem, isHidden } = paragraph
    if (isHidden) return
    const words = readings.trim() === '' ? text.take() : `${text.take()} (${readings.trim()})`
    this.#endWords(words, level > 0 ? 'heading' : isListItem ? 'list_item' : 'paragraph', level)
  }

  #endWords(words: string, kind: TextBlock['kind'], level: number): void {
    const table = this.#tables.at(-1)
    if (table?.isInCell && table.paragraphs === this.#paragraphs.length) return table.addWords(words)
    const block = textBlock(kind, words, this.#place, level)
    this.#add(block ? [block] : [])
  }

  /** At once, or when what they hang on has ended. */
  #add(blocks: readonly TextBlock[]): void {
    if (this.#paragraphs.length > 0 || this.#tables.length > 0) this.#later.push(...blocks)
    else {
      this.blocks.push(...blocks, ...this.#later)
      this.#later = []
    }
  }

  #endTable(): void {
    const place = this.#place
    const table = this.#tables.pop()
    if (!table) return
    const around = this.#tables.at(-1)
    if (around?.isInCell && around.paragraphs === table.paragraphs) around.addWords(table.words)
    else this.#add(table.finish(place))
  }
}
