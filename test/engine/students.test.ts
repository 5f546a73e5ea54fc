// Students on one base, through the real llama.cpp: adapters that change the answer, contexts of their own, weights in memory once.
import { join } from 'node:path'
import { copyFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identityOf } from '../../contract/file-identity.ts'
import { WorkerKeeper } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker, type EngineKeeper } from '../../electron/host/runtime/engine-worker.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { temporaryFolder, testAdapters, testModels } from '../fixtures/test-host.ts'
import { asChecked } from '../fixtures/checked-path.ts'

const { trades, english } = testModels()
const adapters = testAdapters()
let keeper: EngineKeeper
beforeEach(() => {
  const entry = join(import.meta.dirname, '../../electron/engine/engine.ts')
  keeper = new WorkerKeeper({
    kind: engineWorker,
    limits: engineLimits,
    launch: () => forkTestEngine(entry),
    onDeath: () => undefined,
  })
})
afterEach(() => keeper.close())

async function load(modelId: string, path: string): Promise<void> {
  const items: string[] = []
  for await (const { type } of keeper.stream((client) =>
    client.engine.load({ modelId, path: asChecked(path), threads: 1, backend: 'cpu' }),
  ))
    items.push(type)
  expect(items.at(-1)).toBe('loaded')
}

function open(studentId: string, modelId: string, adapterPath: string | null = null) {
  return keeper.call((client) =>
    client.engine.open({
      studentId,
      modelId,
      adapterPath: adapterPath === null ? null : asChecked(adapterPath),
      contextTokens: 512,
      draftId: null,
    }),
  )
}

async function ask(studentId: string, text: string): Promise<{ text: string; evaluated: number }> {
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 40 }
  const messages = [{ role: 'user' as const, content: text }]
  let said = ''
  let evaluated = 0
  for await (const item of keeper.stream((client) =>
    client.engine.answer({ studentId, answerId: 'a', messages, opening: null, sampling, reserveTokens: 64, leftOutBefore: 0 }),
  )) {
    if (item.type === 'text') said += item.text
    if (item.type === 'prompt') evaluated = item.evaluateTokens
  }
  return { text: said, evaluated }
}

describe('students of one base', () => {
  beforeEach(async () => {
    await load('base', trades.path)
    await open('general', 'base')
    await open('tenancy', 'base', adapters.tenancy.path)
    await open('health', 'base', adapters.health.path)
  })

  test('each answers in its own trade, in any order, and the base without any', async () => {
    for (const student of ['tenancy', 'general', 'health', 'tenancy'] as const) {
      const expected = student === 'general' ? trades.answer : adapters[student].answer
      expect((await ask(student, 'What now?')).text).toBe(expected)
    }
  })

  test('each keeps its own state: switching back evaluates nothing again', async () => {
    const question = 'A long question about many things. '.repeat(8)
    const first = await ask('tenancy', question)
    expect(first.evaluated).toBeGreaterThan(40)
    await ask('health', question)
    expect((await ask('tenancy', question)).evaluated).toBe(1)
  })

  test('closing one leaves the others; unloading the base takes all of them', async () => {
    await keeper.call((client) => client.engine.close({ studentId: 'tenancy' }))
    await expect(ask('tenancy', 'Hello')).rejects.toMatchObject({ code: 'no_model' })
    expect((await ask('health', 'Hello')).text).toBe(adapters.health.answer)
    await keeper.call((client) => client.engine.unload({ modelId: 'base' }))
    await expect(ask('health', 'Hello')).rejects.toMatchObject({ code: 'no_model' })
    await expect(open('health', 'base')).rejects.toMatchObject({ code: 'no_model' })
  })

  test('another base stands beside it', async () => {
    await load('other', english.path)
    await open('english', 'other')
    expect((await ask('english', 'What now?')).text).toBe(english.answer)
    expect((await ask('tenancy', 'What now?')).text).toBe(adapters.tenancy.answer)
  })

  test('a bad adapter is refused in the words of llama.cpp without any path, and nobody else notices', async () => {
    await load('other', testModels().random.path)
    await expect(open('stray', 'other', adapters.tenancy.path)).rejects.toMatchObject({
      code: 'engine_failed',
      data: { detail: expect.stringMatching(/^LoRA tensor 'output.weight' does not exist in base model|incorrect shape/) },
    })
    const text = join(temporaryFolder(), 'text.gguf')
    writeFileSync(text, 'no adapter at all')
    const error: unknown = await open('stray', 'base', text).catch((reason: unknown) => reason)
    expect(JSON.stringify(error)).not.toContain('text.gguf')
    expect((await ask('tenancy', 'What now?')).text).toBe(adapters.tenancy.answer)
  })

  test('an adapter is the file of now, not the one that had its name before (bug: llama.cpp knows them by name)', async () => {
    const path = join(temporaryFolder(), 'adapter.gguf')
    for (const trade of ['tenancy', 'health'] as const) {
      copyFileSync(adapters[trade].path, `${path}.new`)
      renameSync(`${path}.new`, path)
      const { adapterFile } = await open(`${trade} by name`, 'base', path)
      expect(adapterFile).toEqual(identityOf(statSync(path, { bigint: true })))
    }
    for (const trade of ['tenancy', 'health'] as const)
      expect((await ask(`${trade} by name`, 'What now?')).text).toBe(adapters[trade].answer)
  })

  test('a context whose draft fails is given back (bug: each try holds its memory until the engine ends)', async () => {
    const wish = { modelId: 'base', adapterPath: null, contextTokens: 8192 }
    const took = async (studentId: string): Promise<number> =>
      (await keeper.call((client) => client.engine.open({ ...wish, studentId, draftId: null }))).processBytes
    await took('first')
    const before = await took('second')
    const one = (await took('third')) - before
    for (let time = 0; time < 12; time++) {
      await expect(
        keeper.call((client) => client.engine.open({ ...wish, studentId: 'drafted', draftId: 'not loaded' })),
      ).rejects.toMatchObject({ code: 'no_model' })
    }
    const held = (await took('fourth')) - before - one
    expect(one).toBeGreaterThan(1e6)
    expect(held).toBeLessThan(one * 6)
  })
})
