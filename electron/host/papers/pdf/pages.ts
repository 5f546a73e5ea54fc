/** The pages of a PDF: what is drawn where, what of it is which part of the document's structure, and where its links lead. Measures from the upper left, in points. */
import { decimal, addressString, textString, type PdfObjects, type PdfValue, type Reference } from './pdf-objects.ts'
import type { UsedFont } from './fonts.ts'
import type { Line, Segment } from './text-setter.ts'

/** A4. */
export const pageWidth = 595.28
export const pageHeight = 841.89
/** Left, right and top; the foot has room for the page's number. */
export const margin = 64
export const footHeight = 72

/** Parts of red, green and blue, 0 to 1. */
export type Colour = readonly [number, number, number]
export const ink: Colour = [0.12, 0.11, 0.09]
export const quiet: Colour = [0.39, 0.35, 0.3]
export const copper: Colour = [0.65, 0.29, 0.12]
export const ground: Colour = [0.955, 0.94, 0.91]
export const hairline: Colour = [0.8, 0.77, 0.72]

/** A part of the document: a paragraph, a cell, a link. What is drawn for it may lie on several pages. */
export class Part {
  readonly tag: string
  readonly attributes: PdfValue | null
  readonly kids: (Part | { page: number; mark: number } | { page: number; annotation: Reference })[] = []

  constructor(tag: string, attributes: PdfValue | null = null) {
    this.tag = tag
    this.attributes = attributes
  }

  add(tag: string, attributes: PdfValue | null = null): Part {
    const part = new Part(tag, attributes)
    this.kids.push(part)
    return part
  }
}

interface Page {
  reference: Reference
  content: string[]
  /** The part that each marked stretch of it belongs to. */
  marks: Part[]
  annotations: Reference[]
}

export class Pages {
  readonly root = new Part('Document')
  readonly #objects: PdfObjects
  readonly #fontNames = new Map<UsedFont, string>()
  readonly #pages: Page[] = []
  /** Links by the number under which their part is found. */
  readonly #links: Part[] = []
  readonly #targets = new Map<string, PdfValue>()
  readonly #headings: { title: string; page: number; y: number }[] = []
  /** The part that is being drawn. */
  #marked: Part | null = null

  constructor(objects: PdfObjects, fonts: readonly UsedFont[]) {
    this.#objects = objects
    for (const [index, font] of fonts.entries()) this.#fontNames.set(font, `F${index}`)
    this.next()
  }

  get count(): number {
    return this.#pages.length
  }

  /** Goes on to a new page. */
  next(): void {
    this.#unmark()
    this.#pages.push({ reference: this.#objects.reserve(), content: [], marks: [], annotations: [] })
  }

  /** @param y of the line that the letters stand on */
  line({ segments }: Line, x: number, y: number, part: Part | null, colour: Colour = ink): void {
    let link: Part | null = null
    let before: Segment | null = null
    for (const segment of segments) {
      const leads = segment.link !== undefined || segment.source !== undefined
      if (leads && part) {
        if (!link || before?.link !== segment.link || before?.source !== segment.source) link = part.add('Link')
        this.#mark(link)
        this.#annotate(segment, x, y, link)
      } else {
        link = null
        this.#mark(part)
      }
      this.#draw(segment, x, y, leads ? copper : colour)
      before = segment
      x += segment.width
    }
  }

  /** A filled box that means nothing. */
  box(x: number, y: number, width: number, height: number, colour: Colour): void {
    this.#mark(null)
    const numbers = [x, pageHeight - y - height, width, height].map(decimal).join(' ')
    this.#page.content.push(`/Artifact BMC ${colour.map(decimal).join(' ')} rg ${numbers} re f EMC`)
  }

  /** Links to this name lead here. */
  target(name: string, y: number): void {
    this.#targets.set(name, [this.#page.reference, '/XYZ', 0, decimal(pageHeight - y), 'null'])
  }

  /** Lists a heading beside the pages. */
  heading(title: string, y: number): void {
    this.#headings.push({ title, page: this.#pages.length - 1, y })
  }

  /** Draws on a page that was left already; what is drawn means nothing. */
  onPage(index: number, draw: () => void): void {
    this.#unmark()
    const later = this.#pages.splice(index + 1)
    draw()
    this.#unmark()
    this.#pages.push(...later)
  }

