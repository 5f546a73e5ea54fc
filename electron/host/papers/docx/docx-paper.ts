/**
 * Writes a paper as a Word file: real headings, lists, tables and links, and at its end the sources, which the marks lead to. The same paper gives the
 * same bytes. Sources are no endnotes: Word numbers those anew, and LibreOffice shows a number of one's own twice.
 */
import type { Paper, PaperBlock, PaperRun, PaperSource } from '../../../../contract/paper.ts'
import { Pace } from '../../base/pace.ts'
import { tableParts } from '../wide-tables.ts'
import { xmlText } from '../xml-text.ts'
import { contentTypes, documentParts, footer, packageParts, settings, styles, wordNames, xmlHead } from './docx-parts.ts'
import { zipArchive } from './zip-archive.ts'

/** Twentieths of a point. */
const indent = 360
/** Word's lists are so deep; deeper ones stand beside the deepest. */
const deepestList = 9
const deepestIndent = 12
const textWidth = 9000
/** Of scripts that are written from the right. */
const rightward = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/**
 * The whole file.
 * @param signal gives it up
 * @throws whatever the signal was aborted with
 */
export async function writeDocx(paper: Paper, signal?: AbortSignal): Promise<Uint8Array> {
  const drawing = new WordDrawing(paper)
  const document = await drawing.document(signal)
  return zipArchive([
    ['[Content_Types].xml', contentTypes],
    ['_rels/.rels', packageParts],
    ['docProps/core.xml', coreProperties(paper)],
    ['word/document.xml', document],
    ['word/_rels/document.xml.rels', documentParts(drawing.links, xmlText)],
    ['word/styles.xml', styles(paper.language)],
    ['word/settings.xml', settings],
    ['word/numbering.xml', drawing.numbering()],
    ['word/footer1.xml', footer],
  ])
}

class WordDrawing {
  /** Ids of the addresses that are led to. */
  readonly links = new Map<string, string>()
  readonly #paper: Paper
  readonly #sources: ReadonlySet<number>
  /** Numbers of lists, with the number that each begins with; null for bullets. */
  readonly #lists = new Map<number, { level: number; first: number | null }>()
  readonly #pace = new Pace()

  constructor(paper: Paper) {
    this.#paper = paper
    this.#sources = new Set(paper.sources.map(({ number }) => number))
  }

  async document(signal?: AbortSignal): Promise<string> {
    const { title, blocks, sources, words } = this.#paper
    const parts = [this.#paragraph([{ text: title }], '<w:pStyle w:val="Title"/>')]
    for (const block of blocks) {
      signal?.throwIfAborted()
      await this.#pace.rest()
      parts.push(this.#block(block))
    }
    if (sources.length > 0) parts.push(this.#paragraph([{ text: words.sources }], '<w:pStyle w:val="Heading1"/>'))
    for (const source of sources) parts.push(this.#source(source))
    const section =
      '<w:sectPr><w:footerReference w:type="default" r:id="footer"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1304" w:right="1440" w:bottom="1304" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
    return `${xmlHead}<w:document ${wordNames}><w:body>${parts.join('')}${section}</w:body></w:document>`
  }

  numbering(): string {
    const levels = (format: string, text: (level: number) => string): string =>
      Array.from({ length: deepestList }, (_, level) => {
        const left = (level + 1) * indent
        return `<w:lvl w:ilvl="${level}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text(level)}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="${left}" w:hanging="${indent - 60}"/></w:pPr></w:lvl>`
      }).join('')
    const kinds = `<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>${levels('bullet', () => '•')}</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="hybridMultilevel"/>${levels('decimal', (level) => `%${level + 1}.`)}</w:abstractNum>`
    const lists = [...this.#lists].map(([list, { level, first }]) => {
      const start = `<w:lvlOverride w:ilvl="${level}"><w:startOverride w:val="${first ?? 1}"/></w:lvlOverride>`
      return `<w:num w:numId="${list + 1}"><w:abstractNumId w:val="${first === null ? 0 : 1}"/>${first === null ? '' : start}</w:num>`
    })
    return `${xmlHead}<w:numbering ${wordNames}>${kinds}${lists.join('')}</w:numbering>`
  }

  #block(block: PaperBlock): string {
    switch (block.kind) {
      case 'heading':
        return this.#paragraph(block.runs, `<w:pStyle w:val="Heading${block.level}"/>`)
      case 'paragraph':
        return this.#paragraph(block.runs, `${block.quoted ? '<w:pStyle w:val="Quote"/>' : ''}${indented(block.depth)}`)
      case 'note':
        return this.#paragraph(block.runs, '<w:pStyle w:val="Note"/>')
      case 'item': {
        const level = Math.min(block.depth, deepestList) - 1
        if (!this.#lists.has(block.list)) this.#lists.set(block.list, { level, first: block.number })
        const list = `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${block.list + 1}"/></w:numPr>`
        return this.#paragraph(block.runs, `<w:pStyle w:val="ListParagraph"/>${list}`)
      }
      case 'code':
        return this.#paragraph([{ text: block.text }], `<w:pStyle w:val="Code"/>${indented(block.depth)}`)
      case 'table':
        // Word joins tables that no paragraph parts.
        return tableParts(block)
          .map((part) => `${this.#table(part)}<w:p><w:pPr><w:spacing w:after="0"/></w:pPr></w:p>`)
          .join('')
      case 'rule':
        return '<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="CDC5B9"/></w:pBdr></w:pPr></w:p>'
    }
  }

  /** Its number, its place and what of it was relied on. */
  #source({ number, name, place, quotes }: PaperSource): string {
    const mark = `<w:bookmarkStart w:id="${number}" w:name="source${number}"/>${this.#runs([{ text: `[${number}]`, bold: true }])}<w:bookmarkEnd w:id="${number}"/>`
    const head: PaperRun[] = [{ text: ` ${name}`, bold: true }, ...(place === '' ? [] : [{ text: `, ${place}` }])]
    const first = `<w:p><w:pPr><w:pStyle w:val="Source"/><w:keepNext/></w:pPr>${mark}${this.#runs(head)}</w:p>`
    const quoted = quotes.map((quote) =>
      this.#paragraph([{ text: quote.replace(/\s*\n\s*/g, '\n') }], `<w:pStyle w:val="Quote"/>${indented(1)}`),
    )
    return first + quoted.join('')
  }

  #table({ rows, align }: Extract<PaperBlock, { kind: 'table' }>): string {
    const width = Math.floor(textWidth / Math.max(1, align.length))
    const grid = align.map(() => `<w:gridCol w:w="${width}"/>`).join('')
    const body = rows.map((row, index) => {
      const isHead = index === 0
      const cells = row.map((cell, column) => {
        const runs = isHead ? cell.map((run) => ({ ...run, bold: true })) : cell
        const shade = isHead ? '<w:shd w:val="clear" w:color="auto" w:fill="F3EFE8"/>' : ''
        const jc = align[column] === 'left' || align[column] === undefined ? '' : `<w:jc w:val="${align[column]}"/>`
        return `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${shade}</w:tcPr>${this.#paragraph(runs, `<w:spacing w:after="40"/>${jc}`)}</w:tc>`
      })
      return `<w:tr>${isHead ? '<w:trPr><w:tblHeader/></w:trPr>' : ''}${cells.join('')}</w:tr>`
    })
    return `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${body.join('')}</w:tbl>`
  }

  /** @param properties in the order that the schema asks for: style, list, border, indent, alignment */
  #paragraph(runs: readonly PaperRun[], properties: string): string {
    const isRightward = rightward.test(runs.map(({ text }) => text).join(''))
    const direction = isRightward ? withDirection(properties) : properties
    return `<w:p>${direction === '' ? '' : `<w:pPr>${direction}</w:pPr>`}${this.#runs(runs, isRightward)}</w:p>`
  }

