/** PDF: words in reading order, each line's box around what it says, pages that are pictures, passwords. */
import { afterAll, expect, test } from 'vitest'
import { scannedPicture, writePdf, type PdfLine } from '../fixtures/documents/pdf-writer.ts'
import { newKeeper, readDocument, type Block } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const recognition = { languages: ['eng', 'fra'], pages: null }
const texts = (blocks: readonly Block[]): string[] => blocks.map(({ text }) => text)

/** The page and boxes of the line in which these words stand. */
function placeOf(blocks: readonly Block[], words: string) {
  const block = blocks.find(({ text }) => text.includes(words))
  const at = block?.text.indexOf(words) ?? -1
  const place = block?.places.findLast(({ start }) => start <= at)?.place
  if (place?.kind !== 'page') throw new Error(`${words} is in no page`)
  const [box] = place.boxes
  return { page: place.page, ...box! }
}

const lines = (x: number, y: number, ...all: string[]): PdfLine[] => all.map((text, at) => ({ text, x, y: y - at * 14 }))

test('lines become paragraphs, larger letters headings, and a parted word is one again', async () => {
  const page = [
    { text: 'Terms of the lease', x: 72, y: 720, size: 24 },
    ...lines(
      72,
      680,
      'The notice period of this lease is three months, to be given in writing to the other par-',
      'ty, and it ends with a month.',
    ),
    ...lines(72, 620, 'The rent is due on the first day of each month, and nothing else is to be paid before that.'),
  ]
  const { begin, blocks } = await readDocument(keeper, 'a.pdf', writePdf([page]))
  expect(begin).toMatchObject({ format: 'pdf', pages: 1, pageKind: 'page' })
  expect(blocks.map(({ kind, level }) => `${kind}${level || ''}`)).toEqual(['heading1', 'paragraph', 'paragraph'])
  expect(blocks[1]?.text).toBe(
    'The notice period of this lease is three months, to be given in writing to the other party, and it ends with a month.',
  )
})

test('the box of a line surrounds it, on its page (bug: a mark that lights up something else)', async () => {
  const pages = [
    lines(72, 700, 'First page of nothing much at all.'),
    [{ text: 'A needle in the middle.', x: 200, y: 400, size: 20 }],
  ]
  const { blocks } = await readDocument(keeper, 'a.pdf', writePdf(pages))
  const { page, x, y, width, height } = placeOf(blocks, 'needle')
  expect(page).toBe(2)
  expect(x).toBeCloseTo(200 / 612, 3)
  // Helvetica's widths: some 10 points a letter at this size.
  expect(width).toBeGreaterThan(180 / 612)
  expect(width).toBeLessThan(230 / 612)
  const baseline = 1 - 400 / 792
  expect(y).toBeLessThan(baseline - 14 / 792)
  expect(y + height).toBeGreaterThan(baseline)
  expect(height).toBeLessThan(24 / 792)
})

test('two columns are read one after the other, between what crosses both', async () => {
  const column = (x: number, name: string) =>
    lines(x, 680, ...Array.from({ length: 12 }, (_, at) => `${name} line ${at + 1} of a running text that fills it`))
  const page = [
    { text: 'A title that goes over both of the columns of this page', x: 72, y: 720, size: 18 },
    // As some writers do: row by row.
    ...column(72, 'left').flatMap((line, at) => [line, column(330, 'right')[at]!]),
    { text: 'And a line below that crosses over the whole width of the page, as a footnote would do it.', x: 72, y: 480 },
  ]
  const { blocks } = await readDocument(keeper, 'a.pdf', writePdf([page]))
  const all = texts(blocks).join(' ')
  expect(all.indexOf('left line 12')).toBeLessThan(all.indexOf('right line 1 '))
  expect(all.indexOf('A title')).toBeLessThan(all.indexOf('left line 1 '))
  expect(all.indexOf('right line 12')).toBeLessThan(all.indexOf('And a line below'))
})

test('a table of values is read row by row, not as two columns', async () => {
  const page = Array.from({ length: 10 }, (_, at) =>
    lines(72, 700 - at * 20, `Item ${at}`).concat(lines(400, 700 - at * 20, `${at * 100}`)),
  ).flat()
  const { blocks } = await readDocument(keeper, 'a.pdf', writePdf([page]))
  expect(texts(blocks).join(' ')).toMatch(/Item 3 300 Item 4 400/)
})

test('a page that is a picture is said to be one; a blank page is none', async () => {
  const { blocks, end } = await readDocument(
    keeper,
    'a.pdf',
    writePdf([lines(72, 700, 'A page of text and nothing else.'), 'scan', []]),
  )
  expect(texts(blocks)).toEqual(['A page of text and nothing else.'])
  expect(end.picturePages).toEqual([2])
})

test('its text is recognised, with confidence and boxes where the words stand on the page', async () => {
  const { blocks, end } = await readDocument(keeper, 'a.pdf', writePdf([[], 'scan']), { recognition })
  expect(texts(blocks)).toEqual([
    'The notice period is three months.',
    'Le préavis est de trois mois.',
    'Signed in Geneva on 4 May 2021.',
  ])
  for (const { confidence } of blocks) expect(confidence).toBeGreaterThan(0.7)
  expect(end.picturePages).toEqual([])
  const { page, x, y, width } = placeOf(blocks, 'Geneva')
  expect(page).toBe(2)
  // The picture is 800 × 700, its text begins at 60; on the page it is 612 points wide and ends 200 above the lower edge.
  expect(x).toBeCloseTo(60 / 800, 1)
  expect(width).toBeGreaterThan(0.4)
  // Third line: 472 of 700 from the top of the picture, which begins at 56.5 points.
  expect(y).toBeGreaterThan(0.45)
  expect(y).toBeLessThan(0.6)
})

test('only the pages that are asked for are recognised', async () => {
  const { blocks, end } = await readDocument(keeper, 'a.pdf', writePdf(['scan', 'scan']), {
    recognition: { languages: ['eng'], pages: [2] },
  })
  expect(new Set(blocks.map(({ places: [first] }) => first?.place.kind === 'page' && first.place.page))).toEqual(new Set([2]))
  expect(end.picturePages).toEqual([1])
})

test('a picture by itself: its pages are pictures until they are recognised', async () => {
  expect((await readDocument(keeper, 'scan.png', scannedPicture)).end.picturePages).toEqual([1])
  const { begin, blocks } = await readDocument(keeper, 'scan.png', scannedPicture, { recognition })
  expect(begin).toMatchObject({ format: 'image', pages: 1 })
  expect(texts(blocks)).toContain('Le préavis est de trois mois.')
})

test('a password is asked for, refused when it is wrong, and opens', async () => {
  const bytes = writePdf([lines(72, 700, 'Behind the password.')], { password: 'opensesame' })
  await expect(readDocument(keeper, 'a.pdf', bytes)).rejects.toMatchObject({ code: 'document_encrypted' })
  await expect(readDocument(keeper, 'a.pdf', bytes, { password: 'wrong' })).rejects.toMatchObject({
    code: 'document_wrong_password',
  })
  const { blocks } = await readDocument(keeper, 'a.pdf', bytes, { password: 'opensesame' })
  expect(texts(blocks)).toEqual(['Behind the password.'])
})
