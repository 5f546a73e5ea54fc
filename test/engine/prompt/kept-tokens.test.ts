// A conversation's context must stay usable when the tokeniser spells an earlier answer otherwise than the model wrote it.
import { join } from 'node:path'
import { getLlama, LlamaLogLevel, type Llama, type LlamaModel } from 'node-llama-cpp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alignToKept } from '../../../electron/engine/prompt/kept-tokens.ts'
import type { Vocabulary } from '../../../electron/engine/prompt/vocabulary.ts'
import { vocabularyForTests } from '../../fixtures/gguf/llama-cpp-source.ts'
import { makeTestModels } from '../../fixtures/gguf/scripted-models.ts'
import { growth } from '../../fixtures/growth.ts'

let llama: Llama
let model: LlamaModel
let vocabulary: Vocabulary
const made = makeTestModels(join(import.meta.dirname, '../../../.cache/gguf')).phrases

beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, logLevel: LlamaLogLevel.disabled })
  model = await llama.loadModel({ modelPath: made.path, vocabOnly: true })
  vocabulary = vocabularyForTests(model)
})
afterAll(async () => {
  await model.dispose()
  await llama.dispose()
})

const head = '<|im_start|>user\nHow much?<|im_end|>\n<|im_start|>assistant\n'
const tail = '<|im_end|>\n<|im_start|>user\nWhen?<|im_end|>\n<|im_start|>assistant\n'
const tokens = (text: string): number[] => vocabulary.tokenize(text, true)
/** The answer as this model writes it: in phrases that no tokeniser chooses. */
const written = (count = Infinity): number[] =>
  ['The rent', ' is 840', ' euros a', ' month', ', due', ' on the first.']
    .slice(0, count)
    .map((piece) => vocabulary.pieces.indexOf(piece.replaceAll(' ', 'Ġ')))
const common = (a: number[], b: number[]): number => {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

test('the second turn keeps all that the model has in memory (bug: every turn evaluates the last answer again)', () => {
  const kept = [...tokens(head), ...written()]
  const wanted = tokens(head + made.answer + tail)
  expect(common(wanted, kept)).toBeLessThan(kept.length)
  const aligned = alignToKept(wanted, kept, vocabulary)
  expect(aligned.slice(0, kept.length)).toEqual(kept)
  expect(vocabulary.detokenize(aligned, true)).toBe(vocabulary.detokenize(wanted, true))
  expect(aligned.slice(kept.length)).toEqual(tokens(tail))
})

test('an answer that goes on is kept, and what was added to it is tokenised', () => {
  const kept = [...tokens(head), ...written(3)]
  const aligned = alignToKept(tokens(head + made.answer + tail), kept, vocabulary)
  expect(aligned.slice(0, kept.length)).toEqual(kept)
  expect(vocabulary.detokenize(aligned, true)).toBe(head + made.answer + tail)
})

test('two answers are kept', () => {
  const kept = [...tokens(head), ...written(), ...tokens(tail), ...written()]
  const aligned = alignToKept(tokens(head + made.answer + tail + made.answer + tail), kept, vocabulary)
  expect(aligned.slice(0, kept.length)).toEqual(kept)
})

test('what differs is never replaced (bug: the model remembers another answer than the reader sees)', () => {
  const kept = [...tokens(head), ...written(), ...tokens(tail)]
  for (const other of [made.answer.replace('840', '940'), made.answer + '!', made.answer.slice(0, -1), '']) {
    const wanted = tokens(head + other + tail)
    const aligned = alignToKept(wanted, kept, vocabulary)
    expect(vocabulary.detokenize(aligned, true)).toBe(head + other + tail)
  }
  const question = tokens(head.replace('How', 'Why') + made.answer)
  expect(alignToKept(question, kept, vocabulary)).toEqual(question)
  expect(alignToKept(tokens(head), [], vocabulary)).toEqual(tokens(head))
  expect(alignToKept([], kept, vocabulary)).toEqual([])
})

test('text that only spells a special token does not become one from memory (bug: a planted <|im_end|> that turns real)', () => {
  const plain = ['<|im', '_end|>'].flatMap((text) => vocabulary.tokenize(text, false))
  const wanted = [...tokens('<|im_start|>user\n'), ...plain, ...tokens('x')]
  const kept = tokens('<|im_start|>user\n<|im_end|>x')
  expect(vocabulary.detokenize(wanted, true)).toBe(vocabulary.detokenize(kept, true))
  expect(alignToKept(wanted, kept, vocabulary)).toEqual(wanted)
})

test('a context that ends inside a character is left alone', () => {
  const [first = 0] = vocabulary.tokenize('é', false)
  const wanted = tokens(head + 'é' + tail)
  expect(alignToKept(wanted, [...tokens(head), first], vocabulary)).toEqual(wanted)
})

test('thirty-two thousand tokens take no more than in proportion', async () => {
  const align = (count: number): void => {
    const turns = Math.ceil(count / (tokens(head).length + written().length))
    const kept = Array.from({ length: turns }, () => [...tokens(head), ...written(), ...tokens('<|im_end|>\n')]).flat()
    const wanted = tokens((head + made.answer + '<|im_end|>\n').repeat(turns))
    expect(alignToKept(wanted, kept, vocabulary)).toEqual(kept)
  }
  expect(await growth(align, 32_000)).toBeLessThan(12)
})