  /** Writes pages and structure. @returns the catalogue's entries */
  write(resources: PdfValue): Record<string, PdfValue> {
    this.#unmark()
    const objects = this.#objects
    const tree = objects.reserve()
    for (const [index, { reference, content, annotations }] of this.#pages.entries())
      objects.write(reference, {
        Type: '/Page',
        Parent: tree,
        MediaBox: [0, 0, pageWidth, pageHeight],
        Resources: resources,
        Contents: objects.addStream(Buffer.from(content.join('\n'))),
        StructParents: index,
        Tabs: '/S',
        ...(annotations.length > 0 ? { Annots: annotations } : {}),
      })
    objects.write(tree, {
      Type: '/Pages',
      Kids: this.#pages.map(({ reference }) => reference),
      Count: this.#pages.length,
    })
    return {
      Pages: tree,
      StructTreeRoot: this.#writeStructure(),
      ...(this.#targets.size > 0 ? { Dests: Object.fromEntries(this.#targets) } : {}),
      ...(this.#headings.length > 1 ? { Outlines: this.#writeOutline() } : {}),
    }
  }

  get #page(): Page {
    const page = this.#pages.at(-1)
    if (!page) throw new Error('There is no page')
    return page
  }

  /** What is drawn from here on belongs to this part; null for what means nothing. */
  #mark(part: Part | null): void {
    if (part === this.#marked) return
    this.#unmark()
    if (!part) return
    const page = this.#page
    page.content.push(`/${part.tag} <</MCID ${page.marks.length}>> BDC`)
    part.kids.push({ page: this.#pages.length - 1, mark: page.marks.length })
    page.marks.push(part)
    this.#marked = part
  }

  #unmark(): void {
    if (this.#marked) this.#page.content.push('EMC')
    this.#marked = null
  }

  #draw(segment: Segment, x: number, y: number, colour: Colour): void {
    const { content } = this.#page
    const isArtifact = this.#marked === null
    if (isArtifact) content.push('/Artifact BMC')
    // What is drawn as a box is still the text that it stands for, to whoever copies it or has it read aloud.
    if (segment.undrawn) content.push(`/Span <</ActualText ${textString(segment.text)}>> BDC`)
    const place = `${decimal(x)} ${decimal(pageHeight - y)}`
    content.push(
      `BT ${colour.map(decimal).join(' ')} rg /${this.#fontNames.get(segment.font)} ${decimal(segment.size)} Tf 1 0 0 1 ${place} Tm <${segment.font.encode(segment.text)}> Tj ET`,
    )
    if (segment.undrawn) content.push('EMC')
    if (segment.struck) {
      const rule = [x, pageHeight - y + segment.size * 0.3, segment.width, segment.size * 0.06]
      content.push(`${rule.map(decimal).join(' ')} re f`)
    }
    if (isArtifact) content.push('EMC')
  }

  #annotate({ link, source, width, size, text }: Segment, x: number, y: number, part: Part): void {
    const bottom = pageHeight - y - size * 0.25
    const annotation = this.#objects.add({
      Type: '/Annot',
      Subtype: '/Link',
      Rect: [x, bottom, x + width, bottom + size * 1.2].map(decimal),
      Border: [0, 0, 0],
      F: 4,
      StructParent: `${linkNumbers + this.#links.length}`,
      Contents: textString(link ?? text),
      ...(link === undefined ? { Dest: `/source${source ?? 0}` } : { A: { S: '/URI', URI: addressString(link) } }),
    })
    this.#links.push(part)
    this.#page.annotations.push(annotation)
    part.kids.push({ page: this.#pages.length - 1, annotation })
  }

  #writeStructure(): Reference {
    const objects = this.#objects
    const top = objects.reserve()
    const references = new Map<Part, Reference>()
    const write = (part: Part, parent: Reference): Reference => {
      const reference = objects.reserve()
      references.set(part, reference)
      objects.write(reference, {
        Type: '/StructElem',
        S: `/${part.tag}`,
        P: parent,
        ...(part.attributes === null ? {} : { A: part.attributes }),
        K: part.kids.map((kid): PdfValue => {
          if (kid instanceof Part) return write(kid, reference)
          const page = this.#pages[kid.page]?.reference ?? 'null'
          return 'mark' in kid ? { Type: '/MCR', Pg: page, MCID: kid.mark } : { Type: '/OBJR', Pg: page, Obj: kid.annotation }
        }),
      })
      return reference
    }
    const root = write(this.root, top)
    const of = (part: Part): Reference => references.get(part) ?? root
    const byNumber: PdfValue[] = []
    for (const [index, { marks }] of this.#pages.entries()) byNumber.push(index, marks.map(of))
    for (const [index, part] of this.#links.entries()) byNumber.push(linkNumbers + index, of(part))
    objects.write(top, {
      Type: '/StructTreeRoot',
      K: root,
      ParentTree: objects.add({ Nums: byNumber }),
      ParentTreeNextKey: linkNumbers + this.#links.length,
    })
    return top
  }

  #writeOutline(): Reference {
    const objects = this.#objects
    const top = objects.reserve()
    const items = this.#headings.map(() => objects.reserve())
    for (const [index, { title, page, y }] of this.#headings.entries()) {
      const [previous, next] = [items[index - 1], items[index + 1]]
      objects.write(items[index] ?? top, {
        Title: textString(title),
        Parent: top,
        Dest: [this.#pages[page]?.reference ?? 'null', '/XYZ', 0, decimal(pageHeight - y), 'null'],
        ...(previous ? { Prev: previous } : {}),
        ...(next ? { Next: next } : {}),
      })
    }
    objects.write(top, {
      Type: '/Outlines',
      First: items[0] ?? 'null',
      Last: items.at(-1) ?? 'null',
      Count: items.length,
    })
    return top
  }
}

/** Numbers under which links are found begin here; below are those of pages. */
const linkNumbers = 1_000_000
