// Comparisons over a real encrypted file; only the engine is scripted.
import { afterEach, describe, expect, test } from 'vitest'
import type { Comparison, ComparisonPlace, ComparisonUpdate } from '../../../contract/comparison.ts'
import type { Client } from '../../../contract/contract.ts'
import type { EngineQuestion } from '../../../electron/engine/contract.ts'
import { ScriptedEngine, type Script } from '../../fixtures/scripted-engine.ts'
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

const made = testModels()
const question = 'What is a lease?'
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
  const modelIds: string[] = []
  for (const { path } of [made.english, made.french, made.phrases]) modelIds.push(await importModel(host, path))
  const workspaceId = await personal(host.client)
  const ask = (change: Partial<Parameters<Client['compare']['ask']>[0]> = {}): Promise<ComparisonPlace> =>
    host.client.compare.ask({ workspaceId, question, modelIds, presetId: 'balanced', blind: false, ...change })
  return { ...host, engine, workspaceId, modelIds, ask }
}

/** Follows a comparison until nothing is being written; returns it, and everything that was heard. */
async function settled(client: Client, place: ComparisonPlace): Promise<{ comparison: Comparison; updates: ComparisonUpdate[] }> {
  const updates: ComparisonUpdate[] = []
  for await (const update of client.compare.follow(place)) {
    updates.push(update)
    if (update.type === 'comparison' && update.comparison.answers.every(({ writing }) => writing === null)) {
      return { comparison: update.comparison, updates }
    }
  }
  throw new Error('The comparison went away')
}
const writes = (letter: string) => (update: ComparisonUpdate) => update.type === 'text' && update.letter === letter
const states = ({ answers }: Comparison): string[] => answers.map(({ state }) => state)
/** Words enough to stop, crash or lock in the middle of. */
const long = (): string[] => Array.from({ length: 300 }, (_, index) => `w${index} `)

describe('asking', () => {
  test('all students get the same question, instructions, sampling and seed, one after the other', async () => {
    const { client, engine, ask, modelIds } = await ready()
    const [balanced] = await present(client.chat.presets({}))
    if (!balanced) throw new Error('no preset')
    await client.chat.savePreset({ ...balanced, id: 'mine', name: 'Mine', systemPrompt: 'Be brief.' })
    const { comparison } = await settled(client, await ask({ presetId: 'mine' }))
    expect(comparison).toMatchObject({ question, presetName: 'Mine', systemPrompt: 'Be brief.', blind: false, revealed: true })
    expect(comparison.answers.map(({ letter, student, state, text }) => [letter, student?.modelId, state, text])).toEqual([
      ['a', modelIds[0], 'finished', `You said: ${question}`],
      ['b', modelIds[1], 'finished', `You said: ${question}`],
      ['c', modelIds[2], 'finished', `You said: ${question}`],
    ])
    const asked = engine.questions.map(({ messages, sampling }: EngineQuestion) => ({ messages, sampling }))
    expect(asked).toHaveLength(3)
    expect(asked[1]).toEqual(asked[0])
    expect(asked[2]).toEqual(asked[0])
    expect(asked[0]?.sampling.seed).toBe(comparison.sampling.seed)
    expect(comparison.answers[0]?.facts).toMatchObject({ presetName: 'Mine', answerTokens: 3 })
  })

  test('the workspace’s instructions come before those of the style, as in its conversations (bug: two students judged by another question)', async () => {
    const { client, engine, ask, workspaceId } = await ready()
    await client.workspaces.configure({ workspaceId, instructions: 'Answer as a lawyer.' })
    const [balanced] = await present(client.chat.presets({}))
    if (!balanced) throw new Error('no preset')
    await client.chat.savePreset({ ...balanced, id: 'mine', name: 'Mine', systemPrompt: 'Be brief.' })
    const { comparison } = await settled(client, await ask({ presetId: 'mine' }))
    expect(comparison.systemPrompt).toBe('Answer as a lawyer.\n\nBe brief.')
    expect(engine.questions.map(({ messages }) => messages[0])).toEqual(
      Array.from({ length: 3 }, () => ({ role: 'system', content: 'Answer as a lawyer.\n\nBe brief.' })),
    )
  })

  test('one student, four, the same one twice, or one that is not here: refused, and nothing is kept', async () => {
    const { client, ask, workspaceId, modelIds } = await ready()
    const [one = '', two = '', three = ''] = modelIds
    for (const wrong of [[one], [one, one], [one, two, three, 'four']]) {
      await expect(ask({ modelIds: wrong })).rejects.toMatchObject({ code: 'invalid_input' })
    }
    await expect(ask({ modelIds: [one, 'gone'] })).rejects.toMatchObject({ code: 'model_missing' })
    expect(await present(client.compare.list({ workspaceId, limit: 10 }))).toEqual({ rows: [], total: 0 })
  })

  test('two windows see the same words, the second from the middle of an answer', async () => {
    const { client, newClient, ask } = await ready({ answer: () => long().slice(0, 60), paceMs: 3 })
    const place = await ask()
    await until(client.compare.follow(place), writes('b'))
    const texts = new Map<string, string>()
    for await (const update of newClient().compare.follow(place)) {
      if (update.type === 'text') texts.set(update.letter, (texts.get(update.letter) ?? '') + update.text)
      else if (update.type === 'comparison') {
        for (const { letter, text } of update.comparison.answers) texts.set(letter, text)
        if (update.comparison.answers.every(({ writing }) => writing === null)) break
      }
    }
    expect([...texts.values()]).toEqual(Array.from({ length: 3 }, () => long().slice(0, 60).join('')))
  })
})

