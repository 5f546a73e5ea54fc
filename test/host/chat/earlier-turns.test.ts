// The turns before a question: what stands of what they brought, where they may be cut, and which number comes next.
import { expect, test } from 'vitest'
import type { Message } from '../../../contract/conversation.ts'
import type { AnswerSources, GivenSource, SourceFrame } from '../../../contract/sources.ts'
import { fakeDocument } from '../../fixtures/fake-documents.ts'
import { asItWas, EarlierTurns, nextNumber } from '../../../electron/host/chat/sources/earlier-turns.ts'

const frame: SourceFrame = { fence: '0123abcd', language: 'en' }

function given(number: number, documentId = 'lease'): GivenSource {
  const text = `Passage ${number}`
  return {
    ...{ number, documentId, documentName: documentId, headings: [], start: 0, end: text.length, text, changedAt: 1 },
    place: { kind: 'paragraph', paragraph: 1 },
  }
}
function sources(numbers: number[], more: Partial<AnswerSources> = {}): AnswerSources {
  return {
    ...{ mode: 'passages', strict: false, query: '', embedderName: null, leftOut: 0, declined: false, checks: [] },
    ...{ given: numbers.map((number) => given(number)), earlier: [], frame },
    ...more,
  }
}
/** A branch of questions q0, q1 … with these answers; null is one that failed before its first word. */
function branch(...answers: { text: string; sources: AnswerSources | null }[]): Message[] {
  const plain = { thought: '', state: 'finished' as const, trouble: null, facts: null, createdAt: 0, siblings: [] }
  return answers.flatMap(({ text, sources: from }, at): Message[] => [
    { ...plain, id: `q${at}`, parentId: at === 0 ? null : `a${at - 1}`, role: 'user', text: `q${at}`, sources: null },
    { ...plain, id: `a${at}`, parentId: `q${at}`, role: 'assistant', text, sources: from },
  ])
}
const all = (): boolean => true
const texts = (turns: EarlierTurns, cut = 0): string[] => turns.after(cut).messages.map(({ text }) => text)

test('what was brought stands before its own question, in the fence of the conversation', () => {
  const turns = new EarlierTurns(branch({ text: 'a0', sources: sources([1]) }, { text: 'a1', sources: sources([]) }), all)
  expect(texts(turns)).toEqual([
    'Sources:\n\n<source 1 0123abcd: lease, paragraph 1>\nPassage 1\n</source 1 0123abcd>\n\nQuestion: q0',
    'a0',
    'Question: q1',
    'a1',
  ])
  expect(turns.frame).toEqual(frame)
})

test('what an older version or a stranger’s file kept without a frame is not read again', () => {
  const { frame: _frame, ...old } = sources([1, 2])
  const turns = new EarlierTurns(branch({ text: 'a0', sources: old }), all)
  expect([texts(turns), turns.frame, turns.after(0).carried]).toEqual([['q0', 'a0'], null, []])
})

test('what does not stand any more is left out of its turn, and the rest stays', () => {
  const two = sources([1], { given: [given(1), given(2, 'gone')] })
  const turns = new EarlierTurns(branch({ text: 'a0', sources: two }), ({ documentId }) => documentId === 'lease')
  expect(turns.after(0).carried.map(({ number }) => number)).toEqual([1])
  expect(texts(turns).join('')).not.toContain('Passage 2')
})

test('a question that got no word, and one that was declined, bring nothing', () => {
  const turns = new EarlierTurns(
    branch(
      { text: '', sources: sources([1]) },
      { text: '', sources: sources([2], { declined: true }) },
      { text: 'a2', sources: sources([3]) },
    ),
    all,
  )
  expect(turns.after(0).carried.map(({ number }) => number)).toEqual([3])
  // Templates refuse two questions in a row, so nothing is cut between them.
  expect(turns.cuts).toEqual([0])
})

test('a cut is before a question whose turn before was answered, and says how many messages it leaves out', () => {
  const turns = new EarlierTurns(
    branch({ text: 'a0', sources: null }, { text: '', sources: null }, { text: 'a2', sources: sources([7], { mode: 'whole' }) }),
    all,
  )
  expect(turns.cuts.map((cut) => [cut, turns.leftOut(cut)])).toEqual([
    [0, 0],
    [2, 2],
  ])
  expect(turns.leftOut(Infinity)).toBe(4)
  expect([...turns.after(2).wholeIds]).toEqual(['lease'])
  expect(turns.after(Infinity)).toMatchObject({ messages: [], carried: [] })
})

test('the next number is one that nothing of the branch has, whatever a stranger’s file counts', () => {
  expect(nextNumber([])).toBe(1)
  expect(nextNumber(branch({ text: 'a', sources: sources([1, 4]) }, { text: 'b', sources: sources([2]) }))).toBe(5)
  expect(nextNumber(branch({ text: 'a', sources: sources([3, 9_007_199_254_740_991]) }))).toBe(4)
  // After 900 of them it begins again, and goes on from there.
  const many = { text: 'a', sources: sources([899, 900]) }
  expect(nextNumber(branch(many))).toBe(1)
  expect(nextNumber(branch(many, { text: 'b', sources: sources([1, 2]) }))).toBe(3)
})

test('a source of a document that was read anew is not read any more, so that its newer text is given (bug: lost words stayed lost)', () => {
  const document = fakeDocument({ id: 'lease', changedAt: 1, reading: 7 })
  const source = given(1)
  const stands = asItWas([document])
  expect(stands({ ...source, documentId: 'lease', changedAt: 1, reading: 7 })).toBe(true)
  expect(stands({ ...source, documentId: 'lease', changedAt: 1, reading: 6 })).toBe(false)
  expect(stands({ ...source, documentId: 'lease', changedAt: 2, reading: 7 })).toBe(false)
  expect(stands({ ...source, documentId: 'gone', changedAt: 1, reading: 7 })).toBe(false)
})
