/** Writes a paper as a PDF: A4, tagged, with its fonts inside, its headings listed and its sources at the end. The same paper gives the same bytes. */
import type { Paper, PaperBlock, PaperRun, PaperSource } from '../../../../contract/paper.ts'
import { Pace } from '../../base/pace.ts'
import { tableParts } from '../wide-tables.ts'
import { xmlText } from '../xml-text.ts'
import { writeFont } from './embedded-font.ts'
import type { Fonts } from './fonts.ts'
import {
  footHeight,
  ground,
  hairline,
  ink,
  margin,
  pageHeight,
  Pages,
  pageWidth,
  quiet,
  type Colour,
  type Part,
} from './pages.ts'
import { dateString, PdfObjects, textString } from './pdf-objects.ts'
import { TableDrawing } from './table-drawing.ts'
import { TextSetter, type Line } from './text-setter.ts'

/** Sizes in points. */
const bodySize = 10.5
const noteSize = 8.5
const codeSize = 8.5
const titleSize = 20
/** Of headings, by level. */
const headingSizes = [16, 13.5, 12, 11, 10.5, 10.5]
/** Height of a line as a part of its size. */
const leading = 1.45
const bottom = pageHeight - footHeight
const indent = 18
/** Deeper lists have no more room. */
const deepestIndent = 10
/** Characters that are named at the end as those that could not be drawn. */
const mostNamed = 40

/** A list that is open, and the item that what follows belongs to. */
interface OpenItem {
  depth: number
  list: number
  part: Part
  body: Part
}

/**
 * The whole file.
 * @param signal gives it up
 * @throws whatever the signal was aborted with
 */
export async function writePdf(paper: Paper, fonts: Fonts, signal?: AbortSignal): Promise<Uint8Array> {
  const drawing = new PaperDrawing(paper, fonts)
  await drawing.draw(signal)
  return drawing.file()
}

class PaperDrawing {
  readonly #paper: Paper
  readonly #objects = new PdfObjects()
  readonly #setter: TextSetter
  readonly #pages: Pages
  readonly #sources: ReadonlySet<number>
  readonly #pace = new Pace()
  #open: OpenItem[] = []
  /** How far the page is filled. */
  #y = margin

  constructor(paper: Paper, fonts: Fonts) {
    this.#paper = paper
    this.#setter = new TextSetter(fonts)
    this.#pages = new Pages(this.#objects, Object.values(this.#setter.fonts))
    this.#sources = new Set(paper.sources.map(({ number }) => number))
  }

