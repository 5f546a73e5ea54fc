/** Excel files of before 2007: cells as Excel shows them, in every way in which they are written, and what stands beside them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isDocumentName } from '../../contract/document-name.ts'
import { rkNumber } from '../../electron/reader/formats/xls-cells.ts'
import { writeCompound } from '../fixtures/documents/compound-writer.ts'
import type { Block } from '../fixtures/documents/read-document.ts'
import { readHere } from '../fixtures/documents/read-here.ts'
import {
  beginning,
  bytesOf,
  cellAt,
  ending,
  makeXls,
  wide,
  xlsRecord as record,
  xlsStream,
  type XlsPart,
} from '../fixtures/documents/xls-writer.ts'

const file = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/documents/old', name))
const texts = (blocks: readonly Block[]): string[] => blocks.map(({ text }) => text)
const cellsOf = (blocks: readonly Block[]) =>
  blocks.map(({ places: [first] }) => (first?.place.kind === 'sheet' ? first.place.cells : null))
const label = (row: number, column: number, text: string, style = 0): Buffer =>
  record(0x0204, ...cellAt(row, column, style), [2, text.length], 1, wide(text))
const number = (row: number, column: number, value: number, style = 0): Buffer =>
  record(0x0203, ...cellAt(row, column, style), [8, value])
const style = (font: number, format: number): Buffer => record(0x00e0, [2, font], [2, format], new Uint8Array(16))
const font = (flags: number, place: number): Buffer =>
  record(0x0031, [2, 200], [2, flags], [2, 8], [2, 400], [2, place], new Uint8Array(6))

test('a workbook of LibreOffice: formats, raised and struck-out letters, comments, hidden rows and columns, cells over rows', async () => {
  const { begin, blocks, end } = await readHere('a.xls', file('book.xls'))
  expect(begin).toMatchObject({ format: 'xls', pages: 2, pageKind: 'sheet', title: 'Loyers 2026' })
  expect(texts(blocks)).toEqual([
    'Ville\tJour\tPart\nOrléans 80 m² ~~old~~\t04/05/2021\t25.5%\n東京\tTRUE\t#DIV/0!\n東京\t0\t0',
    ...['too high', 'second sheet'],
  ])
  expect(cellsOf(blocks)).toEqual(['A1:C5', 'A2', 'A1'])
  expect(blocks.map(({ hasHeader }) => hasHeader)).toEqual([true, false, false])
  expect(end.cut).toEqual([])
})

test('numbers in four bytes', () => {
  expect([0x3ff00000, 0x3ff00001, (1187 << 2) | 2, (118750 << 2) | 3, ((-5 << 2) | 2) >>> 0].map(rkNumber)).toEqual([
    ...[1, 0.01, 1187, 1187.5, -5],
  ])
})

test('every kind of cell is read, in its number format', async () => {
  const formats = [
    font(0, 0),
    style(0, 0),
    style(0, 9),
    style(0, 14),
    style(0, 170),
    record(0x041e, [2, 170], [2, 7], 0, '0.00" m"'),
  ]
  const rk = (value: number): XlsPart => [4, ((value << 2) | 2) >>> 0]
  const result = (first: number, third: number): XlsPart[] => [first, 0, third, 0, 0, 0, [2, 0xffff], [2, 0], [4, 0]]
  const { blocks, end } = await readHere(
    'a.xls',
    makeXls(
      [
        record(0x027e, ...cellAt(0, 0), rk(12)),
        record(0x00bd, [2, 0], [2, 1], [2, 1], rk(1), [2, 2], rk(44_320), [2, 2]),
        number(1, 0, 2.5, 3),
        record(0x0205, ...cellAt(1, 1), 1, 0),
        record(0x0205, ...cellAt(1, 2), 0x2a, 1),
        record(0x0006, ...cellAt(2, 0), [8, 7], [2, 0], [4, 0]),
        record(0x0006, ...cellAt(2, 1), ...result(0, 0)),
        record(0x04bc, [4, 0]),
        record(0x0207, [2, 3], 1, wide('déf')),
        record(0x0006, ...cellAt(2, 2), ...result(2, 0x07)),
        record(0x0201, ...cellAt(3, 0)),
        record(0x00be, [2, 3], [2, 1], [2, 0], [2, 0], [2, 2]),
        label(3, 2, 'end'),
      ],
      formats,
    ),
  )
  expect(texts(blocks)).toEqual(['12\t100%\t2021-05-04\n2.50 m\tTRUE\t#N/A\n7\tdéf\t#DIV/0!\n\t\tend'])
  expect(end.cut).toEqual([])
})

test('texts that go on in the next record, with letters of one byte before and of two behind', async () => {
  const strings = [
    record(0x00fc, [4, 3], [4, 3], [2, 8], 0, 'Orl'),
    record(0x003c, 1, wide('éans€'), [2, 5], 0, 'north'),
    // Two fonts and a reading that is not shown, cut between its parts.
    record(0x003c, [2, 5], 0b1100, [2, 1], [4, 6], '80 m'),
    record(0x003c, 0, '2', [2, 4]),
    record(0x003c, [2, 1], 'readin'),
  ]
  const cells = [0, 1, 2].map((at) => record(0x00fd, ...cellAt(at, 0), [4, at]))
  const { blocks, end } = await readHere('a.xls', makeXls(cells, [font(0, 0), font(0, 1), ...strings]))
  expect(texts(blocks)).toEqual(['Orléans€\nnorth\n80 m²'])
  expect(end.cut).toEqual([])
})

test('days of a workbook that counts from 1904', async () => {
  const { blocks } = await readHere(
    'a.xls',
    makeXls([number(0, 0, 42_858, 1)], [record(0x0022, [2, 1]), style(0, 0), style(0, 14)]),
  )
  expect(texts(blocks)).toEqual(['2021-05-04'])
})

test('hidden sheets are left out, programs too, and a workbook of hidden ones alone is read', async () => {
  const sheets = [
    { name: 'Shown', records: [label(0, 0, 'seen')] },
    { name: 'Hidden', state: 1, records: [label(0, 0, 'hidden')] },
    { name: 'Very', state: 2, records: [label(0, 0, 'very hidden')] },
    { name: 'Module', kind: 6, records: [] },
  ]
  const some = await readHere('a.xls', writeCompound({ Workbook: xlsStream([], sheets) }))
  expect([some.begin.pages, texts(some.blocks)]).toEqual([1, ['seen']])
  const all = await readHere('a.xls', writeCompound({ Workbook: xlsStream([], sheets.slice(1)) }))
  expect([all.begin.pages, texts(all.blocks)]).toEqual([2, ['hidden', 'very hidden']])
})

test.each([
  [1252, 'Pr\xe9avis', 'Préavis'],
  [1251, '\xd1\xf0\xee\xea', 'Срок'],
  [32_769, 'Pr\xe9avis', 'Préavis'],
])('a workbook of Excel 95 in code page %i', async (page, written, shown) => {
  const bytes = writeCompound({
    Book: xlsStream(
      [record(0x0042, [2, page]), font(0, 0), font(0, 1), record(0x041e, [2, 165], 7, '0.0 "\xab"'), style(0, 0), style(0, 165)],
      [
        {
          name: written,
          records: [
            record(0x0204, ...cellAt(0, 0), [2, written.length], written),
            record(0x00d6, ...cellAt(0, 1), [2, 5], '80 m2', 1, 4, 1),
            record(0x0006, ...cellAt(1, 0), 0, 0, 0, 0, 0, 0, [2, 0xffff], [2, 0], [4, 0]),
            record(0x0207, [2, written.length], written),
            number(1, 1, 3, 1),
            record(0x001c, [2, 1], [2, 1], [2, 10], 'first'),
            record(0x001c, [2, 0xffff], [2, 0], [2, 5], ' half'),
          ],
        },
      ],
      0x0500,
    ),
  })
  const { begin, blocks } = await readHere('a.xls', bytes)
  expect(begin.format).toBe('xls')
  expect(texts(blocks)).toEqual([`${shown}\t80 m²\n${shown}\t3.0 «`, 'first half'])
  expect(blocks[0]?.places[0]?.place).toMatchObject({ sheet: shown, cells: 'A1:B2' })
})

const art = (type: number, head: number, ...parts: readonly XlsPart[]): Buffer => {
  const body = bytesOf(parts)
  return bytesOf([[2, head], [2, type], [4, body.length], body])
}
/** A drawing whose shape begins in that column and row. */
const drawing = (column: number, row: number, ...properties: readonly XlsPart[]): Buffer => {
  const count = properties.length / 2
  const anchor = art(0xf010, 0, [2, 0], [2, column], [2, 0], [2, row], new Uint8Array(10))
  return record(0x00ec, art(0xf004, 15, ...(count > 0 ? [art(0xf00b, count * 16 + 3, ...properties)] : []), anchor))
}
const object = (kind: number, id: number, ...parts: readonly XlsPart[]): Buffer =>
  record(0x005d, [2, 0x15], [2, 18], [2, kind], [2, id], new Uint8Array(14), ...parts, [4, 0])
