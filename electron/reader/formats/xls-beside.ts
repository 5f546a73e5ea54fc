/** What stands beside the cells of a sheet of an Excel file of before 2007: comments with their cell, boxes of text, controls, charts. */
import { tableBlocks, textBlock, type TextBlock } from '../blocks.ts'
import { viewOf } from '../bytes.ts'
import type { ChartText } from '../chart-table.ts'
import { artProperties, artTypes } from '../office-art.ts'
import { RecordBudget, recordsWithin } from '../office-records.ts'
import { columnName } from '../sheet-cells.ts'
import type { XlsBook } from './xls-book.ts'
import { XlsBytes, xlsTypes, type XlsRecord } from './xls-records.ts'

/** Comments and shapes of one sheet. */
const mostBeside = 20_000
const sought = new Set<number>([artTypes.clientAnchor, artTypes.properties])
const kinds = { comment: 0x19, checkBox: 0x0b } as const
/** Parts of an object: what it is, and whether its box is ticked. */
const objectParts = { head: 0x15, tick: 0x12 } as const

interface Shape {
  number: number
  kind: number
  cells: string
  isHidden: boolean
  isTicked: boolean
  text: string
  chart: ChartText | null
}

export class XlsBeside {
  readonly #sheet: string
  readonly #book: XlsBook
  readonly #shapes: Shape[] = []
  readonly #comments: { cells: string; number: number; text: string }[] = []
  #cells = 'A1'
  #isHidden = false
  #artText = ''
  /** What a comment of before Excel 97 still lacks, and goes on in the next record. */
  #missing = 0

  constructor(sheet: string, book: XlsBook) {
    this.#sheet = sheet
    this.#book = book
  }

  /** @throws RangeError for a record that is too short */
  take({ type, body, parts }: XlsRecord): void {
    if (type === xlsTypes.drawing) this.#takeDrawing(parts)
    else if (type === xlsTypes.object && !this.#book.isOld) this.#takeObject(body)
    else if (type === xlsTypes.textBox) this.#takeText(body, parts)
    else if (type === xlsTypes.note && this.#comments.length < mostBeside) this.#takeComment(body)
  }

  /** A chart that lies in the shape that was told last, or is the sheet itself. */
  addChart(chart: ChartText): void {
    const shape = this.#shapes.at(-1)
    if (shape && shape.chart === null) shape.chart = chart
    else if (this.#shapes.length < mostBeside)
      this.#shapes.push({ number: 0, kind: 0, cells: 'A1', isHidden: false, isTicked: false, text: '', chart })
  }

  finish(): (TextBlock | null)[] {
    const blocks: (TextBlock | null)[] = []
    const textOf = new Map(this.#shapes.map(({ number, text }) => [number, text]))
    for (const { cells, number, text } of this.#comments)
      blocks.push(textBlock('paragraph', text || (textOf.get(number) ?? ''), { kind: 'sheet', sheet: this.#sheet, cells }))
    for (const { kind, cells, isHidden, isTicked, text, chart } of this.#shapes) {
      if (kind === kinds.comment || isHidden) continue
      const place = { kind: 'sheet' as const, sheet: this.#sheet, cells }
      const sign = kind !== kinds.checkBox ? '' : isTicked ? '☑ ' : '☐ '
      for (const [at, line] of text.split(/[\r\n]+/).entries())
        blocks.push(textBlock('paragraph', at === 0 ? sign + line : line, place))
      if (!chart) continue
      blocks.push(...chart.lines.map((line) => textBlock('paragraph', line, place)))
      blocks.push(...tableBlocks(chart.rows, chart.hasHeader, () => place))
    }
    return blocks
  }

  /** Where the shape lies that is told next. Its containers go on in later records: each is looked at as far as it goes. */
  #takeDrawing(parts: readonly Uint8Array[]): void {
    const budget = new RecordBudget()
    for (const part of parts)
      for (const record of recordsWithin(part, sought, budget)) {
        if (record.type === artTypes.properties) {
          const { isHidden, artText } = artProperties(record)
          this.#isHidden = isHidden
          this.#artText = artText
        } else if (record.body.length >= 8) {
          const view = viewOf(record.body)
          this.#cells = `${columnName(Math.min(255, view.getUint16(2, true)))}${view.getUint16(6, true) + 1}`
        }
      }
  }

  #takeObject(body: Uint8Array): void {
    const view = viewOf(body)
    const shape: Shape = {
      ...{ number: 0, kind: 0, cells: this.#cells, isHidden: this.#isHidden, isTicked: false, text: this.#artText, chart: null },
    }
    for (let at = 0; at + 4 <= body.length; at += 4 + view.getUint16(at + 2, true)) {
      const part = view.getUint16(at, true)
      if (part === objectParts.head) {
        shape.kind = view.getUint16(at + 4, true)
        shape.number = view.getUint16(at + 6, true)
      } else if (part === objectParts.tick) shape.isTicked = view.getUint16(at + 4, true) === 1
      else if (part === 0) break
    }
    if (this.#shapes.length < mostBeside) this.#shapes.push(shape)
    this.#artText = ''
    this.#isHidden = false
  }

  #takeText(body: Uint8Array, parts: readonly Uint8Array[]): void {
    const length = viewOf(body).getUint16(10, true)
    const shape = this.#shapes.at(-1)
    if (!shape || length === 0 || !this.#book.takeText(length)) return
    const bytes = new XlsBytes(parts.slice(1))
    shape.text = bytes.letters(length, (bytes.byte() & 1) === 1)
  }

  #takeComment(body: Uint8Array): void {
    const view = viewOf(body)
    const [row, column, third] = [view.getUint16(0, true), view.getUint16(2, true), view.getUint16(4, true)]
    const cells = `${columnName(Math.min(255, column))}${row + 1}`
    if (!this.#book.isOld) {
      this.#comments.push({ cells, number: view.getUint16(6, true), text: '' })
      return
    }
    if (!this.#book.takeText(body.length)) return
    const text = this.#book.decode(body.subarray(6))
    const last = this.#comments.at(-1)
    if (this.#missing > 0 && row === 0xffff && last) last.text += text
    else this.#comments.push({ cells, number: 0, text })
    this.#missing = Math.max(0, (row === 0xffff ? this.#missing : third) - text.length)
  }
}
