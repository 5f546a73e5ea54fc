/** A document that goes while it is being read stays gone: no step after its removal writes anything. */
import { expect, test } from 'vitest'
import { AppError } from '../../../contract/errors.ts'
import { openDocuments, splitByBlock } from '../../fixtures/documents-room.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'

test('a document removed at any step of its splitting is gone for good (bug: its words came back and stayed)', async () => {
  const vaultRoom = new VaultRoom()
  const vault = await vaultRoom.opened()
  let afterSplit = (): void => undefined
  const split = async (blocks: Parameters<typeof splitByBlock>[0]) => {
    const passages = await splitByBlock(blocks)
    afterSplit()
    return passages
  }
  const room = openDocuments(vault, { split })
  const { documents, workspaceId } = room
  const count = (table: string) => room.database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count
  for (let step = 0; step < 8; step++) {
    const { promise: removed, resolve, reject } = Promise.withResolvers<void>()
    const isAdded = documents.paste({ workspaceId, conversationId: null, name: 'a.txt', text: `Words of step ${step}` })
    afterSplit = () => {
      const remove = async () => documents.remove(workspaceId, [(await isAdded).documentId])
      void turns(step).then(remove).then(resolve, reject)
    }
    await removed
    await expect.poll(() => [count('contents'), count('passages'), room.index.words]).toEqual([0, 0, []])
  }
  await room.close()
  await vault.close()
  vaultRoom.remove()
  expect(room.bugs).toEqual([])
})

test('documents that are removed are told as gone, also where what was made of them elsewhere cannot be erased (bug: an error, and a list that had them still)', async () => {
  const vaultRoom = new VaultRoom()
  const vault = await vaultRoom.opened()
  const full = new AppError('disk_full', 'The disk is full')
  const onRemoved = (): never => {
    throw full
  }
  const { documents, workspaceId, bugs, close } = openDocuments(vault, { onRemoved })
  const { documentId } = await documents.paste({ workspaceId, conversationId: null, name: 'a.txt', text: 'Words' })
  const before = documents.changes(workspaceId).value
  await documents.remove(workspaceId, [documentId])
  expect(documents.find(workspaceId, documentId)).toBeNull()
  expect(documents.changes(workspaceId).value).toBeGreaterThan(before)
  await close()
  await vault.close()
  vaultRoom.remove()
  expect(bugs).toEqual([full])
})

/** Lets whatever waits have its turn so many times. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