const boxText = (text: string): Buffer[] => [
  record(0x01b6, new Uint8Array(10), [2, text.length], [2, 16], [4, 0]),
  record(0x003c, 1, wide(text)),
  record(0x003c, new Uint8Array(16)),
]

test('comments, boxes, ticked boxes and charts stand behind the cells, each in its place; hidden ones do not', async () => {
  const chartText = (text: string): Buffer => record(0x100d, [2, 0], text.length, 1, wide(text))
  const chart = [
    beginning(0x0600, 0x20),
    ...[record(0x1003, new Uint8Array(12)), record(0x1033), record(0x1051, 1, 2, [2, 0], [2, 4], [2, 0]), chartText('Rent')],
    ...[record(0x1034), record(0x1025, new Uint8Array(32)), record(0x1033), chartText('Revenue by year'), record(0x1034)],
    ...[record(0x1065, [2, 2]), record(0x0204, ...cellAt(0, 0), [2, 4], 0, '2024')],
    ...[record(0x1065, [2, 1]), record(0x0203, ...cellAt(0, 0), [8, 4711]), ending],
  ]
  const { blocks, end } = await readHere(
    'a.xls',
    makeXls([
      label(0, 0, 'x'),
      ...[drawing(5, 0), object(0x19, 1), ...boxText('Ann: too high')],
      ...[drawing(3, 4), object(6, 2), ...boxText('Estimate only\nnot binding')],
      ...[drawing(3, 9), object(0x0b, 3, [2, 0x12], [2, 8], [2, 1], new Uint8Array(6)), ...boxText('Signed')],
      ...[drawing(3, 9, [2, 0x03bf], [4, 0x0002_0002]), object(6, 4), ...boxText('hidden')],
      ...[drawing(0, 9), object(5, 5), ...chart],
      record(0x001c, [2, 1], [2, 1], [2, 0], [2, 1], [2, 3], 0, 'Ann'),
    ]),
  )
  expect(texts(blocks)).toEqual([
    ...['x', 'Ann: too high', 'Estimate only', 'not binding', '☑ Signed', 'Revenue by year', '\tRent\n2024\t4,711.00'],
  ])
  expect(cellsOf(blocks)).toEqual(['A1', 'B2', 'D5', 'D5', 'D10', 'A10', 'A10'])
  expect(end.cut).toEqual([])
})

