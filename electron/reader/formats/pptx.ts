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
  for (const [at, part] of slides.slice(0, mostPages).entries()) {
    await reading.turn()
    yield* inItems(await slideBlocks(zip, part, at + 1, authors))
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

async function slideBlocks(zip: ZipFile, part: string, slide: number, authors: Authors): Promise<(TextBlock | null)[]> {
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
  for (const piece of await textOf(zip, part)) await add(piece)
  // A frame does not always name what it shows.
  for (const relation of relations) await addPart(relation)
  for (const { type, part: beside } of relations) {
    if (!zip.has(beside)) continue
    if (type === 'notesSlide') for (const piece of await textOf(zip, beside)) await add(piece)
    if (type === 'comments')
      for (const line of await readSlideComments(zip, beside, authors)) blocks.push(textBlock('paragraph', inLine(line), place))
  }
  return blocks
}

async function textOf(zip: ZipFile, part: string): Promise<SlidePiece[]> {
  const text = new SlideText()
  await readOfficeXml(zip.pieces(part), text)
  return text.finish()
}
