// Answers cut into tokens in every way: what is thought and what is said must not depend on the cuts.
import { describe, expect, test } from 'vitest'
import { ThoughtSplitter } from '../../../electron/engine/prompt/thought-splitter.ts'

type Piece = string | { control: string }

function split(pieces: Piece[], inThought = false) {
  const splitter = new ThoughtSplitter({ inThought })
  const parts = pieces.map((piece) =>
    typeof piece === 'string' ? splitter.push(piece, false) : splitter.push(piece.control, true),
  )
  parts.push(splitter.flush())
  let [text, thought] = ['', '']
  for (const part of parts) {
    if (part.turned) [text, thought] = ['', thought + text]
    text += part.text
    thought += part.thought
  }
  return { text, thought, parts }
}
/** The text cut everywhere into pieces of `size` letters. */
const cut = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []

const answers: [text: string, inThought: boolean, expected: { text: string; thought: string }][] = [
  ['Just an answer.\n\nWith lines.', false, { text: 'Just an answer.\n\nWith lines.', thought: '' }],
  ['<think>\nA thought.\nMore.\n</think>\n\nThe answer.', false, { text: 'The answer.', thought: 'A thought.\nMore.' }],
  ['\n<think>One</think>Two', false, { text: 'Two', thought: 'One' }],
  ['Opened by the prompt.\n</think>\n\nThe answer.\n', true, { text: 'The answer.\n', thought: 'Opened by the prompt.' }],
  ['<think>\nOpened twice.</think>Yes', true, { text: 'Yes', thought: 'Opened twice.' }],
  ['<think>\n\n</think>\n\nNothing thought.', false, { text: 'Nothing thought.', thought: '' }],
  ['[THINK]Mistral[/THINK]Oui', false, { text: 'Oui', thought: 'Mistral' }],
  ['<|START_THINKING|>Cohere<|END_THINKING|>Yes', false, { text: 'Yes', thought: 'Cohere' }],
  ['<seed:think>Seed</seed:think>Yes', false, { text: 'Yes', thought: 'Seed' }],
  ['<think>a < b and </thin air [/THINK] </think>c', false, { text: 'c', thought: 'a < b and </thin air [/THINK]' }],
  ['<thin air> is no mark', false, { text: '<thin air> is no mark', thought: '' }],
  ['In R1, <think> opens and </think> closes.', false, { text: 'In R1, <think> opens and </think> closes.', thought: '' }],
  ['<thinking>Okay</thinking>Paris.', false, { text: 'Paris.', thought: 'Okay' }],
  ['◁think▷Okay◁/think▷Paris.', false, { text: 'Paris.', thought: 'Okay' }],
  ['Okay, the user asks.\n</think>\n\nParis.', false, { text: 'Paris.', thought: 'Okay, the user asks.\n' }],
  ['Okay.</thinking>\nParis.', false, { text: 'Paris.', thought: 'Okay.' }],
  ['Okay.\n◁/think▷\nParis.', false, { text: 'Paris.', thought: 'Okay.\n' }],
  ['</think>\n\nParis.', false, { text: 'Paris.', thought: '' }],
  ['A tag such as </think> or `</think>` closes.', false, { text: 'A tag such as </think> or `</think>` closes.', thought: '' }],
  ['```\nx\n</think>\n```', false, { text: '```\nx\n</think>\n```', thought: '' }],
  ['Okay.\n</think>\nUse\n</think>\nthere.', false, { text: 'Use\n</think>\nthere.', thought: 'Okay.\n' }],
  ['<think>never closed', false, { text: '', thought: 'never closed' }],
  ['<thi', false, { text: '<thi', thought: '' }],
  ['', false, { text: '', thought: '' }],
]

describe.each([1, 2, 3, 5, 7, 1000])('cut into pieces of %d letters', (size) => {
  test.each(answers)('%j', (text, inThought, expected) => {
    expect(split(cut(text, size), inThought)).toMatchObject(expected)
  })
})

test('marks that are control tokens, with others around them that say nothing (bug: <|START_RESPONSE|> shown to the reader)', () => {
  const c = (control: string): Piece => ({ control })
  expect(
    split([c('<|START_THINKING|>'), 'Well', c('<|END_THINKING|>'), c('<|START_RESPONSE|>'), 'Yes', c('<|END_RESPONSE|>')]),
  ).toMatchObject({ text: 'Yes', thought: 'Well' })
  expect(split(['Hmm', c('</think>'), '\n\n', 'Yes'], true)).toMatchObject({ text: 'Yes', thought: 'Hmm' })
})

test('a close that is a control token counts wherever it comes, but not for an answer that goes on', () => {
  const close = { control: '</think>' }
  expect(split(['Okay, the', ' user ', close, '\n\nParis.'])).toMatchObject({ text: 'Paris.', thought: 'Okay, the user ' })
  const splitter = new ThoughtSplitter({ inThought: false, goesOn: true })
  expect(splitter.push('more.\n</think>\n', false)).toMatchObject({ text: 'more.\n</think>\n', turned: false })
})

describe('the channels of gpt-oss', () => {
  const c = (control: string): Piece => ({ control })
  const channel = (name: string): Piece[] => [c('<|channel|>'), ...cut(name, 3), c('<|message|>')]

  test('analysis is a thought, final is said', () => {
    expect(
      split([
        ...channel('analysis'),
        'Let me',
        ' see.',
        c('<|end|>'),
        c('<|start|>'),
        'assistant',
        ...channel('final'),
        'The ',
        'answer.',
      ]),
    ).toMatchObject({ text: 'The answer.', thought: 'Let me see.' })
  })
  test('two thoughts are two paragraphs; commentary is a thought', () => {
    const next = [c('<|end|>'), c('<|start|>'), 'assis', 'tant']
    expect(
      split([...channel('analysis'), 'One.', ...next, ...channel('commentary'), 'Two.', ...next, ...channel('final'), 'Said.']),
    ).toMatchObject({ text: 'Said.', thought: 'One.\n\nTwo.' })
  })
  test('an answer that speaks of channels keeps its words', () => {
    const text = 'Write <|channel|>analysis<|message|> and <|end|>.'
    expect(split([...channel('final'), ...cut(text, 4)])).toMatchObject({ text, thought: '' })
  })
})

test('text comes at once unless it could become a mark (bug: an answer that shows only at its end)', () => {
  const { parts } = split(['Hello', ' <', 'b> world', ' <thi'])
  expect(
    parts
      .map((part) => part.text)
      .slice(0, 3)
      .join(''),
  ).toBe('Hello <b> world')
  const { parts: thinking } = split(['<th', 'ink>', 'Hm', ' yes', '</th', 'e end'])
  expect(thinking.map((part) => part.thought)).toEqual(['', '', 'Hm', ' yes', '', '</the end', ''])
})