test('a workbook that is only kept from being changed is read; one with a password asks for it', async () => {
  expect(texts((await readHere('a.xls', file('velvet.xls'))).blocks)[0]).toBe('Flat\tRent\nThird floor\t1,187.50 EUR')
  await expect(readHere('a.xls', file('locked.xls'))).rejects.toMatchObject({ code: 'document_encrypted' })
  await expect(readHere('a.xls', file('locked.xls'), 'Secret')).rejects.toMatchObject({ code: 'document_wrong_password' })
  expect(texts((await readHere('a.xls', file('locked.xls'), 'secret')).blocks)).toEqual([
    ...['Flat\tRent\nThird floor\t1,187.50 EUR', 'Ann: too high', 'Estimate only', 'Second line'],
  ])
})

test('one that is encrypted in an older way says that no password opens it here', async () => {
  const bytes = makeXls([], [record(0x002f, [2, 0], [2, 1], [2, 1])])
  for (const password of [null, 'secret'])
    await expect(readHere('a.xls', bytes, password)).rejects.toMatchObject({ code: 'document_protected' })
})

test('formulas that no program has calculated are named', async () => {
  expect((await readHere('a.xls', file('formula.xls'))).end.cut).toEqual(['formulas'])
  const empty = record(0x0006, ...cellAt(1, 0), 3, 0, 0, 0, 0, 0, [2, 0xffff], [2, 0], [4, 0])
  expect((await readHere('a.xls', makeXls([label(0, 0, 'x'), empty]))).end.cut).toEqual(['formulas'])
  // A program that calculates says so, and an empty text is what the formula gives.
  const calculated = makeXls([label(0, 0, 'x'), empty], [record(0x01c1, [4, 0x1c1], [4, 1])])
  expect((await readHere('a.xls', calculated)).end.cut).toEqual([])
})

test('a stream for each of two versions: the newer one is read', async () => {
  const stream = (text: string): Buffer => xlsStream([], [{ name: 'S', records: [label(0, 0, text)] }])
  const { blocks } = await readHere('a.xls', writeCompound({ Book: stream('old'), Workbook: stream('new') }))
  expect(texts(blocks)).toEqual(['new'])
})

test('folders are looked through for them', () => {
  expect(['a.xls', 'B.XLT', 'c.ppt', 'd.PPS'].every(isDocumentName)).toBe(true)
})
