/**
 * Excel files, streamed: cells are looked at one by one and stop at a limit, however much the file unpacks to. A file of
 * 170 kB can be millions of cells, which a library that holds the whole workbook would have in memory.
 */
import { AppError } from '../../../contract/errors.ts'
import { coreTitle } from '../core-title.ts'
import { pages as mostPages } from '../limits.ts'
import { readOfficeXml } from '../office-markup.ts'
import { mainPart, relationsOf, type Relation } from '../office-parts.ts'
import { inItems, type FormatReader } from '../reading.ts'
import { cellLooks } from '../sheet-numbers.ts'
import { ZipFile } from '../zip-file.ts'
import { besideCells, peopleOf } from './xlsx-beside.ts'
import { SheetCells } from './xlsx-cells.ts'
import { sharedStrings } from './xlsx-strings.ts'

export const readXlsx: FormatReader = async function* ({ bytes }, reading) {
  const zip = await ZipFile.open(bytes)
  const main = await mainPart(zip)
  if (main?.format !== 'xlsx') throw new AppError('document_broken', 'A workbook without its main part')
  const relations = await relationsOf(zip, main.part)
  const { sheets, from1904 } = await sheetsOf(zip, main.part, relations)
  yield { type: 'begin', format: 'xlsx', pages: sheets.length, pageKind: 'sheet', title: await coreTitle(zip) }
  const partOf = (kind: string): string | undefined => relations.find(({ type }) => type === kind)?.part
  const counts = { filled: 0, scanned: 0, characters: 0, open: 0 }
  const strings = await sharedStrings(zip, partOf('sharedStrings'))
  const workbook = { strings, formats: await cellLooks(zip, partOf('styles'), from1904), counts }
  const people = await peopleOf(zip, relations)
  if (sheets.length > mostPages) reading.leaveOut('pages')
  for (const [at, { name, part }] of sheets.slice(0, mostPages).entries()) {
    await reading.turn()
    const cells = new SheetCells(name, workbook)
    await readOfficeXml(zip.pieces(part), cells)
    yield* inItems(cells.finish())
    yield* inItems(await besideCells(zip, name, part, people))
    yield { type: 'progress', done: at + 1, total: Math.min(sheets.length, mostPages) }
    if (counts.open > 0) reading.leaveOut('formulas')
    if (!cells.done) continue
    reading.leaveOut('cells')
    return
  }
}

/** The sheets that are shown; those that are hidden only when there are no others. */
async function sheetsOf(zip: ZipFile, main: string, relations: readonly Relation[]) {
  const sheets: { name: string; part: string; isHidden: boolean }[] = []
  const parts = new Map(relations.map(({ id, part }) => [id, part]))
  let from1904 = false
  await readOfficeXml(zip.pieces(main), {
    open: (element, attributes) => {
      if (element === 'workbookPr') from1904 = /^(1|true)$/.test(attributes['date1904'] ?? '')
      if (element !== 'sheet') return
      const part = parts.get(attributes['r:id'] ?? '')
      const isHidden = /hidden/i.test(attributes['state'] ?? '')
      if (part && zip.has(part)) sheets.push({ name: attributes['name'] ?? '', part, isHidden })
    },
  })
  if (sheets.length === 0) throw new AppError('document_broken', 'A workbook without sheets')
  const shown = sheets.filter(({ isHidden }) => !isHidden)
  return { sheets: shown.length > 0 ? shown : sheets, from1904 }
}
