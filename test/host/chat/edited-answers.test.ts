// Answers that a person has edited: kept beside the original, in the person's name, and checked against the same sources anew.
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { mostAnswerCharacters } from '../../../contract/conversation.ts'
import { AppError } from '../../../contract/errors.ts'
import { readGgufHeader } from '../../../electron/host/models/gguf/gguf-header.ts'
import { makeLexicalModel } from '../../fixtures/gguf/bert-model.ts'
import { ScriptedEngine, type Script } from '../../fixtures/scripted-engine.ts'
import { supportSources } from '../../fixtures/support-pairs.ts'
import {
  importModel,
  lastOf,
  personal,
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

async function ready(script: Partial<Script> = {}) {
  const engine = new ScriptedEngine({ contextTokens: 4096, ...script })
  const host = await startTestHost({ launchEngine: engine.launch })
  open.push(host)
  const { client } = host
  await client.vault.create({ kind: 'keychain' })
  await importModel(host, testModels().english.path)
  const workspaceId = await personal(client)
  return {
    ...host,
    engine,
    workspaceId,
    async paste(text: string) {
      await client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text })
      await until(client.documents.summary({ workspaceId }), ({ working, documents }) => documents > 0 && working === 0)
    },
    async ask(text: string, conversationId: string | null = null) {
      const place = await client.chat.send({ workspaceId, conversationId, text })
      const { conversation } = await untilSettled(client, place)
      return { place: { workspaceId, conversationId: place.conversationId }, conversation, answer: lastOf(conversation) }
    },
  }
}

test('an edited answer stands beside the original, says whose it is, and the next question goes on from it', async () => {
  const { client, ask, engine, newClient } = await ready({ answer: ({ messages }) => [`Answer ${messages.length}`] })
  const { place, answer } = await ask('Original')
  const other = untilEdited(newClient(), place)
  await client.chat.edit({ ...place, messageId: answer.id, text: 'My **own** words' })
  const edited = lastOf((await untilSettled(client, place)).conversation)
  expect(edited).toMatchObject({
    ...{ role: 'assistant', state: 'edited', text: 'My **own** words', thought: '', facts: null, sources: null },
    ...{ editedFrom: answer.id, parentId: answer.parentId, siblings: [answer.id, edited.id] },
  })
  expect(await other).toBe('My **own** words')
  const next = await ask('And?', place.conversationId)
  expect(engine.questions.at(-1)?.messages.map(({ content }) => content)).toEqual(['Original', 'My **own** words', 'And?'])
  expect(next.conversation.messages[1]).toEqual(edited)
  // The original is there as it was, and goes on from itself.
  await client.chat.choose({ ...place, messageId: answer.id })
  const back = lastOf((await untilSettled(client, place)).conversation)
  expect(back).toEqual({ ...answer, siblings: edited.siblings })
  expect(await client.chat.search({ query: 'own words', limit: 5 })).toMatchObject([{ messageId: edited.id }])
})

test('one that was edited may be edited again, and names the one it was edited from', async () => {
  const { client, ask } = await ready()
  const { place, answer } = await ask('Hello')
  await client.chat.edit({ ...place, messageId: answer.id, text: 'Once' })
  const once = lastOf((await untilSettled(client, place)).conversation)
  await client.chat.edit({ ...place, messageId: once.id, text: 'Twice' })
  const twice = lastOf((await untilSettled(client, place)).conversation)
  expect(twice).toMatchObject({ text: 'Twice', editedFrom: once.id, siblings: [answer.id, once.id, twice.id] })
})

test('its sources stay and its sentences are checked anew (a changed figure is not supported by what supported the old one)', async () => {
  const room = await ready({ answer: () => ['The monthly rent is 840 euros [1]. It is due on the first.'] })
  await room.paste(supportSources.lease)
  const { place, answer } = await room.ask('How much is the rent?')
  await room.client.chat.edit({
    ...{ ...place, messageId: answer.id },
    text: '  The monthly rent is 910 euros [1].\n\nThe monthly rent is 840 euros.',
  })
  const edited = lastOf((await untilSettled(room.client, place)).conversation)
  // No mark is put into a person's words, and none of their letters is changed.
  expect(edited.text).toBe('  The monthly rent is 910 euros [1].\n\nThe monthly rent is 840 euros.')
  expect(edited.sources?.given).toEqual(answer.sources?.given)
  expect(edited.sources?.frame).toEqual(answer.sources?.frame)
  expect(edited.sources?.checks?.map(({ start, end, verdict }) => [edited.text.slice(start, end), verdict])).toEqual([
    ['The monthly rent is 910 euros [1].', 'not_found'],
    ['The monthly rent is 840 euros.', 'supported'],
  ])
  const report = await room.client.chat.inspect({ ...place, messageId: edited.id })
  expect(report).toEqual(await room.client.chat.inspect({ ...place, messageId: answer.id }))
  // What was read for the question is before the next one, unchanged: the prompt grows from the edited words on.
  const [first] = room.engine.questions
  await room.ask('And the deposit?', place.conversationId)
  const next = room.engine.questions.at(-1)?.messages ?? []
  expect(next.slice(0, 2)).toEqual(first?.messages)
  expect(next[2]).toMatchObject({ role: 'assistant', content: edited.text })
})

