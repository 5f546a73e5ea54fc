// What models are told of thinking, against Python's jinja2 (recorded by fixtures/templates/record.py) over every template of the llama.cpp source.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Thinking } from '../../../contract/entities.ts'
import { ChatTemplate } from '../../../electron/engine/prompt/chat-template.ts'
import type { PromptMessage } from '../../../electron/engine/contract.ts'
import { beginningTokens, promptTokens, type Vocabulary } from '../../../electron/engine/prompt/prompt-tokens.ts'

const folder = join(import.meta.dirname, '../../fixtures/templates')
const recorded = z
  .record(z.string(), z.record(Thinking, z.string().nullable()))
  .parse(JSON.parse(readFileSync(join(folder, 'thinking.json'), 'utf8')))
const at = new Date(2026, 10, 23, 14, 5, 9).getTime()
const make = (file: string) =>
  new ChatTemplate({
    ...{ source: readFileSync(join(folder, 'jinja', file), 'utf8'), bosToken: '<s>', eosToken: '</s>' },
    now: () => at,
  })
const turns: PromptMessage[] = [
  { role: 'system', content: 'You are terse.' },
  { role: 'user', content: 'One?' },
  { role: 'assistant', content: 'Un.' },
  { role: 'user', content: 'Two?' },
  { role: 'assistant', content: 'Deux.' },
  { role: 'user', content: 'Three?' },
]
const renderedBy = (template: ChatTemplate, thinking?: Thinking): string =>
  template.render(turns, { addGenerationPrompt: true, thinking })

describe.each(Object.entries(recorded))('%s', (file, texts) => {
  test('is told of thinking what jinja2 tells it, and what it makes nothing of is not offered', () => {
    const template = make(file)
    const switches: Thinking[] = texts.off === texts.on ? [] : ['off', 'on']
    const levels: Thinking[] = texts.brief === texts.thorough ? [] : ['brief', 'thorough']
    expect(template.thinking).toEqual([...switches, ...levels])
    for (const thinking of template.thinking) expect(renderedBy(template, thinking), thinking).toBe(texts[thinking])
    const unknown = Thinking.options.filter((thinking) => !template.thinking.includes(thinking))
    for (const thinking of unknown) expect(renderedBy(template, thinking)).toBe(renderedBy(template))
  })
})

test('all others are told nothing, whatever is wished', () => {
  const others = readdirSync(join(folder, 'jinja')).filter((file) => !(file in recorded))
  expect(others.length).toBeGreaterThan(40)
  for (const file of others) {
    const template = make(file)
    expect(template.thinking, file).toEqual([])
    expect(renderedBy(template, 'off'), file).toBe(renderedBy(template))
  }
})

test.each([
  ['Qwen-Qwen3-0.6B.jinja', 'off', '<think>\n\n</think>\n\n'],
  ['Qwen3.5-4B.jinja', 'on', '<think>\n'],
  ['google-gemma-4-31B-it.jinja', 'off', '<|channel>thought\n<channel|>'],
] as const)('%s, told %s, ends with %j', (file, thinking, end) => {
  expect(renderedBy(make(file), thinking).endsWith(end)).toBe(true)
})

test('gpt-oss is told how much at the very beginning, Qwen whether at the very end: what is read ahead is keyed by it', () => {
  const harmony = make('openai-gpt-oss-120b.jinja')
  expect(renderedBy(harmony, 'brief')).toContain('Reasoning: low\n')
  expect(renderedBy(harmony, 'thorough')).toContain('Reasoning: high\n')
  expect(renderedBy(harmony)).toContain('Reasoning: medium\n')
  const beginning = [...turns.slice(0, 1), { role: 'user' as const, content: 'Sources: ' }]
  const read = (template: ChatTemplate, thinking?: Thinking) => beginningTokens(letters, template, beginning, thinking)
  expect(read(harmony, 'brief')).not.toEqual(read(harmony, 'thorough'))
  const qwen = make('Qwen-Qwen3-0.6B.jinja')
  expect(read(qwen, 'off')).toEqual(read(qwen))
  for (const template of [harmony, qwen])
    for (const thinking of template.thinking) {
      const goesOn = [...turns.slice(0, 1), { role: 'user' as const, content: 'Sources: none. One?' }]
      const whole = promptTokens(letters, template, goesOn, thinking)
      const start = read(template, thinking)
      expect(whole.slice(0, start.length)).toEqual(start)
    }
})

/** A vocabulary of letters: each is a token. */
const letters: Vocabulary = {
  ...{ pieces: [], kinds: [], bos: null, eos: null, addBos: false },
  tokenize: (text: string) => [...text].map((letter) => letter.codePointAt(0) ?? 0),
  detokenize: (tokens: readonly number[]) => String.fromCodePoint(...tokens),
}