describe('stopping and failing', () => {
  test('one waiting column is let go at once while another still writes; then all', async () => {
    const { client, ask } = await ready({ answer: long, paceMs: 5 })
    const place = await ask()
    await until(client.compare.follow(place), writes('a'))
    await client.compare.stop({ ...place, letter: 'b' })
    const between = await until(
      client.compare.follow(place),
      (update) => update.type === 'comparison' && update.comparison.answers[1]?.writing === null,
    )
    expect(between.type === 'comparison' && states(between.comparison)).toEqual(['writing', 'stopped', 'writing'])
    await client.compare.stop(place)
    const { comparison } = await settled(client, place)
    expect(states(comparison)).toEqual(['stopped', 'stopped', 'stopped'])
    expect(comparison.answers.map(({ stands }) => stands)).toEqual([true, false, false])
  })

  test('a column that crashed says why, keeps its words, lets the others go on, and can be asked again', async () => {
    const { client, engine, ask } = await ready({ answer: long, paceMs: 4 })
    const place = await ask()
    await until(client.compare.follow(place), writes('a'))
    engine.script.answer = () => ['Fine']
    engine.crash()
    const { comparison } = await settled(client, place)
    expect(states(comparison)).toEqual(['failed', 'finished', 'finished'])
    expect(comparison.answers[0]).toMatchObject({ trouble: { code: 'engine_died' }, stands: false })
    expect(comparison.answers[0]?.text).toMatch(/^w0 /)
    await expect(client.compare.vote({ ...place, vote: 'a' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(client.compare.retry({ ...place, letter: 'b' })).rejects.toMatchObject({ code: 'invalid_input' })
    await client.compare.retry({ ...place, letter: 'a' })
    const again = (await settled(client, place)).comparison
    expect(again.answers[0]).toMatchObject({ state: 'finished', text: 'Fine', trouble: null, stands: true })
    expect(again.sampling.seed).toBe(comparison.sampling.seed)
  })

  test('locking keeps finished columns and marks the others; nothing of it is said to be written afterwards', async () => {
    const { client, engine, ask, workspaceId } = await ready({ answer: () => ['Short'] })
    engine.script.answer = () => (engine.questions.length === 1 ? ['Short'] : long())
    engine.script.paceMs = 4
    const place = await ask()
    await until(client.compare.follow(place), writes('b'))
    const watching = settled(client, place)
    await client.vault.lock({})
    await expect(watching).rejects.toMatchObject({ code: 'locked' })
    await expect(ask()).rejects.toMatchObject({ code: 'locked' })
    await client.vault.unlock({})
    const { comparison } = await settled(client, place)
    expect(states(comparison)).toEqual(['finished', 'interrupted', 'interrupted'])
    expect(comparison.answers[0]?.text).toBe('Short')
    expect(comparison.answers[1]?.text).toMatch(/^w0 /)
    expect((await present(client.compare.list({ workspaceId, limit: 1 }))).rows).toMatchObject([{ writing: false, vote: null }])
  })

  test('a model that is deleted later leaves its name and its answer', async () => {
    const { client, ask, modelIds, workspaceId } = await ready()
    const place = await ask()
    await settled(client, place)
    await client.models.remove({ modelId: modelIds[1] ?? '' })
    const { comparison } = await settled(client, place)
    expect(comparison.answers[1]).toMatchObject({ student: { name: made.french.name }, text: `You said: ${question}` })
    await client.compare.vote({ ...place, vote: 'b' })
    expect((await present(client.compare.scores({ workspaceId })))[0]).toBeDefined()
  })
})

describe('blind', () => {
  test('nothing that reaches a page says who is who before the vote, not even after a failure; then everything does', async () => {
    const { client, newClient, engine, ask, modelIds, workspaceId } = await ready()
    const stop = new AbortController()
    const heard: unknown[] = []
    const listen = async (items: AsyncIterable<unknown>): Promise<void> => {
      for await (const item of items) heard.push(item)
    }
    const other = newClient()
    const { signal } = stop
    engine.script.answer = () => {
      if (engine.questions.length === 2) engine.crash()
      return [`Answer ${engine.questions.length}`]
    }
    const place = await ask({ blind: true })
    const listening = [
      listen(other.runtime.state({}, { signal })),
      // What is measured of a student at its first use would tell that it is at work.
      listen(other.runtime.fits({}, { signal })),
      listen(other.compare.follow(place, { signal })),
      listen(other.compare.list({ workspaceId, limit: 9 }, { signal })),
      listen(other.compare.scores({ workspaceId }, { signal })),
    ].map((each) => each.catch(() => undefined))
    const { comparison } = await settled(client, place)
    expect(states(comparison)).toEqual(['finished', 'failed', 'finished'])
    heard.push(comparison)
    const secrets = [...modelIds, made.english.name, made.french.name, made.phrases.name]
    expect(secrets.filter((secret) => JSON.stringify(heard).includes(secret))).toEqual([])
    // When each was last used would tell the order in which they answered.
    const { models } = await present(client.models.state({}))
    expect(new Set(models.map(({ lastUsedAt }) => lastUsedAt)).size).toBe(1)
    // In a conversation it is no secret that a student was used, and it does not become one.
    const spoken = await client.chat.send({ workspaceId, conversationId: null, text: 'Hello', modelId: modelIds[1] ?? '' })
    await untilSettled(client, spoken)
    const used = (await present(client.models.state({}))).models.map(({ id, lastUsedAt }) => [id, lastUsedAt ?? 0] as const)
    expect(new Set(used.filter(([id]) => id !== modelIds[1]).map(([, at]) => at)).size).toBe(1)
    expect(Math.max(...used.map(([, at]) => at))).toBe(used.find(([id]) => id === modelIds[1])?.[1])
    await expect(client.compare.continue({ ...place, letter: 'a' })).rejects.toMatchObject({ code: 'invalid_input' })
    stop.abort()
    await Promise.all(listening)

    await client.compare.vote({ ...place, vote: 'c' })
    const shown = (await settled(client, place)).comparison
    expect(shown).toMatchObject({ revealed: true, vote: 'c', votedBlind: true })
    expect(shown.answers.map(({ student }) => student?.modelId).sort()).toEqual([...modelIds].sort())
    expect(shown.answers[0]?.facts?.modelId).toBe(shown.answers[0]?.student?.modelId)
    expect((await present(client.runtime.state({}))).loaded).not.toBeNull()
    expect(Object.keys(await present(client.runtime.fits({})))).toEqual(expect.arrayContaining(modelIds))
    expect((await present(client.compare.list({ workspaceId, limit: 9 }))).rows[0]?.names).toHaveLength(3)
  })

  test('the columns come in every order', async () => {
    const { client, ask, modelIds } = await ready({ answer: () => ['x'], paceMs: 0 })
    const [one = '', two = ''] = modelIds
    const firsts = new Set<string | undefined>()
    // Twenty times the same first one by chance: once in half a million runs.
    for (let round = 0; round < 20 && firsts.size < 2; round++) {
      const place = await ask({ blind: true, modelIds: [one, two] })
      await settled(client, place)
      await client.compare.reveal(place)
      firsts.add((await settled(client, place)).comparison.answers[0]?.student?.modelId)
    }
    expect(firsts.size).toBe(2)
  })

  test('a vote after the names were shown, and one that was changed, counts as open', async () => {
    const { client, ask, workspaceId, modelIds } = await ready()
    const two = modelIds.slice(0, 2)
    const counts = async () =>
      (await present(client.compare.scores({ workspaceId }))).map(({ blind, open }) => [
        blind.wins + blind.losses,
        open.wins + open.losses,
      ])
    const first = await ask({ blind: true, modelIds: two })
    await settled(client, first)
    await client.compare.vote({ ...first, vote: 'a' })
    await client.compare.vote({ ...first, vote: 'a' })
    expect(await counts()).toEqual([
      [1, 0],
      [1, 0],
    ])
    await client.compare.vote({ ...first, vote: 'b' })
    expect(await counts()).toEqual([
      [0, 1],
      [0, 1],
    ])
    const second = await ask({ blind: true, modelIds: two })
    await settled(client, second)
    await client.compare.reveal(second)
    await client.compare.vote({ ...second, vote: 'a' })
    expect((await settled(client, second)).comparison).toMatchObject({ votedBlind: false })
    expect(await counts()).toEqual([
      [0, 2],
      [0, 2],
    ])
  })
})

describe('votes', () => {
  test('a vote can be changed until the next question, one that is missing can still be given', async () => {
    const { client, ask, modelIds } = await ready()
    const two = modelIds.slice(0, 2)
    const first = await ask({ modelIds: two })
    await expect(client.compare.vote({ ...first, vote: 'a' })).rejects.toMatchObject({ code: 'busy' })
    await settled(client, first)
    await client.compare.vote({ ...first, vote: 'a' })
    await client.compare.vote({ ...first, vote: 'tie' })
    await expect(client.compare.vote({ ...first, vote: 'c' })).rejects.toMatchObject({ code: 'not_found' })
    const watching = until(client.compare.follow(first), (update) => update.type === 'comparison' && !update.comparison.canVote)
    const second = await ask({ modelIds: two })
    await watching
    await settled(client, second)
    await expect(client.compare.vote({ ...first, vote: 'a' })).rejects.toMatchObject({ code: 'invalid_input' })
    const third = await ask({ modelIds: two })
    await settled(client, third)
    await client.compare.vote({ ...second, vote: 'none' })
    expect((await settled(client, first)).comparison).toMatchObject({ vote: 'tie', canVote: false })
    expect((await settled(client, second)).comparison).toMatchObject({ vote: 'none', canVote: false })
    expect((await settled(client, third)).comparison).toMatchObject({ vote: null, canVote: true })
  })

  test('an answer that does not stand is neither a win nor a loss', async () => {
    const { client, engine, ask, workspaceId, modelIds } = await ready()
    engine.script.answer = () => (engine.questions.length === 1 ? [] : ['Something'])
    const place = await ask()
    const { comparison } = await settled(client, place)
    expect(comparison.answers.map(({ stands }) => stands)).toEqual([false, true, true])
    await client.compare.vote({ ...place, vote: 'b' })
    const scores = await present(client.compare.scores({ workspaceId }))
    expect(scores.map(({ modelId, open }) => [modelId, open.wins, open.losses])).toEqual(
      expect.arrayContaining([
        [modelIds[1], 1, 0],
        [modelIds[2], 0, 1],
      ]),
    )
    expect(scores).toHaveLength(2)
  })
})

describe('afterwards', () => {
  test('an answer goes on as a conversation, with who made it; the list hears of it', async () => {
    const { client, ask, modelIds, workspaceId } = await ready()
    const compared = await ask()
    await settled(client, compared)
    const place = await client.compare.continue({ ...compared, letter: 'b' })
    const { conversation } = await untilSettled(client, place)
    expect(conversation).toMatchObject({ title: question, modelId: modelIds[1], presetId: 'balanced' })
    expect(conversation.messages.map(({ role, text }) => [role, text])).toEqual([
      ['user', question],
      ['assistant', `You said: ${question}`],
    ])
    expect(lastOf(conversation).facts?.modelName).toBe(made.french.name)
    expect((await present(client.chat.list({ workspaceId, limit: 5 }))).total).toBe(1)
    expect(await client.chat.search({ query: 'lease', limit: 5 })).not.toEqual([])
    await client.chat.send({ ...place, text: 'And in one word?' })
    expect(lastOf((await untilSettled(client, place)).conversation).facts?.modelName).toBe(made.french.name)
  })

  test('removing stops what is being written, takes the vote out of the count and says so to every window', async () => {
    const { client, engine, ask, workspaceId } = await ready()
    const first = await ask()
    await settled(client, first)
    await client.compare.vote({ ...first, vote: 'a' })
    engine.script.answer = long
    engine.script.paceMs = 5
    const second = await ask()
    await until(client.compare.follow(second), writes('a'))
    const gone = until(client.compare.follow(second), ({ type }) => type === 'gone')
    await client.compare.remove(second)
    await gone
    await client.compare.remove(first)
    expect(await present(client.compare.scores({ workspaceId }))).toEqual([])
    expect(await present(client.compare.list({ workspaceId, limit: 5 }))).toEqual({ rows: [], total: 0 })
    await expect(present(client.compare.follow(first))).rejects.toMatchObject({ code: 'not_found' })
  })
})
