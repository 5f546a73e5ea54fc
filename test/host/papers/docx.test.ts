// Word files: read again by our own reader, as those of strangers are, and looked into.
import { unzipSync, strFromU8 } from 'fflate'
import { Parser } from 'htmlparser2'
import { afterAll, describe, expect, test } from 'vitest'
import type { Paper } from '../../../contract/paper.ts'
import { writeDocx } from '../../../electron/host/papers/docx/docx-paper.ts'
import { newKeeper, readDocument, type Block } from '../../fixtures/documents/read-document.ts'
import { paperOf, paragraph, wholePaper, words } from '../../fixtures/paper.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

async function read(paper: Paper): Promise<Block[]> {
  const { blocks } = await readDocument(keeper, 'a.docx', await writeDocx(paper))
  // The foot of every page.
  expect(blocks.at(-1)?.text).toBe('1 / 1')
  return blocks.slice(0, -1)
}
async function partsOf(paper: Paper): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(unzipSync(await writeDocx(paper))).map(([name, bytes]) => [name, strFromU8(bytes)]))
}
/** Tags that were not closed, or closed and not opened, in order. */
function unbalanced(xml: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  const parser = new Parser(
    {
      onopentag: (name) => void open.push(name),
      onclosetag: (name, implied) => {
        if (implied && !xml.includes('/>')) wrong.push(name)
        if (open.pop() !== name) wrong.push(name)
      },
    },
    { xmlMode: true },
  )
  parser.end(xml)
  return [...wrong, ...open]
}

test('has real headings, lists with the numbers that were meant, code, a table and the sources', async () => {
  const blocks = await read(wholePaper)
  expect(blocks.map(({ kind, level, text }) => [kind, level, text])).toEqual([
    ['heading', 1, 'Notice'],
    ['heading', 1, 'You asked'],
    ['paragraph', 0, 'What is the notice period?'],
    ['heading', 2, 'Préavis, προειδοποίηση, уведомление'],
    ['paragraph', 0, 'It is three months, as the lease says [2] and this page. Old: ~~six~~. Code: days < 90'],
    ['list_item', 0, '3. Third thing'],
    ['list_item', 0, expect.stringContaining('Nested thing')],
    [expect.any(String), 0, 'if (a) { return b && c }'],
    ['list_item', 0, '4. Fourth thing'],
    ['paragraph', 0, 'Quoted words'],
    ['table', 0, 'Name\tMonths\nLease\t3\nLoan\t12'],
    ['paragraph', 0, 'Small words'],
    ['heading', 1, 'Sources'],
    ['paragraph', 0, '[2] Lease & annex.pdf, page 4'],
    ['paragraph', 0, 'The notice period is three months.'],
    ['paragraph', 0, 'Second passage.'],
  ])
})

test('a mark leads to its source, a link to its address; the same paper gives the same bytes', async () => {
  const parts = await partsOf(wholePaper)
  expect(parts['word/document.xml']).toContain('<w:hyperlink w:anchor="source2">')
  expect(parts['word/document.xml']).toContain('w:name="source2"')
  expect(parts['word/_rels/document.xml.rels']).toContain('Target="https://example.com/a?b=c&amp;d=(e)" TargetMode="External"')
  // Its lines are one paragraph, which Word shows as they stand.
  expect(parts['word/document.xml']).toContain(
    '>if (a) {</w:t><w:br/><w:tab/><w:t xml:space="preserve">return b &amp;&amp; c</w:t><w:br/>',
  )
  expect(parts['docProps/core.xml']).toContain('>2026-11-30T12:00:00Z<')
  expect(Buffer.compare(await writeDocx(wholePaper), await writeDocx(wholePaper))).toBe(0)
  for (const xml of Object.values(parts)) expect(unbalanced(xml)).toEqual([])
})

test('two lists of numbers begin each with its own', async () => {
  const item = (list: number, number: number) => ({ kind: 'item' as const, depth: 1, list, number, runs: words('x') })
  const blocks = await read(paperOf([item(1, 1), item(1, 2), paragraph('between'), item(2, 7), item(2, 8)]))
  expect(blocks.slice(1).map(({ text }) => text)).toEqual(['1. x', '2. x', 'between', '7. x', '8. x'])
})

describe('hostile papers', () => {
  test('markup, control characters and halves of characters are text', async () => {
    const text = '</w:t></w:r><w:r><w:t>& "quoted" \u0001\u0008\ud800 \ufffe end'
    const paper = paperOf([paragraph(text), { kind: 'code', depth: 0, text }], { title: text })
    const blocks = await read(paper)
    expect(blocks[1]?.text.replace(/\s+/g, ' ')).toContain('</w:t></w:r><w:r><w:t>& "quoted"')
    for (const xml of Object.values(await partsOf(paper))) expect(unbalanced(xml)).toEqual([])
  })

  test('a table of 200 columns is several (bug: Word opens none with more than 63)', async () => {
    const rows = [0, 1].map((row) => Array.from({ length: 200 }, (_, column) => words(`r${row}c${column}`)))
    const tables = (await read(paperOf([{ kind: 'table', align: [], rows }]))).filter(({ kind }) => kind === 'table')
    expect(tables.map(({ text }) => text.split('\n')[0]?.split('\t').length)).toEqual([...Array<number>(33).fill(7), 2])
    expect(tables.every(({ text }) => text.startsWith('r0c0\t'))).toBe(true)
  })

  test('words that are written from the right are told to be', async () => {
    const { 'word/document.xml': xml = '' } = await partsOf(paperOf([paragraph('שלום עולם'), paragraph('left')]))
    expect(xml.match(/<w:bidi\/>/g)).toHaveLength(1)
    expect(xml.match(/<w:rtl\/>/g)).toHaveLength(1)
  })
})