test('a follow-up’s edited answer is checked against what the question before it had brought', async () => {
  const room = await ready({ answer: () => ['840 euros [1].'] })
  await room.paste(supportSources.lease)
  const { place } = await room.ask('How much is the rent?')
  const { answer } = await room.ask('Say it again.', place.conversationId)
  expect(answer.sources).toMatchObject({ given: [], earlier: [1] })
  await room.client.chat.edit({ ...place, messageId: answer.id, text: 'The monthly rent is 840 euros [1].' })
  const edited = lastOf((await untilSettled(room.client, place)).conversation)
  expect(edited.sources?.checks?.map(({ verdict, sources }) => [verdict, sources])).toEqual([['supported', [1]]])
})

test('what strict mode had declined is a person’s answer once they have written one', async () => {
  const room = await ready({ answer: () => ['Elephants are grey.'] })
  await room.paste(supportSources.lease)
  await room.client.workspaces.configure({ workspaceId: room.workspaceId, strict: true })
  const { place, answer } = await room.ask('What colour are elephants?')
  expect(answer).toMatchObject({ text: '', sources: { declined: true } })
  await room.client.chat.edit({ ...place, messageId: answer.id, text: 'Elephants are grey.' })
  const edited = lastOf((await untilSettled(room.client, place)).conversation)
  expect(edited).toMatchObject({ text: 'Elephants are grey.', sources: { declined: false, strict: false } })
  expect(edited.sources?.checks?.map(({ verdict }) => verdict)).toEqual(['not_found'])
})

test('nothing is edited while an answer is written, no question is, and nobody writes on at a person’s words', async () => {
  let goOn = (): void => undefined
  const held = new Promise<void>((resolve) => (goOn = resolve))
  const { client, ask, engine } = await ready({ answer: () => ['One ', 'two'] })
  const { place, answer, conversation } = await ask('Hello')
  const edit = (messageId: string, text: string) => client.chat.edit({ ...place, messageId, text })
  await expect(edit(conversation.messages[0]?.id ?? '', 'x')).rejects.toMatchObject({ code: 'invalid_input' })
  await expect(edit('nobody', 'x')).rejects.toMatchObject({ code: 'not_found' })
  await expect(edit(answer.id, ' \n\t ')).rejects.toMatchObject({ code: 'invalid_input' })
  engine.script.writing = () => held
  await client.chat.send({ ...place, text: 'More' })
  await expect(edit(answer.id, 'x')).rejects.toMatchObject({ code: 'busy' })
  goOn()
  await untilSettled(client, place)
  await edit(answer.id, 'Mine')
  const edited = lastOf((await untilSettled(client, place)).conversation)
  expect(edited.text).toBe('Mine')
  await expect(client.chat.continue({ ...place, messageId: edited.id })).rejects.toMatchObject({ code: 'invalid_input' })
})

