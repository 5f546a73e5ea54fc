/** A language that is added for text in pictures: tried before it is kept, used when chosen, never another file than the one that was tried. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../contract/errors.ts'
import { recognitionFileBytes } from '../../../electron/reader/contract.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { personal, present, startTestHost, temporaryFolder, until, type TestHost } from '../../fixtures/test-host.ts'

const packed = readFileSync(createRequire(import.meta.url).resolve('@tesseract.js-data/deu/4.0.0_best_int/deu.traineddata.gz'))
const german = gunzipSync(packed)
const scan = readFileSync(join(import.meta.dirname, '../../fixtures/documents/scan-german.png'))
let room: TestHost
let folder: string
beforeEach(async () => {
  room = await startTestHost()
  await room.client.vault.create({ kind: 'keychain' })
  folder = temporaryFolder()
})
afterEach(() => room.close())

function add(name: string, bytes: Uint8Array, from = room): Promise<{ language: string }> {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  from.desktop.pick = path
  return from.client.desktop.pickRecognition({}).then((picked) => from.client.recognition.add({ reference: picked!.reference }))
}
const codes = async (): Promise<string[]> => (await present(room.client.recognition.languages({}))).map(({ code }) => code)
const kept = (): string[] => readdirSync(join(room.dataFolder, 'ocr'))
const chosen = async (): Promise<string[]> => (await present(room.client.settings.state({}))).recognitionLanguages

/** Recognises the German picture; what was read of it, or why not. */
async function recognised(languages?: string[]): Promise<string> {
  const workspaceId = await personal(room.client)
  const path = join(folder, `${Math.random()}.png`)
  // Bytes behind the end of the picture make it a new document.
  writeFileSync(path, Buffer.concat([scan, Buffer.from(path)]))
  const reference = room.host.references.issue(path)
  const { documentIds } = await room.client.documents.add({ workspaceId, conversationId: null, references: [reference] })
  const query = { workspaceId, conversationId: null, filter: 'all', name: '', sort: 'newest', limit: 100 } as const
  const mine = (done: (stage: string) => boolean) =>
    until(room.client.documents.list(query), ({ rows }) => done(rows.find(({ id }) => id === documentIds[0])?.stage ?? ''))
  await mine((stage) => stage === 'no_text')
  const documentId = documentIds[0]!
  await room.client.documents.recognise({ workspaceId, documentId, ...(languages ? { languages } : {}) })
  const { rows } = await mine((stage) => stage === 'embedding' || stage === 'ready' || stage === 'no_text')
  const row = rows.find(({ id }) => id === documentId)
  if (row?.trouble) return row.trouble.code
  const { blocks } = await room.client.documents.text({ workspaceId, documentId, from: 0, limit: 10 })
  return blocks.map(({ block }) => block.text).join(' ')
}

test('a language is added, listed, read with, kept over a restart, and gone when it is removed', async () => {
  expect(await codes()).toEqual(['eng', 'fra'])
  // English has no ß: what is read as German is read by the data that were added.
  expect(await recognised(['eng'])).not.toContain('Größe der Straße')
  await expect(recognised(['deu'])).rejects.toMatchObject({ code: 'recognition_language_missing', data: { name: 'deu' } })
  expect(await add('deu.traineddata', german)).toEqual({ language: 'deu' })
  const languages = await present(room.client.recognition.languages({}))
  expect(languages[2]).toMatchObject({ code: 'deu', shipped: false, sizeBytes: german.length, missing: false })
  expect(await recognised(['deu'])).toContain('Größe der Straße')

  const { dataFolder, keychain } = room
  await room.close()
  writeFileSync(join(dataFolder, 'ocr', 'left-by-a-kill'), 'x')
  room = await startTestHost({ dataFolder, keychain })
  await room.client.vault.unlock({})
  expect(kept()).toHaveLength(1)
  await room.client.settings.set({ recognitionLanguages: ['deu'] })
  expect(await recognised()).toContain('Größe der Straße')

  await room.client.recognition.remove({ language: 'deu' })
  expect([await codes(), kept(), await chosen()]).toEqual([['eng', 'fra'], [], ['eng', 'fra']])
  await expect(room.client.recognition.remove({ language: 'deu' })).rejects.toMatchObject({ code: 'not_found' })
  await expect(room.client.recognition.remove({ language: 'eng' })).rejects.toMatchObject({ code: 'not_found' })
})

test('a packed file comes in as it is, from a page too, and takes the place of the one before', async () => {
  await add('deu.traineddata', german)
  const base64 = packed.toString('base64')
  const { client } = room
  const first = await client.desktop.receive({
    reference: null,
    name: 'deu.traineddata (1).gz',
    base64: base64.slice(0, 1_000_000),
    last: false,
  })
  const { reference } = await client.desktop.receive({ ...first, base64: base64.slice(1_000_000), last: true })
  await client.recognition.add({ reference })
  expect((await present(client.recognition.languages({})))[2]?.sizeBytes).toBe(packed.length)
  expect(kept()).toHaveLength(1)
  expect(await recognised(['deu', 'eng'])).toContain('Größe der Straße')
  // What was sent in is not there twice.
  await expect(client.recognition.add({ reference })).rejects.toMatchObject({ code: 'not_found' })
})

