/** PowerPoint files of before 2007 ([MS-PPT]): slides in their order, with titles, lists, tables, the speaker's notes and comments. */
import { AppError } from '../../../contract/errors.ts'
import { inLine, textBlock, type TextBlock } from '../blocks.ts'
import { viewOf, wideText } from '../bytes.ts'
import { CompoundFile } from '../compound-file.ts'
import { pages as mostPages } from '../limits.ts'
import { recordsAlong, recordsIn, type OfficeRecord, type RecordBudget } from '../office-records.ts'
import { slidesFolder, summaryTitle } from '../old-office.ts'
import { inItems, type FormatReader } from '../reading.ts'
import { pieceBlocks, type SlidePiece } from '../slide-pieces.ts'
import { PptFile } from './ppt-file.ts'
import { PptShapes, takeText, type PptDeck } from './ppt-shapes.ts'
import { numberingsOf } from './ppt-style.ts'
import { textsAmong, type PptText } from './ppt-text.ts'
import { pptTypes } from './ppt-types.ts'

/** Slides or notes of one list, and records of text that stand there for one of them. */
const mostListed = 100_000
const mostTextRecords = 10_000
/** Lists of slides by their number: of those that are shown, and of the notes to them. */
const lists = { slides: 0, notes: 2 } as const

const commentPath = [pptTypes.tags, pptTypes.binaryTag, pptTypes.tagData, pptTypes.comment]

const furtherPath = [...[pptTypes.moreOfDocument, pptTypes.tags, pptTypes.binaryTag, pptTypes.tagData, pptTypes.outlineFurther]]

/** A slide or its notes, as a list names it. */
interface Listed {
  /** The number of its object. */
  object: number
  /** By which others name it. */
  id: number
  texts: PptText[]
}

export const readPpt: FormatReader = async function* ({ bytes, password }, reading) {
  const file = CompoundFile.open(bytes)
  const folder = slidesFolder(file)
  if (folder === null) throw new AppError('document_broken', 'A presentation without its slides')
  const slides = new PptFile(file, folder, password)
  const { budget } = slides
  const document = slides.object(slides.documentNumber, pptTypes.document)
  if (!document) throw new AppError('document_broken', 'A presentation without its document')
  const listed = listedIn(document, lists.slides, budget)
  addNumberings(document, listed, budget)
  const notes = new Map(listedIn(document, lists.notes, budget).map((one) => [one.id, one]))
  const objects = objectsIn(document, budget)
  const deck: PptDeck = { budget, fonts: fontsIn(document, budget), objects, showsObjects: false, characters: 0, pieces: 0 }
  yield { type: 'begin', format: 'ppt', pages: listed.length, pageKind: 'slide', title: summaryTitle(file) }
  if (listed.length > mostPages) reading.leaveOut('pages')
  for (const [at, { object, texts }] of listed.slice(0, mostPages).entries()) {
    await reading.turn()
    const slide = slides.object(object, pptTypes.slide)
    if (!slide) reading.leaveOut('pages')
    yield* inItems(blocksOf(piecesOf(slide, texts, at + 1, deck), at + 1))
    const beside = slide && notes.get(notesOf(slide, budget))
    const notesObject = beside ? slides.object(beside.object, pptTypes.notes) : null
    if (beside && notesObject) yield* inItems(blocksOf(piecesOf(notesObject, beside.texts, at + 1, deck), at + 1))
    if (slide) yield* inItems(commentsOn(slide, at + 1, deck))
    yield { type: 'progress', done: at + 1, total: Math.min(listed.length, mostPages) }
    if (budget.isCut || deck.showsObjects) reading.leaveOut('text')
  }
}

