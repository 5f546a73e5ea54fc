// Stop means stop: in whatever state an answer is, whoever stops it does not wait for what is under way beneath. Only the engine is scripted.
import { afterEach, describe, expect, test } from 'vitest'
import type { ChatUpdate, Place } from '../../../contract/conversation.ts'
import type { Client } from '../../../contract/contract.ts'
import { ScriptedEngine, type Script } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  stageOf,
  lastOf,
  personal,
  present,
  startTestHost,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

const made = testModels()
let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

async function ready(script: Partial<Script> = {}) {
  const engine = new ScriptedEngine(script)
  const host = await startTestHost({ launchEngine: engine.launch })
  open.push(host)
  await host.client.vault.create({ kind: 'keychain' })
  const english = await importModel(host, made.english.path)
  const french = await importModel(host, made.french.path)
  const workspaceId = await personal(host.client)
  const ask = (text: string, modelId = english): Promise<Place> =>
    host.client.chat.send({ workspaceId, conversationId: null, text, modelId })
  return { ...host, engine, workspaceId, english, french, ask }
}

/** Waits that a test ends by itself, so that nothing is measured in seconds. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { wait: () => promise, open: () => resolve() }
}

const inStage = (stage: string) => (update: ChatUpdate) => stageOf(update) === stage
const reached = (client: Client, place: Place, stage: string) => until(client.chat.follow(place), inStage(stage))
const stateOf = async (client: Client, place: Place) => lastOf((await untilSettled(client, place)).conversation).state

describe('an answer is stopped', () => {
  test('while it waits for its turn; the one before it goes on (bug: a queued answer could not be stopped)', async () => {
    const reading = gate()
    const { client, ask } = await ready({ reading: reading.wait })
    const first = await ask('One')
    await reached(client, first, 'reading')
    const second = await ask('Two')
    await reached(client, second, 'queued')
    await client.chat.stop(second)
    expect(await stateOf(client, second)).toBe('stopped')
    reading.open()
    expect(await stateOf(client, first)).toBe('finished')
  })

  test('while its model is loaded; another model loads then, and this one can be asked again', async () => {
    const loading = gate()
    const { client, engine, ask, french } = await ready({ loading: loading.wait })
    const place = await ask('One')
    await reached(client, place, 'loading')
    await client.chat.stop(place)
    expect(await stateOf(client, place)).toBe('stopped')
    expect((await present(client.runtime.state({}))).trouble).toBeNull()
    engine.script.loading = () => Promise.resolve()
    expect(await stateOf(client, await ask('Two', french))).toBe('finished')
    const again = await client.chat.send({ ...place, text: 'Three' })
    expect(await stateOf(client, { ...place, ...again })).toBe('finished')
  })

  test('in the middle of a batch of its prompt, which runs on; the next question waits for that and is answered whole', async () => {
    const reading = gate()
    const { client, engine, ask } = await ready({ reading: reading.wait, answer: () => ['All ', 'of ', 'it'] })
    const place = await ask('One')
    await reached(client, place, 'reading')
    await client.chat.stop(place)
    expect(await stateOf(client, place)).toBe('stopped')
    const next = await client.chat.send({ ...place, text: 'Two' })
    await reached(client, { ...place, ...next }, 'queued')
    expect(engine.questions).toHaveLength(1)
    reading.open()
    const { conversation } = await untilSettled(client, place)
    expect(lastOf(conversation)).toMatchObject({ state: 'finished', text: 'All of it' })
  })

  test('by unloading what is being loaded ahead of a question (bug: unloading waited for the load to end)', async () => {
    const loading = gate()
    const { client, english } = await ready({ loading: loading.wait })
    const load = client.runtime.load({ modelId: english, insist: false }).catch((error: unknown) => error)
    await until(client.runtime.state({}), ({ loading: now }) => now?.modelId === english)
    await client.runtime.unload({ modelId: english })
    expect(await load).toMatchObject({ code: 'cancelled' })
    expect(await present(client.runtime.state({}))).toMatchObject({ loading: null, loaded: null, trouble: null })
  })
})

describe('locking does not wait', () => {
  test.each(['queued', 'loading', 'reading'] as const)('for an answer that is %s; what was asked is kept', async (stage) => {
    const never = gate()
    const held = stage === 'loading' ? { loading: never.wait } : { reading: never.wait }
    const { client, ask, engine } = await ready(held)
    const first = await ask('One')
    const place = stage === 'queued' ? await ask('Two') : first
    await reached(client, place, stage)
    await client.vault.lock({})
    engine.script.loading = engine.script.reading = () => Promise.resolve()
    await client.vault.unlock({})
    const { conversation } = await untilSettled(client, place)
    expect(conversation.messages.map(({ state }) => state)).toEqual(['finished', 'interrupted'])
    never.open()
  })
})
