/** The failure of one workspace is its own: whatever happens to its file, before or while it is used, the vault opens and the others go on. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Workspace } from '../../../contract/entities.ts'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

async function start(options: Parameters<typeof startTestHost>[0] = {}): Promise<TestHost> {
  const host = await startTestHost({ launchEngine: new ScriptedEngine().launch, ...options })
  open.push(host)
  return host
}

const everything = { conversationId: null, filter: 'all', name: '', sort: 'newest', limit: 9 } as const

interface Room extends TestHost {
  ids: { personal: string; matter: string; other: string }
  file: (name: keyof Room['ids']) => string
}

/** Personal and two more, each with a conversation and a document; open. */
async function prepared(): Promise<Room> {
  const host = await start()
  const { client } = host
  await client.vault.create({ kind: 'keychain' })
  await importModel(host, testModels().english.path)
  const [first] = await present(client.workspaces.list({}))
  const { workspaceId: matter } = await client.workspaces.make({ name: 'Matter' })
  const { workspaceId: other } = await client.workspaces.make({ name: 'Other' })
  const ids = { personal: first?.id ?? '', matter, other }
  for (const [name, workspaceId] of Object.entries(ids)) {
    const place = await client.chat.send({ workspaceId, conversationId: null, text: `Needle of ${name}` })
    await untilSettled(client, place)
    const text = Array.from({ length: 300 }, (_, at) => `Paragraph ${at} of ${name}.`).join('\n\n')
    await client.documents.paste({ workspaceId, conversationId: null, name: `Paper of ${name}`, text })
    await until(client.documents.summary({ workspaceId }), ({ ready, working }) => ready === 1 && working === 0)
  }
  return { ...host, ids, file: (name) => join(host.dataFolder, 'workspaces', `${ids[name]}.db`) }
}

/** The same, closed. It is made once and copied: what is spoiled is a copy. */
async function closed(): Promise<Room> {
  template ??= prepared().then(async (room) => {
    await room.close()
    open = []
    return room
  })
  const room = await template
  const dataFolder = temporaryFolder()
  cpSync(room.dataFolder, dataFolder, { recursive: true })
  return { ...room, dataFolder, file: (name) => join(dataFolder, 'workspaces', `${room.ids[name]}.db`) }
}
let template: Promise<Room> | null = null

async function again({ dataFolder, keychain }: Room): Promise<TestHost> {
  const host = await start({ dataFolder, keychain })
  await host.client.vault.unlock({})
  return host
}

const states = (list: readonly Workspace[]) => list.map(({ name, damage }) => [name, damage?.what ?? 'open'])

/** Each of these works in every way that walks over all workspaces. */
async function worksIn({ client }: Pick<TestHost, 'client'>, ids: Partial<Room['ids']>): Promise<void> {
  const names = Object.keys(ids)
  expect((await client.chat.search({ query: 'needle', limit: 20 })).map(({ title }) => title).sort()).toEqual(
    names.flatMap((name) => Array(3).fill(`Needle of ${name}`) as string[]).sort(),
  )
  for (const [name, workspaceId] of Object.entries(ids)) {
    const { rows } = await present(client.chat.list({ workspaceId, limit: 9 }))
    expect(rows.map(({ title }) => title)).toEqual([`Needle of ${name}`])
    expect((await present(client.documents.list({ workspaceId, ...everything }))).rows).toHaveLength(1)
    const place = { workspaceId, conversationId: rows[0]?.id ?? '' }
    await client.chat.rename({ ...place, title: `Needle of ${name}` })
    const { documentId } = await client.documents.paste({
      workspaceId,
      conversationId: null,
      name: 'New',
      text: `New in ${name}`,
    })
    await until(client.documents.summary({ workspaceId }), ({ ready, working }) => ready === 2 && working === 0)
    await client.documents.remove({ workspaceId, documentIds: [documentId] })
  }
}

function overwrite(path: string, from: number, length: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(length, 0xaa), 0, length, from)
  closeSync(file)
}

