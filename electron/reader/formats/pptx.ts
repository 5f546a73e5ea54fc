/** PowerPoint files: slides in their order, with titles, lists, tables, diagrams and the speaker's notes. */
import { textBlock, tableBlocks, type TextBlock } from '../blocks.ts'
import { coreTitle } from '../core-title.ts'
import { pages as mostPages } from '../limits.ts'
import { readXml, type MarkupEvents } from '../markup.ts'
import { relationsOf } from '../office-parts.ts'
import { inItems, type FormatReader } from '../reading.ts'
import { ZipFile } from '../zip-file.ts'

const presentation = 'ppt/presentation.xml'

export const readPptx: FormatReader = async function* ({ bytes }, reading) {
  const zip = await ZipFile.open(bytes)
  const slides = await slidesOf(zip)
  yield { type: 'begin', format: 'pptx', pages: slides.length, pageKind: 'slide', title: await coreTitle(zip) }
  if (slides.length > mostPages) reading.leaveOut('pages')
  for (const [at, part] of slides.slice(0, mostPages).entries()) {
    await reading.turn()
    const slide = new SlideText(at + 1)
    await readXml(zip.pieces(part), slide)
    for (const { type, part: beside } of await relationsOf(zip, part)) {
      if ((type === 'notesSlide' || type === 'diagramData') && zip.has(beside)) await readXml(zip.pieces(beside), slide)
    }
    yield* inItems(slide.blocks)
    yield { type: 'progress', done: at + 1, total: Math.min(slides.length, mostPages) }
  }
}

async function slidesOf(zip: ZipFile): Promise<string[]> {
  const ids: string[] = []
  await readXml(zip.pieces(presentation), {
    open: (name, attributes) => {
      if (name === 'p:sldId') ids.push(attributes['r:id'] ?? '')
    },
  })
  const parts = new Map((await relationsOf(zip, presentation)).map(({ id, part }) => [id, part]))
  return ids.flatMap((id) => parts.get(id) ?? []).filter((part) => zip.has(part))
}

class SlideText implements MarkupEvents {
  readonly blocks: TextBlock[] = []
  readonly #slide: number
  #placeholder = ''
  #text = ''
  #inText = false
  #rows: string[][] | null = null
  #cell = ''

  constructor(slide: number) {
    this.#slide = slide
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'p:sp') this.#placeholder = ''
    else if (name === 'p:ph') this.#placeholder = attributes['type'] ?? 'body'
    else if (name === 'a:tbl') this.#rows = []
    else if (name === 'a:tr') this.#rows?.push([])
    else if (name === 'a:t') this.#inText = true
    else if (name === 'a:br') this.#text += ' '
  }

  close(name: string): void {
    if (name === 'a:t') this.#inText = false
    else if (name === 'a:p') this.#endParagraph()
    else if (name === 'a:tc') {
      this.#rows?.at(-1)?.push(this.#cell)
      this.#cell = ''
    } else if (name === 'a:tbl') {
      this.blocks.push(...tableBlocks(this.#rows ?? [], true, () => this.#place))
      this.#rows = null
    } else if (name === 'dgm:pt') this.#endParagraph()
  }

  text(text: string): void {
    if (this.#inText) this.#text += text
  }

  get #place() {
    return { kind: 'slide' as const, slide: this.#slide }
  }

  #endParagraph(): void {
    const text = this.#text
    this.#text = ''
    if (this.#rows) {
      this.#cell += `${text} `
      return
    }
    // Numbers, dates and feet repeat themselves on each slide.
    if (['sldNum', 'dt', 'ftr', 'hdr', 'sldImg'].includes(this.#placeholder)) return
    const title = /^(title|ctrTitle)$/.test(this.#placeholder)
    const block = textBlock(
      title ? 'heading' : this.#placeholder === 'body' ? 'list_item' : 'paragraph',
      text,
      this.#place,
      title ? 1 : 0,
    )
    if (block) this.blocks.push(block)
  }
}
