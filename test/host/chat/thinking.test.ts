// What a model is told of thinking: by its preset or for one question, kept with the answer, and part of what is read ahead.
import { afterEach, expect, test } from 'vitest'
import { ScriptedEngine, type Script } from '../../fixtures/scripted-engine.ts'
import { supportSources } from '../../fixtures/support-pairs.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
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
  const engine = new ScriptedEngine({ contextTokens: 4096, answer: () => ['ok'], thinking: ['off', 'on'], ...script })
  const host = await startTestHost({ launchEngine: engine.launch })
  open.push(host)
  const { client } = host
  await client.vault.create({ kind: 'keychain' })
  const modelId = await importModel(host, testModels().english.path)
  const workspaceId = await personal(client)
  const { presets } = { presets: await present(client.chat.presets({})) }
  const [usual] = presets
  if (!usual) throw new Error('No preset')
  const { builtIn: _, ...fields } = usual
  await client.chat.savePreset({ ...fields, id: 'quick', name: 'Quick', thinking: 'off' })
  return {
    ...{ ...host, engine, workspaceId, modelId },
    told: () => engine.questions.at(-1)?.thinking,
    async ask(more: Partial<Parameters<typeof client.chat.send>[0]> = {}) {
      const { messageId: _, ...place } = await client.chat.send({ workspaceId, conversationId: null, text: 'Hello', ...more })
      return { place, answer: lastOf((await untilSettled(client, place)).conversation) }
    },
  }
}

test('a preset says it, a question says it for itself, and the answer’s facts keep what was said', async () => {
  const { ask, told, client } = await ready()
  const plain = await ask()
  expect([told(), plain.answer.facts?.thinking]).toEqual([undefined, undefined])
  const quick = await ask({ presetId: 'quick' })
  expect([told(), quick.answer.facts?.thinking]).toEqual(['off', 'off'])
  const once = await ask({ conversationId: quick.place.conversationId, thinking: 'on' })
  expect([told(), once.answer.facts?.thinking]).toEqual(['on', 'on'])
  await ask({ conversationId: quick.place.conversationId })
  expect(told()).toBe('off')
  await client.chat.retry({ ...quick.place, messageId: once.answer.id, thinking: 'on' })
  await untilSettled(client, quick.place)
  expect(told()).toBe('on')
  expect((await present(client.chat.presets({}))).find(({ id }) => id === 'quick')?.thinking).toBe('off')
})

test('what goes on has before it what it had, whatever its preset says by then', async () => {
  const { ask, told, client, engine } = await ready({ answer: () => ['One ', 'two'] })
  engine.script.writing = () => new Promise(() => undefined)
  const { messageId, ...place } = await client.chat.send({
    ...{ workspaceId: await personal(client), conversationId: null, text: 'Go', presetId: 'quick', thinking: 'on' },
  })
  await until(client.chat.follow(place), (update) => update.type === 'text')
  await client.chat.stop(place)
  await untilSettled(client, place)
  engine.script.writing = () => Promise.resolve()
  await client.chat.continue({ ...place, messageId })
  await untilSettled(client, place)
  expect(told()).toBe('on')
  const plain = await ask()
  await client.chat.configure({ ...plain.place, presetId: 'quick' })
  await client.chat.continue({ ...plain.place, messageId: plain.answer.id })
  await untilSettled(client, plain.place)
  expect(told()).toBeUndefined()
})

test('a model that cannot be told is not said to have been; which can, is known once it was loaded, and for its adapters', async () => {
  const { ask, client, modelId } = await ready({ thinking: ['brief', 'thorough'] })
  const thinkingOf = async () => (await present(client.models.state({}))).models.find(({ id }) => id === modelId)?.thinking
  expect(await thinkingOf()).toEqual([])
  const { answer } = await ask({ thinking: 'off' })
  expect(answer.facts).not.toHaveProperty('thinking')
  expect(await thinkingOf()).toEqual(['brief', 'thorough'])
  expect((await ask({ thinking: 'brief' })).answer.facts?.thinking).toBe('brief')
})

test('what is read ahead is told the same as the question that it is for', async () => {
  const { client, engine, workspaceId, ask } = await ready()
  await client.settings.set({ warmUp: 'always' })
  await client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text: supportSources.lease })
  await until(client.documents.summary({ workspaceId }), ({ working, documents }) => documents > 0 && working === 0)
  await client.chat.prepare({ workspaceId, conversationId: null, presetId: 'quick' })
  await expect.poll(() => engine.begunThinking).toEqual(['off'])
  await ask({ presetId: 'quick' })
  expect(engine.questions.at(-1)?.thinking).toBe('off')
  // Another question’s begins otherwise for some models, and is read for itself.
  await client.chat.prepare({ workspaceId, conversationId: null })
  await expect.poll(() => engine.begunThinking).toEqual(['off', undefined])
})