const kinds: [string, (file: string, room: Room) => void | Promise<void>, string][] = [
  ['missing', (file) => rmSync(file), 'database_missing'],
  ['of 0 bytes', (file) => writeFileSync(file, ''), 'database_empty'],
  ['overwritten in its first page', (file) => overwrite(file, 0, 4096), 'database_corrupt'],
  ['overwritten in every later page', (file) => overwrite(file, 4096, statSync(file).size - 4096), 'database_corrupt'],
  ['cut in the middle', (file) => truncateSync(file, 8192), 'database_corrupt'],
  ['cut within its first page', (file) => truncateSync(file, 1000), 'database_corrupt'],
  ['written with another key', (file) => (rmSync(file), makeDatabaseUnderAnotherKey(file)), 'database_corrupt'],
  ['replaced by a folder', (file) => (rmSync(file), mkdirSync(file)), 'database_unreadable'],
  ['a link to itself', (file) => (rmSync(file), symlinkSync(file, file)), 'database_unreadable'],
  ['replaced by another workspace’s file', (file, { file: of }) => copyFileSync(of('other'), file), 'database_corrupt'],
  ['from the future', (_file, room) => fromTheFuture(room), 'from_future'],
  ['locked in a box that does not open', (_file, room) => spoilBox(room), 'key_missing'],
]

function makeDatabaseUnderAnotherKey(file: string): void {
  const database = openEncryptedDatabase(file, Buffer.alloc(32, 9), { create: true })
  database.exec('CREATE TABLE conversations (number INTEGER)')
  database.close()
}

async function fromTheFuture({ dataFolder, keychain, ids }: Room): Promise<void> {
  const vault = new Vault({ dataFolder, keychain, now: Date.now })
  await vault.start()
  await vault.unlock()
  vault.workspace(ids.matter).userVersion = workspaceMigrations.length + 1
  await vault.close()
}

function spoilBox({ dataFolder, ids }: Room): void {
  const path = join(dataFolder, 'vault.json')
  const record = JSON.parse(readFileSync(path, 'utf8')) as { keys: Record<string, string> }
  const box = Buffer.from(record.keys[ids.matter] ?? '', 'base64')
  box.fill(1, 20, 30)
  record.keys[ids.matter] = box.toString('base64')
  writeFileSync(path, JSON.stringify(record))
}

test.each(kinds)(
  'a workspace whose file is %s is damaged by itself (bug: the whole vault was closed)',
  async (_name, spoil, what) => {
    const room = await closed()
    await spoil(room.file('matter'), room)
    const host = await again(room)
    const { ids } = room
    await expect
      .poll(async () => states(await present(host.client.workspaces.list({}))))
      .toEqual([
        ['Personal', 'open'],
        ['Matter', what],
        ['Other', 'open'],
      ])
    await worksIn(host, { personal: ids.personal, other: ids.other })
    const damaged = { code: 'workspace_damaged', data: { damage: what } }
    await expect(present(host.client.chat.list({ workspaceId: ids.matter, limit: 1 }))).rejects.toMatchObject(damaged)
    await expect(host.client.workspaces.archive({ workspaceId: ids.matter, archived: true })).rejects.toMatchObject(damaged)
    await expect(host.client.workspaces.reopen({ workspaceId: ids.matter })).rejects.toMatchObject(damaged)
    // A lock and an unlock, and making another, change nothing of that.
    await host.client.vault.lock({})
    await host.client.vault.unlock({})
    await host.client.workspaces.make({ name: 'Later' })
    expect(states(await present(host.client.workspaces.list({}))).at(1)).toEqual(['Matter', what])
    // It can be given up for good.
    await host.client.workspaces.erase({ workspaceId: ids.matter })
    expect(states(await present(host.client.workspaces.list({}))).map(([name]) => name)).toEqual(['Personal', 'Other', 'Later'])
    await host.client.vault.lock({})
    await host.client.vault.unlock({})
    await worksIn(host, { personal: ids.personal, other: ids.other })
  },
)

