/** PDF: lines that do not run from left to right, words drawn twice, words parted at line ends, columns, raised and lowered figures. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { drawnLine, drawPdf } from '../fixtures/documents/pdf-writer.ts'
import { newKeeper, readDocument, type Block } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/documents', name))
const textOf = (blocks: readonly Block[]): string => blocks.map(({ text }) => text).join('\n')
const read = async (content: string, entries = ''): Promise<Block[]> =>
  (await readDocument(keeper, 'a.pdf', drawPdf([{ content, entries }]))).blocks
const lines = (x: number, y: number, ...all: string[]): string => all.map((text, at) => drawnLine(text, x, y - at * 14)).join('')

function boxesOf(block: Block | undefined) {
  return (block?.places ?? []).map(({ place }) => (place.kind === 'page' ? place.boxes[0]! : null)!)
}

test('Hebrew is read from right to left, the numbers in it from left to right (bug: pieces of a line in the order of the page)', async () => {
  const { blocks } = await readDocument(keeper, 'a.pdf', fixture('hebrew.pdf'))
  expect(textOf(blocks)).toBe(
    'חוזה שכירות\nתקופת ההודעה היא שלושה חודשים ודמי השכירות הם 1,187 אירו לחודש. הפיקדון הוא שתי שכירויות.\nהדייר רשאי לסיים את החוזה בכל עת.',
  )
})

test('Arabic is read from right to left in the letters that a search knows, with brackets, dates and Latin names', async () => {
  const { blocks } = await readDocument(keeper, 'a.pdf', fixture('arabic.pdf'))
  expect(textOf(blocks)).toContain(
    'مدة الإشعار ثلاثة أشهر والإيجار 1,187 يورو شهريا (بدون تدفئة). الوديعة تساوي إيجار شهرين.\nيجوز للمستأجر Alambic SA إنهاء العقد في 12/05/2024 في أي وقت.\nמכתב: English words inside 25% של המחיר (סעיף 3).',
  )
})

test('columns that run downwards are read from right to left, each in a box as long as it is (bug: one sign high)', async () => {
  const columns = ['契約期間は三か月とする。', '家賃は毎月末日までに支払う。', '敷金は二か月分とする。']
  const blocks = await read(columns.map((text, at) => drawnLine(text, 500 - at * 24, 780, 14, 'V1')).join(''))
  expect(textOf(blocks)).toBe(columns.join(''))
  const [first, second] = boxesOf(blocks[0])
  expect(first?.height).toBeCloseTo((12 * 14) / 792, 2)
  expect(first?.y).toBeCloseTo(12 / 792, 2)
  expect(first?.x).toBeCloseTo(493 / 612, 2)
  expect(second!.x).toBeLessThan(first!.x)
})

test('signs that are put below each other one by one are such a column too', async () => {
  const sign = (text: string, x: number) => [...text].map((one, at) => drawnLine(one, x, 700 - at * 14, 14, 'J1')).join('')
  const blocks = await read(sign('契約期間は三か月とする', 500) + sign('家賃は毎月末日までに支払う', 478))
  expect(textOf(blocks)).toBe('契約期間は三か月とする家賃は毎月末日までに支払う')
})

test.each([90, 180, 270])('a page that is shown turned by %i degrees is read as it is shown', async (rotate) => {
  const turned: Record<number, string> = { 90: '0 1 -1 0 612 0', 180: '-1 0 0 -1 612 792', 270: '0 -1 1 0 0 792' }
  const blocks = await read(
    `q ${turned[rotate]} cm ${lines(60, 500, 'The notice period is three months and is', 'given in writing to the other party.')} Q`,
    `/Rotate ${rotate}`,
  )
  expect(textOf(blocks)).toBe('The notice period is three months and is given in writing to the other party.')
  const [box] = boxesOf(blocks[0])
  const [width, height] = rotate === 180 ? [612, 792] : [792, 612]
  expect(box?.x).toBeCloseTo(60 / width, 2)
  expect(box!.y + box!.height / 2).toBeCloseTo(1 - 503 / height, 1)
  expect(box!.width).toBeGreaterThan(200 / width)
})

test('a note that stands on its side is whole, after the page, and its box is upright', async () => {
  const blocks = await read(
    lines(72, 700, 'The page itself says this in a line.') + 'BT /F1 12 Tf 0 1 -1 0 580 300 Tm (Filed on its side) Tj ET',
  )
  expect(textOf(blocks)).toBe('The page itself says this in a line.\nFiled on its side')
  const [box] = boxesOf(blocks[1])
  expect(box!.height).toBeGreaterThan(box!.width * 4)
})

test('what is drawn twice or three times on the spot for bold or a shadow is read once', async () => {
  const blocks = await read(
    [0, 0.3, 0.6].map((off) => drawnLine('Total: 1,187 EUR', 72 + off, 700)).join('') +
      drawnLine('Either party may end it', 72, 680) +
      drawnLine('Either party may end it', 73, 679) +
      // The shadow word by word.
      drawnLine('Deposit of two rents', 72, 660) +
      drawnLine('Deposit', 72.4, 659.6) +
      drawnLine('of two rents', 116.4, 659.6) +
      // Said twice, and so twice there.
      drawnLine('no no no', 72, 640) +
      drawnLine('no no no', 72, 620),
  )
  expect(textOf(blocks).replaceAll('\n', ' ')).toBe(
    'Total: 1,187 EUR Either party may end it Deposit of two rents no no no no no no',
  )
})

test('a parted word is one again, one that has a hyphen keeps it', async () => {
  const blocks = await read(
    lines(
      72,
      700,
      'The tenant, who is self-',
      'employed, gives the keys to-',
      'gether with the long-',
      'term lease of a co-owner, as each co-',
      'owner does. In the COVID-',
      '19 months the pre-',
      'and post-war houses of Anglo-',
      'Saxon make were rented, peut-',
      'être, to the ten-',
      'ants.',
    ),
  )
  expect(textOf(blocks)).toBe(
    'The tenant, who is self-employed, gives the keys together with the long-term lease of a co-owner, as each co-owner does. In the COVID-19 months the pre- and post-war houses of Anglo-Saxon make were rented, peut-être, to the tenants.',
  )
})

test.each([2, 3, 4])('%i columns are read one after the other, below a title and above a note that cross them', async (count) => {
  const width = 500 / count
  const size = count === 2 ? 10 : 7
  const row = (column: number, at: number) => `${'abcd'[column]}${at} words of the text go on`
  const content =
    drawnLine('A title that goes over all of the columns of this page', 60, 740, 18) +
    // As some writers do: row by row.
    Array.from({ length: 9 }, (_, at) =>
      Array.from({ length: count }, (_, column) => drawnLine(row(column, at), 60 + column * width, 700 - at * 12, size)).join(''),
    ).join('') +
    drawnLine('And a note below that crosses over the whole width of the page, as a footnote does it.', 60, 560)
  const all = textOf(await read(content)).replaceAll('\n', ' ')
  const expected = Array.from({ length: count }, (_, column) =>
    Array.from({ length: 9 }, (_, at) => row(column, at)).join(' '),
  ).join(' ')
  expect(all).toBe(
    `A title that goes over all of the columns of this page ${expected} And a note below that crosses over the whole width of the page, as a footnote does it.`,
  )
})

test('raised and lowered figures stay apart from the number before them', async () => {
  const raised =
    'BT /F1 12 Tf 72 700 Td (It costs 1,200) Tj /F1 7 Tf 4 Ts (2) Tj /F1 12 Tf 0 Ts ( and 10) Tj /F1 7 Tf 4 Ts (-3) Tj /F1 12 Tf 0 Ts ( of H) Tj /F1 8 Tf -2 Ts (2) Tj /F1 12 Tf 0 Ts (O on the 1) Tj /F1 7 Tf 4 Ts (st) Tj ET'
  expect(textOf(await read(raised))).toBe('It costs 1,200² and 10⁻³ of H₂O on the 1st')
  const noted =
    'BT /F1 12 Tf 72 700 Td (It costs 1,200) Tj /F1 7 Tf 4 Ts (a) Tj /F1 12 Tf 0 Ts ( or 1,300) Tj /F1 7 Tf 4 Ts (2q) Tj /F1 12 Tf 0 Ts (, at the desk) Tj ET'
  expect(textOf(await read(noted))).toBe('It costs 1,200ᵃ or 1,300 2q, at the desk')
  // Words that stand a little lower are words.
  expect(textOf(await read(drawnLine('Group', 72, 700) + drawnLine('Rdo1', 106, 696)))).toContain('Rdo1')
})

test('a cell that ends with a hyphen is not put together with the next cell of its row', async () => {
  const row = (y: number, ...cells: string[]): string => cells.map((text, at) => drawnLine(text, 72 + at * 150, y)).join('')
  const text = textOf(await read(row(700, 'Form S-1', '000-', '10.12') + row(660, 'Form S-3', 'non-', 'name')))
  expect(text).toBe('Form S-1 000- 10.12\nForm S-3 non- name')
})
