/** Files that were broken, or made to break a reader: each ends in one clear error or a cut, and the next file is read as if nothing had been. */
import { deflateRawSync } from 'node:zlib'
import { afterAll, afterEach, expect, test } from 'vitest'
import { AppError } from '../../contract/errors.ts'
import { pages, textBlocks, textCharacters } from '../../electron/reader/limits.ts'
import { writeCompound } from '../fixtures/documents/compound-writer.ts'
import { makeDocx, makeOpenDocument, makeXlsx, pack } from '../fixtures/documents/packed-documents.ts'
import { writePdf } from '../fixtures/documents/pdf-writer.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'
import { byLength } from '../fixtures/test-length.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())
afterEach(async () => {
  const { blocks } = await readDocument(keeper, 'next.txt', 'The next one.')
  expect(blocks[0]?.text).toBe('The next one.')
})

const docx = makeDocx()
const word = (body: string): string =>
  `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`
test.each<[what: string, name: string, bytes: Uint8Array | string, code: string]>([
  ['an empty file', 'a.pdf', '', 'document_empty'],
  ['a PDF that is only its first line', 'a.pdf', '%PDF-1.7\nnothing', 'document_broken'],
  ['a Word file cut in half', 'a.docx', docx.subarray(0, docx.length / 2), 'document_broken'],
  ['a Word file without its text', 'a.docx', pack({ 'word/document.xml': 'no XML at all <' }), 'document_broken'],
  ['a workbook without sheets', 'a.xlsx', pack({ 'xl/workbook.xml': '<workbook/>' }), 'document_broken'],
  ['a packed file of something else', 'a.zip', pack({ 'a.txt': 'text' }), 'document_unknown_format'],
  ['a program', 'a.txt', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(4000, 1)]), 'document_unknown_format'],
  ['an old workbook without its beginning', 'a.xls', writeCompound({ Workbook: Buffer.alloc(600) }), 'document_broken'],
  ['a picture that is not whole', 'a.tif', Buffer.from('II*\0\x08\0\0\0\0\0'), 'document_broken'],
  [
    'an old Word file whose text has no end',
    'a.doc',
    writeCompound({ WordDocument: Buffer.alloc(1500) }, { next: { 4: 2 } }),
    'document_broken',
  ],
  [
    'an old Word file whose directory has no end',
    'a.doc',
    writeCompound({ WordDocument: Buffer.alloc(600) }, { next: { 1: 1 } }),
    'document_broken',
  ],
  [
    'a message whose stream has no end',
    'a.msg',
    writeCompound({ '__properties_version1.0': Buffer.alloc(1500) }, { next: { 4: 2 } }),
    'document_broken',
  ],
  [
    'a message whose names lead in a circle',
    'a.msg',
    writeCompound({ '__properties_version1.0': Buffer.alloc(600), x: Buffer.alloc(9) }, { left: { 2: 1 } }),
    'document_broken',
  ],
  [
    'a message whose sectors lie outside of it',
    'a.msg',
    writeCompound({ '__properties_version1.0': Buffer.alloc(600) }, { next: { 2: 5000 } }),
    'document_broken',
  ],
  ['an RTF file that nests 100,000 deep', 'a.rtf', `{\\rtf1 ${'{'.repeat(100_000)}`, 'document_broken'],
  ['a Word file that nests 100,000 deep', 'a.docx', makeDocx('<w:p>'.repeat(100_000)), 'document_broken'],
  ['a page that nests 100,000 deep', 'a.html', `<html>${'<b><i>'.repeat(50_000)}deep`, 'document_broken'],
  [
    'an OpenDocument that nests 100,000 deep',
    'a.odt',
    makeOpenDocument('text', '<text:span>'.repeat(100_000)),
    'document_broken',
  ],
])('%s', async (_what, name, bytes, code) => {
  const recognition = name.endsWith('.tif') ? { languages: ['eng'], pages: null } : null
  await expect(readDocument(keeper, name, bytes, { recognition })).rejects.toMatchObject({ code })
})

/** A zip of one part whose directory lies about its size. */
function bomb(name: string, packed: Buffer): Buffer {
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50)
  local.writeUInt16LE(8, 8)
  local.writeUInt16LE(name.length, 26)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(100, 24)
  entry.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end])
}

test('a zip bomb is given up at the limit, whatever it says of itself', async () => {
  const packed = deflateRawSync(Buffer.alloc(300 * 1024 * 1024, ' '), { level: 9 })
  const bytes = bomb('word/document.xml', packed)
  expect(bytes.length).toBeLessThan(400_000)
  await expect(readDocument(keeper, 'a.docx', bytes)).rejects.toMatchObject({ code: 'document_too_big', data: undefined })
})