/** The slides of one list, with the texts that stand in it. */
function listedIn(document: OfficeRecord, list: number, budget: RecordBudget): Listed[] {
  const listed: Listed[] = []
  for (const { type, instance, body } of recordsIn(document.body, budget)) {
    if (type !== pptTypes.slideList || instance !== list) continue
    let texts: OfficeRecord[] = []
    const end = (): void => {
      const last = listed.at(-1)
      if (last) last.texts = textsAmong(texts)
      texts = []
    }
    for (const record of recordsIn(body, budget)) {
      if (record.type !== pptTypes.slidePlace) {
        if (texts.length < mostTextRecords) texts.push(record)
      } else if (record.body.length >= 16 && listed.length < mostListed) {
        end()
        const view = viewOf(record.body)
        listed.push({ object: view.getUint32(0, true), id: view.getUint32(12, true), texts: [] })
      }
    }
    end()
  }
  return listed
}

/** Texts in the list of slides are numbered by what PowerPoint 2000 added to the document, by slide and use. */
function addNumberings(document: OfficeRecord, listed: readonly Listed[], budget: RecordBudget): void {
  const waiting = new Map<string, PptText[]>()
  for (const { id, texts } of listed)
    for (const text of texts) {
      const alike = waiting.get(`${id} ${text.use}`) ?? []
      alike.push(text)
      waiting.set(`${id} ${text.use}`, alike)
    }
  for (const { body } of recordsAlong(document.body, furtherPath, budget, true)) {
    let texts: PptText[] = []
    for (const record of recordsIn(body, budget)) {
      const view = viewOf(record.body)
      if (record.type === pptTypes.outlineFurtherHead && record.body.length >= 8) {
        const key = `${view.getUint32(0, true)} ${view.getUint32(4, true)}`
        texts = waiting.get(key) ?? []
        waiting.delete(key)
      } else if (record.type === pptTypes.furtherStyle) for (const text of texts) text.numberings = numberingsOf(record.body)
    }
  }
}

/** Numbers of the objects of other programs. */
function objectsIn(document: OfficeRecord, budget: RecordBudget): Set<number> {
  const objects = new Set<number>()
  for (const { body: list } of recordsAlong(document.body, [pptTypes.objects], budget))
    for (const { body: object } of recordsIn(list, budget, true))
      for (const { body } of recordsAlong(object, [pptTypes.oleObject], budget, true))
        if (body.length >= 12) objects.add(viewOf(body).getUint32(8, true))
  return objects
}

/** Names of fonts by their number. */
function fontsIn(document: OfficeRecord, budget: RecordBudget): string[] {
  const fonts: string[] = []
  for (const { instance, body } of recordsAlong(document.body, [pptTypes.environment, pptTypes.fonts, pptTypes.font], budget))
    fonts[instance] = wideText(body.subarray(0, 64)).replace(/\0.*$/s, '')
  return fonts
}

/** The number by which a slide names its notes, 0 for none. */
function notesOf(slide: OfficeRecord, budget: RecordBudget): number {
  for (const { type, body } of recordsIn(slide.body, budget))
    if (type === pptTypes.slideAtom && body.length >= 20) return viewOf(body).getUint32(16, true)
  return 0
}

function piecesOf(object: OfficeRecord | null, texts: readonly PptText[], slide: number, deck: PptDeck): SlidePiece[] {
  const shapes = new PptShapes(slide, texts, deck)
  if (object) shapes.take(object)
  return shapes.finish()
}

function* blocksOf(pieces: readonly SlidePiece[], slide: number): Generator<TextBlock | null> {
  for (const piece of pieces) if (piece.is !== 'part') yield* pieceBlocks(piece, slide)
}

/** Comments lie in what PowerPoint 2002 added to a slide. */
function* commentsOn(slide: OfficeRecord, number: number, deck: PptDeck): Generator<TextBlock | null> {
  for (const { body: comment } of recordsAlong(slide.body, commentPath, deck.budget)) {
    const words = new Map<number, string>()
    for (const { instance, body } of recordsAlong(comment, [pptTypes.word], deck.budget)) {
      if (!takeText(deck, body.length / 2)) return
      words.set(instance, wideText(body))
    }
    const [who, text] = [words.get(0) ?? '', words.get(1) ?? '']
    const line = inLine(who === '' || text === '' ? text : `${who}: ${text}`)
    yield textBlock('paragraph', line, { kind: 'slide', slide: number })
  }
}
