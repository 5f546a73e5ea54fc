// Every template of the llama.cpp source against Python's jinja2 (recorded by fixtures/templates/record.py), and what happens when none will do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { PromptMessage } from '../../../electron/engine/contract.ts'
import { ChatTemplate } from '../../../electron/engine/prompt/chat-template.ts'
import { strftime } from '../../../electron/engine/prompt/strftime.ts'

const folder = join(import.meta.dirname, '../../fixtures/templates')
const Turn = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
  reasoning_content: z.string().optional(),
})
const recorded = z
  .object({
    bos: z.string(),
    eos: z.string(),
    now: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
    conversations: z.record(z.string(), z.array(Turn)),
    rendered: z.record(z.string(), z.record(z.string(), z.object({ text: z.string().optional(), error: z.string().optional() }))),
  })
  .parse(JSON.parse(readFileSync(join(folder, 'rendered.json'), 'utf8')))

const [year, month, day, hour, minute, second] = recorded.now
const at = new Date(year, month - 1, day, hour, minute, second).getTime()
const make = (source: string | null) =>
  new ChatTemplate({ source, bosToken: recorded.bos, eosToken: recorded.eos, now: () => at })
const sourceOf = (file: string) => readFileSync(join(folder, 'jinja', file), 'utf8')
const generate = { addGenerationPrompt: true }

function conversation(name: string): PromptMessage[] {
  return (recorded.conversations[name] ?? []).map(({ role, content, reasoning_content: thought }) => ({
    role,
    content,
    ...(thought ? { thought } : {}),
  }))
}

/** What @huggingface/jinja cannot do, or nobody can: the plain transcript is used instead. */
const plain: Record<string, RegExp> = {
  'ByteDance-Seed-OSS.jinja': /Object keys must be strings/,
  // Wants a list of functions as a text; jinja2 refuses it without one as well.
  'fireworks-ai-llama-3-firefunction-v2.jinja': /undefined/,
}

const files = Object.keys(recorded.rendered)

test('the recording is whole', () => {
  expect(files).toHaveLength(70)
  expect(Object.keys(recorded.conversations)).toHaveLength(7)
})

describe.each(files.filter((file) => !(file in plain)))('%s', (file) => {
  const template = make(sourceOf(file))
  const cases = Object.entries(recorded.rendered[file] ?? {})

  test('renders exactly what jinja2 renders (bug: a model meets a text it was not trained on)', () => {
    expect(template.kind).toBe('own')
    expect(template.reason).toBeNull()
    let compared = 0
    for (const [name, { text }] of cases) {
      if (text === undefined) continue
      expect(template.render(conversation(name), generate), name).toBe(text)
      compared++
    }
    expect(compared).toBeGreaterThanOrEqual(3)
  })

  test('what jinja2 refuses is a system role, and it is heard all the same (bug: the system prompt is lost)', () => {
    for (const [name, { error }] of cases) {
      if (error === undefined) continue
      expect(error).toMatch(/System role not supported/)
      const [system, first] = conversation(name)
      const text = template.render(conversation(name), generate)
      expect(text).toContain(`${system?.content.trim()}`)
      expect(text.indexOf(system?.content.trim() ?? '')).toBeLessThan(
        text.indexOf(first?.content.trim() ?? '', text.indexOf(system?.content.trim() ?? '') + 1),
      )
    }
  })
})

test.each(Object.entries(plain))('%s falls back to the plain transcript and says why', (file, detail) => {
  const template = make(sourceOf(file))
  expect(template).toMatchObject({ kind: 'plain', reason: 'template_fails' })
  expect(template.detail).toMatch(detail)
  expect(template.stops).toContain('\nUser:')
  expect(template.render(conversation('turns'), generate)).toBe(
    '<s>System: You are terse.\n\nUser: One?\n\nAssistant: Un.\n\nUser: Two?\n\nAssistant: Deux.\n\nUser: Three?\n\nAssistant:',
  )
})

