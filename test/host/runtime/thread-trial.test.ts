// With how many threads a model runs: tried once when nobody asks, kept by machine and model, used for the next question, and never tried
// where a person has chosen. Only the engine is scripted.
import { afterEach, describe, expect, test } from 'vitest'
import { chooseThreads, quietCores } from '../../../electron/host/runtime/memory.ts'
import { bestThreads, threadCandidates } from '../../../electron/host/runtime/thread-trial.ts'
import { ScriptedEngine, type Script } from '../../fixtures/scripted-engine.ts'
import { importModel, personal, startTestHost, testModels, until, untilSettled, type TestHost } from '../../fixtures/test-host.ts'

const made = testModels()
let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

/** Two cores of the kind on which one thread did half the work. */
const twoCores = { logical: 2, physical: 2 }

describe('before anything was tried', () => {
  test.each([
    [1, 1],
    [2, 1],
    [4, 3],
    [8, 7],
  ])('%i cores run %i threads: on busy ones a thread too many is ruinous', (cores, threads) => {
    expect(chooseThreads({ logical: cores, physical: cores })).toBe(threads)
  })

  test('never more threads than the process may use, nor than there are cores', () => {
    expect(chooseThreads({ logical: 2, physical: 16 })).toBe(1)
    expect(chooseThreads({ logical: 8, physical: 4 })).toBe(3)
    expect(chooseThreads({ logical: 1, physical: 0 })).toBe(1)
  })
})

test('what is tried: all, the cores, one less, half; each once and at least one', () => {
  expect(threadCandidates({ logical: 16, physical: 8 })).toEqual([16, 8, 7, 4])
  expect(threadCandidates(twoCores)).toEqual([2, 1])
  expect(threadCandidates({ logical: 1, physical: 1 })).toEqual([1])
  expect(threadCandidates({ logical: 0, physical: 0 })).toEqual([1])
  // A container with a part of a large machine.
  expect(threadCandidates({ logical: 3, physical: 64 })).toEqual([3, 2])
})

test('reading and writing have their own best; the fewest threads that are as good', () => {
  const tried = [
    { threads: 8, reading: 100, writing: 10 },
    { threads: 7, reading: 98, writing: 12 },
    { threads: 4, reading: 60, writing: 11.9 },
  ]
  expect(bestThreads(tried)).toEqual({ reading: 7, writing: 4 })
  expect(bestThreads([])).toBeNull()
})

test('a core that computes for others is not quiet', () => {
  const core = (idle: number, user: number) => ({ model: '', speed: 0, times: { idle, user, nice: 0, sys: 0, irq: 0 } })
  expect(quietCores([core(0, 0), core(0, 0)], [core(1000, 0), core(500, 500)])).toBe(1.5)
  expect(quietCores([core(5, 5)], [core(5, 5)])).toBe(0)
})

async function ready(script: Partial<Script> = {}, threadTrials: Parameters<typeof startTestHost>[0] = {}) {
  const engine = new ScriptedEngine(script)
  const quick = { cores: twoCores, afterMs: 5, isQuiet: () => Promise.resolve(true) }
  const host = await startTestHost({ launchEngine: engine.launch, threadTrials: quick, ...threadTrials })
  open.push(host)
  await host.client.vault.create({ kind: 'keychain' })
  const modelId = await importModel(host, made.english.path)
  const workspaceId = await personal(host.client)
  const ask = async (text: string) =>
    untilSettled(host.client, await host.client.chat.send({ workspaceId, conversationId: null, text, modelId }))
  const tried = () => until(host.client.runtime.fits({}), (fits) => fits[modelId]?.threads != null)
  return { ...host, engine, modelId, ask, tried }
}
const soon = (ms = 60) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a model in memory that nobody asks', () => {
  test('is tried with each number, twice and in turns, and the best are shown and used', async () => {
    const speed = (threads: number) => (threads === 2 ? { reading: 86, writing: 12 } : { reading: 52, writing: 18 })
    const { engine, modelId, ask, tried } = await ready({ speed })
    await ask('Before')
    expect(engine.questions.at(-1)?.threads).toEqual({ reading: 1, writing: 1 })
    const { [modelId]: fit } = await tried()
    expect(engine.trials).toEqual([2, 1, 2, 1])
    const speeds = [
      { threads: 2, reading: 86, writing: 12 },
      { threads: 1, reading: 52, writing: 18 },
    ]
    expect(fit?.threads).toEqual({ reading: 2, writing: 1, tried: speeds })
    // How fast it was with other threads does not count any more.
    expect(fit?.tokensPerSecond).toBeNull()
    const loads = engine.loads
    await ask('After')
    expect(engine.questions.at(-1)?.threads).toEqual({ reading: 2, writing: 1 })
    expect(engine.loads).toBe(loads)
    await soon()
    expect(engine.trials).toHaveLength(4)
  })

  test('is not tried where a person has chosen a number, which counts from the next question on', async () => {
    const { client, engine, ask } = await ready()
    await client.settings.set({ threads: 3 })
    await ask('One')
    await soon()
    expect(engine.trials).toEqual([])
    expect(engine.questions.at(-1)?.threads).toEqual({ reading: 3, writing: 3 })
    await client.settings.set({ threads: 1 })
    await ask('Two')
    expect(engine.questions.at(-1)?.threads).toEqual({ reading: 1, writing: 1 })
    expect(engine.launches).toBe(1)
  })

  test('is tried again when a person wants its speed measured again', async () => {
    const { client, engine, modelId, ask, tried } = await ready()
    await ask('One')
    await tried()
    await client.runtime.measureAgain({ modelId })
    await tried()
    expect(engine.trials).toHaveLength(8)
  })

  test('is not tried while others compute', async () => {
    let looks = 0
    const isQuiet = () => Promise.resolve(++looks > 2)
    const { engine, ask, tried } = await ready({}, { threadTrials: { cores: twoCores, afterMs: 5, isQuiet } })
    await ask('One')
    await tried()
    expect(looks).toBe(3)
    expect(engine.trials).toHaveLength(4)
  })
})

describe('a trial', () => {
  test('gives way at once to a question, and goes on afterwards with what is missing', async () => {
    let count = 0
    const never = new Promise<void>(() => undefined)
    const { engine, ask, tried } = await ready({ trying: () => (++count === 2 ? never : Promise.resolve()) })
    await ask('One')
    while (engine.trials.length < 2) await soon(5)
    // The second trial never ends by itself.
    await ask('Two')
    await tried()
    expect(engine.trials).toEqual([2, 1, 1, 2, 1])
  })

  test('ends with the lock, within 0.2 s', async () => {
    const { client, engine, ask } = await ready({ trying: () => new Promise(() => undefined) })
    await ask('One')
    while (engine.trials.length < 1) await soon(5)
    const began = performance.now()
    await client.vault.lock({})
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test('that fails leaves the usual number', async () => {
    const { engine, ask } = await ready({ trying: () => Promise.reject(new Error('no')) })
    await ask('One')
    while (engine.trials.length < 1) await soon(5)
    await soon()
    // Nor is it tried for ever.
    expect(engine.trials).toHaveLength(1)
    await ask('Two')
    expect(engine.questions.at(-1)?.threads).toEqual({ reading: 1, writing: 1 })
  })
})
