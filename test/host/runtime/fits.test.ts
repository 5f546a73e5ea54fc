// What a person is told before and after a student runs: the largest context, the speed that was measured, a faster file, the memory that
// was really taken. The bugs it would catch: a speed of two tokens, a correction by nonsense, a measurement of another machine.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CatalogueStudent } from '../../../contract/catalogue.ts'
import type { Fit } from '../../../contract/entities.ts'
import { fasterOf, largestContext, switchMsOf } from '../../../electron/host/runtime/fits.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { Measurements } from '../../../electron/host/runtime/measurements.ts'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/files/migrate.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

describe('the largest context', () => {
  const needed = (tokens: number): number => 2e9 + tokens * 100_000

  test('is the last that leaves a margin', () => {
    const most = largestContext(needed, 4e9, 131_072)
    expect(most % 256).toBe(0)
    expect(needed(most) + 256 * 1024 * 1024).toBeLessThanOrEqual(4e9)
    expect(needed(most + 256) + 256 * 1024 * 1024).toBeGreaterThan(4e9)
  })

  test('is never more than the model was trained for, and none when the weights alone are too much', () => {
    expect(largestContext(needed, 64e9, 8192)).toBe(8192)
    expect(largestContext(needed, 2e9, 8192)).toBe(0)
  })
})

describe('a faster file', () => {
  const student = (quantisation: string, sha256: string | null = 'a'.repeat(64), name = 'Llama 3.2 1B Instruct') =>
    ({ id: quantisation, name, quantisation, file: { sha256 } }) as CatalogueStudent
  const slow = { name: 'Llama-3.2-1B-Instruct', quantisation: 'Q4_K_M' }

  test('is the same model as Q4_0, or with half the bits', () => {
    expect(fasterOf(slow, 6, [student('Q8_0'), student('Q4_0')])).toBe('Q4_0')
    expect(fasterOf({ ...slow, quantisation: 'Q8_0' }, 6, [student('F16'), student('Q4_K_M')])).toBe('Q4_K_M')
  })

  test.each([
    ['no speed is known', slow, null, [student('Q4_0')]],
    ['it is fast enough', slow, 30, [student('Q4_0')]],
    ['it is that already', { ...slow, quantisation: 'Q4_0' }, 3, [student('Q4_0'), student('Q4_K_M')]],
    ['nobody knows its hash', slow, 3, [student('Q4_0', null)]],
    ['it is another model', slow, 3, [student('Q4_0', 'b'.repeat(64), 'Llama 3.2 3B Instruct')]],
    ['it is heavier', slow, 3, [student('Q8_0')]],
  ] as const)('is not spoken of when %s', (_why, model, speed, students) => {
    expect(fasterOf(model, speed, students)).toBeNull()
  })
})

test('a switch takes what each missing part took before, and nobody knows what was never measured', () => {
  expect(switchMsOf([0, 0, 300])).toBe(300)
  expect(switchMsOf([1500, 700, 300])).toBe(2500)
  expect(switchMsOf([1500, undefined, 300])).toBeNull()
})

