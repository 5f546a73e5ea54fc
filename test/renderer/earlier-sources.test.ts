// What an answer had from earlier questions can be opened from it as what its own question brought.
import { expect, test } from 'vitest'
import type { Message } from '../../contract/conversation.ts'
import type { AnswerSources, GivenSource } from '../../contract/sources.ts'
import { withEarlierSources } from '../../renderer/state/earlier-sources.ts'

function given(number: number): GivenSource {
  return {
    ...{ number, documentId: `d${number}`, documentName: `D${number}`, headings: [], start: 0, end: 1, text: 'x' },
    place: { kind: 'paragraph', paragraph: 1 },
  }
}
function answer(id: string, numbers: number[], earlier?: number[]): Message {
  const sources: AnswerSources = {
    ...{ mode: 'passages', strict: false, query: '', embedderName: null, leftOut: 0, declined: false, checks: null },
    given: numbers.map(given),
    ...(earlier ? { earlier } : {}),
  }
  return {
    ...{ id, parentId: null, role: 'assistant', text: 'x', thought: '', state: 'finished', trouble: null, facts: null },
    ...{ sources, createdAt: 0, siblings: [] },
  }
}
const numbersOf = (messages: readonly Message[]): number[][] =>
  messages.map(({ sources }) => sources?.given.map(({ number }) => number) ?? [])

test('earlier ones come first; what the model did not have any more is not shown', () => {
  const branch = [answer('a', [1, 2]), answer('b', [3], [2]), answer('c', [], [2, 3])]
  expect(numbersOf(withEarlierSources(branch))).toEqual([
    [1, 2],
    [2, 3],
    [2, 3],
  ])
})

test('doing it again changes nothing, and an answer without earlier ones stays the same object', () => {
  const once = withEarlierSources([answer('a', [1]), answer('b', [2], [1])])
  expect(numbersOf(withEarlierSources(once))).toEqual(numbersOf(once))
  expect(withEarlierSources(once)[0]).toBe(once[0])
})

test('numbers that nobody gave, as in a stranger’s file, are nothing', () => {
  expect(numbersOf(withEarlierSources([answer('a', [1], [7, 1, 99])]))).toEqual([[1]])
})

test('the same number in older conversations means each answer’s own', () => {
  const [first, second] = withEarlierSources([answer('a', [1]), { ...answer('b', [1]), id: 'b' }])
  expect([first?.sources?.given.length, second?.sources?.given.length]).toEqual([1, 1])
})