  async draw(signal?: AbortSignal): Promise<void> {
    const { title, blocks, sources, words } = this.#paper
    this.#heading([{ text: title }], 'H1', titleSize)
    this.#y += 6
    for (const block of blocks) {
      signal?.throwIfAborted()
      await this.#pace.rest()
      await this.#block(block, signal)
    }
    this.#open = []
    if (sources.length > 0) {
      this.#y += 12
      this.#heading([{ text: words.sources }], 'H2', headingSizes[1] ?? bodySize)
      for (const source of sources) {
        await this.#pace.rest()
        this.#source(source)
      }
    }
    this.#tellUndrawn()
    for (let index = 0; index < this.#pages.count; index++) this.#foot(index)
  }

  file(): Uint8Array {
    const objects = this.#objects
    const { title, language, createdAt } = this.#paper
    const fonts = Object.values(this.#setter.fonts)
    const used = Object.fromEntries(
      fonts.flatMap((font, index) => (font.isUsed ? [[`F${index}`, writeFont(objects, font)]] : [])),
    )
    const catalogue = this.#pages.write({ Font: used })
    const info = objects.add({
      Title: textString(title),
      Producer: '(Alambic)',
      Creator: '(Alambic)',
      CreationDate: dateString(createdAt),
      ModDate: dateString(createdAt),
    })
    const root = objects.add({
      Type: '/Catalog',
      Lang: `(${language})`,
      MarkInfo: { Marked: true },
      ViewerPreferences: { DisplayDocTitle: true },
      Metadata: objects.addStream(Buffer.from(metadata(this.#paper)), { Type: '/Metadata', Subtype: '/XML' }, true),
      ...catalogue,
    })
    return objects.file(root, info)
  }

  async #block(block: PaperBlock, signal?: AbortSignal): Promise<void> {
    switch (block.kind) {
      case 'heading': {
        this.#open = []
        // The title is the first level.
        const tag = `H${Math.min(6, block.level + 1)}`
        this.#heading(block.runs, tag, headingSizes[block.level - 1] ?? bodySize, block.level === 1)
        break
      }
      case 'paragraph':
        this.#paragraph(block)
        break
      case 'note':
        this.#flow(this.#lines(block.runs, noteSize, 0), noteSize, this.#home(0).add('P'), 0, quiet)
        this.#y += 6
        break
      case 'item':
        this.#item(block)
        break
      case 'code':
        await this.#code(block, signal)
        break
      case 'table':
        for (const part of tableParts({ ...block, rows: block.rows.map((row) => row.map((cell) => this.#known(cell))) })) {
          const table = new TableDrawing({ setter: this.#setter, pages: this.#pages, part: this.#home(0).add('Table') })
          this.#y = await table.draw(part, this.#y + 4, signal)
          this.#y += 10
        }
        break
      case 'rule':
        this.#room(20)
        this.#pages.box(margin, this.#y + 6, pageWidth - 2 * margin, 0.6, hairline)
        this.#y += 18
        break
    }
  }

  #heading(runs: readonly PaperRun[], tag: string, size: number, listed = tag === 'H1'): void {
    const lines = this.#setter.lines(this.#known(runs), { size, width: pageWidth - 2 * margin, bold: true })
    // It does not stand alone at the foot of a page.
    this.#room(lines.length * size * 1.25 + 3 * bodySize * leading)
    if (this.#y > margin) this.#y += size * 0.7
    if (listed)
      this.#pages.heading(
        runs
          .map(({ text }) => text)
          .join('')
          .replaceAll('\n', ' '),
        this.#y,
      )
    const part = this.#pages.root.add(tag)
    this.#flow(lines, size, part, 0, ink, 1.25)
    this.#y += size * 0.35
  }

  #paragraph({ runs, depth, quoted }: Extract<PaperBlock, { kind: 'paragraph' }>): void {
    const home = this.#home(depth)
    const part = quoted ? home.add('BlockQuote').add('P') : home.add('P')
    this.#flow(this.#lines(runs, bodySize, depth), bodySize, part, depth, quoted ? quiet : ink, leading, quoted)
    this.#y += 6
  }

  #item(block: Extract<PaperBlock, { kind: 'item' }>): void {
    const { depth, list, number } = block
    const before = this.#open.findLast((open) => open.depth === depth && open.list === list)
    const home = this.#home(before ? depth : depth - 1)
    this.#open = this.#open.filter((open) => open.depth < depth)
    const part = before?.part ?? home.add('L', { O: '/List', ListNumbering: number === null ? '/Disc' : '/Decimal' })
    const item = part.add('LI')
    const [label, body] = [item.add('Lbl'), item.add('LBody')]
    this.#open.push({ depth, list, part, body })
    const lines = this.#lines(block.runs, bodySize, depth)
    this.#room(bodySize * leading)
    const [sign] = this.#setter.lines([{ text: number === null ? '•' : `${number}.` }], { size: bodySize, width: 200 })
    const x = margin + Math.min(depth, deepestIndent) * indent
    if (sign) this.#pages.line(sign, Math.max(margin, x - sign.width - 5), this.#y + baseline(bodySize, leading), label)
    this.#flow(lines, bodySize, body.add('P'), depth)
    this.#y += 3
  }

  async #code({ text, depth }: Extract<PaperBlock, { kind: 'code' }>, signal?: AbortSignal): Promise<void> {
    const part = this.#home(depth).add('Code')
    const x = margin + Math.min(depth, deepestIndent) * indent
    const width = pageWidth - margin - x
    const height = codeSize * leading
    this.#y += 2
    this.#room(height * 2 + 12)
    const padding = 6
    this.#pages.box(x, this.#y, width, padding, ground)
    this.#y += padding
    for (const line of this.#setter.codeLines(text, { size: codeSize, width: width - 16 })) {
      signal?.throwIfAborted()
      await this.#pace.rest()
      this.#room(height)
      this.#pages.box(x, this.#y - 0.2, width, height + 0.4, ground)
      this.#pages.line(line, x + 8, this.#y + codeSize * 1.1, part)
      this.#y += height
    }
    this.#pages.box(x, this.#y, width, padding, ground)
    this.#y += padding + 8
  }

  #source({ number, name, place, quotes }: PaperSource): void {
    this.#room(2 * bodySize * leading)
    this.#pages.target(`source${number}`, this.#y)
    const part = this.#pages.root.add('P')
    const runs: PaperRun[] = [
      { text: `[${number}] `, bold: true },
      { text: name, bold: true },
      ...(place === '' ? [] : [{ text: `, ${place}` }]),
    ]
    this.#flow(this.#lines(runs, bodySize - 0.5, 0), bodySize - 0.5, part, 0)
    this.#y += 2
    for (const quote of quotes) {
      const lines = this.#lines([{ text: quote.replace(/\s*\n\s*/g, '\n') }], noteSize + 0.5, 1)
      this.#flow(lines, noteSize + 0.5, this.#pages.root.add('BlockQuote').add('P'), 1, quiet, leading, true)
      this.#y += 4
    }
    this.#y += 6
  }

  #tellUndrawn(): void {
    const { undrawn } = this.#setter
    if (undrawn.size === 0) return
    const codes = [...undrawn].slice(0, mostNamed).map((sign) => {
      const code = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      return `U+${code}`
    })
    const text = `${this.#paper.words.undrawn} ${codes.join(', ')}${undrawn.size > mostNamed ? ', …' : '.'}`
    this.#y += 10
    this.#flow(this.#lines([{ text }], noteSize, 0), noteSize, this.#pages.root.add('P'), 0, quiet)
  }

  #foot(index: number): void {
    const [number] = this.#setter.lines([{ text: `${index + 1} / ${this.#pages.count}` }], { size: noteSize, width: 200 })
    if (!number) return
    const y = pageHeight - footHeight / 2
    this.#pages.onPage(index, () => this.#pages.line(number, pageWidth - margin - number.width, y, null, quiet))
  }

  /** The part that a block of this depth belongs to. */
  #home(depth: number): Part {
    this.#open = this.#open.filter((open) => open.depth <= depth)
    return this.#open.at(-1)?.body ?? this.#pages.root
  }

  #lines(runs: readonly PaperRun[], size: number, depth: number): Line[] {
    const width = pageWidth - 2 * margin - Math.min(depth, deepestIndent) * indent
    return this.#setter.lines(this.#known(runs), { size, width })
  }

  /** Marks of sources that are not listed lead nowhere. */
  #known(runs: readonly PaperRun[]): PaperRun[] {
    return runs.map(({ source, ...run }) => (source !== undefined && this.#sources.has(source) ? { ...run, source } : run))
  }

  #flow(
    lines: readonly Line[],
    size: number,
    part: Part,
    depth: number,
    colour: Colour = ink,
    spacing = leading,
    barred = false,
  ): void {
    const x = margin + Math.min(depth, deepestIndent) * indent
    const height = size * spacing
    for (const [index, line] of lines.entries()) {
      // Neither the first line nor the last stands alone where two have room.
      const isAlone = lines.length > 2 && (index === 0 || index === lines.length - 2)
      this.#room(isAlone ? 2 * height : height)
      if (barred) this.#pages.box(x - 9, this.#y + 1, 1.5, height, hairline)
      this.#pages.line(line, x, this.#y + baseline(size, spacing), part, colour)
      this.#y += height
    }
  }

  /** Goes on to the next page when so much has no room on this one. */
  #room(height: number): void {
    if (this.#y + height <= bottom || this.#y <= margin) return
    this.#pages.next()
    this.#y = margin
  }
}

/** Where letters stand below the top of their line. */
function baseline(size: number, spacing: number): number {
  return (size * (spacing - 1)) / 2 + size * 0.86
}

function metadata({ title, language, createdAt }: Paper): string {
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${xmlText(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>${language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>${new Date(createdAt).toISOString()}</xmp:CreateDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`
}
