/** What an older reader read with losses is read anew when nothing else is to be done, and until that is whole the older text serves. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Document } from '../../../contract/document.ts'
import { AppError } from '../../../contract/errors.ts'
import { AnswerSources } from '../../../contract/sources.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import type { DocumentsOptions } from '../../../electron/host/workspaces/documents/documents-options.ts'
import { openDocuments, TestEmbedder, type DocumentsRoom } from '../../fixtures/documents-room.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'

let vaultRoom: VaultRoom
let vault: Vault
let room: DocumentsRoom
let folder: string
/** What was embedded, over all rooms of a test. */
let embedder: TestEmbedder
beforeEach(async () => {
  vaultRoom = new VaultRoom()
  vault = await vaultRoom.opened()
  embedder = new TestEmbedder()
  room = older()
  folder = temporaryFolder()
})
afterEach(async () => {
  await room.close()
  await vault.close()
  vaultRoom.remove()
  expect(room.bugs).toEqual([])
})

/** As the program was before: its reader saw no word LOST and nothing after it in its paragraph. */
function older(): DocumentsRoom {
  const made = openDocuments(vault, { embedder, readingVersion: 0 })
  made.reader.sees = (text) => text.replace(/ LOST.*/g, '')
  return made
}
/** As the program is now: its reader sees everything. @param prepare is done before anything is read */
async function updated(prepare: (room: DocumentsRoom) => void = () => undefined, options: Partial<DocumentsOptions> = {}) {
  await room.close()
  room = openDocuments(vault, { embedder, readingVersion: 1, ...options })
  prepare(room)
  return room
}
async function add(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  writeFileSync(path, text)
  const { documentIds } = await room.documents.add({
    ...{ workspaceId: room.workspaceId, conversationId: null },
    references: [room.references.issue(path)],
  })
  return documentIds[0] ?? ''
}
function rows(): Document[] {
  return room.documents.all({ workspaceId: room.workspaceId, conversationId: null, documents: true })
}
function row(id: string): Document | undefined {
  return rows().find((each) => each.id === id)
}
async function settled(): Promise<void> {
  await expect.poll(() => room.documents.standing(room.workspaceId).isSettled).toBe(true)
}
function textOf(documentId: string): string[] {
  return room.documents
    .text({ workspaceId: room.workspaceId, documentId, from: 0, limit: 1000 })
    .blocks.map(({ block }) => block.text)
}
function numbers(sql: string): number[] {
  return room.database
    .prepare<{ number: number }>(sql)
    .all()
    .map(({ number }) => number)
}
const count = (table: string): number => numbers(`SELECT count(*) AS number FROM ${table}`)[0] ?? 0
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('words that an older reader lost are there after an update, and only they are embedded (bug: they stayed lost)', async () => {
  const id = await add('lease.txt', 'Rent\n\nTerm LOST of nine years\n\nDeposit')
  await settled()
  expect(textOf(id)).toEqual(['Rent', 'Term', 'Deposit'])
  await updated()
  const seen = new Set<string>()
  await expect
    .poll(
      () => {
        seen.add(row(id)?.stage ?? 'gone')
        return textOf(id)
      },
      { interval: 1 },
    )
    .toEqual(['Rent', 'Term LOST of nine years', 'Deposit'])
  await settled()
  // It was ready for its person all along.
  expect([...seen]).toEqual(['ready'])
  expect(row(id)).toMatchObject({ stage: 'ready', passages: 3, embedded: 3, trouble: null })
  await expect.poll(() => room.index.words).toEqual(['Rent', 'Term LOST of nine years', 'Deposit'])
  expect(embedder.embedded).toEqual(['first: Rent', 'first: Term', 'first: Deposit', 'first: Term LOST of nine years'])
  const bytes = room.documents.bytes({ workspaceId: room.workspaceId, documentId: id, offset: 0, length: 100 })
  expect(Buffer.from(bytes.base64, 'base64').toString()).toContain('LOST of nine years')
  // Of its older text nothing is left, and it is read once.
  await expect.poll(() => [count('passages'), count('blocks')]).toEqual([3, 3])
  await updated()
  await settled()
  expect(room.reader.readings).toEqual([])
})

