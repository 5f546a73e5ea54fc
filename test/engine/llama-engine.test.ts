// The real engine process over the real llama.cpp, answering with models made for it.
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { AnswerItem, EngineQuestion, PromptMessage } from '../../electron/engine/contract.ts'
import { WorkerKeeper, type WorkerLimits } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker, type EngineKeeper } from '../../electron/host/runtime/engine-worker.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { AppError } from '../../contract/errors.ts'
import { testModels } from '../fixtures/test-host.ts'
import { asChecked } from '../fixtures/checked-path.ts'

const models = testModels()
const entry = join(import.meta.dirname, '../../electron/engine/engine.ts')
let keepers: EngineKeeper[] = []
afterEach(() => {
  for (const keeper of keepers) void keeper.close()
  keepers = []
})

function start(limits?: WorkerLimits) {
  const deaths: AppError[] = []
  const keeper = new WorkerKeeper({
    kind: engineWorker,
    limits: engineLimits,
    launch: () => forkTestEngine(entry),
    onDeath: (error) => deaths.push(error),
    ...(limits ? { limits } : {}),
  })
  keepers.push(keeper)
  return { keeper, deaths }
}

/** Loads a model as student `s`, after unloading the one before. */
async function load(keeper: EngineKeeper, path: string, contextTokens = 1024) {
  await keeper.call((client) => client.engine.unload({ modelId: 'm' }))
  let loaded
  for await (const item of keeper.stream((client) =>
    client.engine.load({ modelId: 'm', path: asChecked(path), threads: 1, backend: 'cpu' }),
  ))
    loaded = item
  const opened = await keeper.call((client) =>
    client.engine.open({ studentId: 's', modelId: 'm', adapterPath: null, contextTokens, draftId: null }),
  )
  return { ...loaded, ...opened }
}

const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: null }
function question(messages: PromptMessage[], more: Partial<EngineQuestion> = {}): EngineQuestion {
  return {
    answerId: 'a',
    studentId: 's',
    messages,
    opening: null,
    sampling: greedy,
    reserveTokens: 256,
    leftOutBefore: 0,
    ...more,
  }
}
const ask = (content: string): PromptMessage[] => [{ role: 'user', content }]

async function answer(keeper: EngineKeeper, asked: EngineQuestion, onItem?: (item: AnswerItem) => void) {
  const items: AnswerItem[] = []
  for await (const item of keeper.stream((client) => client.engine.answer(asked))) {
    items.push(item)
    onItem?.(item)
  }
  const join = (key: 'text' | 'thought') => items.map((item) => (item.type === 'text' ? item[key] : '')).join('')
  const prompt = items.find((item) => item.type === 'prompt')
  const end = items.at(-1)
  if (!prompt || end?.type !== 'end') throw new Error('The answer has no beginning or no end')
  return { text: join('text'), thought: join('thought'), prompt, end, items }
}

