// What only a file's name says is found by it, however its letters are made up, and a rename needs no new passages.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Watchable } from '../../../electron/host/base/watchable.ts'
import type { EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { PassageIndex } from '../../../electron/host/workspaces/index/passage-index.ts'
import { Retrieval, type RetrievalQuery } from '../../../electron/host/workspaces/index/retrieval.ts'
import { addDocument, openIndexFile, removeDocument } from '../../fixtures/index-room.ts'
import { personal, present, startTestHost, temporaryFolder, until } from '../../fixtures/test-host.ts'

let database: EncryptedDatabase
let index: PassageIndex
let retrieval: Retrieval
beforeEach(() => {
  database = openIndexFile(join(temporaryFolder(), 'workspace.db'))
  index = new PassageIndex({ database })
  const none = () => Promise.reject(new Error('There is no model here'))
  retrieval = new Retrieval({
    workspaces: { database: () => database },
    embedder: { state: new Watchable(null), reranker: new Watchable(null), embedQuery: none, rank: none },
    indexOf: () => index,
    modelName: () => null,
    onBug: (error) => {
      throw error
    },
  })
})
afterEach(async () => {
  await index.close()
  database.close()
})

async function found(query: string, more: Partial<RetrievalQuery> = {}): Promise<string[]> {
  const input = { workspaceId: 'w', query, filter: {}, conversationId: null, documents: true, limit: 10, ...more }
  return (await retrieval.search(input, new AbortController().signal)).found.map(({ documentId }) => documentId)
}

const miller = 'INV-2024-0017 Miller'

test('a document comes first for the number that only its name has (bug: one that has half of it in its words did)', async () => {
  addDocument(database, index, miller, ['Invoice to the Miller company. Amount due: 840 euro. Payable within 30 days.'])
  addDocument(database, index, 'INV-2024-0018 Jones', [
    'Invoice INV-2024-0018 to the Jones company. Amount due: 910 euro. Payable within 30 days.',
  ])
  addDocument(database, index, 'garden', ['A family note about the garden.', 'Another note.'])
  for (const question of ['amount of invoice INV-2024-0017?', 'What is the amount of invoice INV-2024-0017?', 'inv 0017'])
    expect((await found(question))[0]).toBe(miller)
  expect((await found('amount of invoice INV-2024-0018?'))[0]).toBe('INV-2024-0018 Jones')
})

test('a name is found whole or by a word, composed or not; its ending, and what every name has, say nothing', async () => {
  const report = 'Pru\u0308fbericht_Cafe\u0301 \u1112\u1161\u11ab\u1100\u1173\u11af'
  addDocument(database, index, report, ['Three faults.'], { language: null })
  addDocument(database, index, 'گزارش می\u200cخواهم', ['Two faults.'], { language: null })
  addDocument(database, index, 'txt and pdf', ['One fault.'], { language: null })
  for (const query of ['Prüfbericht', 'PRUFBERICHT', 'Café', '한글']) expect(await found(query)).toEqual([report])
  expect(await found('گزارش می\u200cخواهم')).toEqual(['گزارش می\u200cخواهم'])
  expect(await found('txt')).toEqual(['txt and pdf'])
})

test('a rename is found at once, without new passages; a name outside of what is searched finds nothing', async () => {
  addDocument(database, index, 'scan', ['Three faults.'])
  addDocument(database, index, 'attached', ['Four faults.'], { conversationId: 'c' })
  expect(await found('Miller')).toEqual([])
  database.prepare('UPDATE documents SET name = ? WHERE id = ?').run('Miller.pdf', 'scan')
  expect(await found('Miller')).toEqual(['scan'])
  expect(await found('attached')).toEqual([])
  expect(await found('attached', { conversationId: 'c' })).toEqual(['attached'])
  removeDocument(database, index, 'scan')
  expect(await found('Miller')).toEqual([])
})

test('words in the text weigh as before where names say nothing, and more than a name of many passages', async () => {
  addDocument(database, index, 'rent', ['The garden.', 'The cellar.', 'The attic.', 'The roof.'])
  addDocument(database, index, 'letter', ['The rent is 900 euro.'])
  expect((await found('rent'))[0]).toBe('letter')
})

test('names keep their joiners however a file came, and are listed by what is typed without them', async () => {
  const { client } = await startTestHost()
  await client.vault.create({ kind: 'keychain' })
  const workspaceId = await personal(client)
  const names = ['گزارش می\u200cخواهم.txt', 'family 👩\u200d👩\u200d👧.txt']
  const references: string[] = []
  for (const name of names) {
    const base64 = Buffer.from(`A note of ${name}`).toString('base64')
    const received = await client.desktop.receive({ reference: null, name, base64, last: true })
    expect(received.name).toBe(name)
    references.push(received.reference)
  }
  await client.documents.add({ workspaceId, conversationId: null, references })
  const query = { workspaceId, conversationId: null, filter: 'all', name: '', sort: 'name', limit: 10 } as const
  await until(client.documents.list(query), ({ rows }) => rows.length === 2 && rows.every(({ stage }) => stage === 'ready'))
  for (const name of ['میخواهم', 'می\u200cخواهم'])
    expect((await present(client.documents.list({ ...query, name }))).rows.map((row) => row.name)).toEqual([names[0]])
})
