/** What is found while a document is read anew: its older text until the newer one is whole, then that, and at no moment nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SearchReport } from '../../../contract/sources.ts'
import { Watchable } from '../../../electron/host/base/watchable.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { PassageIndex } from '../../../electron/host/workspaces/index/passage-index.ts'
import { Retrieval } from '../../../electron/host/workspaces/index/retrieval.ts'
import { openDocuments, TestEmbedder, type DocumentsRoom } from '../../fixtures/documents-room.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'

let vaultRoom: VaultRoom
let vault: Vault
let room: DocumentsRoom
let index: PassageIndex
let embedder: TestEmbedder
let retrieval: Retrieval
beforeEach(async () => {
  vaultRoom = new VaultRoom()
  vault = await vaultRoom.opened()
  embedder = new TestEmbedder()
  open(0)
})
afterEach(async () => {
  await room.close()
  await index.close()
  await vault.close()
  vaultRoom.remove()
  expect(room.bugs).toEqual([])
})

function open(readingVersion: number): void {
  let made: PassageIndex | null = null
  const indexOf = (id: string): PassageIndex => (made ??= index = new PassageIndex({ database: vault.workspace(id) }))
  room = openDocuments(vault, { embedder, readingVersion, indexOf })
  if (readingVersion === 0) room.reader.sees = (text) => text.replace(/ LOST.*/g, '')
  retrieval = new Retrieval({
    workspaces: room.workspaces,
    embedder: {
      state: embedder.state,
      reranker: new Watchable(null),
      embedQuery: () => Promise.resolve(new Float32Array(4)),
      rank: () => Promise.resolve(null),
    },
    indexOf,
    modelName: () => null,
    onBug: (error) => room.bugs.push(error),
  })
}
function search(query: string): Promise<SearchReport> {
  const { workspaceId } = room
  return retrieval.search(
    { workspaceId, query, filter: {}, conversationId: null, documents: true, limit: 10 },
    new AbortController().signal,
  )
}
async function found(query: string): Promise<string[]> {
  const report = await search(query)
  return report.found.filter(({ words }) => words !== null).map(({ text }) => text)
}
async function settled(): Promise<void> {
  await expect.poll(() => room.documents.standing(room.workspaceId).isSettled).toBe(true)
}

const older = ['The monthly rent', 'The term of the lease']
const newer = ['The monthly rent', 'The term of the lease LOST for pelicans']

test('the newer text is found once it is whole, the older one until then, and never both', async () => {
  await room.documents.paste({
    ...{ workspaceId: room.workspaceId, conversationId: null, name: 'a.txt' },
    text: newer.join('\n\n'),
  })
  await settled()
  expect(await found('term lease')).toEqual([older[1]])
  await room.close()
  await index.close()
  let embed: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (embed = resolve))
  embedder.pause = () => gate
  open(1)
  const inNewer = `SELECT 1 FROM passages JOIN contents ON contents.number = content_number WHERE replaces IS NOT NULL`
  await expect.poll(() => room.database.prepare(inNewer).all()).toHaveLength(2)
  expect(await found('term lease')).toEqual([older[1]])
  expect(await found('pelicans')).toEqual([])
  expect(await found('monthly rent')).toEqual([newer[0]])
  embed()
  await settled()
  expect(await found('pelicans')).toEqual([newer[1]])
  expect(await found('term lease')).toEqual([newer[1]])
  expect(await found('monthly rent')).toEqual([newer[0]])
  expect(index.progress('first')).toEqual({ passages: 2, embedded: 2 })
})

test('a search that is under way while the newer text takes its place finds it (bug: the document was not found at all)', async () => {
  await room.documents.paste({
    ...{ workspaceId: room.workspaceId, conversationId: null, name: 'a.txt' },
    text: newer.join('\n\n'),
  })
  await settled()
  await room.close()
  await index.close()
  open(1)
  await room.documents.pause(room.workspaceId, true)
  const real = index.search.bind(index)
  let searches = 0
  index.search = async (query) => {
    const result = await real(query)
    if (++searches === 1) {
      await room.documents.pause(room.workspaceId, false)
      await settled()
    }
    return result
  }
  expect(await found('term lease')).toEqual([newer[1]])
  expect(searches).toBe(2)
})
