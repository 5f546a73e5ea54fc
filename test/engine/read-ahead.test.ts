// What questions to come begin with is read before anybody asks: they evaluate what is new, and say what they would have said.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AnswerItem, PromptMessage } from '../../electron/engine/contract.ts'
import { WorkerKeeper } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker, type EngineKeeper } from '../../electron/host/runtime/engine-worker.ts'
import { asChecked } from '../fixtures/checked-path.ts'
import { makeRandomModel } from '../fixtures/gguf/llama-model.ts'
import { makeRecurrentModel } from '../fixtures/gguf/mamba-model.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'

const entry = join(import.meta.dirname, '../../electron/engine/engine.ts')
const real = process.env['ALAMBIC_TINY_MODEL'] ?? ''
// Its layers look back 48 tokens.
const windowed = join(temporaryFolder(), 'windowed.gguf')
makeRandomModel(windowed, { preset: 'tiny', type: 'F16', seed: 5, slidingWindow: 48 })
// Its state can only be taken back to where a picture of it was taken.
const recurrent = join(temporaryFolder(), 'recurrent.gguf')
makeRecurrentModel(recurrent)
const paths = [testModels().phrases.path, windowed, recurrent, ...(existsSync(real) ? [real] : [])]
let keeper: EngineKeeper
beforeEach(() => {
  keeper = new WorkerKeeper({
    kind: engineWorker,
    limits: engineLimits,
    launch: () => forkTestEngine(entry),
    onDeath: () => undefined,
  })
})
afterEach(() => void keeper.close())

async function load(path: string, contextTokens = 2048): Promise<void> {
  const loading = keeper.stream((client) =>
    client.engine.load({ modelId: 'm', path: asChecked(path), threads: 1, backend: 'cpu' }),
  )
  for await (const _item of loading);
  await keeper.call((client) =>
    client.engine.open({ studentId: 's', modelId: 'm', adapterPath: null, contextTokens, draftId: null }),
  )
}
const beginningOf = (sentences: number): PromptMessage[] => [
  { role: 'system', content: 'Answer from the sources.' },
  { role: 'user', content: `Sources:\n\n${'The monthly rent is 840 euros, due on the first. '.repeat(sentences)}\n\n` },
]
let beginning: PromptMessage[]
beforeEach(() => {
  beginning = beginningOf(40)
})
function asking(question: string): PromptMessage[] {
  return beginning.map((message) => (message.role === 'user' ? { ...message, content: message.content + question } : message))
}
async function ask(messages: PromptMessage[]) {
  const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 16 }
  const items: AnswerItem[] = []
  const more = { opening: null, sampling: greedy, reserveTokens: 64, leftOutBefore: 0 }
  const answering = keeper.stream((client) => client.engine.answer({ answerId: 'a', studentId: 's', messages, ...more }))
  for await (const item of answering) items.push(item)
  const prompt = items.find((item) => item.type === 'prompt')
  return { text: items.map((item) => (item.type === 'text' ? item.text : '')).join(''), evaluated: prompt?.evaluateTokens ?? -1 }
}
async function read(messages = beginning, stopAfter = Infinity) {
  const steps: { read: number; tokens: number }[] = []
  for await (const step of keeper.stream((client) => client.engine.read({ studentId: 's', messages, answerId: 'r' }))) {
    steps.push(step)
    if (steps.length === stopAfter) await keeper.call((client) => client.engine.stop({ answerId: 'r' }))
  }
  return steps
}

test.each(paths)('%s reads them once, whatever is asked then, and answers the same', async (path) => {
  await load(path)
  // A real model takes thousands of times longer over a token than a made one.
  if (path === real) beginning = beginningOf(20)
  const question = 'Question: How much is the rent?'
  const without = await ask(asking(question))
  await ask([{ role: 'user', content: 'Something else entirely.' }])
  const steps = await read()
  expect(steps.at(-1)?.read).toBe(steps.at(-1)?.tokens)
  expect(steps.length).toBeGreaterThan(3)
  const after = await ask(asking(question))
  expect(after.text).toBe(without.text)
  expect(after.evaluated).toBeLessThan(48)
  expect(after.evaluated).toBeLessThan(without.evaluated / 4)
  // Another one after it, in other letters, finds it still there.
  expect((await ask(asking('Réponds en français. Question : quel loyer ?'))).evaluated).toBeLessThan(60)
  expect((await read()).at(0)?.read).toBe(steps.at(-1)?.tokens)
})

test('stopped, it keeps what it has read and goes on from there', async () => {
  await load(paths[0] ?? '')
  const first = await read(beginning, 2)
  const done = first.at(-1)?.read ?? 0
  expect(done).toBeLessThan(first.at(-1)?.tokens ?? 0)
  const second = await read()
  expect(second[0]?.read).toBeGreaterThanOrEqual(done)
  expect(second.at(-1)?.read).toBe(second.at(-1)?.tokens)
})

test('what does not fit is not read, and nothing of what was there goes', async () => {
  await load(paths[0] ?? '', 512)
  await ask([{ role: 'user', content: 'How much is the rent?' }])
  expect(await read()).toMatchObject([{ read: 0 }])
  expect((await ask([{ role: 'user', content: 'How much is the rent?' }])).evaluated).toBe(1)
})