describe('templates that will not do', () => {
  test.each([
    [null, 'no_template'],
    ['  \n', 'no_template'],
    ['{% for m in messages %}{{ m.content }', 'template_unreadable'],
    ['{% if %}', 'template_unreadable'],
    ['{{ undefined_function(messages) }}', 'template_fails'],
    ['Always the same text', 'template_fails'],
    ["{{ raise_exception('never') }}", 'template_fails'],
    ['{% for i in range(10000000000) %}x{% endfor %}', 'template_fails'],
  ])('%j is plain: %s', (source, reason) => {
    const template = make(source)
    expect(template).toMatchObject({ kind: 'plain', reason })
    expect(template.render([{ role: 'user', content: 'Hello' }], generate)).toBe('<s>User: Hello\n\nAssistant:')
  })

  test('a template that silently drops the system message gets it in the first question (bug: instructions are not heard)', () => {
    const template = make(
      "{% for m in messages %}{% if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endif %}{% endfor %}",
    )
    expect(template.kind).toBe('own')
    expect(template.render(conversation('system'), generate)).toBe('[user]You are terse.\n\nHello, who are you?')
  })

  test('two questions in a row become one where a template wants turns (bug: a failed answer makes a conversation unusable)', () => {
    const source = sourceOf('google-gemma-2-2b-it.jinja')
    const text = make(source).render(
      [
        { role: 'user', content: 'One?' },
        { role: 'user', content: 'Two?' },
      ],
      generate,
    )
    expect(text).toBe('<s><start_of_turn>user\nOne?\n\nTwo?<end_of_turn>\n<start_of_turn>model\n')
  })
})

describe('thoughts', () => {
  const detokenize = (tokens: readonly number[]): string => String.fromCharCode(...tokens)
  const tokens = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))

  test.each([
    ['<|im_start|>assistant\n<think>\n', true],
    ['<|Assistant|><think>', true],
    ['<|im_start|>assistant\n', false],
    ['<think>\n\n</think>\n\n', false],
    ['Say <think> to me<|im_end|>\n<|im_start|>assistant\n', false],
  ])('%j ends inside a thought: %s', (prompt, expected) => {
    expect(make(null).opensThought(tokens(prompt), { detokenize })).toBe(expected)
  })

  test.each([
    ['Qwen-Qwen3-0.6B.jinja', '<think>\n', '\n</think>\n\n', ''],
    ['mistralai-Ministral-3-14B-Reasoning-2512.jinja', '[THINK]', '[/THINK]', ''],
    [
      'openai-gpt-oss-120b.jinja',
      '<|channel|>analysis<|message|>',
      '<|end|><|start|>assistant<|channel|>final<|message|>',
      '<|channel|>final<|message|>',
    ],
  ])('an answer is begun in the marks of %s (bug: a thought that goes on as an answer)', (file, before, between, without) => {
    const template = make(sourceOf(file))
    expect(template.thoughtMarks(false, true, true)).toEqual({ before, between })
    expect(template.thoughtMarks(false, true, false)).toEqual({ before, between: '' })
    expect(template.thoughtMarks(true, true, true)).toEqual({ before: '', between })
    expect(template.thoughtMarks(true, false, true)).toEqual({ before: '', between })
    expect(template.thoughtMarks(false, false, true)).toEqual({ before: '', between: without })
  })
})

describe('strftime', () => {
  test('speaks English and Python (bug: "nov." in a French machine’s prompt)', () => {
    expect(strftime(at, '%d %b %Y|%B|%A %a|%H:%M:%S|%I %p|%j|%y-%m|%-d %e|%F %T|100%% %Q')).toBe(
      '23 Nov 2026|November|Monday Mon|14:05:09|02 PM|327|26-11|23 23|2026-11-23 14:05:09|100% %Q',
    )
    expect(strftime(new Date(2026, 0, 5).getTime(), '%d %-d %e %I %j')).toBe('05 5  5 12 005')
  })
})