test('what is read as before is left as it is (bug: all passages were made anew)', async () => {
  const id = await add('lease.txt', 'Rent\n\nTerm')
  await settled()
  const before = numbers('SELECT number FROM passages')
  await updated()
  await settled()
  expect(room.reader.readings).toEqual(['Rent'])
  expect(numbers('SELECT number FROM passages')).toEqual(before)
  expect(numbers('SELECT reading AS number FROM contents')).toEqual([1])
  expect(row(id)?.stage).toBe('ready')
})

test('a newer reader that fails, or finds no words, leaves the words that are there and is not asked again', async () => {
  const broken = await add('a.txt', 'Rent')
  const emptied = await add('b.txt', 'Term')
  await settled()
  const fails = (made: DocumentsRoom): void => {
    made.reader.sees = (text) => (text === 'Rent' ? 'BROKEN' : '\n\n')
  }
  await updated(fails)
  await settled()
  expect(room.reader.readings).toEqual(['BROKEN', ''])
  expect([textOf(broken), textOf(emptied)]).toEqual([['Rent'], ['Term']])
  expect([row(broken), row(emptied)]).toMatchObject([
    { stage: 'ready', trouble: null },
    { stage: 'ready', trouble: null },
  ])
  await updated(fails)
  await settled()
  expect(room.reader.readings).toEqual([])
})

test('a document that could not be read before is tried once more, and says why it still fails', async () => {
  const mended = await add('a.txt', 'BROKEN')
  const locked = await add('b.txt', 'ENCRYPTED\n\nSecret')
  await expect.poll(() => [row(mended)?.stage, row(locked)?.stage]).toEqual(['failed', 'failed'])
  await updated((made) => {
    made.reader.sees = (text) => text.replace('BROKEN', 'Whole again')
  })
  await settled()
  expect(row(mended)).toMatchObject({ stage: 'ready', trouble: null, passages: 1 })
  expect(row(locked)).toMatchObject({ stage: 'failed', trouble: { code: 'document_encrypted' } })
  room.documents.readAgain({ workspaceId: room.workspaceId, documentId: locked, password: 'right' })
  await expect.poll(() => row(locked)?.stage).toBe('ready')
})

test('what was recognised stays recognised, beside what the newer reader finds (bug: pages were pictures again)', async () => {
  const id = await add('scan.pdf', 'PICTURES 2\n\nPrinted LOST in small letters')
  await settled()
  room.documents.recognise({ workspaceId: room.workspaceId, documentId: id, languages: ['eng'] })
  await expect.poll(() => textOf(id)).toEqual(['Recognised page 1', 'Recognised page 2', 'Printed'])
  await settled()
  await updated()
  await settled()
  expect(textOf(id)).toEqual(['Recognised page 1', 'Recognised page 2', 'Printed LOST in small letters'])
  expect(row(id)).toMatchObject({ picturePages: 0, confidence: 0.5, stage: 'ready' })
  expect(room.reader.languages).toEqual([])
})

test('what is new is read first, and what is being read anew stops for it', async () => {
  const first = await add('a.txt', 'Rent LOST words')
  await settled()
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  await updated((made) => {
    made.reader.pause = () => (made.reader.readings.length === 1 ? gate : Promise.resolve())
  })
  await expect.poll(() => room.reader.readings).toEqual(['Rent LOST words'])
  const second = await add('b.txt', 'New')
  open()
  await expect.poll(() => row(second)?.stage).toBe('ready')
  await settled()
  expect(room.reader.readings).toEqual(['Rent LOST words', 'New', 'Rent LOST words'])
  expect(textOf(first)).toEqual(['Rent LOST words'])
})

test('it waits while somebody is answered and while reading is paused', async () => {
  const id = await add('a.txt', 'Rent LOST words')
  await settled()
  await updated((made) => made.answering.set(true))
  await turns(50)
  expect([room.reader.readings, textOf(id)]).toEqual([[], ['Rent']])
  await room.documents.pause(room.workspaceId, true)
  room.answering.set(false)
  await turns(50)
  expect([room.reader.readings, textOf(id)]).toEqual([[], ['Rent']])
  await room.documents.pause(room.workspaceId, false)
  await expect.poll(() => textOf(id)).toEqual(['Rent LOST words'])
})

