/** The shapes of a slide of a PowerPoint file of before 2007, as pieces of text and tables in the order in which they were drawn. */
import { inLine } from '../blocks.ts'
import { viewOf } from '../bytes.ts'
import { textCharacters } from '../limits.ts'
import { artProperties, artTypes, isDeleted } from '../office-art.ts'
import { firstRecord, recordsIn, type OfficeRecord, type RecordBudget } from '../office-records.ts'
import { looksLikeHeader } from '../sheet-cells.ts'
import { tableRows, type SlideCell, type SlidePiece } from '../slide-pieces.ts'
import { kindOf, paragraphsOf, textsAmong, type PptText } from './ppt-text.ts'
import { pptTypes } from './ppt-types.ts'

/** Placeholders that repeat themselves on each slide: numbers, dates, feet, and the picture of the slide over its notes. */
const repeating = new Set([5, 7, 8, 9, 10, 11])
/** Groups inside one another. */
const deepest = 100
/** Cells of a table, empty ones too: shapes that claim to be one may lie anywhere. */
const mostCells = 100_000

interface Shape {
  texts: readonly PptText[]
  artText: string
  isLeftOut: boolean
  isTable: boolean
  /** Left, top, right, bottom, of a shape in a group. */
  box: readonly [number, number, number, number] | null
}

/** What is common to all slides of a file. */
export interface PptDeck {
  budget: RecordBudget
  fonts: readonly string[]
  /** UTF-16 units of text that were told. */
  characters: number
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
      ...{ texts: [], artText: '', isLeftOut: false, isTable: false, box: null },
    }
    for (const record of recordsIn(body, this.#deck.budget)) {
      if (record.type === artTypes.shapeHead) shape.isLeftOut ||= isDeleted(record)
      else if (record.type === artTypes.properties || record.type === artTypes.furtherProperties) {
        const { isHidden, isTable, artText } = artProperties(record)
        shape.isLeftOut ||= isHidden
        shape.isTable ||= isTable
        shape.artText ||= artText
      } else if (record.type === artTypes.childAnchor && record.body.length >= 16) {
        const view = viewOf(record.body)
        shape.box = [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true)]
      } else if (record.type === artTypes.textBox) shape.texts = this.#textsIn(record.body)
      else if (record.type === artTypes.clientData) shape.isLeftOut ||= this.#isRepeating(record.body)
    }
    return shape
  }

  #textsIn(box: Uint8Array): PptText[] {
    const records = [...recordsIn(box, this.#deck.budget)]
    const named = records.find(({ type, body }) => type === pptTypes.outlineText && body.length >= 4)
    const text = named && this.#outline[viewOf(named.body).getUint32(0, true)]
    return text ? [text] : textsAmong(records)
  }

  #isRepeating(clientData: Uint8Array): boolean {
    for (const { type, body } of recordsIn(clientData, this.#deck.budget))
      if (type === pptTypes.placeholder) return repeating.has(body[4] ?? 0)
    return false
  }

  #addShape({ texts, artText, isLeftOut }: Shape): void {
    for (const text of texts) {
      if (isLeftOut) this.#told.add(text)
      else this.#addText(text)
    }
    if (artText !== '' && !isLeftOut) this.#pieces.push({ is: 'text', kind: 'paragraph', text: artText })
  }

  #addText(text: PptText): void {
    const kind = kindOf(text)
    for (const line of this.#lines(text))
      if (inLine(line) !== '') (kind === 'heading' ? this.#titles : this.#pieces).push({ is: 'text', kind, text: line })
  }

  #lines(text: PptText): string[] {
    const { budget, fonts } = this.#deck
    this.#told.add(text)
    this.#deck.characters += text.text.length
    if (this.#deck.characters <= textCharacters) return paragraphsOf(text, this.#slide, fonts)
    budget.isCut = true
    return []
  }

  #addTable(group: Uint8Array): void {
    const shapes = [...recordsIn(group, this.#deck.budget)]
      .filter(({ type }) => type === artTypes.shape)
      .map(({ body }) => this.#shapeOf(body))
    const cells = shapes.flatMap(({ texts, box, isLeftOut }) => (box && texts.length > 0 && !isLeftOut ? [{ texts, box }] : []))
    const [lefts, tops] = [edges(cells.map(({ box }) => box[0])), edges(cells.map(({ box }) => box[1]))]
    if (lefts.length * tops.length > mostCells) {
      for (const shape of shapes) this.#addShape(shape)
      return
    }
    const table: SlideCell[][] = tops.map(() => lefts.map(() => ({ text: '', isLeft: false, isAbove: false })))
    for (const { texts, box } of cells) {
      const text = inLine(texts.flatMap((one) => this.#lines(one)).join(' '))
      const [left, top, right, bottom] = box
      for (const [row, cellTop] of tops.entries()) {
        if (cellTop < top || (cellTop >= bottom && cellTop > top)) continue
        for (const [column, cellLeft] of lefts.entries()) {
          const cell = table[row]?.[column]
          if (!cell || cellLeft < left || (cellLeft >= right && cellLeft > left)) continue
          cell.isLeft = cellLeft > left
          cell.isAbove = cellTop > top
          if (!cell.isLeft && !cell.isAbove) cell.text = text
        }
      }
    }
    const rows = tableRows(table)
    if (rows.length > 0) this.#pieces.push({ is: 'table', rows, hasHeader: looksLikeHeader(rows) })
  }
}

/** Where columns or rows begin, in their order. */
function edges(all: readonly number[]): number[] {
  return [...new Set(all)].sort((one, other) => one - other)
}
