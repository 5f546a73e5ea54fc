/** Files that were broken, or made to break a reader: each ends in one clear error or a cut, and the next file is read as if nothing had been. */
import { deflateRawSync } from 'node:zlib'
import { afterAll, afterEach, expect, test } from 'vitest'
import { AppError } from '../../contract/errors.ts'
import { makeDocx, makeOpenDocument, makeXlsx, pack } from '../fixtures/documents/packed-documents.ts'
import { writePdf } from '../fixtures/documents/pdf-writer.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())
afterEach(async () => {
  const { blocks } = await readDocument(keeper, 'next.txt', 'The next one.')
  expect(blocks[0]?.text).toBe('The next one.')
})

const docx = makeDocx()
const word = (body: string): string =>
  `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`
const compound = (...names: string[]): Buffer => {
  const bytes = Buffer.alloc(2048)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes)
  bytes.writeUInt16LE(9, 30)
  for (const [at, name] of names.entries()) bytes.write(name, 512 + at * 128, 'utf16le')
  return bytes
}

test.each<[what: string, name: string, bytes: Uint8Array | string, code: string]>([
  ['an empty file', 'a.pdf', '', 'document_empty'],
  ['a PDF that is only its first line', 'a.pdf', '%PDF-1.7\nnothing', 'document_broken'],
  ['a Word file cut in half', 'a.docx', docx.subarray(0, docx.length / 2), 'document_broken'],
  ['a Word file without its text', 'a.docx', pack({ 'word/document.xml': 'no XML at all <' }), 'document_broken'],
  ['a workbook without sheets', 'a.xlsx', pack({ 'xl/workbook.xml': '<workbook/>' }), 'document_broken'],
  ['a packed file of something else', 'a.zip', pack({ 'a.txt': 'text' }), 'document_unknown_format'],
  ['a program', 'a.txt', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(4000, 1)]), 'document_unknown_format'],
  ['an old workbook', 'a.xls', compound('Workbook\0'), 'document_unknown_format'],
  ['an Office file with a password', 'a.docx', compound('EncryptedPackage\0', 'WordDocument\0'), 'document_encrypted'],
  ['an OpenDocument with a password', 'a.odt', makeOpenDocument('text', '', true), 'document_encrypted'],
  ['a picture that is not whole', 'a.tif', Buffer.from('II*\0\x08\0\0\0\0\0'), 'document_broken'],
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

test('a PDF of 12,000 pages is read up to the limit, in bounded memory', async () => {
  const bytes = writePdf(
    Array.from({ length: 12_000 }, (_, at) => [{ text: `Page ${at + 1} of a very long document.`, x: 72, y: 700 }]),
  )
  const { begin, blocks, end } = await readDocument(keeper, 'a.pdf', bytes)
  expect(begin.pages).toBe(12_000)
  expect(blocks).toHaveLength(10_000)
  expect(end.cut).toEqual(['pages'])
}, 180_000)

test('one damaged page leaves the others readable', async () => {
  const bytes = Buffer.from(writePdf([[{ text: 'The first page is good.', x: 72, y: 700 }], [{ text: 'second', x: 72, y: 700 }]]))
  const at = bytes.lastIndexOf('/Type /Page /Parent')
  bytes.write('<< <<', at - 3)
  const { blocks } = await readDocument(keeper, 'a.pdf', bytes)
  expect(blocks[0]?.text).toBe('The first page is good.')
})
