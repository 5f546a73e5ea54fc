/** The shapes of a slide of a PowerPoint file of before 2007, as pieces of text and tables in the order in which they were drawn. */
import { inLine } from '../blocks.ts'
import { viewOf } from '../bytes.ts'
import { textBlocks, textCharacters } from '../limits.ts'
import { artProperties, artTypes, isDeleted } from '../office-art.ts'
import { firstRecord, recordsAlong, recordsIn, type OfficeRecord, type RecordBudget } from '../office-records.ts'
import { looksLikeHeader } from '../sheet-cells.ts'
import { tableRows, type SlideCell, type SlidePiece } from '../slide-pieces.ts'
import { numberingsOf, type PptNumbering } from './ppt-style.ts'
import { kindOf, paragraphsOf, textsAmong, weightOf, type PptText } from './ppt-text.ts'
import { pptTypes } from './ppt-types.ts'

/** Placeholders that repeat themselves on each slide: numbers, dates, feet, and the picture of the slide over its notes. */
const repeating = new Set([5, 7, 8, 9, 10, 11])
/** Groups inside one another. */
const deepest = 100
/** Cells of a table, empty ones too: shapes that claim to be one may lie anywhere. And steps from cell to cell over what each of them spans. */
const mostCells = 10_000
const mostSteps = 1_000_000

const furtherPath = [pptTypes.tags, pptTypes.binaryTag, pptTypes.tagData, pptTypes.furtherStyle]

interface Shape {
  texts: readonly PptText[]
  artText: string
  isLeftOut: boolean
  isTable: boolean
  isObject: boolean
  /** Left, top, right, bottom, of a shape in a group. */
  box: readonly [number, number, number, number] | null
}

/** What is common to all slides of a file. */
export interface PptDeck {
  budget: RecordBudget
  fonts: readonly string[]
  /** Numbers of charts and other objects of other programs inside. */
  objects: ReadonlySet<number>
  /** Whether one of them is on a slide: what it says lies in a file of its own and is not read. */
  showsObjects: boolean
  /** UTF-16 units of text and pieces of it that were told: a slide may be told any number of times. */
  characters: number
  pieces: number
}

/** Counts text that is told. @returns whether as much of it is read of one file */
export function takeText(deck: PptDeck, characters: number): boolean {
  deck.characters += characters
  const isRoom = deck.characters <= textCharacters && deck.pieces <= textBlocks
  if (!isRoom) deck.budget.isCut = true
  return isRoom
}

export class PptShapes {
  readonly #deck: PptDeck
  readonly #slide: number
  /** Texts of the slide that stand in the list of all slides; shapes name them by their place. */
  readonly #outline: readonly PptText[]
  readonly #told = new Set<PptText>()
  readonly #titles: SlidePiece[] = []
  readonly #pieces: SlidePiece[] = []

  constructor(slide: number, outline: readonly PptText[], deck: PptDeck) {
    this.#slide = slide
    this.#outline = outline
    this.#deck = deck
  }

