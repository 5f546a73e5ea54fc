/** Office files with a password are read with it; whatever a password alone does not open says so in its own sentence. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { CompoundFile } from '../../electron/reader/compound-file.ts'
import { writeCompound } from '../fixtures/documents/compound-writer.ts'
import { makeOpenDocument, pack } from '../fixtures/documents/packed-documents.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())
/** Made by programs that are not ours: `agile` by msoffcrypto (Python), `standard` by officecrypto-tool (JavaScript). */
const file = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/documents/encrypted', name))
const password = 'Été 2026'

test.each(['agile.docx', 'standard.docx'])('%s is read with its password, and with no other', async (name) => {
  const bytes = file(name)
  await expect(readDocument(keeper, name, bytes)).rejects.toMatchObject({ code: 'document_encrypted' })
  for (const wrong of ['', 'été 2026', `${password} `]) {
    await expect(readDocument(keeper, name, bytes, { password: wrong })).rejects.toMatchObject({
      code: 'document_wrong_password',
    })
  }
  const { begin, blocks } = await readDocument(keeper, name, bytes, { password })
  expect(begin.format).toBe('docx')
  // More than one segment is opened: the last line is behind 12,000 letters of noise.
  expect([blocks[0]?.text, blocks.at(-1)?.text]).toEqual([
    'The rent is due on the fifth of each month.',
    'The last line of a long file.',
  ])
})

/** The fixture's own streams, changed. */
function changed(change: (info: string, packed: Buffer) => { info?: string; packed?: Buffer }): Buffer {
  const compound = CompoundFile.open(file('agile.docx'))
  const [info, packed] = [Buffer.from(compound.read('EncryptionInfo')), Buffer.from(compound.read('EncryptedPackage'))]
  const next = change(info.toString('latin1'), packed)
  return writeCompound({
    EncryptionInfo: next.info === undefined ? info : Buffer.from(next.info, 'latin1'),
    EncryptedPackage: next.packed ?? packed,
  })
}

test('a file that was changed without its password is found out', async () => {
  const bytes = changed((_info, packed) => {
    packed[5000] = (packed[5000] ?? 0) ^ 1
    return { packed }
  })
  await expect(readDocument(keeper, 'a.docx', bytes, { password })).rejects.toMatchObject({ code: 'document_broken' })
  const same = await readDocument(
    keeper,
    'a.docx',
    changed(() => ({})),
    { password },
  )
  expect(same.blocks).toHaveLength(3)
})

test.each<[what: string, change: (info: string, packed: Buffer) => { info?: string; packed?: Buffer }, code: string]>([
  ['is cut short', (_info, packed) => ({ packed: packed.subarray(0, 4096) }), 'document_broken'],
  ['has no content', () => ({ packed: Buffer.alloc(4) }), 'document_broken'],
  [
    'would turn a password for days',
    (info) => ({ info: info.replace(/spinCount="\d+"/, 'spinCount="99999999999"') }),
    'document_broken',
  ],
  [
    'has a salt of a gigabyte',
    (info) => ({ info: info.replaceAll(/blockSize="\d+"/g, 'blockSize="999999999"') }),
    'document_broken',
  ],
  ['asks for a cipher that is not known', (info) => ({ info: info.replaceAll('"AES"', '"RC2"') }), 'document_protected'],
  ['asks for a certificate', (info) => ({ info: info.replace(/spinCount="\d+"/, '') }), 'document_protected'],
  ['is encrypted as nobody knows', () => ({ info: '\x09\0\x09\0' }), 'document_protected'],
])('an Office file that %s ends in one sentence', async (_what, change, code) => {
  await expect(readDocument(keeper, 'a.docx', changed(change), { password })).rejects.toMatchObject({ code })
})

const encryptedDoc = Buffer.alloc(600)
encryptedDoc.writeUInt16LE(0x0100, 10)
const zipWithPassword = Buffer.from(pack({ 'word/document.xml': '<w:document/>' }))
zipWithPassword[zipWithPassword.indexOf('PK\x01\x02') + 8] = 1
const book = pack({
  mimetype: 'application/epub+zip',
  'META-INF/container.xml': '<c><rootfile full-path="a.opf"/></c>',
  'META-INF/encryption.xml': '<e><enc:CipherReference URI="OEBPS/one.xhtml"/></e>',
})

test.each<[what: string, name: string, bytes: Uint8Array]>([
  ['a Word file of before 2007', 'a.doc', writeCompound({ WordDocument: encryptedDoc })],
  ['a file under rights management', 'a.docx', writeCompound({ EncryptedPackage: Buffer.alloc(64) })],
  ['an OpenDocument', 'a.odt', makeOpenDocument('text', '', { encrypted: true })],
  ['a packed file with a password', 'a.docx', zipWithPassword],
  ['a book that only its shop opens', 'a.epub', book],
])('%s that a password here does not open says so, with one or without', async (_what, name, bytes) => {
  for (const given of [null, password]) {
    await expect(readDocument(keeper, name, bytes, { password: given })).rejects.toMatchObject({ code: 'document_protected' })
  }
})
