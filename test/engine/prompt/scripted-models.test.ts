// The test models themselves: through the real llama.cpp they must say exactly what the other tests rely on.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getLlama, LlamaLogLevel, type Llama, type Token } from 'node-llama-cpp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRandomModel, makeScriptedModel } from '../../fixtures/gguf/llama-model.ts'
import { makeTestModels } from '../../fixtures/gguf/scripted-models.ts'

const folder = mkdtempSync(join(tmpdir(), 'alambic-gguf-'))
const models = makeTestModels(join(import.meta.dirname, '../../../.cache/gguf'))
let llama: Llama
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, logLevel: LlamaLogLevel.disabled })
})
afterAll(async () => {
  await llama.dispose()
  rmSync(folder, { recursive: true })
})

const chat = '<|im_start|>user\nQuel est le préavis ? 你好 😀<|im_end|>\n<|im_start|>assistant\n'
async function say(
  path: string,
  prompt: string,
  temperature: number,
  limit = Infinity,
): Promise<{ text: string; tokens: Token[]; again: Token[] }> {
  const model = await llama.loadModel({ modelPath: path })
  try {
    const context = await model.createContext({ contextSize: 2048, batchSize: 256, threads: 1 })
    const tokens: Token[] = []
    for await (const token of context
      .getSequence()
      .evaluate(model.tokenize(prompt, true), { temperature, topK: 0, topP: 1, minP: 0, seed: 9 })) {
      tokens.push(token)
      if (tokens.length >= limit) break
    }
    const text = model.detokenize(tokens, true)
    return { text, tokens, again: model.tokenize(text, true) }
  } finally {
    await model.dispose()
  }
}

test.each([0, 2])(
  'english and french say their answer at temperature %d, in the tokens that their text gives',
  async (temperature) => {
    for (const model of [models.english, models.french]) {
      const { text, tokens, again } = await say(model.path, chat, temperature)
      expect(text).toBe(model.answer)
      expect(again).toEqual(tokens)
    }
  },
)

test('phrases says its answer in other tokens than its text gives', async () => {
  const { text, tokens, again } = await say(models.phrases.path, chat, 0)
  expect(text).toBe(models.phrases.answer)
  expect(again).not.toEqual(tokens)
})

test('an answer that was cut goes on from its last word', async () => {
  const { text } = await say(models.english.path, `${chat}The notice period is`, 0)
  expect(text).toBe(' three months [1].')
})

test('thinkers think, the counter counts to its end, a model without template follows a colon', async () => {
  const { thought, answer } = models.thinking
  expect((await say(models.thinking.path, chat, 0)).text).toBe(`<think>${thought}</think>\n\n${answer}`)
  const { thought: deep, answer: yes } = models.promptThinking
  expect((await say(models.promptThinking.path, '<｜User｜>Vraiment ?<｜Assistant｜><think>\n', 0)).text).toBe(
    `${deep}</think>\n\n${yes}`,
  )
  const { tokens, text } = await say(models.long.path, chat, 0)
  expect(tokens).toHaveLength(1500)
  expect(text).toBe(models.long.answer)
  expect((await say(models.templateless.path, 'User: When?\n\nAssistant:', 0)).text).toBe(models.templateless.answer)
})

test('slow says the same as long, several times slower', async () => {
  const time = async (path: string): Promise<number> => {
    const started = performance.now()
    expect((await say(path, chat, 0, 100)).text).toBe(models.long.answer.slice(0, 600))
    return performance.now() - started
  }
  const fast = await time(models.long.path)
  expect(await time(models.slow.path)).toBeGreaterThan(2 * fast)
})

test('the same wish makes the same bytes, another seed other ones (bug: a fixture that differs between machines)', () => {
  const hash = (make: (path: string) => void): string => {
    const path = join(folder, 'made.gguf')
    make(path)
    return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
  }
  const scripted = (path: string) => makeScriptedModel(path, { name: 'A', script: ['One', ' two'] })
  expect(hash(scripted)).toBe('ac23f9e6e75049c4')
  const random = (seed: number) => hash((path) => makeRandomModel(path, { preset: 'tiny', type: 'Q8_0', seed }))
  expect(random(1)).toBe('3ccdce416df7955d')
  expect(random(2)).not.toBe(random(1))
})

test('a script that would loop is refused', () => {
  expect(() => makeScriptedModel(join(folder, 'x.gguf'), { name: 'A', script: ['a', 'b', 'a'] })).toThrow(/differ/)
})