test('an inflated sheet is read up to the limit of cells, and said to be cut', async () => {
  const row = `<row>${'<c><v>1</v></c>'.repeat(100)}</row>`
  const bytes = makeXlsx(row.repeat(6_000))
  expect(bytes.length).toBeLessThan(200_000)
  const { blocks, end } = await readDocument(keeper, 'a.xlsx', bytes)
  expect(end.cut).toEqual(['cells'])
  expect(blocks.length).toBeGreaterThan(50)
})

test('a cell in the last column of the sheet makes no row of 16,384 tabs', async () => {
  const { blocks } = await readDocument(
    keeper,
    'a.xlsx',
    makeXlsx('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'),
  )
  expect(blocks[0]?.text).toBe('1\t2')
})

test('entities that double twenty times stay what they are', async () => {
  const entities = Array.from({ length: 20 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`).join('')
  const xml = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">${entities}]>${word('<w:p><w:r><w:t>kept &amp; &e20;</w:t></w:r></w:p>')}`
  const parts = pack({ 'word/document.xml': xml, '[Content_Types].xml': '<Types/>', '_rels/.rels': '<Relationships/>' })
  const outcome = await readDocument(keeper, 'a.docx', parts).then(
    ({ blocks }) => blocks.reduce((sum, { text }) => sum + text.length, 0),
    (error: unknown) => (error instanceof AppError ? error.code : 'another error'),
  )
  expect(typeof outcome === 'number' ? outcome < 1000 : outcome === 'document_broken').toBe(true)
})

const pdfPages = byLength({ short: 1_200, full: 12_000 })
test(`a PDF of ${pdfPages} pages is read up to the limit, in bounded memory`, async () => {
  const bytes = writePdf(
    Array.from({ length: pdfPages }, (_, at) => [{ text: `Page ${at + 1} of a very long document.`, x: 72, y: 700 }]),
  )
  const { begin, blocks, end } = await readDocument(keeper, 'a.pdf', bytes)
  expect(begin.pages).toBe(pdfPages)
  expect(blocks).toHaveLength(Math.min(pdfPages, pages))
  expect(end.cut).toEqual(pdfPages > pages ? ['pages'] : [])
})

test('one damaged page leaves the others readable', async () => {
  const bytes = Buffer.from(writePdf([[{ text: 'The first page is good.', x: 72, y: 700 }], [{ text: 'second', x: 72, y: 700 }]]))
  const at = bytes.lastIndexOf('/Type /Page /Parent')
  bytes.write('<< <<', at - 3)
  const { blocks } = await readDocument(keeper, 'a.pdf', bytes)
  expect(blocks[0]?.text).toBe('The first page is good.')
})

test('comments before a page are no reason to try every way to part them', async () => {
  const { begin } = await readDocument(keeper, 'a.txt', `${'<!---->'.repeat(500)} no page at all`)
  expect(begin.format).toBe('text')
  expect((await readDocument(keeper, 'a', `<?xml version="1.0"?> <!-- a --> <!-- b --> <html><p>A page.`)).begin.format).toBe(
    'html',
  )
})

test('a text that speaks of PDF is no PDF, and a PDF with a line before it is one', async () => {
  const { begin } = await readDocument(keeper, 'a.txt', 'Every PDF begins with %PDF-1.7 and goes on from there.')
  expect(begin.format).toBe('text')
  const late = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\n'), writePdf([[{ text: 'A page behind a line.', x: 72, y: 700 }]])])
  expect((await readDocument(keeper, 'a.pdf', late)).blocks[0]?.text).toBe('A page behind a line.')
})

test('RTF whose binary part is said to lie behind it is not read for ever', async () => {
  const { blocks } = await readDocument(keeper, 'a.rtf', '{\\rtf1 before \\bin-20 and after}')
  expect(blocks[0]?.text).toBe('before and after')
})

/** More than memory is for; and, where a format takes long over them, a tenth of that, which is read whole. */
const [tooMany, some] = [350_000, byLength({ short: 35_000, full: 350_000 })]
test.each<[name: string, many: number, bytes: (many: number) => Uint8Array | string]>([
  ['a.txt', tooMany, (many) => 'a\n\n'.repeat(many)],
  ['a.md', some, (many) => 'a\n\n'.repeat(many)],
  ['a.rtf', some, (many) => `{\\rtf1 ${'a\\par '.repeat(many)}}`],
  ['a.html', some, (many) => `<html>${'<p>a'.repeat(many)}`],
  ['a.odt', some, (many) => makeOpenDocument('text', '<text:p>a</text:p>'.repeat(many))],
  ['a.docx', some, (many) => makeDocx('<w:p><w:r><w:t>a</w:t></w:r></w:p>'.repeat(many))],
])('%s of %i paragraphs is read up to a limit', async (name, many, bytes) => {
  const { blocks, end } = await readDocument(keeper, name, bytes(many))
  expect(blocks).toHaveLength(Math.min(many, textBlocks))
  expect(end.cut).toEqual(many > textBlocks ? ['text'] : [])
})

test('a long text in an old encoding is read up to the limit, in bounded memory', async () => {
  const sizeBytes = byLength({ short: textCharacters + 1_000_000, full: 80_000_000 })
  const { blocks, end } = await readDocument(keeper, 'a.txt', Buffer.alloc(sizeBytes, Buffer.from('Привет, ', 'utf8').fill(0xcf)))
  expect(blocks.reduce((sum, { text }) => sum + text.length, 0)).toBe(textCharacters)
  expect(end.cut).toEqual(['text'])
})

test('Markdown that is too long to be looked at sign by sign is read as text', async () => {
  const { begin, blocks } = await readDocument(keeper, 'a.md', `# Title\n\n${'word '.repeat(200)}\n\n`.repeat(6_000))
  expect([begin.format, blocks.length]).toEqual(['markdown', 12_000])
})

test('one wide row of a table does not widen all others', async () => {
  const { blocks } = await readDocument(
    keeper,
    'a.html',
    `<html><table><tr>${'<td>x'.repeat(30_000)}${'<tr><td>y'.repeat(30_000)}</table>`,
  )
  expect(blocks.at(-1)?.text.split('\n').at(-1)).toBe('y')
})

test('cells that claim a hundred columns each are cut at a limit', async () => {
  const { end } = await readDocument(keeper, 'a.html', `<html><table><tr>${'<td colspan=100>x'.repeat(300_000)}</table>`)
  expect(end.cut).toEqual(['text'])
})

const sheet = '<worksheet><sheetData><row r="1"><c r="A1" s="0"><v>44927</v></c></row></sheetData></worksheet>'
const relations = (...lines: string[]): string =>
  `<Relationships>${lines.map((line) => `<Relationship ${line}/>`).join('')}</Relationships>`

test('a number format of a million brackets is a number format', async () => {
  const { blocks } = await readDocument(
    keeper,
    'a.xlsx',
    pack({
      'xl/workbook.xml': '<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': relations(
        'Id="a" Type="t/worksheet" Target="s.xml"',
        'Id="b" Type="t/styles" Target="t.xml"',
      ),
      'xl/s.xml': sheet,
      'xl/t.xml': `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="${'['.repeat(1_000_000)}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>`,
    }),
  )
  expect(blocks[0]?.text).toBe('44927')
})

const sheetCount = byLength({ short: 1_000, full: 100_000 })
const chapterCount = byLength({ short: pages + 500, full: 100_000 })
test(`a workbook of ${sheetCount} sheets, a presentation of as many slides and a book of ${chapterCount} chapters are read up to a limit`, async () => {
  const numbers = Array.from({ length: sheetCount }, (_, at) => at)
  const lines = numbers.map((at) => `Id="r${sheetCount - at}" Type="t/worksheet" Target="s.xml"`)
  const all: [bytes: Uint8Array, parts: number][] = [
    [
      pack({
        'xl/workbook.xml': `<workbook>${numbers.map((at) => `<sheet name="S${at}" r:id="r${at + 1}"/>`).join('')}</workbook>`,
        'xl/_rels/workbook.xml.rels': relations(...lines),
        'xl/s.xml': sheet,
      }),
      sheetCount,
    ],
    [
      pack({
        'ppt/presentation.xml': `<p:presentation>${'<p:sldId r:id="r1"/>'.repeat(sheetCount)}</p:presentation>`,
        'ppt/_rels/presentation.xml.rels': relations('Id="r1" Type="t/slide" Target="s.xml"'),
        'ppt/s.xml': '<p:sld><a:p><a:t>x</a:t></a:p></p:sld>',
      }),
      sheetCount,
    ],
    [
      pack({
        mimetype: 'application/epub+zip',
        'META-INF/container.xml': '<c><rootfile full-path="a.opf"/></c>',
        'a.opf': `<package><item id="c" href="c.html"/>${'<itemref idref="c"/>'.repeat(chapterCount)}</package>`,
        'c.html': '<p>x',
      }),
      chapterCount,
    ],
  ]
  for (const [bytes, parts] of all) {
    const { begin, blocks, end } = await readDocument(keeper, 'a', bytes)
    expect([begin.pages, blocks.length, end.cut]).toEqual([parts, Math.min(parts, pages), parts > pages ? ['pages'] : []])
  }
})

test('rows and columns that no sheet has are numbered as the rows before them go on', async () => {
  const bytes = makeXlsx(
    '<row r="7"><c r="A7"><v>1</v></c></row><row r="1e300"><c r="A1"><v>2</v></c></row><row r="-5"><c r=""><v>3</v></c></row>',
  )
  const { blocks } = await readDocument(keeper, 'a.xlsx', bytes)
  expect(blocks[0]).toMatchObject({ text: '1\n2\n3', places: [{ place: { cells: 'A7:A9' } }] })
})