describe('measurements', () => {
  const database = openEncryptedDatabase(join(temporaryFolder(), 'main.db'), randomBytes(32), { create: true })
  migrate(database, mainMigrations, { backup: () => undefined })
  const here = new Measurements({ database, machine: 'here', now: () => 1 })
  const answer = { evaluatedTokens: 100, firstTokenMs: 500, answerTokens: 50, tokensPerSecond: 20 }

  test('keep the first speed that says something, on this machine, until it is forgotten', () => {
    here.answered('a', { ...answer, evaluatedTokens: 5, answerTokens: 3 })
    expect(here.get('a')).toEqual({})
    here.answered('a', answer)
    here.answered('a', { ...answer, tokensPerSecond: 99 })
    expect(here.get('a')).toEqual({ promptTokensPerSecond: 200, promptTokens: 100, tokensPerSecond: 20 })
    expect(new Measurements({ database, machine: 'there', now: () => 1 }).get('a')).toEqual({})
    here.forget('a')
    expect(here.get('a')).toEqual({})
  })

  test('of reading: a longer prompt says more, and long ones their mean (bug: one slow first answer was believed for ever)', () => {
    const speeds = [40, 300, 300, 60, 300].map((evaluatedTokens, at) => {
      here.answered('r', { ...answer, evaluatedTokens, firstTokenMs: evaluatedTokens * [10, 20, 10, 1, 15][at]! })
      return here.get('r').promptTokensPerSecond ?? 0
    })
    expect(speeds.map(Math.round)).toEqual([100, 50, 75, 75, 71])
  })

  test('of a draft switch it off when it does not pay, and it alone, until it is measured again', () => {
    here.drafted('d', 'small', { proposed: 100, accepted: 26, gain: 0.2 })
    expect(here.get('d').draft).toEqual({ draftId: 'small', acceptance: 0.26, gain: 0.2 })
    expect([here.isDraftRefuted('d', 'small'), here.isDraftRefuted('d', 'other')]).toEqual([true, false])
    here.drafted('d', 'small', { proposed: 3, accepted: 3, gain: null })
    expect(here.isDraftRefuted('d', 'small')).toBe(true)
    here.forget('d')
    here.drafted('d', 'small', { proposed: 100, accepted: 90, gain: 1.6 })
    expect(here.isDraftRefuted('d', 'small')).toBe(false)
  })

  test('of memory are believed within reason alone', () => {
    here.loaded('m', 1e9, 1.2e9, 700)
    here.loaded('m', 1e9, 9e9, 800)
    here.opened('m', 1e8, 0.8e8)
    here.opened('m', 1e8, -5)
    here.opened('n', 1e7, 0.9e7)
    expect(here.get('m')).toEqual({ weightsBytes: 1.2e9, contextFactor: 0.8, loadMs: 800 })
    expect(here.get('n')).toEqual({})
  })
})

test('a first answer through the real engine leaves its speed and its memory, and asks to be measured again when told', async () => {
  const room = await startTestHost({
    launchEngine: () => forkTestEngine(join(import.meta.dirname, '../../../electron/engine/engine.ts')),
  })
  await room.client.vault.create({ kind: 'keychain' })
  await room.client.settings.set({ threads: 1, contextTokens: 4096 })
  const modelId = await importModel(room, testModels().long.path)
  const workspaceId = await personal(room.client)
  await room.client.chat.savePreset({
    id: 'short',
    name: 'Short',
    systemPrompt: 'A system prompt that is long enough to be measured at all.',
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 40 },
  })
  const before = await until(room.client.runtime.fits({}), (fits) => modelId in fits)
  expect(before[modelId]).toMatchObject({
    tokensPerSecond: null,
    corrected: false,
    contextTokens: 4096,
    largestContextTokens: 8192,
  })
  const place = await room.client.chat.send({ workspaceId, conversationId: null, text: 'Count', presetId: 'short' })
  await untilSettled(room.client, place)
  const { [modelId]: fit } = await until(room.client.runtime.fits({}), (fits) => fits[modelId]?.tokensPerSecond !== null)
  expect(fit?.promptTokensPerSecond).toBeGreaterThan(1)
  await room.client.runtime.measureAgain({ modelId })
  await until(room.client.runtime.fits({}), (fits) => fits[modelId]?.tokensPerSecond === null)
  await room.close()
})