  /** @param object a slide, or its notes */
  take(object: OfficeRecord): void {
    for (const { type, body } of recordsIn(object.body, this.#deck.budget))
      if (type === pptTypes.drawing) this.#takeGroup(body, 0)
  }

  /** Titles stand on top; texts that no shape shows come behind them. */
  finish(): SlidePiece[] {
    const shown = [...this.#pieces]
    this.#pieces.length = 0
    for (const text of this.#outline) if (!this.#told.has(text)) this.#addText(text)
    return [...this.#titles, ...this.#pieces, ...shown]
  }

  #takeGroup(body: Uint8Array, depth: number): void {
    for (const { type, body: inner, isContainer } of recordsIn(body, this.#deck.budget)) {
      if (!takeText(this.#deck, 0)) return
      if (type === artTypes.shape) this.#addShape(this.#shapeOf(inner))
      else if (type === artTypes.group && this.#isTable(inner)) this.#addTable(inner)
      else if (isContainer && depth < deepest) this.#takeGroup(inner, depth + 1)
    }
  }

  /** A group's own shape is its first. */
  #isTable(group: Uint8Array): boolean {
    const first = firstRecord(group, this.#deck.budget)
    return first?.type === artTypes.shape && this.#shapeOf(first.body).isTable
  }

  #shapeOf(body: Uint8Array): Shape {
    const shape: { -readonly [Key in keyof Shape]: Shape[Key] } = {
      ...{ texts: [], artText: '', isLeftOut: false, isTable: false, isObject: false, box: null },
    }
    let numberings: readonly PptNumbering[] = []
    for (const record of recordsIn(body, this.#deck.budget)) {
      if (record.type === artTypes.shapeHead) shape.isLeftOut ||= isDeleted(record)
      else if (record.type === artTypes.properties || record.type === artTypes.furtherProperties) {
        const { isHidden, isTable, artText } = artProperties(record)
        shape.isLeftOut ||= isHidden
        shape.isTable ||= isTable
        shape.artText ||= artText
        takeText(this.#deck, artText.length)
      } else if (record.type === artTypes.childAnchor && record.body.length >= 16) {
        const view = viewOf(record.body)
        shape.box = [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true)]
      } else if (record.type === artTypes.textBox) shape.texts = this.#textsIn(record.body)
      else if (record.type === artTypes.clientData) {
        shape.isLeftOut ||= this.#isRepeating(record.body)
        for (const { body: name } of recordsAlong(record.body, [pptTypes.objectName], this.#deck.budget, true))
          shape.isObject ||= name.length >= 4 && this.#deck.objects.has(viewOf(name).getUint32(0, true))
        for (const { body: further } of recordsAlong(record.body, furtherPath, this.#deck.budget, true))
          numberings = numberingsOf(further)
      }
    }
    for (const text of shape.texts) if (text.numberings.length === 0) text.numberings = numberings
    return shape
  }

  #textsIn(box: Uint8Array): PptText[] {
    for (const { body } of recordsAlong(box, [pptTypes.outlineText], this.#deck.budget)) {
      const text = body.length >= 4 ? this.#outline[viewOf(body).getUint32(0, true)] : undefined
      if (text) return [text]
    }
    return textsAmong(recordsIn(box, this.#deck.budget))
  }

  #isRepeating(clientData: Uint8Array): boolean {
    for (const { type, body } of recordsIn(clientData, this.#deck.budget, true))
      if (type === pptTypes.placeholder) return repeating.has(body[4] ?? 0)
    return false
  }

  #addShape({ texts, artText, isLeftOut, isObject }: Shape): void {
    if (isObject && !isLeftOut) this.#deck.showsObjects = true
    for (const text of texts) {
      if (isLeftOut) this.#told.add(text)
      else this.#addText(text)
    }
    if (artText !== '' && !isLeftOut) this.#add(this.#pieces, { is: 'text', kind: 'paragraph', text: artText })
  }

  #addText(text: PptText): void {
    const kind = kindOf(text)
    for (const line of this.#lines(text))
      if (inLine(line) !== '') this.#add(kind === 'heading' ? this.#titles : this.#pieces, { is: 'text', kind, text: line })
  }

  #add(to: SlidePiece[], piece: SlidePiece): void {
    this.#deck.pieces++
    if (takeText(this.#deck, 0)) to.push(piece)
  }

  #lines(text: PptText): Iterable<string> {
    this.#told.add(text)
    return takeText(this.#deck, weightOf(text)) ? paragraphsOf(text, this.#slide, this.#deck.fonts) : []
  }

  #addTable(group: Uint8Array): void {
    const shapes: Shape[] = []
    for (const { type, body } of recordsIn(group, this.#deck.budget)) {
      if (type !== artTypes.shape) continue
      const shape = this.#shapeOf(body)
      if (shape.texts.length === 0 || shape.isLeftOut) continue
      if (shape.box && shapes.length < mostCells) shapes.push(shape)
      else this.#addShape(shape)
    }
    const cells = shapes.flatMap(({ texts, box }) => (box ? [{ texts, box }] : []))
    const [lefts, tops] = [edges(cells.map(({ box }) => box[0])), edges(cells.map(({ box }) => box[1]))]
    if (lefts.length * tops.length > mostCells) {
      for (const shape of shapes) this.#addShape(shape)
      return
    }
    const table: SlideCell[][] = tops.map(() => lefts.map(() => ({ text: '', isLeft: false, isAbove: false })))
    let steps = 0
    for (const { texts, box } of cells) {
      const text = inLine(texts.flatMap((one) => [...this.#lines(one)]).join(' '))
      const [left, top, right, bottom] = box
      const [firstRow, firstColumn] = [tops.indexOf(top), lefts.indexOf(left)]
      for (let row = firstRow; row === firstRow || (tops[row] ?? bottom) < bottom; row++)
        for (let column = firstColumn; column === firstColumn || (lefts[column] ?? right) < right; column++) {
          const cell = table[row]?.[column]
          if (!cell || steps++ > mostSteps) break
          cell.isLeft = column > firstColumn
          cell.isAbove = row > firstRow
          if (!cell.isLeft && !cell.isAbove) cell.text = text
        }
    }
    const rows = tableRows(table)
    if (rows.length > 0) this.#add(this.#pieces, { is: 'table', rows, hasHeader: looksLikeHeader(rows) })
  }
}

/** Where columns or rows begin, in their order. */
function edges(all: readonly number[]): number[] {
  return [...new Set(all)].sort((one, other) => one - other)
}
