// What is typed and not sent: kept in the encrypted file through locks and kills, seen by every window, gone once it was sent, and never on its way to somebody else.
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Draft } from '../../../contract/conversation.ts'
import { tidyForTravel } from '../../../electron/host/workspaces/workspace-travel.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'
import { all, foreignKey, GateRoom, talk } from '../../fixtures/vault/gate-room.ts'

const needle = 'Zwergspinnmilbe in the cellar'
const next = { conversationId: null, messageId: null }
let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

async function ready() {
  const host = await startTestHost({ launchEngine: new ScriptedEngine({}).launch })
  open.push(host)
  await host.client.vault.create({ kind: 'keychain' })
  return { ...host, workspaceId: await personal(host.client) }
}
const draftsOf = async ({ client }: Pick<TestHost, 'client'>, workspaceId: string): Promise<Draft[]> =>
  (await present(client.chat.drafts({ workspaceId }))).drafts

test('a draft is there after a lock, and as a kill leaves the files; in none of them in clear', async () => {
  const host = await ready()
  const { client, workspaceId, dataFolder, keychain } = host
  await client.chat.keepDraft({ workspaceId, ...next, text: needle })
  const copy = temporaryFolder()
  cpSync(dataFolder, copy, { recursive: true, filter: (path) => !path.endsWith('lock') })
  await client.vault.lock({})
  for (const name of readdirSync(dataFolder, { recursive: true, encoding: 'utf8', withFileTypes: true }))
    if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name)).includes(needle)).toBe(false)
  await client.vault.unlock({})
  expect(await draftsOf(host, workspaceId)).toEqual([{ ...next, text: needle }])
  const killed = await startTestHost({ dataFolder: copy, keychain })
  open.push(killed)
  await killed.client.vault.unlock({})
  expect(await draftsOf(killed, workspaceId)).toEqual([{ ...next, text: needle }])
})

test('another window hears each change, also that of a question that is edited to nothing', async () => {
  const { client, workspaceId } = await ready()
  const stop = new AbortController()
  const heard = client.chat.drafts({ workspaceId }, { signal: stop.signal })[Symbol.asyncIterator]()
  expect((await heard.next()).value).toEqual({ whole: true, drafts: [] })
  const edited = { conversationId: 'c', messageId: 'm' }
  await client.chat.keepDraft({ workspaceId, ...edited, text: '' })
  expect((await heard.next()).value).toEqual({ whole: false, drafts: [{ ...edited, text: '' }] })
  await client.chat.keepDraft({ workspaceId, ...edited, text: null })
  expect((await heard.next()).value).toEqual({ whole: false, drafts: [{ ...edited, text: null }] })
  stop.abort()
})

test('sending takes the draft along, but not what was typed meanwhile; deleting takes all of a conversation', async () => {
  const host = await ready()
  const { client, workspaceId } = host
  await importModel(host, testModels().english.path)
  await client.chat.keepDraft({ workspaceId, ...next, text: ' Hello \n' })
  const place = await client.chat.send({ workspaceId, conversationId: null, text: 'Hello' })
  const { conversation } = await untilSettled(client, place)
  expect(await draftsOf(host, workspaceId)).toEqual([])

  const question = conversation.messages[0]!
  const { conversationId } = place
  await client.chat.keepDraft({ workspaceId, conversationId, messageId: null, text: 'And then?' })
  await client.chat.keepDraft({ workspaceId, conversationId, messageId: question.id, text: 'Hello you' })
  await client.chat.send({ workspaceId, conversationId, text: 'Hello you', parentId: null, editedId: question.id })
  await untilSettled(client, place)
  expect(await draftsOf(host, workspaceId)).toEqual([{ conversationId, messageId: null, text: 'And then?' }])

  await client.chat.send({ workspaceId, conversationId, text: 'And' })
  await untilSettled(client, place)
  expect(await draftsOf(host, workspaceId)).toHaveLength(1)
  await client.chat.remove({ workspaceId, conversationId })
  expect(await draftsOf(host, workspaceId)).toEqual([])
})

test('what was typed for a conversation that was begun and never came to be is kept for the next one', async () => {
  const host = await ready()
  const { client, workspaceId } = host
  const { conversationId } = await client.chat.begin({ workspaceId })
  await client.chat.keepDraft({ workspaceId, conversationId, messageId: null, text: 'Beside a file' })
  await client.vault.lock({})
  await client.vault.unlock({})
  await present(client.chat.list({ workspaceId, limit: 1 }))
  expect(await draftsOf(host, workspaceId)).toEqual([{ ...next, text: 'Beside a file' }])
})

test('drafts come back with a backup of one’s own, and neither travel nor come with the file of a stranger', async () => {
  const room = new GateRoom()
  const path = room.made((database) => {
    database.exec(talk)
    const [{ id }] = all(database, 'SELECT id FROM conversations') as [{ id: string }]
    database.exec(`INSERT INTO drafts VALUES ('', '', 'new'), ('${id}', '', 'next'), ('lost', '', 'of nothing')`)
  })
  expect(all(await room.takeIn(path), 'SELECT text FROM drafts')).toEqual([])
  room.close()
  const travelling = new GateRoom()
  const taken = travelling.made((database) =>
    database.exec(`${talk}; INSERT INTO drafts VALUES ('', '', 'new'); ${tidyForTravel}`),
  )
  expect(all(travelling.open(taken, foreignKey), 'SELECT text FROM drafts')).toEqual([])
  travelling.close()
  const own = new GateRoom()
  const here = await own.takeIn(path, { origin: 'own' })
  expect(
    all(
      here,
      'SELECT d.text, c.title IS NOT NULL AS placed FROM drafts d LEFT JOIN conversations c ON c.id = d.conversation_id ORDER BY 1',
    ),
  ).toEqual([
    { text: 'new', placed: 0 },
    { text: 'next', placed: 1 },
  ])
  own.close()
})
