/** A workspace is archived or erased while things go on in it: whoever comes meanwhile finds it closed, and the others go on as if nothing were. */
import { mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
import { openDocuments, type DocumentsRoom } from '../../fixtures/documents-room.ts'
import { present, temporaryFolder } from '../../fixtures/test-host.ts'
import { failure, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let vaultRoom: VaultRoom
let vault: Vault
let room: DocumentsRoom
let matter: string
let openGate: () => void
beforeEach(async () => {
  vaultRoom = new VaultRoom()
  vault = await vaultRoom.opened()
  room = openDocuments(vault)
  openGate = () => undefined
  matter = room.workspaces.make('Matter').workspaceId
})
afterEach(async () => {
  openGate()
  await room.close()
  await vault.close()
  vaultRoom.remove()
  expect(room.bugs).toEqual([])
})

async function paste(workspaceId: string, text: string): Promise<void> {
  await room.documents.paste({ workspaceId, conversationId: null, name: `${text}.txt`, text })
}
function stages(workspaceId: string): string[] {
  return room.documents.all({ workspaceId, conversationId: null, documents: true }).map(({ stage }) => stage)
}
/** A file of the matter is being read, and goes on only when the gate opens. */
async function beingRead(): Promise<() => void> {
  const gate = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  room.reader.pause = () => {
    reach()
    return gate.promise
  }
  await paste(matter, 'Slow')
  await reached
  return (openGate = () => {
    room.reader.pause = () => Promise.resolve()
    gate.resolve()
  })
}

test.each(['archive', 'erase'] as const)(
  'one that is %sd in the middle of reading is closed for whoever comes meanwhile (bug: its rooms were opened again, and no document of any workspace was read any more)',
  async (way) => {
    const goOn = await beingRead()
    const leaving = way === 'archive' ? room.workspaces.archive(matter, true) : room.workspaces.erase(matter)
    await new Promise((resolve) => setTimeout(resolve, 20))
    // The list is told of something else, and the page asks for the documents.
    room.workspaces.refresh()
    const asked = await failure(() => present(room.documents.summary(matter, new AbortController().signal)))
    expect(asked.code).toBe('workspace_archived')
    expect(room.workspaces.all.map(({ id }) => id)).toEqual([room.workspaceId])
    goOn()
    await leaving
    await paste(room.workspaceId, 'Other')
    await expect.poll(() => stages(room.workspaceId)).toEqual(['ready'])
    if (way === 'erase') return
    await room.workspaces.archive(matter, false)
    await expect.poll(() => stages(matter)).toEqual(['ready'])
  },
)

test('a watched folder of one that is archived is left alone, and is followed again when it is opened', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.txt'), 'One')
  await room.documents.watchFolder(matter, room.references.issue(folder))
  await expect.poll(() => stages(matter)).toEqual(['ready'])
  await room.workspaces.archive(matter, true)
  writeFileSync(join(folder, 'b.txt'), 'Two')
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(room.reader.readings).toEqual(['One'])
  await room.workspaces.archive(matter, false)
  await expect.poll(() => stages(matter)).toEqual(['ready', 'ready'])
})

test('one that could not be closed is there as before (here the disk is full)', async () => {
  await paste(matter, 'Here')
  await expect.poll(() => stages(matter)).toEqual(['ready'])
  vault.main.exec('CREATE TEMP TRIGGER refuse BEFORE UPDATE ON workspaces BEGIN SELECT raise(ABORT, "full"); END')
  await expect(room.workspaces.archive(matter, true)).rejects.toThrow()
  await expect(room.workspaces.erase(matter)).rejects.toThrow()
  vault.main.exec('DROP TRIGGER refuse')
  expect(room.workspaces.all.map(({ id }) => id)).toEqual([room.workspaceId, matter])
  await paste(matter, 'And more')
  await expect.poll(() => stages(matter)).toEqual(['ready', 'ready'])
})

test('one whose key cannot be destroyed is there as before, and its documents too (bug: the list of all failed from then on)', async () => {
  await paste(matter, 'Here')
  await expect.poll(() => stages(matter)).toEqual(['ready'])
  const record = join(vaultRoom.folder, 'vault.json')
  renameSync(record, `${record}.kept`)
  mkdirSync(record)
  await expect(room.workspaces.erase(matter)).rejects.toThrow()
  rmdirSync(record)
  renameSync(`${record}.kept`, record)
  expect(room.workspaces.all.map(({ name }) => name)).toEqual(['Personal', 'Matter'])
  await expect.poll(() => stages(matter)).toEqual(['ready'])
  await room.workspaces.erase(matter)
  expect(room.workspaces.all.map(({ name }) => name)).toEqual(['Personal'])
})

test('files of an erased one that cannot be removed keep nothing closed, and go at a later opening (bug: the vault did not open any more)', async () => {
  const file = join(vaultRoom.folder, 'workspaces', `${matter}.db`)
  const open = (): string[] => new Workspaces({ vault, references: room.references, now: () => 0 }).all.map(({ name }) => name)
  vault.main.prepare('UPDATE workspaces SET erasing = 1 WHERE id = ?').run(matter)
  vault.eraseWorkspace(matter, () => undefined)
  mkdirSync(file)
  expect(open()).toEqual(['Personal'])
  rmdirSync(file)
  expect(open()).toEqual(['Personal'])
  expect(vault.main.prepare('SELECT id FROM workspaces').all()).toHaveLength(1)
})

test('files that are being added to one that is erased are given up in words (bug: the vault was said to be locked)', async () => {
  const folder = temporaryFolder()
  for (let at = 0; at < 200; at++) writeFileSync(join(folder, `${at}.txt`), `Text ${at}`)
  const adding = failure(() =>
    room.documents.add({ workspaceId: matter, conversationId: null, references: [room.references.issue(folder)] }),
  )
  await expect.poll(() => stages(matter).length).toBeGreaterThan(3)
  await room.workspaces.erase(matter)
  expect((await adding).code).toBe('cancelled')
  expect(room.workspaces.all).toHaveLength(1)
})

test('Personal is always there, also when a new one cannot be made for the one that is erased (bug: there was none until the next unlock)', async () => {
  vault.main.exec('CREATE TEMP TRIGGER refuse BEFORE INSERT ON workspaces BEGIN SELECT raise(ABORT, "full"); END')
  await expect(room.workspaces.erase(room.workspaceId)).rejects.toThrow()
  vault.main.exec('DROP TRIGGER refuse')
  expect(room.workspaces.all[0]).toMatchObject({ id: room.workspaceId, personal: true })
  await paste(room.workspaceId, 'Still here')
  await expect.poll(() => stages(room.workspaceId)).toEqual(['ready'])
  await room.workspaces.erase(room.workspaceId)
  expect(room.workspaces.all.map(({ personal }) => personal)).toEqual([true, false])
})

test('one that is half erased stays so while its key cannot be destroyed (bug: it came back at the next opening)', () => {
  const record = join(vaultRoom.folder, 'vault.json')
  const open = (): string[] => new Workspaces({ vault, references: room.references, now: () => 0 }).all.map(({ name }) => name)
  vault.main.prepare('UPDATE workspaces SET erasing = 1 WHERE id = ?').run(matter)
  renameSync(record, `${record}.kept`)
  mkdirSync(record)
  expect(open()).toEqual(['Personal'])
  rmdirSync(record)
  renameSync(`${record}.kept`, record)
  expect(vault.hasWorkspace(matter)).toBe(true)
  expect(open()).toEqual(['Personal'])
  expect(vault.hasWorkspace(matter)).toBe(false)
})