test.skipIf(process.getuid?.() === 0)(
  'a file that the system does not let be opened is damaged by itself, and opens again when it may',
  async () => {
    const room = await closed()
    chmodSync(room.file('matter'), 0)
    const { client } = await again(room)
    expect(states(await present(client.workspaces.list({}))).at(1)).toEqual(['Matter', 'database_unreadable'])
    chmodSync(room.file('matter'), 0o600)
    await client.workspaces.reopen({ workspaceId: room.ids.matter })
    expect(states(await present(client.workspaces.list({}))).at(1)).toEqual(['Matter', 'open'])
  },
)

test('Personal too: the vault opens, the others work, and Personal begins anew when it is given up', async () => {
  const room = await closed()
  writeFileSync(room.file('personal'), '')
  const host = await again(room)
  const { matter, other } = room.ids
  expect(states(await present(host.client.workspaces.list({})))).toEqual([
    ...[
      ['Personal', 'database_empty'],
      ['Matter', 'open'],
      ['Other', 'open'],
    ],
  ])
  await worksIn(host, { matter, other })
  await host.client.workspaces.erase({ workspaceId: room.ids.personal })
  const [personal] = await present(host.client.workspaces.list({}))
  expect(personal).toMatchObject({ name: 'Personal', personal: true, damage: null, documents: 0 })
  expect(personal?.id).not.toBe(room.ids.personal)
})

test('all of them at once: the vault opens all the same', async () => {
  const room = await closed()
  for (const name of ['personal', 'matter', 'other'] as const) rmSync(room.file(name))
  const { client } = await again(room)
  expect(states(await present(client.workspaces.list({}))).map(([, state]) => state)).toEqual(Array(3).fill('database_missing'))
  const { workspaceId } = await client.workspaces.make({ name: 'New' })
  expect((await present(client.chat.list({ workspaceId, limit: 1 }))).total).toBe(0)
})

test('an archived one stays archived, and is opened again when its file is back (bug: an archived one that was lost closed the vault)', async () => {
  const room = await prepared()
  const { matter, personal, other } = room.ids
  await room.client.workspaces.archive({ workspaceId: matter, archived: true })
  await room.close()
  open = []
  renameSync(room.file('matter'), `${room.file('matter')}.away`)
  const host = await again(room)
  const [, before] = await present(host.client.workspaces.list({}))
  expect(before).toMatchObject({ archived: true, documents: 1, damage: { what: 'database_missing' } })
  await worksIn(host, { personal, other })
  await expect(host.client.workspaces.archive({ workspaceId: matter, archived: false })).rejects.toMatchObject({
    code: 'workspace_damaged',
  })
  renameSync(`${room.file('matter')}.away`, room.file('matter'))
  await host.client.workspaces.reopen({ workspaceId: matter })
  const [, after] = await present(host.client.workspaces.list({}))
  expect(after).toMatchObject({ archived: true, damage: null })
  await host.client.workspaces.archive({ workspaceId: matter, archived: false })
  await worksIn(host, room.ids)
})

test.each([
  ['pages are overwritten', (file: string) => overwrite(file, 4096, statSync(file).size - 4096)],
  ['it is cut', (file: string) => truncateSync(file, 4096)],
])('while it is open: %s, it closes itself, and the others go on', async (_name, spoil) => {
  const room = await prepared()
  const { client, ids } = room
  const { client: second } = { client: room.newClient() }
  // What SQLite holds in memory hides the disk: it is opened anew.
  await client.vault.lock({})
  await client.vault.unlock({})
  const { rows } = await present(client.chat.list({ workspaceId: ids.matter, limit: 9 }))
  const following = untilSettled(second, { workspaceId: ids.matter, conversationId: rows[0]?.id ?? '' })
  await following
  for (const path of [room.file('matter')]) spoil(path)
  const words = client.documents.paste({ workspaceId: ids.matter, conversationId: null, name: 'x', text: 'y'.repeat(500_000) })
  await expect(
    words.then(async () => {
      for (let at = 0; at < 300; at++)
        await client.retrieval.search({ workspaceId: ids.matter, query: `paragraph ${at}`, filter: {}, limit: 50 })
      await client.chat.search({ query: 'needle', limit: 20 })
    }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^workspace_(damaged|archived)$/) as string })
  const list = await until(client.workspaces.list({}), (list) => list[1]?.damage !== null)
  expect(states(list)[1]?.[1]).toMatch(/^(database_corrupt|disk_error)$/)
  await worksIn(room, { personal: ids.personal, other: ids.other })
  await client.vault.lock({})
  await client.vault.unlock({})
  expect(states(await present(client.workspaces.list({})))[0]).toEqual(['Personal', 'open'])
})

