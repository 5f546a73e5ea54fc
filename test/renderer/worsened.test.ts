/** What is said of a question that fared worse: each thing that fell, and nothing that did not. */
import { expect, it } from 'vitest'
import type { Fared } from '../../contract/question.ts'
import { en } from '../../renderer/i18n/en.ts'
import { worsened } from '../../renderer/views/workspaces/worsened.ts'

const well: Fared = { rank: 2, sent: true, answer: 1, cited: true, support: 0.8 }
const lines = (before: Partial<Fared>, now: Partial<Fared>): string[] =>
  worsened({ ...well, ...before }, { ...well, ...now }, en.workspaces.quality.worsened)

it.each<[Partial<Fared>, Partial<Fared>, string[]]>([
  [{}, {}, []],
  [{}, { rank: 1, support: 1 }, []],
  [{}, { rank: 9 }, ['Was at rank\u00A02, now at 9.']],
  [{}, { rank: null, sent: false }, ['Was at rank\u00A02, now not among the first 50.', 'Its passage is no longer sent.']],
  [{ rank: null, sent: false }, { rank: null, sent: false }, []],
  [{}, { answer: 0.5 }, ['Expected words in the answer: 100% before, now 50%.']],
  [
    {},
    { cited: false, support: 0.1 },
    ['The answer no longer cites the right source.', 'Supported sentences: 80% before, now 10%.'],
  ],
  [{ answer: null, cited: null, support: null }, { answer: 0, cited: false, support: 0 }, []],
])('%j, then %j', (before, now, said) => {
  expect(lines(before, now)).toEqual(said)
})
