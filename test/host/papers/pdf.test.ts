// PDFs as a reader meets them: read again by our own reader, and by the library that shows them.
import { join } from 'node:path'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../../build/places.ts'
import type { Paper, PaperRun } from '../../../contract/paper.ts'
import { readFonts, type Fonts } from '../../../electron/host/papers/pdf/fonts.ts'
import { writePdf } from '../../../electron/host/papers/pdf/pdf-paper.ts'
import { newKeeper, readDocument } from '../../fixtures/documents/read-document.ts'
import { paperOf, paragraph, wholePaper, words } from '../../fixtures/paper.ts'

const keeper = newKeeper()
let fonts: Fonts
beforeAll(async () => {
  fonts = await readFonts(join(root, 'resources', 'fonts'))
})
afterAll(() => keeper.close())

/** Its text by pages, as it would be selected. */
async function opened(paper: Paper) {
  const bytes = await writePdf(paper, fonts)
  const file = await getDocument({ data: new Uint8Array(bytes), verbosity: 0, useSystemFonts: false }).promise
  const pages = await Promise.all(Array.from({ length: file.numPages }, (_, index) => file.getPage(index + 1)))
  const contents = await Promise.all(pages.map((page) => page.getTextContent()))
  const texts = contents.map(({ items }) =>
    items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join(''),
  )
  return { bytes, file, pages, texts, text: texts.join('\n') }
}

interface Tagged {
  role?: string
  children?: Tagged[]
}
const roles = ({ role, children = [] }: Tagged): unknown =>
  children.some((child) => child.role) ? { [role ?? '']: children.filter((child) => child.role).map(roles) } : role

test('says its title, its language and its date, and nothing of a clock: the same paper gives the same bytes', async () => {
  const { bytes, file } = await opened(wholePaper)
  const { info } = (await file.getMetadata()) as { info: Record<string, unknown> }
  expect(info).toMatchObject({ Title: 'Notice', Language: 'en', CreationDate: 'D:20261130120000Z', Producer: 'Alambic' })
  expect(Buffer.compare(await writePdf(wholePaper, fonts), bytes)).toBe(0)
  expect(Buffer.compare(await writePdf({ ...wholePaper, createdAt: 0 }, fonts), bytes)).not.toBe(0)
})

test('is read as it was written: headings, lists, code, table, sources, in their order', async () => {
  const { blocks } = await readDocument(keeper, 'a.pdf', await writePdf(wholePaper, fonts))
  const text = blocks.map((block) => block.text).join('\n')
  for (const part of [
    'Préavis, προειδοποίηση, уведомление',
    'It is three months, as the lease says [2] and this page. Old: six. Code: days < 90',
    'Third thing',
    'Nested thing',
    'return b && c',
    'Fourth thing',
    'Quoted words',
    'Small words',
    'Lease & annex.pdf, page 4',
    'The notice period is three months.',
    'Second passage.',
  ])
    expect(text).toContain(part)
  expect(text.replace(/\s+/g, ' ')).toContain('Name Months Lease 3 Loan 12')
})

test('tells programs that read it aloud what is what', async () => {
  const { pages } = await opened(wholePaper)
  const tree = (await pages[0]?.getStructTree()) as Tagged
  expect(roles(tree)).toEqual({
    Root: [
      {
        Document: [
          ...['H1', 'H2', 'P', 'H3'],
          { P: ['Link', 'Link'] },
          {
            L: [
              { LI: ['Lbl', { LBody: ['P', { L: [{ LI: ['Lbl', { LBody: ['P', 'Code'] }] }] }] }] },
              { LI: ['Lbl', { LBody: ['P', { BlockQuote: ['P'] }] }] },
            ],
          },
          { Table: [{ TR: ['TH', 'TH'] }, { TR: ['TD', 'TD'] }, { TR: ['TD', 'TD'] }] },
          ...['P', 'H2', 'P', { BlockQuote: ['P'] }, { BlockQuote: ['P'] }],
        ],
      },
    ],
  })
})

test('leads from a mark to its source and from a link to its address; a mark of no source leads nowhere', async () => {
  const mark = (source: number): PaperRun => ({ text: `[${source}]`, source })
  const paper = { ...wholePaper, blocks: [...wholePaper.blocks, { ...paragraph(''), runs: [mark(9)] }] } as Paper
  const { file, pages } = await opened(paper)
  const links = (await pages[0]?.getAnnotations()) as { subtype: string; url?: string; dest?: unknown }[]
  expect(links.map(({ subtype, url, dest }) => [subtype, url, dest])).toEqual([
    ['Link', undefined, 'source2'],
    ['Link', 'https://example.com/a?b=c&d=(e)', undefined],
  ])
  expect(await file.getDestination('source2')).toMatchObject([{}, { name: 'XYZ' }, 0, expect.any(Number), null])
})

