// Searching a workspace: what is named, what is never looked into, and what happens when the embedder or the reranker is not there or fails.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../contract/errors.ts'
import type { SearchReport } from '../../../contract/sources.ts'
import { Watchable } from '../../../electron/host/base/watchable.ts'
import type { EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { joinNeighbours } from '../../../electron/host/workspaces/index/neighbouring-passages.ts'
import { PassageIndex } from '../../../electron/host/workspaces/index/passage-index.ts'
import { Retrieval, type RetrievalQuery } from '../../../electron/host/workspaces/index/retrieval.ts'
import { addDocument, openIndexFile, removeDocument, unit } from '../../fixtures/index-room.ts'
import { personal, present, startTestHost, temporaryFolder } from '../../fixtures/test-host.ts'

/** Says where a text stands by its first letter, and can be made to fail. */
class LetterEmbedder {
  readonly state = new Watchable<{ id: string; name: string; dimensions: number } | null>(null)
  readonly reranker = new Watchable<{ id: string; name: string } | null>(null)
  readonly asked: (string | undefined)[] = []
  failure: Error | null = null

  vector(text: string): Float32Array {
    const letter = text.toLowerCase().charCodeAt(0) - 97
    return unit(Float32Array.from({ length: 32 }, (_, at) => (at === letter ? 1 : 0.05)))
  }
  embedQuery(text: string, _signal: AbortSignal, embedderId?: string): Promise<Float32Array> {
    this.asked.push(embedderId)
    return this.failure === null ? Promise.resolve(this.vector(text)) : Promise.reject(this.failure)
  }
  /** The shortest text answers best. */
  rank(_query: string, texts: readonly string[]): Promise<number[] | null> {
    if (this.failure !== null) return Promise.reject(this.failure)
    return Promise.resolve(this.reranker.value && texts.map((text) => 1 / text.length))
  }
}

let database: EncryptedDatabase
let index: PassageIndex
let embedder: LetterEmbedder
let retrieval: Retrieval
let bugs: unknown[]
beforeEach(() => {
  database = openIndexFile(join(temporaryFolder(), 'workspace.db'))
  index = new PassageIndex({ database })
  embedder = new LetterEmbedder()
  bugs = []
  retrieval = new Retrieval({
    workspaces: { database: () => database },
    embedder,
    indexOf: () => index,
    modelName: (id) => (id === 'old' ? 'The old one' : null),
    onBug: (error) => bugs.push(error),
  })
})
afterEach(async () => {
  await index.close()
  database.close()
})

function search(query: string, more: Partial<RetrievalQuery> = {}): Promise<SearchReport> {
  return retrieval.search(
    { workspaceId: 'w', query, filter: {}, conversationId: null, documents: true, limit: 10, ...more },
    new AbortController().signal,
  )
}
async function names(query: string, more: Partial<RetrievalQuery> = {}): Promise<string[]> {
  return (await search(query, more)).found.map(({ documentId }) => documentId).sort()
}
function embedAll(embedderId: string): void {
  for (let batch = index.pending(embedderId, 16); batch.length > 0; batch = index.pending(embedderId, 16)) {
    index.addVectors(
      embedderId,
      batch.map(({ textHash, searchText }) => ({ textHash, vector: embedder.vector(searchText) })),
    )
  }
}

test('a found passage comes with its document, headings, place, offsets and how each way saw it', async () => {
  addDocument(database, index, 'lease', ['xylophone rules', 'notice of three months'], { headings: ['Lease', 'Ending'] })
  embedder.state.set({ id: 'e', name: 'Letters', dimensions: 32 })
  embedAll('e')
  const report = await search('notice')
  expect(report).toMatchObject({ query: 'notice', embedderName: 'Letters', rerankerName: null, passages: 2, embedded: 2 })
  expect(report.terms).toContain('notic')
  expect(report.found[0]).toMatchObject({
    documentId: 'lease',
    documentName: 'lease.txt',
    headings: ['Lease', 'Ending'],
    text: 'notice of three months',
    start: 17,
    end: 39,
    place: { kind: 'paragraph', paragraph: 1 },
    words: { rank: 1 },
    fate: null,
    number: null,
  })
  expect(report.found[1]?.words).toBe(null)
  expect(report.found[1]?.meaning).not.toBe(null)
})

test('without an embedder, without its vectors, or when it fails, words alone are searched and the report says so', async () => {
  addDocument(database, index, 'one', ['notice', 'other'])
  expect(await search('notice')).toMatchObject({ embedderName: null, embedded: 0, found: [{ text: 'notice', meaning: null }] })
  embedder.state.set({ id: 'e', name: 'Letters', dimensions: 32 })
  expect(await search('notice')).toMatchObject({ embedderName: null, found: [{ text: 'notice' }] })
  embedAll('e')
  expect(await search('notice')).toMatchObject({ embedderName: 'Letters' })
  embedder.failure = new AppError('engine_died', 'It died')
  expect(await search('notice')).toMatchObject({ embedderName: null, found: [{ text: 'notice', meaning: null }] })
  expect(bugs).toEqual([])
  embedder.failure = new Error('a bug')
  expect(await search('notice')).toMatchObject({ embedderName: null })
  expect(bugs).toHaveLength(1)
})

test('attachments of another conversation are never found; those of this one are, whatever the filter', async () => {
  addDocument(database, index, 'own', ['notice one'])
  addDocument(database, index, 'mine', ['notice two'], { conversationId: 'c1' })
  addDocument(database, index, 'theirs', ['notice three'], { conversationId: 'c2' })
  expect(await names('notice')).toEqual(['own'])
  expect(await names('notice', { conversationId: 'c1' })).toEqual(['mine', 'own'])
  expect(await names('notice', { conversationId: 'c1', documents: false })).toEqual(['mine'])
  expect(await names('notice', { conversationId: 'c1', filter: { documentIds: [] } })).toEqual(['mine'])
  expect(await names('notice', { documents: false })).toEqual([])
  expect(await names('notice', { conversationId: 'c3' })).toEqual(['own'])
})

test('filters by document, by folder with what lies in it, and by date', async () => {
  addDocument(database, index, 'a', ['notice one'], { folder: 'deals', changedAt: 10 })
  addDocument(database, index, 'b', ['notice two'], { folder: 'deals/2025', changedAt: 20 })
  addDocument(database, index, 'c', ['notice three'], { folder: 'dealsheets', changedAt: 30 })
  expect(await names('notice', { filter: { folder: 'deals' } })).toEqual(['a', 'b'])
  expect(await names('notice', { filter: { changedFrom: 20 } })).toEqual(['b', 'c'])
  expect(await names('notice', { filter: { changedFrom: 15, changedTo: 25 } })).toEqual(['b'])
  expect(await names('notice', { filter: { documentIds: ['c', 'nobody'] } })).toEqual(['c'])
  expect(await names('notice', { filter: { folder: `x' OR 1=1 --` } })).toEqual([])
})

test('the same words are found once, and under a document that may be looked into', async () => {
  addDocument(database, index, 'first', ['notice'], { conversationId: 'c2' })
  addDocument(database, index, 'second', ['notice'])
  addDocument(database, index, 'third', ['notice'], { headings: ['Under another heading'] })
  const { found } = await search('notice')
  expect(found).toHaveLength(1)
  expect(['second', 'third']).toContain(found[0]?.documentId)
  removeDocument(database, index, 'second')
  removeDocument(database, index, 'third')
  expect((await search('notice')).found).toEqual([])
})

test('a reranker puts the best in its own order and says so; one that fails leaves the order as it was', async () => {
  addDocument(database, index, 'one', ['notice notice notice period', 'notice'])
  embedder.reranker.set({ id: 'r', name: 'Short' })
  const report = await search('notice')
  expect(report.rerankerName).toBe('Short')
  expect(report.found.map(({ text, reranker }) => [text, reranker?.rank])).toEqual([
    ['notice', 1],
    ['notice notice notice period', 2],
  ])
  embedder.failure = new AppError('engine_hung', 'It hangs')
  expect(await search('notice')).toMatchObject({ rerankerName: null, found: [{ reranker: null }, { reranker: null }] })
})

test('while the embedder changes, questions go to the earlier one, and the state says from whom it changes', async () => {
  addDocument(database, index, 'one', ['notice', 'other'])
  embedder.state.set({ id: 'old', name: 'The old one', dimensions: 32 })
  embedAll('old')
  embedder.state.set({ id: 'new', name: 'The new one', dimensions: 32 })
  const [textToEmbed] = index.pending('new', 1)
  if (textToEmbed) index.addVectors('new', [{ textHash: textToEmbed.textHash, vector: embedder.vector('z') }])
  expect(await present(retrieval.watch('w', new AbortController().signal))).toEqual({
    embedderName: 'The new one',
    rerankerName: null,
    passages: 2,
    embedded: 1,
    changingFrom: 'The old one',
  })
  expect(await search('notice')).toMatchObject({ embedderName: 'The old one', embedded: 2 })
  expect(embedder.asked.at(-1)).toBe('old')
  embedAll('new')
  await index.serve('new')
  expect(await search('notice')).toMatchObject({ embedderName: 'The new one' })
  expect(await present(retrieval.watch('w', new AbortController().signal))).toMatchObject({ embedded: 2, changingFrom: null })
})

test('a search that is stopped says cancelled', async () => {
  addDocument(database, index, 'one', ['notice'])
  const stop = new AbortController()
  const searching = retrieval.search(
    { workspaceId: 'w', query: 'notice', filter: {}, conversationId: null, documents: true, limit: 5 },
    stop.signal,
  )
  stop.abort()
  await expect(searching).rejects.toMatchObject({ code: 'cancelled' })
})

test('neighbours become one in the order of the best; what is far or of another document stays apart', async () => {
  const long = 'notice '.repeat(120).trim()
  addDocument(database, index, 'one', [
    `${long} a`,
    'rent',
    `${long} b`,
    ...Array.from({ length: 4 }, (_, at) => `${long}x ${at}`),
  ])
  addDocument(database, index, 'two', ['notice alone'])
  const { found } = await search('notice')
  const of = (document: string, text: string) => found.find((each) => each.documentId === document && each.text.endsWith(text))
  const [first, third, other] = [of('one', ' a'), of('one', ' b'), of('two', 'alone')]
  if (!first || !third || !other) throw new Error('Not found')
  const joined = joinNeighbours([third, other, first])
  expect(joined.map(({ best, start, end }) => [best.text, start, end])).toEqual([
    [third.text, first.start, third.end],
    [other.text, other.start, other.end],
  ])
  expect(joined[0]?.members.map(({ fate }) => fate)).toEqual(['joined', null])
  const far = { ...third, start: first.end + 5000, end: first.end + 6000 }
  expect(joinNeighbours([first, far])).toHaveLength(2)
})

test('in the whole host: what was pasted is found over the link, after a lock as well, and not once it is removed', async () => {
  const { client, close } = await startTestHost({ dataFolder: temporaryFolder() })
  await client.vault.create({ kind: 'passphrase', passphrase: 'huit caractères' })
  const workspaceId = await personal(client)
  const { documentId } = await client.documents.paste({
    workspaceId,
    conversationId: null,
    name: 'Bail',
    text: 'Le locataire donne congé avec un préavis de trois mois.\n\nLe loyer est payable le premier jour du mois.',
  })
  const find = async (): Promise<string[]> =>
    (await client.retrieval.search({ workspaceId, query: 'préavis du locataire', filter: {}, limit: 5 })).found.map(
      (passage) => passage.documentId,
    )
  await expect.poll(find).toEqual([documentId])
  expect(await present(client.retrieval.state({ workspaceId }))).toMatchObject({ passages: 1 })
  await client.vault.lock({})
  await expect(find()).rejects.toMatchObject({ code: 'locked' })
  await client.vault.unlock({ passphrase: 'huit caractères' })
  expect(await find()).toEqual([documentId])
  await client.documents.remove({ workspaceId, documentIds: [documentId] })
  await expect.poll(find).toEqual([])
  await close()
})
