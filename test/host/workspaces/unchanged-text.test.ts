/** What a document says is embedded once, however often its file is changed, renamed or put away and back; and what nobody says any more goes. */
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { PassageIndex } from '../../../electron/host/workspaces/index/passage-index.ts'
import { openDocuments, TestEmbedder, type DocumentsRoom } from '../../fixtures/documents-room.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'

let vaultRoom: VaultRoom
let vault: Vault
let room: DocumentsRoom
let index: PassageIndex
let folder: string
beforeEach(async () => {
  vaultRoom = new VaultRoom()
  vault = await vaultRoom.opened()
  room = openRoom()
  folder = join(temporaryFolder(), 'Matter')
  mkdirSync(folder)
  await room.documents.watchFolder(room.workspaceId, room.references.issue(folder))
})
afterEach(async () => {
  await room.close()
  await index.close()
  await vault.close()
  vaultRoom.remove()
  expect(room.bugs).toEqual([])
})

function openRoom(): DocumentsRoom {
  let made: PassageIndex | null = null
  return openDocuments(vault, { indexOf: (id) => (made ??= index = new PassageIndex({ database: vault.workspace(id) })) })
}
async function ready(...names: string[]): Promise<void> {
  const shown = (): string[] =>
    room.documents
      .all({ workspaceId: room.workspaceId, conversationId: null, documents: true })
      .map(({ name, stage }) => `${name} ${stage}`)
  await expect.poll(() => shown().sort()).toEqual(names.map((name) => `${name} ready`))
}
async function texts(): Promise<(string | null)[]> {
  const here = (): (string | null)[] =>
    room.database
      .prepare<{ text: string | null }>(
        `SELECT DISTINCT p.text FROM vectors v JOIN indexed_texts t ON v.number = (SELECT max(number) FROM vector_sets) * 4294967296 + t.number
         LEFT JOIN indexed_passages i ON i.text_number = t.number LEFT JOIN passages p ON p.number = i.number ORDER BY p.text`,
      )
      .all()
      .map(({ text }) => text)
  await expect.poll(() => here().includes(null)).toBe(false)
  return here()
}
async function found(text: string): Promise<number> {
  return (await index.search({ text, vector: null, contents: null, limit: 10 })).ranked.length
}

test('a file that changed has only its new words embedded (bug: all of it was embedded again)', async () => {
  writeFileSync(join(folder, 'a.txt'), 'Lighthouse\n\nHarbour')
  await ready('a.txt')
  writeFileSync(join(folder, 'a.txt'), 'Lighthouse\n\nStorm')
  await expect.poll(() => found('storm')).toBe(1)
  await ready('a.txt')
  expect(room.embedder.embedded).toEqual(['first: Lighthouse', 'first: Harbour', 'first: Storm'])
  expect(await texts()).toEqual(['Lighthouse', 'Storm'])
  expect([await found('lighthouse'), await found('harbour')]).toEqual([1, 0])
  expect(index.progress('first')).toEqual({ passages: 2, embedded: 2 })
})

test('a file that was renamed and changed at once likewise, over a lock in between', async () => {
  writeFileSync(join(folder, 'a.txt'), 'Lighthouse\n\nHarbour')
  await ready('a.txt')
  await room.close()
  await index.close()
  rmSync(join(folder, 'a.txt'))
  writeFileSync(join(folder, 'b.txt'), 'Lighthouse\n\nStorm')
  utimesSync(join(folder, 'b.txt'), new Date(1_700_000_000_000), new Date(1_700_000_000_000))
  room = openRoom()
  await ready('b.txt')
  expect(room.embedder.embedded).toEqual(['first: Storm'])
  expect(await texts()).toEqual(['Lighthouse', 'Storm'])
  expect([await found('lighthouse'), await found('storm')]).toEqual([1, 1])
})

test('words that come back are found by meaning as before', async () => {
  writeFileSync(join(folder, 'a.txt'), 'Lighthouse\n\nHarbour')
  await ready('a.txt')
  writeFileSync(join(folder, 'a.txt'), 'Harbour')
  await expect.poll(() => found('lighthouse')).toBe(0)
  await ready('a.txt')
  const [vector] = await new TestEmbedder().embedPassages(['Harbour'], new AbortController().signal)
  const { ranked, byMeaning } = await index.search({
    text: 'nothing',
    vector: { embedderId: 'first', values: vector ?? new Float32Array(4) },
    contents: null,
    limit: 10,
  })
  expect(byMeaning).toBe(true)
  expect(ranked).toHaveLength(1)
  expect(ranked[0]?.meaning?.rank).toBe(1)
})

test('a document that is removed leaves nothing behind, nor does a folder that was moved out', async () => {
  writeFileSync(join(folder, 'a.txt'), 'Lighthouse')
  writeFileSync(join(folder, 'b.txt'), 'Harbour')
  await ready('a.txt', 'b.txt')
  renameSync(join(folder, 'a.txt'), join(folder, '..', 'a.txt'))
  await ready('b.txt')
  expect(await texts()).toEqual(['Harbour'])
  const count = (table: string): number =>
    room.database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0
  await expect.poll(() => ['indexed_texts', 'vectors', 'contents'].map(count)).toEqual([1, 1, 1])
})