test('a migration that fails in one is its own: the others are brought up, and the copy that was made before can be put back', async () => {
  const dataFolder = temporaryFolder()
  const keychain = new MemoryKeychain()
  const before = new Vault({ dataFolder, keychain, now: Date.now })
  await before.start()
  await before.create({ kind: 'keychain' })
  for (const id of ['one', 'two']) before.createWorkspace(id)
  before.workspace('two').exec('CREATE TABLE in_the_way (number INTEGER)')
  await before.close()
  const bugs: unknown[] = []
  const step = {
    version: workspaceMigrations.length + 1,
    name: 'later',
    update: (d: { exec: (sql: string) => void }) => d.exec('CREATE TABLE in_the_way (number INTEGER)'),
  }
  const after = new Vault({
    ...{ dataFolder, keychain, now: () => 5, onBug: (error: unknown) => bugs.push(error) },
    migrations: { main: mainMigrations, workspace: [...workspaceMigrations, step] },
  })
  await after.start()
  await after.unlock()
  expect([...after.damaged.value]).toEqual([['two', 'migration_failed']])
  expect(bugs).toHaveLength(1)
  expect(after.workspace('one').userVersion).toBe(workspaceMigrations.length + 1)
  const [copy] = after.workspaceCopies('two')
  expect(copy?.id).toMatch(/^two-v/)
  // The program of before still opens what is put back.
  await expect(after.putBack('two', copy?.id ?? '')).rejects.toThrow(/migration_failed/)
  await after.close()
  const back = new Vault({ dataFolder, keychain, now: Date.now })
  await back.start()
  await back.unlock()
  expect([...back.damaged.value]).toEqual([['one', 'from_future']])
  expect(back.workspace('two').prepare('SELECT * FROM in_the_way').all()).toEqual([])
  await back.close()
})

test('a copy is put in the place of a damaged file, which is set aside; the other workspaces are not touched', async () => {
  const room = await closed()
  const { dataFolder, ids } = room
  const name = `${ids.matter}-v${workspaceMigrations.length}-1764000000000`
  mkdirSync(join(dataFolder, 'backups'), { recursive: true })
  copyFileSync(room.file('matter'), join(dataFolder, 'backups', `${name}.db`))
  writeFileSync(room.file('matter'), 'spoiled'.repeat(1000))
  const host = await again(room)
  const [, damaged] = await present(host.client.workspaces.list({}))
  expect(damaged?.damage).toMatchObject({ what: 'database_corrupt', copies: [{ id: name, madeAt: 1_764_000_000_000 }] })
  for (const copyId of ['nothing', '../main', `main-v1-1`])
    await expect(host.client.workspaces.putBack({ workspaceId: ids.matter, copyId })).rejects.toMatchObject({ code: 'not_found' })
  await expect(host.client.workspaces.putBack({ workspaceId: ids.other, copyId: name })).rejects.toMatchObject({
    code: 'not_found',
  })
  await host.client.workspaces.putBack({ workspaceId: ids.matter, copyId: name })
  await worksIn(host, ids)
  const aside = readdirSync(dataFolder).filter((folder) => folder.startsWith('set-aside-'))
  expect(aside).toHaveLength(1)
  expect(readFileSync(join(dataFolder, aside[0] ?? '', `${ids.matter}.db`), 'utf8')).toContain('spoiled')
})