test('a file that is not the one that was tried is not used, and one that is gone is said to be', async () => {
  await add('deu.traineddata', german)
  const path = join(room.dataFolder, 'ocr', kept()[0]!)
  writeFileSync(path, Buffer.concat([german, Buffer.from('x')]))
  expect(await recognised(['deu'])).toBe('recognition_data_wrong')
  rmSync(path)
  expect(await recognised(['deu'])).toBe('recognition_language_missing')
  const { dataFolder, keychain } = room
  await room.close()
  room = await startTestHost({ dataFolder, keychain })
  await room.client.vault.unlock({})
  expect((await present(room.client.recognition.languages({})))[2]).toMatchObject({ code: 'deu', missing: true })
  await room.client.settings.set({ recognitionLanguages: ['deu'] })
  // Rather the application's own than none.
  expect(await recognised()).toContain('der')
  await add('deu.traineddata', german)
  expect((await present(room.client.recognition.languages({})))[2]).toMatchObject({ missing: false })
})

/** The number of parts, and where each starts. */
function header(starts: Record<number, number>, length = 24): Buffer {
  const bytes = Buffer.alloc(4 + length * 8, 0xff)
  bytes.writeInt32LE(length)
  for (const [part, start] of Object.entries(starts)) bytes.writeBigInt64LE(BigInt(start), 4 + Number(part) * 8)
  return bytes
}
const cut = german.subarray(0, german.length / 2)
const scrambled = Buffer.from(german)
scrambled.fill(0x55, 4 + 24 * 8 + 1000)

test.each<[what: string, name: string, bytes: Uint8Array, reason: string]>([
  ['an empty file', 'deu.traineddata', Buffer.alloc(0), 'malformed'],
  ['text', 'deu.traineddata', Buffer.from('no data at all, just words'), 'malformed'],
  ['a page that a browser kept instead', 'deu.traineddata', Buffer.from('<!doctype html><title>Not found</title>'), 'malformed'],
  ['a file that is cut in half', 'deu.traineddata', cut, 'malformed'],
  ['a packed file that is cut in half', 'deu.traineddata.gz', packed.subarray(0, packed.length / 2), 'malformed'],
  ['a bomb', 'deu.traineddata.gz', gzipSync(Buffer.alloc(recognitionFileBytes + 1)), 'too_big'],
  ['a file with parts beyond its end', 'deu.traineddata', header({ 17: 300, 21: 5000, 22: 9000 }), 'malformed'],
  ['a file of the older engine', 'deu.traineddata', Buffer.concat([header({ 1: 196, 2: 197 }), Buffer.alloc(9)]), 'no_network'],
  ['a file of noise behind a right beginning', 'deu.traineddata', scrambled, 'unusable'],
  [
    'a file whose parts are empty',
    'deu.traineddata',
    Buffer.concat([header({ 17: 196, 21: 197, 22: 198 }), Buffer.alloc(9)]),
    'unusable',
  ],
  ['a language that is here', 'fra.traineddata', german, 'shipped'],
  ['a name of another kind', 'deu.bin', german, 'name'],
  ['a name that leads elsewhere', '..traineddata', german, 'name'],
])('%s is refused with its reason, and nothing stays of it', async (_what, name, bytes, reason) => {
  const refused = await add(name, bytes).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(AppError)
  expect(refused).toMatchObject({ code: 'recognition_data_wrong', data: { reason, name } })
  expect([await codes(), kept()]).toEqual([['eng', 'fra'], []])
})

test('a folder, a file that is gone and one that is larger than any are refused', async () => {
  mkdirSync(join(folder, 'deu.traineddata'))
  const reference = room.host.references.issue(join(folder, 'deu.traineddata'))
  await expect(room.client.recognition.add({ reference })).rejects.toMatchObject({ code: 'file_unreadable' })
  const gone = room.host.references.issue(join(folder, 'ita.traineddata'))
  await expect(room.client.recognition.add({ reference: gone })).rejects.toMatchObject({ code: 'file_unreadable' })
  await expect(add('ita.traineddata', Buffer.alloc(recognitionFileBytes + 1))).rejects.toMatchObject({
    code: 'recognition_data_wrong',
    data: { reason: 'too_big' },
  })
})

test('data that crash the reader are refused, and what is read meanwhile does not notice', async () => {
  await room.close()
  const odd = join(import.meta.dirname, '../../fixtures/documents/odd-reader.ts')
  room = await startTestHost({ launchReader: () => forkTestEngine(odd) })
  await room.client.vault.create({ kind: 'keychain' })
  await expect(add('dies.traineddata', german)).rejects.toMatchObject({ data: { reason: 'unusable' } })
  expect(existsSync(join(room.dataFolder, 'ocr'))).toBe(true)
  expect(kept()).toEqual([])
})

test('giving it up ends the trial, also one that hangs', async () => {
  await room.close()
  const odd = join(import.meta.dirname, '../../fixtures/documents/odd-reader.ts')
  room = await startTestHost({ launchReader: () => forkTestEngine(odd) })
  await room.client.vault.create({ kind: 'keychain' })
  const adding = add('spins.traineddata', german)
  await new Promise((resolve) => setTimeout(resolve, 500))
  await Promise.all([room.client.vault.lock({}), expect(adding).rejects.toMatchObject({ code: 'cancelled' })])
})
