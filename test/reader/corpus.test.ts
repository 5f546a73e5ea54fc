/** Real files of other people's making, where they lie beside the checkout: each gives sane text and places. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { isFullLength } from '../fixtures/test-length.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const folder = process.env['ALAMBIC_DOCUMENTS'] ?? join(import.meta.dirname, '../../../shared/corpora/documents')
const keeper = newKeeper()
afterAll(() => keeper.close())

/** Format, least number of characters, words that are in it, and the kinds of blocks that it must have. */
const files: [name: string, format: string, characters: number, words: string, kinds: string[]][] = [
  ['2023-half-year-analyses-by-segment.xlsx', 'xlsx', 4_000, 'Operating segments', ['table']],
  ['DA-619p.pdf', 'pdf', 1_500_000, 'As we approached, a home on the edge of the town exploded', ['heading', 'paragraph']],
  ['email-with-image.eml', 'eml', 200, 'From: Mallori Harrell', ['heading', 'paragraph']],
  ['eng_spa_mult.odt', 'odt', 3_000, 'All human beings are born free and equal', ['paragraph']],
  ['example-10k.html', 'html', 150_000, 'UNITED STATES', ['table', 'paragraph']],
  ['fake-doc.rtf', 'rtf', 100, 'My first paragraph.', ['paragraph', 'table']],
  ['fake-email.msg', 'msg', 150, 'Matthew Robinson', ['heading', 'paragraph']],
  ['handbook-872p.docx', 'docx', 700_000, 'Handbook for', ['heading', 'paragraph', 'list_item', 'table']],
  ['odf_presentation_02.odp', 'odp', 1_000, 'Lorem ipsum', ['heading', 'table', 'list_item']],
  ['odf_table_with_title_01.ods', 'ods', 100, '2019\t120', ['table']],
  ['pdf2image-memory-error-test-400p.pdf', 'pdf', 300_000, 'Internal Revenue', ['heading', 'paragraph']],
  ['sample-presentation.pptx', 'pptx', 400, 'first content slide', ['heading', 'table']],
  ['science-exploration-1p.pptx', 'pptx', 500, 'Earth Sciences Division', ['paragraph']],
  ['simple.doc', 'doc', 100, 'Parrots', ['paragraph']],
  ['test.docx', 'docx', 4_000, 'Multi-Agent Conversation', ['heading', 'table']],
  ['test.pptx', 'pptx', 1_000, 'AutoGen', ['heading', 'table']],
  ['test_wikipedia.html', 'html', 50_000, 'Microsoft', ['heading', 'paragraph', 'list_item']],
  ['text_document_02.odt', 'odt', 400, 'dummy text of the printing', ['heading', 'table']],
  ['winter-sports.epub', 'epub', 300_000, 'Winter Sports in Switzerland', ['heading', 'paragraph']],
  ['word_sample.docx', 'docx', 500, 'Swimming in the lake', ['heading', 'list_item', 'table']],
  ['xlsx_04_inflated.xlsx', 'xlsx', 300, 'first\tsecond\tthird', ['table']],
]
/** Pictures of text, and words that are recognised in them. */
const pictures: [name: string, format: string, words: string][] = [
  ['DA-1p.png', 'image', 'had been tracking the maleficar for days'],
  ['double-column-A.jpg', 'image', 'shall apply to all positions in the competitive service'],
  ['pdf_scanned_invoice.pdf', 'pdf', 'TechCorp Industries'],
]

/** Which are read in `npm run ordeal` alone: others of their kind are among the rest. */
const long = new Set(['DA-619p.pdf', 'double-column-A.jpg'])

if (existsSync(folder)) describe('real files', readThem)
else
  test.skip(
    'NOT RUN: real documents were not read, because none are beside this checkout (ALAMBIC_DOCUMENTS names another folder)',
    readThem,
  )

function readThem(): void {
  test.each(files.filter(([name]) => isFullLength || !long.has(name)))('%s', async (name, format, characters, words, kinds) => {
    const { begin, blocks, end } = await readDocument(keeper, name, readFileSync(join(folder, name)))
    expect(begin.format).toBe(format)
    expect(end).toEqual({ type: 'end', picturePages: [], cut: [] })
    const text = blocks.map((block) => block.text).join('\n\n')
    expect(text.length).toBeGreaterThan(characters)
    expect(text).toContain(words)
    expect([...new Set(blocks.map(({ kind }) => kind))]).toEqual(expect.arrayContaining(kinds))
    for (const block of blocks) {
      expect(block.text.trim()).not.toBe('')
      expect(block.places[0]?.start).toBe(0)
      for (const { start, place } of block.places) {
        expect(start).toBeLessThan(block.text.length)
        if (place.kind !== 'page') continue
        expect(place.page).toBeLessThanOrEqual(begin.pages ?? 0)
        for (const { x, y, width, height } of place.boxes) {
          expect(Math.min(x, y, width, height)).toBeGreaterThanOrEqual(0)
          expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1.000001)
        }
      }
    }
  })

  test.each(pictures.filter(([name]) => isFullLength || !long.has(name)))('%s is recognised', async (name, format, words) => {
    const bytes = readFileSync(join(folder, name))
    expect((await readDocument(keeper, name, bytes)).end.picturePages).toEqual([1])
    const { begin, blocks } = await readDocument(keeper, name, bytes, { recognition: { languages: ['eng'], pages: null } })
    expect(begin.format).toBe(format)
    expect(blocks.map(({ text }) => text).join('\n')).toContain(words)
  })
}
