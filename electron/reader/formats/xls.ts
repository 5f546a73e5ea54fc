/** Excel files of before 2007 ([MS-XLS]) and of Excel 5 and 95: sheets in their order, cells as Excel shows them, and what stands beside them. */
import { AppError } from '../../../contract/errors.ts'
import { CompoundFile } from '../compound-file.ts'
import type { ReadItem } from '../contract.ts'
import { pages as mostPages } from '../limits.ts'
import { summaryTitle, workbookStream } from '../old-office.ts'
import { inItems, type FormatReader, type Reading } from '../reading.ts'
import { isFull } from '../sheet-table.ts'
import { XlsBeside } from './xls-beside.ts'
import { XlsBook } from './xls-book.ts'
import { XlsCells } from './xls-cells.ts'
import { XlsChart } from './xls-chart.ts'
import { unlockedWorkbook } from './xls-locked.ts'
import { XlsStream, xlsTypes, type XlsRecord } from './xls-records.ts'

/** Records between two looks at whether the reading was left. */
const recordsAtOnce = 20_000
/** The kind of a part of the stream that is a chart. */
const chartKind = 0x20

export const readXls: FormatReader = async function* ({ bytes, password }, reading) {
  const file = CompoundFile.open(bytes)
  const name = workbookStream(file)
  if (name === null) throw new AppError('document_broken', 'A workbook without its stream')
  const stream = new XlsStream(unlockedWorkbook(file.read(name), password))
  const book = new XlsBook(stream)
  const shown = book.sheets.filter(({ isHidden }) => !isHidden)
  const sheets = shown.length > 0 ? shown : book.sheets
  if (sheets.length === 0) throw new AppError('document_broken', 'A workbook without sheets')
  yield { type: 'begin', format: 'xls', pages: sheets.length, pageKind: 'sheet', title: summaryTitle(file) }
  if (sheets.length > mostPages) reading.leaveOut('pages')
  for (const [at, sheet] of sheets.slice(0, mostPages).entries()) {
    await reading.turn()
    if (stream.typeAt(sheet.at) === xlsTypes.begin) yield* sheetItems(stream.records(sheet.at), sheet.name, book, reading)
    else reading.leaveOut('pages')
    yield { type: 'progress', done: at + 1, total: Math.min(sheets.length, mostPages) }
    if (book.counts.open > 0) reading.leaveOut('formulas')
    if (book.isCut || stream.isCut || isFull(book.counts)) reading.leaveOut('cells')
    if (isFull(book.counts)) return
  }
}

async function* sheetItems(
  records: Iterable<XlsRecord>,
  name: string,
  book: XlsBook,
  reading: Reading,
): AsyncGenerator<ReadItem> {
  const cells = new XlsCells(name, book)
  const beside = new XlsBeside(name, book)
  let chart: XlsChart | null = null
  let depth = 0
  let count = 0
  for (const record of records) {
    if (++count % recordsAtOnce === 0) await reading.turn()
    try {
      if (record.type === xlsTypes.begin) {
        depth++
        const kind = record.body[2]
        if (kind === chartKind) chart = new XlsChart(book)
      } else if (record.type === xlsTypes.end) {
        depth--
        if (chart) beside.addChart(chart.finish())
        chart = null
        if (depth <= 0) break
      } else if (chart) chart.take(record)
      else if (depth === 1) {
        cells.take(record)
        beside.take(record)
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      reading.leaveOut('cells')
    }
    if (cells.isFull) break
  }
  yield* inItems(cells.finish())
  yield* inItems(beside.finish())
}