test('holds its fonts, each with the glyphs that were used alone', async () => {
  const text = (await writePdf(wholePaper, fonts)).toString()
  expect(text).not.toContain('Helvetica')
  const one = await writePdf(paperOf([paragraph('a')]), fonts)
  expect(one.length).toBeLessThan(20_000)
})

test('what the fonts cannot draw is a box that is still that text, and is named at the end', async () => {
  const { text } = await opened(paperOf([paragraph('Signed in 北京 by 😀')]))
  expect(text).toContain('Not drawn: U+5317, U+4EAC, U+1F600.')
  const { blocks } = await readDocument(keeper, 'a.pdf', await writePdf(paperOf([paragraph('Signed in 北京')]), fonts))
  expect(blocks.map((block) => block.text).join(' ')).toContain('北京')
})

describe('hostile papers', () => {
  test('a table of 200 columns and 120 rows is readable on every page, its head and its first column again', async () => {
    const rows = Array.from({ length: 120 }, (_, row) =>
      Array.from({ length: 200 }, (_cell, column) => words(row === 0 ? `Head${column}` : `r${row}c${column}`)),
    )
    const { text, texts } = await opened(paperOf([{ kind: 'table', align: [], rows }]))
    for (const cell of ['Head199', 'r119c199', 'r1c1', 'r60c100']) expect(text).toContain(cell)
    // Each page but the last has a head, and whichever columns it shows, the first.
    for (const page of texts.slice(0, -1)) expect(page).toMatch(/Head0[^\d]/)
  })

  test('a row higher than a page, a code line of 100,000 characters and a word without end go on over pages', async () => {
    const cell = Array.from({ length: 3000 }, (_, index) => `w${index}`).join(' ')
    const code = `${'x'.repeat(99_990)}THE-END`
    const { texts, text } = await opened(
      paperOf([
        {
          kind: 'table',
          align: [],
          rows: [
            [words('A'), words('B')],
            [words(cell), words('short')],
          ],
        },
        { kind: 'code', depth: 0, text: code },
        paragraph(`${'ß'.repeat(20_000)}LAST`),
      ]),
    )
    expect(texts.length).toBeGreaterThan(10)
    for (const end of ['w2999', 'LAST']) expect(text).toContain(end)
    expect(text.replaceAll('\n', '')).toContain('THE-END')
    // Nothing is drawn outside of the page.
    const { pages } = await opened(paperOf([paragraph('ß'.repeat(20_000))]))
    const { items } = (await pages[0]?.getTextContent()) ?? { items: [] }
    for (const item of items)
      if ('str' in item && item.str.trim()) expect(Number(item.transform[4]) + item.width).toBeLessThan(540)
  })

  test('a title of 300 signs, control characters and marks of direction is a title, and its words stay in order', async () => {
    const title = `a/b\\c\u0000\u0007 \u202egnp.exe ${'long '.repeat(60)}</rdf> & (end`
    const { file, text } = await opened(paperOf([paragraph('x')], { title }))
    const { info } = (await file.getMetadata()) as { info: Record<string, unknown> }
    expect(info['Title']).toContain('(end')
    expect(text).toContain('gnp.exe long')
    expect(text).not.toMatch(/[\u0000\u0007\u202e]/)
  })

  test('lists deeper than a page is wide, empty paragraphs and empty tables do no harm', async () => {
    const items = Array.from({ length: 24 }, (_, depth) => ({
      ...{ kind: 'item' as const, depth: depth + 1, list: depth, number: null },
      runs: words(`Depth ${depth}`),
    }))
    const { text } = await opened(
      paperOf([...items, paragraph(''), { kind: 'table', align: [], rows: [[]] }, { kind: 'code', depth: 0, text: '' }]),
    )
    expect(text).toContain('Depth 23')
  })

  test('two thousand turns are written, and others are answered meanwhile; giving up ends it', async () => {
    const turn = [{ kind: 'heading' as const, level: 1, runs: words('You asked') }, paragraph('word '.repeat(120))]
    const paper = paperOf(Array.from({ length: 2000 }, () => turn).flat())
    const giving = new AbortController()
    // Nobody would hear of it if the writing let nobody in.
    setImmediate(() => setImmediate(() => giving.abort(new Error('given up'))))
    await expect(writePdf(paper, fonts, giving.signal)).rejects.toThrow('given up')
    const { file } = await opened(paper)
    expect(file.numPages).toBeGreaterThan(400)
  })
})
