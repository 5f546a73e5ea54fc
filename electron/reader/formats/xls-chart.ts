/** A chart in an Excel file of before 2007: its titles, and its numbers as they were when it was saved. */
import { inLine } from '../blocks.ts'
import { viewOf } from '../bytes.ts'
import { chartText, mostPoints, newSeries, type ChartSeries, type ChartText } from '../chart-table.ts'
import { shownAs } from '../sheet-numbers.ts'
import type { XlsBook } from './xls-book.ts'
import { XlsBytes, xlsTypes, type XlsRecord } from './xls-records.ts'

const mostSeries = 10_000
/** What numbers are told: values, categories, sizes of bubbles. */
const kinds = ['value', 'category', 'size'] as const

export class XlsChart {
  readonly #book: XlsBook
  readonly #lines: string[] = []
  readonly #series: ChartSeries[] = []
  /** Number formats by series, of their values and of their categories. */
  readonly #formats = new Map<string, number>()
  /** Blocks that are open, by what they belong to. */
  readonly #open: number[] = []
  #last = 0
  #kind: (typeof kinds)[number] | null = null
  #points = 0

  constructor(book: XlsBook) {
    this.#book = book
  }

  /** @throws RangeError for a record that is too short */
  take({ type, body, parts }: XlsRecord): void {
    const view = viewOf(body)
    if (type === xlsTypes.chartSeries && this.#series.length < mostSeries) this.#series.push(newSeries())
    if (type === xlsTypes.blockBegin && this.#open.length < mostSeries) this.#open.push(this.#last)
    else if (type === xlsTypes.blockEnd) this.#open.pop()
    else if (type === xlsTypes.seriesText) this.#takeText(parts)
    else if (type === xlsTypes.dataLink) {
      const kind = ['', 'value', 'category', 'size'][view.getUint8(0)] ?? ''
      if (this.#open.includes(xlsTypes.chartSeries) && kind !== '')
        this.#formats.set(`${kind} ${this.#series.length - 1}`, view.getUint16(4, true))
    } else if (type === xlsTypes.dataKind) this.#kind = kinds[view.getUint16(0, true) - 1] ?? null
    else if (type === xlsTypes.number)
      this.#put(view, (format) => shownAs(String(view.getFloat64(6, true)), this.#book.formatText(format)))
    else if (type === xlsTypes.label) {
      const bytes = new XlsBytes(parts, 6)
      const length = bytes.short()
      const text = this.#book.isOld ? bytes.oldText(length, this.#book.decode) : bytes.text(length).text
      this.#put(view, () => text)
    }
    this.#last = type
  }

  finish(): ChartText {
    return chartText(this.#lines, this.#series)
  }

  #takeText(parts: readonly Uint8Array[]): void {
    const bytes = new XlsBytes(parts, 2)
    const length = bytes.byte()
    if (length === 0) return
    const text = inLine(this.#book.isOld ? bytes.oldText(length, this.#book.decode) : bytes.text(length).text)
    const series = this.#open.includes(xlsTypes.chartSeries) ? this.#series.at(-1) : undefined
    if (series) series.name = text
    else if (text !== '' && this.#lines.length < mostPoints) this.#lines.push(text)
  }

  #put(view: DataView, shown: (format: number) => string): void {
    const [point, number] = [view.getUint16(0, true), view.getUint16(2, true)]
    const series = this.#series[number]
    const kind = this.#kind
    if (!series || !kind || this.#points++ > mostPoints) return
    series[kind].set(point, shown(this.#formats.get(`${kind} ${number}`) ?? 0))
  }
}
