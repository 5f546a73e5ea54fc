/** PowerPoint files: slides in their order, with titles, lists, tables, charts, diagrams, the speaker's notes and comments. */
import { AppError } from '../../../contract/errors.ts'
import { inLine, tableBlocks, textBlock, type TextBlock } from '../blocks.ts'
import { coreTitle } from '../core-title.ts'
import { pages as mostPages } from '../limits.ts'
import { readOfficeXml } from '../office-markup.ts'
import { readChart, readDiagram } from '../office-drawings.ts'
import { mainPart, relationsOf, type Relation } from '../office-parts.ts'
import { inItems, type FormatReader } from '../reading.ts'
import { pieceBlocks, type SlidePiece } from '../slide-pieces.ts'
import { ZipFile } from '../zip-file.ts'
import { authorsOf, readSlideComments, type Authors } from './pptx-comments.ts'
import { SlideText } from './pptx-slide.ts'

export const readPptx: FormatReader = async function* ({ bytes }, reading) {
  const zip = await ZipFile.open(bytes)
  const main = await mainPart(zip)
  if (main?.format !== 'pptx') throw new AppError('document_broken', 'A presentation without its main part')
  const relations = await relationsOf(zip, main.part)
  const slides = await slidesOf(zip, main.part, relations)
  yield { type: 'begin', format: 'pptx', pages: slides.length, pageKind: 'slide', title: await coreTitle(zip) }
  if (slides.length > mostPages) reading.leaveOut('pages')
  const authors = await authorsOf(zip, relations)
  const repeated = new RepeatedText(zip)
  for (const [at, part] of slides.slice(0, mostPages).entries()) {
    await reading.turn()
    yield* inItems(await slideBlocks(zip, part, at + 1, authors, repeated))
    yield { type: 'progress', done: at + 1, total: Math.min(slides.length, mostPages) }
  }
}

async function slidesOf(zip: ZipFile, main: string, relations: readonly Relation[]): Promise<string[]> {
  const ids: string[] = []
  await readOfficeXml(zip.pieces(main), {
    open: (name, attributes) => {
      if (name === 'p:sldId') ids.push(attributes['r:id'] ?? '')
    },
  })
  const parts = new Map(relations.map(({ id, part }) => [id, part]))
  return ids.flatMap((id) => parts.get(id) ?? []).filter((part) => zip.has(part))
}

async function slideBlocks(
  zip: ZipFile,
  part: string,
  slide: number,
  authors: Authors,
  repeated: RepeatedText,
): Promise<(TextBlock | null)[]> {
  const relations = await relationsOf(zip, part)
  const place = { kind: 'slide' as const, slide }
  const told = new Set<string>()
  const blocks: (TextBlock | null)[] = []
  const add = async (piece: SlidePiece): Promise<void> => {
    if (piece.is !== 'part') blocks.push(...pieceBlocks(piece, slide))
    else await addPart(relations.find(({ id }) => id === piece.id))
  }
  const addPart = async (relation: Relation | undefined): Promise<void> => {
    if (!relation || !zip.has(relation.part) || told.has(relation.part)) return
    told.add(relation.part)
    if (relation.type === 'diagramData')
      for (const line of await readDiagram(zip, relation.part)) blocks.push(textBlock('paragraph', line, place))
    else if (relation.type === 'chart' || relation.type === 'chartEx') {
      const { lines, rows, hasHeader } = await readChart(zip, relation.part)
      blocks.push(...lines.map((line) => textBlock('paragraph', line, place)), ...tableBlocks(rows, hasHeader, () => place))
    }
  }
  const text = await textOf(zip, part)
  for (const piece of text.finish()) await add(piece)
  // A frame does not always name what it shows.
  for (const relation of relations) await addPart(relation)
  for (const piece of await repeated.on(text, relations)) await add(piece)
  for (const { type, part: beside } of relations) {
    if (!zip.has(beside)) continue
    if (type === 'notesSlide') for (const piece of (await textOf(zip, beside)).finish()) await add(piece)
    if (type === 'comments')
      for (const line of await readSlideComments(zip, beside, authors)) blocks.push(textBlock('paragraph', inLine(line), place))
  }
  return blocks
}

async function textOf(zip: ZipFile, part: string, isBackground = false): Promise<SlideText> {
  const text = new SlideText(isBackground)
  await readOfficeXml(zip.pieces(part), text)
  return text
}

/** What stands on many slides, with the first that has it: feet, and what their layouts and masters show of themselves. */
class RepeatedText {
  readonly #zip: ZipFile
  readonly #read = new Set<string>()
  readonly #told = new Set<string>()

  constructor(zip: ZipFile) {
    this.#zip = zip
  }

  /** @param relations of the slide */
  async on(slide: SlideText, relations: readonly Relation[]): Promise<SlidePiece[]> {
    const pieces: SlidePiece[] = []
    if (!slide.hidesMaster) {
      const layout = relations.find(({ type }) => type === 'slideLayout')?.part
      const shown = await this.#background(layout, pieces)
      const beyond = layout === undefined ? [] : await relationsOf(this.#zip, layout)
      if (shown) await this.#background(beyond.find(({ type }) => type === 'slideMaster')?.part, pieces)
    }
    return [...pieces, ...slide.feet].filter((piece) => {
      const key = JSON.stringify(piece)
      if (this.#told.has(key)) return false
      this.#told.add(key)
      return true
    })
  }

  /** Adds what a part shows by itself, once. @returns whether it lets what is behind it show */
  async #background(part: string | undefined, into: SlidePiece[]): Promise<boolean> {
    if (part === undefined || !this.#zip.has(part) || this.#read.has(part)) return false
    this.#read.add(part)
    const text = await textOf(this.#zip, part, true)
    into.push(...text.finish().filter(({ is }) => is !== 'part'))
    return !text.hidesMaster
  }
}