describe('the engine', () => {
  test('loads with progress and says exactly what the model says', async () => {
    const { keeper } = start()
    expect(await load(keeper, models.french.path)).toMatchObject({ type: 'loaded', contextTokens: 1024, template: 'own' })
    const { text, end, prompt } = await answer(keeper, question(ask('Quel est le préavis ?')))
    expect(text).toBe(models.french.answer)
    expect(end).toMatchObject({ reason: 'finished' })
    expect(prompt.evaluateTokens).toBe(prompt.promptTokens)
  })

  test.each(['thinking', 'promptThinking'] as const)('keeps the thoughts of the %s model apart', async (name) => {
    const { keeper } = start()
    await load(keeper, models[name].path)
    const { text, thought, end } = await answer(keeper, question(ask('How long?')))
    expect({ text, thought: thought.trim() }).toEqual({ text: models[name].answer, thought: models[name].thought.trim() })
    expect(end.thoughtMs).toBeGreaterThan(0)
  })

  test('a later turn evaluates only its new tokens, even where the answer was written in tokens of its own', async () => {
    const { keeper } = start()
    await load(keeper, models.phrases.path)
    const messages: PromptMessage[] = [{ role: 'system', content: 'You know leases. '.repeat(20) }, ...ask('What is the rent?')]
    const first = await answer(keeper, question(messages))
    messages.push({ role: 'assistant', content: first.text }, ...ask('And when?'))
    const second = await answer(keeper, question(messages))
    expect(second.prompt.promptTokens - second.prompt.evaluateTokens).toBeGreaterThanOrEqual(first.prompt.promptTokens + 5)
    expect(second.text).toBe(models.phrases.answer)
  })

  test('tries numbers of threads beside a conversation, which stays as it is, and answers with any of them', async () => {
    const { keeper } = start()
    await load(keeper, models.english.path)
    const first = await answer(keeper, question(ask('How long?'), { threads: { reading: 2, writing: 1 } }))
    for (const threads of [2, 1]) {
      const speed = await keeper.call((client) => client.engine.tryThreads({ trialId: 't', modelId: 'm', threads }))
      expect(speed.reading).toBeGreaterThan(0)
      expect(speed.writing).toBeGreaterThan(0)
    }
    const again = await answer(keeper, question(ask('How long?'), { threads: { reading: 1, writing: 2 } }))
    expect(again.text).toBe(first.text)
    expect(again.prompt.evaluateTokens).toBe(1)
  })

  test('ends a trial that is stopped, and knows no trial of a model that is not there', async () => {
    const { keeper } = start()
    await load(keeper, models.slow.path)
    const trial = keeper.call((client) => client.engine.tryThreads({ trialId: 't', modelId: 'm', threads: 1 }))
    const ended = expect(trial).rejects.toMatchObject({ code: 'cancelled' })
    await keeper.call((client) => client.engine.stop({ answerId: 't' }))
    await ended
    const other = keeper.call((client) => client.engine.tryThreads({ trialId: 't', modelId: 'x', threads: 1 }))
    await expect(other).rejects.toMatchObject({ code: 'no_model' })
  })

  test('goes on with an answer from its middle', async () => {
    const { keeper } = start()
    await load(keeper, models.english.path)
    const opening = { text: 'The notice period', thought: '' }
    const { text } = await answer(keeper, question(ask('How long?'), { opening }))
    expect(opening.text + text).toBe(models.english.answer)
  })

  test('stops within a moment, and can be asked again', async () => {
    const { keeper } = start()
    await load(keeper, models.slow.path)
    let stoppedAt = 0
    const { text, end } = await answer(keeper, question(ask('Count')), (item) => {
      if (item.type !== 'text' || stoppedAt > 0) return
      stoppedAt = performance.now()
      void keeper.call((client) => client.engine.stop({ answerId: 'a' }))
    })
    expect(end.reason).toBe('stopped')
    expect(text).toMatch(/^ ?10001/)
    expect(end.answerTokens).toBeLessThan(1000)
    await load(keeper, models.english.path)
    expect((await answer(keeper, question(ask('Again?')))).text).toBe(models.english.answer)
  })

  test('asked the very same question again it answers again, though all of the prompt is kept', async () => {
    const { keeper } = start()
    await load(keeper, models.english.path)
    await answer(keeper, question(ask('How long?')))
    const again = await answer(keeper, question(ask('How long?')))
    expect(again.text).toBe(models.english.answer)
    expect(again.prompt.evaluateTokens).toBe(1)
  })

  test('ends with length when the context is full, never with an exception', async () => {
    const { keeper } = start()
    await load(keeper, models.long.path, 512)
    const { end, prompt } = await answer(keeper, question(ask('Count')))
    expect(end.reason).toBe('length')
    expect(prompt.promptTokens + end.answerTokens).toBeLessThanOrEqual(512)
    const limited = await answer(keeper, question(ask('Count'), { sampling: { ...greedy, maxTokens: 5 } }))
    expect(limited.end).toMatchObject({ reason: 'length', answerTokens: 5 })
  })

  test('leaves out the oldest turns when there is no room, and says how many; a question that alone is too long is refused', async () => {
    const { keeper } = start()
    await load(keeper, models.english.path, 512)
    const long = 'The tenant pays the rent on the first of the month. '.repeat(3)
    const messages: PromptMessage[] = [{ role: 'system', content: 'Be brief.' }]
    for (let turn = 0; turn < 12; turn++) messages.push({ role: 'user', content: long }, { role: 'assistant', content: 'Yes.' })
    messages.push(...ask('And now?'))
    const { prompt, text } = await answer(keeper, question(messages))
    expect(prompt.leftOut).toBeGreaterThan(0)
    expect(prompt.leftOut % 2).toBe(0)
    expect(text).toBe(models.english.answer)
    const counted = await keeper.call((client) =>
      client.engine.count({ studentId: 's', messages, reserveTokens: 256, leftOutBefore: 0 }),
    )
    expect(counted).toEqual({ promptTokens: prompt.promptTokens, leftOut: prompt.leftOut, contextTokens: 512 })
    await expect(answer(keeper, question(ask(long.repeat(30))))).rejects.toMatchObject({ code: 'prompt_too_long' })
  })

  test('a model without a template speaks through the plain one, and the engine says so', async () => {
    const { keeper } = start()
    expect(await load(keeper, models.templateless.path)).toMatchObject({ template: 'plain' })
    expect((await answer(keeper, question(ask('What is due?')))).text.trim()).toBe(models.templateless.answer.trim())
  })

  test('asked without a model it says so', async () => {
    const { keeper } = start()
    await expect(answer(keeper, question(ask('Hello')))).rejects.toMatchObject({ code: 'no_model' })
  })
})

describe('when the process fails', () => {
  test('killed in the middle of an answer: a coded error, one report, and a new process answers', async () => {
    const { keeper, deaths } = start()
    await load(keeper, models.slow.path)
    const asking = answer(keeper, question(ask('Count')), (item) => {
      if (item.type === 'text' && keeper.pid) process.kill(keeper.pid, 'SIGKILL')
    })
    await expect(asking).rejects.toMatchObject({ code: 'engine_died', data: { signal: 'SIGKILL' } })
    expect(deaths).toHaveLength(1)
    await load(keeper, models.english.path)
    expect((await answer(keeper, question(ask('Again?')))).text).toBe(models.english.answer)
  })

  test('stopped dead (SIGSTOP) in the middle of an answer: noticed by its heart, killed, replaced', async () => {
    const { keeper, deaths } = start({ pulseMs: 3000, progressMs: 60_000 })
    await load(keeper, models.slow.path)
    let pid = 0
    const asking = answer(keeper, question(ask('Count')), (item) => {
      if (item.type !== 'text' || pid !== 0 || !keeper.pid) return
      pid = keeper.pid
      process.kill(pid, 'SIGSTOP')
    })
    await expect(asking).rejects.toMatchObject({ code: 'engine_hung' })
    expect(deaths.map(({ code }) => code)).toEqual(['engine_hung'])
    await load(keeper, models.english.path)
    expect((await answer(keeper, question(ask('Again?')))).text).toBe(models.english.answer)
    await expect.poll(() => isAlive(pid)).toBe(false)
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
