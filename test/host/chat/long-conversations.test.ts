// What a page hears of a long conversation: the whole once, and then what changed.
import { afterEach, expect, test } from 'vitest'
import { contract, type Client } from '../../../contract/contract.ts'
import { withUpdate } from '../../../contract/chat-update.ts'
import type { Conversation, Place } from '../../../contract/conversation.ts'
import { connect } from '../../../contract/link.ts'
import { ConversationStore } from '../../../electron/host/chat/conversations/conversation-store.ts'
import { memoryPorts } from '../../fixtures/memory-ports.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  isSettled,
  lastOf,
  personal,
  present,
  startTestHost,
  testModels,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'
import { openWorkspaceFile } from '../../fixtures/workspace-file.ts'

const turns = 2_000
let open: TestHost | null = null
afterEach(() => open?.close())

/** A host with one conversation of so many turns, put into its file while it was closed. */
async function withLongConversation(): Promise<TestHost & { place: Place }> {
  const before = await startTestHost()
  open = before
  await before.client.vault.create({ kind: 'keychain' })
  await importModel(before, testModels().english.path)
  const workspaceId = await personal(before.client)
  await before.close()
  const { database, close } = await openWorkspaceFile(before.dataFolder, before.keychain)
  const store = new ConversationStore({ database, now: Date.now })
  const conversationId = store.together(() => {
    const id = store.create({ title: 'Long', presetId: 'balanced', modelId: null })
    for (let turn = 0; turn < turns; turn++) {
      store.add(id, { parentId: store.leafOf(id), role: 'user', text: `Question ${turn} about the lease`, state: 'finished' })
      store.add(id, { parentId: store.leafOf(id), role: 'assistant', text: `Answer ${turn}: six months.`, state: 'finished' })
    }
    return id
  })
  await close()
  const { dataFolder, keychain } = before
  const host = await startTestHost({ dataFolder, keychain, launchEngine: new ScriptedEngine().launch })
  open = host
  await host.client.vault.unlock({})
  return { ...host, place: { workspaceId, conversationId } }
}

/** Follows the conversation as a page does, on a line of its own; counts the characters of what comes. */
function follower(host: TestHost, place: Place) {
  const [pagePort, hostPort] = memoryPorts()
  const leaving = new AbortController()
  const heard = { conversation: null as Conversation | null, characters: 0, wholes: 0, answers: 0, leave: () => leaving.abort() }
  const send = hostPort.send.bind(hostPort)
  hostPort.send = (frame) => {
    heard.characters += JSON.stringify(frame).length
    send(frame)
  }
  host.host.serve(hostPort)
  const client: Client = connect(pagePort, contract)
  const listening = (async () => {
    for await (const update of client.chat.follow(place, { signal: leaving.signal })) {
      if (update.type === 'conversation') heard.wholes++
      heard.conversation =
        update.type === 'conversation' ? update.conversation : heard.conversation && withUpdate(heard.conversation, update)
      if (update.type === 'turns' && isSettled(update)) heard.answers++
    }
  })().catch(() => undefined)
  return { heard, listening }
}

test('one question, an edited one, another answer and going on send what changed (bug: the whole branch at the beginning and the end of each)', async () => {
  const host = await withLongConversation()
  const { client, place } = host
  const { heard, listening } = follower(host, place)
  await expect.poll(() => heard.wholes).toBe(1)
  const wholeCharacters = heard.characters
  expect(heard.conversation?.messages).toHaveLength(2 * turns)
  heard.characters = 0
  const asks: (() => Promise<unknown>)[] = [
    () => client.chat.send({ ...place, text: 'And the deposit?' }),
    () => client.chat.retry({ ...place, messageId: lastOf(heard.conversation as Conversation).id }),
    () => client.chat.continue({ ...place, messageId: lastOf(heard.conversation as Conversation).id }),
    () => client.chat.send({ ...place, text: 'The very first, otherwise', parentId: null }),
  ]
  for (const [at, ask] of asks.entries()) {
    await ask()
    await expect.poll(() => heard.answers).toBe(at + 1)
    // What was put together from the parts is what somebody who comes now is told.
    expect(heard.conversation).toEqual((await untilSettled(client, place)).conversation)
    expect(heard.characters / wholeCharacters).toBeLessThan(0.05)
    heard.characters = 0
  }
  expect(heard.conversation?.messages).toHaveLength(2)
  expect(heard.wholes).toBe(1)

  // Another branch comes as a whole.
  await client.chat.choose({ ...place, messageId: heard.conversation?.messages[0]?.siblings[0] ?? '' })
  await expect.poll(() => heard.wholes).toBe(2)
  expect(heard.conversation?.messages).toHaveLength(2 * turns + 2)
  heard.leave()
  await listening
  expect((await present(host.newClient().chat.follow(place))).type).toBe('conversation')
})

test('what a question changes of the conversation itself is told as well', async () => {
  const host = await startTestHost()
  open = host
  const { client } = host
  await client.vault.create({ kind: 'keychain' })
  await importModel(host, testModels().english.path)
  const place = await client.chat.begin({ workspaceId: await personal(client) })
  const { heard, listening } = follower(host, place)
  await expect.poll(() => heard.wholes).toBe(1)
  await client.chat.send({ ...place, text: 'What is a lease?' })
  await expect.poll(() => heard.answers).toBe(1)
  expect(heard.conversation?.title).toBe('What is a lease?')
  expect(heard.conversation).toEqual((await untilSettled(client, place)).conversation)
  heard.leave()
  await listening
})