test('stopped, locked or removed at any step nothing is lost, nothing is mixed and nothing comes back', async () => {
  const paragraphs = Array.from({ length: 40 }, (_, at) => `Paragraph ${at} LOST rest`)
  const lossy = paragraphs.map((_, at) => `Paragraph ${at}`)
  for (let step = 0; step < 30; step++) {
    room.reader.sees = (text) => text.replace(/ LOST.*/g, '')
    const id = await add(`${step}.txt`, [`Title ${step}`, ...paragraphs].join('\n\n'))
    await settled()
    await updated()
    await turns(step)
    if (step % 3 === 0) await room.documents.pause(room.workspaceId, true)
    if (step % 3 === 2) {
      await room.documents.remove(room.workspaceId, [id])
      await expect.poll(() => [count('contents'), count('passages'), count('blocks'), room.index.words]).toEqual([0, 0, 0, []])
    } else {
      if (step % 3 === 1) await updated()
      expect([
        [`Title ${step}`, ...lossy],
        [`Title ${step}`, ...paragraphs],
      ]).toContainEqual(textOf(id))
      expect(row(id)).toMatchObject({ stage: 'ready', passages: 41 })
      await room.documents.pause(room.workspaceId, false)
      await settled()
      expect(textOf(id)).toEqual([`Title ${step}`, ...paragraphs])
      await expect.poll(() => [count('passages'), room.index.words.length]).toEqual([41, 41])
      await room.documents.remove(room.workspaceId, [id])
      await expect.poll(() => [count('contents'), count('content_parts')]).toEqual([0, 0])
    }
    await room.close()
    room = older()
  }
})

test('a password or a recognition that is asked for meanwhile ends it, and it is read anew afterwards', async () => {
  const id = await add('scan.pdf', 'PICTURES 2\n\nPrinted LOST in small letters')
  await settled()
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  embedder.pause = () => gate
  await updated()
  // The newer reading is whole but for its vectors.
  await expect.poll(() => numbers(`SELECT number FROM contents WHERE replaces IS NOT NULL AND stage = 'indexed'`)).toHaveLength(1)
  room.documents.recognise({ workspaceId: room.workspaceId, documentId: id, languages: ['eng'] })
  open()
  await settled()
  expect(textOf(id)).toEqual(['Recognised page 1', 'Recognised page 2', 'Printed LOST in small letters'])
  await expect.poll(() => [count('passages'), count('blocks')]).toEqual([3, 3])
})

test('a mail that is read anew has its files once, and what a newer reader finds inside as well', async () => {
  room.reader.sees = (text) => text.replace(/\n\nb\.txt.*/, '')
  const id = await add('mail.eml', 'MESSAGE\n\na.txt|Inside a\n\nb.txt|Inside b')
  await settled()
  const names = (): string[] =>
    rows()
      .filter(({ parentId }) => parentId === id)
      .map(({ name }) => name)
  expect(names()).toEqual(['a.txt'])
  await updated()
  await settled()
  expect(names()).toEqual(['a.txt', 'b.txt'])
  // Twice for the mail at most, once for what was inside.
  expect(room.reader.readings.filter((text) => text === 'Inside b')).toHaveLength(1)
})

test('a file inside that a person removed does not come back when its mail is read anew (bug: it did)', async () => {
  const id = await add('mail.eml', 'MESSAGE\n\na.txt|Inside a\n\nb.txt|Inside b')
  await settled()
  const inside = (): Document[] => rows().filter(({ parentId }) => parentId === id)
  await room.documents.remove(room.workspaceId, [inside().find(({ name }) => name === 'a.txt')?.id ?? ''])
  await updated()
  await settled()
  expect(room.reader.readings).toContain('MESSAGE')
  expect(inside().map(({ name }) => name)).toEqual(['b.txt'])
})