describe('while the words are checked', () => {
  /** A room where an edited answer is being checked, and the embedder says nothing until it is let. */
  async function checking() {
    const room = await ready({ answer: () => ['The monthly rent is 840 euros [1].'] })
    const path = join(temporaryFolder(), 'embedder.gguf')
    makeLexicalModel(path, { name: 'Lexical', purpose: 'embedder' })
    const { embeddingLength } = await readGgufHeader(path)
    room.engine.script.vector = () => new Float32Array(embeddingLength).fill(embeddingLength ** -0.5)
    await importModel(room, path)
    await room.paste(supportSources.lease)
    const { place, answer } = await room.ask('How much is the rent?')
    const reached = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    room.engine.script.embedding = () => {
      reached.resolve()
      return held.promise
    }
    // Words alone do not say whether it is supported.
    const edit = room.client.chat.edit({ ...place, messageId: answer.id, text: 'The landlord owns a yellow submarine [1].' })
    const outcome = edit.then(
      () => 'kept',
      (error: unknown) => (error instanceof AppError ? error.code : error),
    )
    await reached.promise
    return { ...room, place, answer, outcome, letGo: () => held.resolve() }
  }

  test('an answer that begins keeps the place: the edited one is refused, and nothing of it is stored', async () => {
    const { client, engine, place, outcome, letGo } = await checking()
    engine.script.answer = () => ['a', 'b']
    engine.script.writing = () => new Promise(() => undefined)
    await client.chat.send({ ...place, text: 'Thank you' })
    letGo()
    expect(await outcome).toBe('busy')
    await client.chat.stop(place)
    const { conversation } = await untilSettled(client, place)
    expect(conversation.messages.map(({ state }) => state)).toEqual(['finished', 'finished', 'finished', 'stopped'])
  })

  test('a lock does not wait, and what was not stored is still the draft', async () => {
    const { client, place, answer, outcome, workspaceId, letGo } = await checking()
    await client.chat.keepDraft({ ...place, messageId: answer.id, text: 'Mine' })
    await client.vault.lock({})
    expect(await outcome).toBe('locked')
    letGo()
    await client.vault.unlock({})
    expect(lastOf((await untilSettled(client, place)).conversation)).toEqual(answer)
    expect((await present(client.chat.drafts({ workspaceId }))).drafts.map(({ text }) => text)).toEqual(['Mine'])
  })

  test('a conversation that is deleted stays so', async () => {
    const { client, place, outcome, letGo } = await checking()
    await client.chat.remove(place)
    letGo()
    expect(await outcome).toBe('not_found')
    expect(await client.chat.search({ query: 'submarine', limit: 5 })).toEqual([])
  })
})

test('a text of hostile size is refused beyond the limit, and below it neither checked for ever nor lost', async () => {
  const room = await ready({ answer: () => ['The monthly rent is 840 euros [1].'] })
  await room.paste(supportSources.lease)
  const { place, answer } = await room.ask('How much is the rent?')
  const edit = (text: string) => room.client.chat.edit({ ...place, messageId: answer.id, text })
  await expect(edit('x'.repeat(mostAnswerCharacters + 1))).rejects.toMatchObject({ code: 'invalid_input' })
  const longest = 'The monthly rent is 840 euros. '.repeat(mostAnswerCharacters / 31).padEnd(mostAnswerCharacters, 'x')
  await edit(longest)
  const edited = lastOf((await untilSettled(room.client, place)).conversation)
  expect(edited.text).toBe(longest)
  expect(edited.sources?.checks).toEqual([])
})

test('a message that is shown is gone to without another branch in its place (bug: the newest end was shown instead)', async () => {
  const { client, ask } = await ready()
  const { place, answer, conversation } = await ask('Hello')
  await client.chat.edit({ ...place, messageId: answer.id, text: 'Mine' })
  await client.chat.choose({ ...place, messageId: answer.id })
  await client.chat.choose({ ...place, messageId: conversation.messages[0]?.id ?? '' })
  expect(lastOf((await untilSettled(client, place)).conversation).id).toBe(answer.id)
})

test('its draft goes with it, and what was typed meanwhile stays', async () => {
  const { client, ask, workspaceId } = await ready()
  const { place, answer } = await ask('Hello')
  const drafts = async () => (await present(client.chat.drafts({ workspaceId }))).drafts.map(({ text }) => text)
  const keep = (text: string) => client.chat.keepDraft({ ...place, messageId: answer.id, text })
  await keep('Mine')
  await client.chat.edit({ ...place, messageId: answer.id, text: 'Mine' })
  expect(await drafts()).toEqual([])
  await keep('Mine, and more')
  await client.chat.edit({ ...place, messageId: answer.id, text: 'Mine' })
  expect(await drafts()).toEqual(['Mine, and more'])
})

/** What the last answer says once a person has edited it, as another window sees it. */
async function untilEdited(client: TestHost['client'], place: { workspaceId: string; conversationId: string }): Promise<string> {
  for await (const update of client.chat.follow(place)) if (update.type === 'turns') return update.messages.at(-1)?.text ?? ''
  throw new Error('Nobody edited it')
}