test('an answer is being written when its workspace fails: it ends, nothing is left running, and another workspace answers', async () => {
  const engine = new ScriptedEngine({ answer: () => Array.from({ length: 5000 }, () => 'word '), paceMs: 2 })
  const room = await closed()
  const host = await start({ dataFolder: room.dataFolder, keychain: room.keychain, launchEngine: engine.launch })
  const { client } = host
  await client.vault.unlock({})
  const { matter, other } = room.ids
  const place = await client.chat.send({ workspaceId: matter, conversationId: null, text: 'Hello' })
  await until(client.chat.follow(place), (update) => update.type === 'text')
  overwrite(room.file('matter'), 4096, statSync(room.file('matter')).size - 4096)
  await client.retrieval.search({ workspaceId: matter, query: 'paragraph', filter: {}, limit: 50 }).catch(() => undefined)
  await client.chat.search({ query: 'needle', limit: 9 })
  for (const at of Array(50).keys())
    await client.chat
      .list({ workspaceId: matter, limit: at + 1 })
      [Symbol.asyncIterator]()
      .next()
      .catch(() => undefined)
  await until(client.workspaces.list({}), (list) => list.some(({ id, damage }) => id === matter && damage !== null))
  engine.script.answer = () => ['Hello', ' you.']
  const elsewhere = await client.chat.send({ workspaceId: other, conversationId: null, text: 'And here?' })
  const { conversation } = await untilSettled(client, elsewhere)
  expect(conversation.messages.at(-1)).toMatchObject({ text: 'Hello you.', state: 'finished' })
})

test('what can be read of a damaged one comes into a new one beside it, with what is missing counted', async () => {
  const room = await closed()
  const { dataFolder, keychain, ids } = room
  const vault = new Vault({ dataFolder, keychain, now: Date.now })
  await vault.start()
  await vault.unlock()
  const pages = vault
    .workspace(ids.matter)
    .prepare<{ pageno: number }>(`SELECT pageno FROM dbstat WHERE name IN ('documents', 'passages', 'title_words_data')`)
    .all()
  await vault.close()
  const file = openSync(room.file('matter'), 'r+')
  for (const { pageno } of pages) writeSync(file, randomBytes(4096), 0, 4096, (pageno - 1) * 4096)
  closeSync(file)
  const spoiled = readFileSync(room.file('matter'))
  const { client } = await again(room)
  await expect(client.workspaces.rescue({ workspaceId: ids.other, name: 'Other' })).rejects.toMatchObject({ code: 'not_found' })
  await present(client.documents.list({ workspaceId: ids.matter, ...everything })).catch(() => undefined)
  await until(client.workspaces.list({}), (list) => states(list).some(([, state]) => state === 'database_corrupt'))
  const rescued = await client.workspaces.rescue({ workspaceId: ids.matter, name: 'Matter (rescued)' })
  expect(rescued).toMatchObject({ conversations: 1, documents: 0, lost: 1 })
  expect(states(await present(client.workspaces.list({})))).toEqual([
    ['Personal', 'open'],
    ['Matter', 'database_corrupt'],
    ['Other', 'open'],
    ['Matter (rescued)', 'open'],
  ])
  const { rows } = await present(client.chat.list({ workspaceId: rescued.workspaceId, limit: 9 }))
  expect(rows.map(({ title }) => title)).toEqual(['Needle of matter'])
  const found = await client.chat.search({ query: 'needle', limit: 20 })
  expect(found.filter(({ title }) => title === 'Needle of matter').length).toBeGreaterThan(0)
  expect(readFileSync(room.file('matter')).equals(spoiled)).toBe(true)
  writeFileSync(room.file('matter'), randomBytes(20 * 4096))
  await client.workspaces.reopen({ workspaceId: ids.matter }).catch(() => undefined)
  await expect(client.workspaces.rescue({ workspaceId: ids.matter, name: 'Nothing' })).rejects.toMatchObject({
    code: 'nothing_rescued',
  })
  expect((await present(client.workspaces.list({}))).map(({ name }) => name)).not.toContain('Nothing')
})