describe('what is told of a student', () => {
  const models = testModels()
  const weights = { totalBytes: 64e9, freeBytes: 32e9 }
  const told = async ({ client }: TestHost, id: string, found: (fit: Fit) => boolean = () => true): Promise<Fit> => {
    const fits = await until(client.runtime.fits({}), ({ [id]: fit }) => fit !== undefined && found(fit))
    return fits[id] as Fit
  }
  let room: TestHost
  let engine: ScriptedEngine
  let freeBytes: number
  beforeEach(async () => {
    engine = new ScriptedEngine()
    freeBytes = weights.freeBytes
    room = await startTestHost({ launchEngine: engine.launch, memory: () => ({ ...weights, freeBytes }) })
    await room.client.vault.create({ kind: 'keychain' })
  })
  afterEach(() => room.close())

  test('is what becomes of it: too big is refused until somebody insists, tight is taken with a smaller context', async () => {
    const { client } = room
    const id = await importModel(room, models.long.path)
    const { neededBytes, contextTokens } = await told(room, id)
    expect(contextTokens).toBe(8192)
    const margin = 256 * 1024 * 1024
    freeBytes = neededBytes + margin - 1000
    const tight = await told(room, id, ({ verdict }) => verdict === 'tight')
    expect(tight.contextTokens).toBe(4096)
    await client.runtime.load({ modelId: id })
    expect(engine.opened.at(-1)?.contextTokens).toBe(4096)
    await client.runtime.unload({})

    freeBytes = margin
    const big = await told(room, id, ({ verdict }) => verdict === 'too_big')
    expect(big.neededBytes).toBeGreaterThan(big.freeBytes)
    await expect(client.runtime.load({ modelId: id })).rejects.toMatchObject({
      ...{ code: 'out_of_memory', data: { neededBytes: big.neededBytes, freeBytes: margin } },
    })
    expect((await present(client.runtime.state({}))).warm).toEqual([])
    await client.runtime.load({ modelId: id, insist: true })
    expect(engine.opened.at(-1)?.contextTokens).toBe(2048)
    expect((await present(client.runtime.state({}))).warm).toMatchObject([{ modelId: id }])
  })

  test('follows the context that is wished (bug: yesterday’s figure until memory changes)', async () => {
    const id = await importModel(room, models.long.path)
    const before = await told(room, id)
    await room.client.settings.set({ contextTokens: 2048 })
    const after = await told(room, id, (fit) => fit.contextTokens === 2048)
    expect(after.neededBytes).toBeLessThan(before.neededBytes)
    const watching = told(room, id, (fit) => fit.contextTokens === 4096)
    await room.client.settings.set({ contextTokens: 4096 })
    await watching
  })

  test('counts its draft, until that did not pay: then it is not loaded any more, and tried again when asked', async () => {
    const { client } = room
    const large = await importModel(room, models.slow.path)
    const small = await importModel(room, models.long.path)
    const alone = await told(room, large)
    await client.models.setDraft({ modelId: large, draftId: small })
    const { neededBytes } = await told(room, large, (fit) => fit.neededBytes > alone.neededBytes)
    const workspaceId = await personal(client)
    const ask = async (): Promise<string | null> => {
      const place = await client.chat.send({ workspaceId, conversationId: null, text: 'Count', modelId: large })
      await untilSettled(client, place)
      return engine.opened.at(-1)?.draftId ?? null
    }
    engine.script.draft = { proposed: 40, accepted: 10, gain: 0.6 }
    expect(await ask()).toBe(small)
    const refuted = await told(room, large, (fit) => fit.draft !== null)
    expect(refuted).toMatchObject({ neededBytes: alone.neededBytes, draft: { acceptance: 0.25, gain: 0.6 } })
    expect(await ask()).toBeNull()
    engine.script.draft = { proposed: 40, accepted: 36, gain: 1.4 }
    await client.models.setDraft({ modelId: large, draftId: small })
    expect(await ask()).toBe(small)
    expect((await told(room, large, (fit) => fit.draft !== null)).neededBytes).toBe(neededBytes)
    expect(await ask()).toBe(small)
  })

  test('is how long a switch to it takes, once it was here; unloading by hand frees all of it', async () => {
    const { client } = room
    const id = await importModel(room, models.english.path)
    expect((await told(room, id)).switchMs).toBeNull()
    await client.runtime.load({ modelId: id })
    expect((await told(room, id)).switchMs).toBeNull()
    expect((await present(client.runtime.state({}))).heldBytes).toBeGreaterThan(0)
    await client.runtime.unload({ modelId: id })
    expect(await present(client.runtime.state({}))).toMatchObject({ warm: [], loaded: null, heldBytes: 0 })
    expect(engine.unloaded).toEqual([id])
    expect((await told(room, id, ({ switchMs }) => switchMs !== null)).switchMs).toBeLessThan(60_000)
  })
})