test('a file that is added again while it is read anew, or afterwards, is the same document’s content', async () => {
  const text = 'Rent LOST words'
  await add('a.txt', text)
  await settled()
  await updated()
  const second = await add('b.txt', text)
  await settled()
  const third = await add('c.txt', text)
  await settled()
  expect([textOf(second), textOf(third)]).toEqual([[text], [text]])
  expect(room.reader.readings.length).toBeLessThanOrEqual(2)
  await room.documents.remove(
    room.workspaceId,
    rows().map(({ id }) => id),
  )
  await expect.poll(() => ['contents', 'content_parts', 'blocks', 'passages'].map(count)).toEqual([0, 0, 0, 0])
})

test('a second update reads it anew a second time, and its bytes stay where they are', async () => {
  const id = await add('a.txt', 'Rent LOST words')
  await settled()
  await updated((made) => (made.reader.sees = (text) => text.replace(' words', '')))
  await settled()
  await updated(() => undefined, { readingVersion: 2 })
  await settled()
  expect(textOf(id)).toEqual(['Rent LOST words'])
  await expect.poll(() => [count('contents'), count('content_parts'), count('passages')]).toEqual([2, 1, 1])
})

test('a disk that is full leaves the older text, and it goes on when there is room', async () => {
  const id = await add('a.txt', 'Rent LOST words')
  await settled()
  let isFull = true
  await updated((made) => {
    const write = made.index.add.bind(made.index)
    made.index.add = (passages) => {
      if (isFull) throw new AppError('disk_full', 'Full')
      write(passages)
    }
  })
  await expect.poll(() => room.reader.readings).toHaveLength(1)
  await turns(20)
  expect([textOf(id), row(id)?.stage]).toEqual([['Rent'], 'ready'])
  isFull = false
  await updated()
  await settled()
  expect(textOf(id)).toEqual(['Rent LOST words'])
})

test('a citation in a conversation still says its words and points at them (bug: what stood at its numbers now was marked)', async () => {
  const text = 'Preamble LOST and a long recital\n\nThe deposit is two rents\n\nThe term LOST is nine years'
  const id = await add('lease.txt', text)
  const lossy = ['Preamble', 'The deposit is two rents', 'The term'].join('\n\n')
  await settled()
  const given = (number: number, quoted: string) => {
    const start = lossy.indexOf(quoted)
    const place = { kind: 'paragraph', paragraph: number }
    return {
      number,
      documentId: id,
      documentName: 'lease.txt',
      headings: [],
      start,
      end: start + quoted.length,
      place,
      text: quoted,
    }
  }
  const sources = AnswerSources.parse({
    ...{ mode: 'passages', strict: false, query: 'deposit', embedderName: null, leftOut: 0, declined: false, checks: [] },
    given: [given(1, 'The deposit is two rents'), given(2, 'The term')],
  })
  room.database.exec(`INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES ('c', 'Talk', 'p', 0, 0)`)
  room.database
    .prepare(
      `INSERT INTO messages (id, conversation_id, role, text, state, created_at, sources) VALUES ('m', 'c', 'assistant', 'Two [1]', 'finished', 0, ?)`,
    )
    .run(JSON.stringify(sources))
  await updated()
  await settled()
  const row = room.database.prepare<{ sources: string }>(`SELECT sources FROM messages WHERE id = 'm'`).get()
  const kept = AnswerSources.parse(JSON.parse(row?.sources ?? ''))
  expect(kept).toEqual(sources)
  const now = textOf(id).join('\n\n')
  for (const { documentId, start, text: quoted } of kept.given) {
    expect(now.slice(start, start + quoted.length)).not.toBe(quoted)
    const here = await room.documents.locate({ workspaceId: room.workspaceId, documentId, text: quoted, near: start })
    expect(here && now.slice(here.start, here.end)).toBe(quoted)
  }
  const absent = { workspaceId: room.workspaceId, documentId: id, text: 'What was never there', near: 0 }
  expect(await room.documents.locate(absent)).toBeNull()
  await expect(room.documents.locate({ ...absent, documentId: 'gone' })).rejects.toMatchObject({ code: 'document_gone' })
})