  #runs(runs: readonly PaperRun[], isRightward = false): string {
    return runs.map((run) => this.#run(run, isRightward)).join('')
  }

  #run({ text, bold, italic, code, struck, link, source }: PaperRun, isRightward: boolean): string {
    const style = (name: string): string => `<w:rStyle w:val="${name}"/>`
    const look = (name: string | null): string => {
      const inside = [
        name === null ? '' : style(name),
        bold ? '<w:b/><w:bCs/>' : '',
        italic ? '<w:i/><w:iCs/>' : '',
        struck ? '<w:strike/>' : '',
        isRightward ? '<w:rtl/>' : '',
      ].join('')
      return inside === '' ? '' : `<w:rPr>${inside}</w:rPr>`
    }
    if (source !== undefined && this.#sources.has(source))
      return `<w:hyperlink w:anchor="source${source}"><w:r>${look('SourceMark')}${texts(text)}</w:r></w:hyperlink>`
    if (link === undefined) return `<w:r>${look(code ? 'InlineCode' : null)}${texts(text)}</w:r>`
    const id = this.links.get(link) ?? `link${this.links.size + 1}`
    this.links.set(link, id)
    return `<w:hyperlink r:id="${id}"><w:r>${look('Hyperlink')}${texts(text)}</w:r></w:hyperlink>`
  }
}

function texts(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/([\n\t])/)
    .map((part) =>
      part === '\n'
        ? '<w:br/>'
        : part === '\t'
          ? '<w:tab/>'
          : part === ''
            ? ''
            : `<w:t xml:space="preserve">${xmlText(part)}</w:t>`,
    )
    .join('')
}

function indented(depth: number): string {
  return depth === 0 ? '' : `<w:ind w:left="${Math.min(depth, deepestIndent) * indent}"/>`
}

/** The direction stands before what says where the paragraph lies. */
function withDirection(properties: string): string {
  const at = properties.search(/<w:(?:spacing|ind|jc)\b/)
  return at < 0 ? `${properties}<w:bidi/>` : `${properties.slice(0, at)}<w:bidi/>${properties.slice(at)}`
}

function coreProperties({ title, language, createdAt }: Paper): string {
  const at = new Date(createdAt).toISOString().replace(/\.\d+Z$/, 'Z')
  return `${xmlHead}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${xmlText(title)}</dc:title><dc:creator>Alambic</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">${at}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">${at}</dcterms:modified><dc:language>${language}</dc:language></cp:coreProperties>`
}
