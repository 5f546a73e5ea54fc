// Counting votes: a vote counted twice or for the wrong side, and a claim from a handful of votes, would show here.
import { describe, expect, test } from 'vitest'
import type { Vote } from '../../../contract/comparison.ts'
import { scoresOf, wilsonInterval, type CountedVote } from '../../../electron/host/chat/compare/scores.ts'

/** One comparison of students, in the order of the columns. */
function voted(vote: Vote, students: string[], blind = true): CountedVote[] {
  return students.map((modelId, index) => ({
    vote,
    blind,
    letter: (['a', 'b', 'c'] as const)[index] ?? 'a',
    modelId,
    name: `The ${modelId}`,
  }))
}

describe('scores', () => {
  test('a vote is one win and a loss for each other answer, blind and open apart', () => {
    const scores = scoresOf([
      ...voted('b', ['small', 'large', 'legal']),
      ...voted('a', ['small', 'large'], false),
      ...voted('tie', ['legal', 'large']),
      ...voted('none', ['small', 'large']),
    ])
    expect(scores.map(({ modelId, blind, open }) => [modelId, blind, open])).toEqual([
      ['large', { wins: 1, losses: 0, ties: 1, none: 1, share: null }, { wins: 0, losses: 1, ties: 0, none: 0, share: null }],
      ['small', { wins: 0, losses: 1, ties: 0, none: 1, share: null }, { wins: 1, losses: 0, ties: 0, none: 0, share: null }],
      ['legal', { wins: 0, losses: 1, ties: 1, none: 0, share: null }, { wins: 0, losses: 0, ties: 0, none: 0, share: null }],
    ])
  })

  test('nothing is claimed from nine decided votes, however many ties there are; from ten there is an interval', () => {
    const nine = Array.from({ length: 9 }, () => voted('a', ['small', 'large'])).flat()
    const ties = Array.from({ length: 30 }, () => voted('tie', ['small', 'large'])).flat()
    expect(scoresOf([...nine, ...ties]).map(({ blind }) => blind.share)).toEqual([null, null])
    const [large, small] = scoresOf([...nine, ...ties, ...voted('b', ['small', 'large'])]).map(({ blind }) => blind.share)
    expect(small?.low).toBeCloseTo(0.596, 3)
    expect(small?.high).toBeCloseTo(0.982, 3)
    expect(large?.high).toBeCloseTo(1 - 0.596, 3)
  })

  test('the interval is Wilson’s, also at the ends', () => {
    // R: prop.test(x, n, correct = FALSE)$conf.int
    for (const [wins, trials, low, high] of [
      [0, 10, 0, 0.2775],
      [10, 10, 0.7225, 1],
      [15, 20, 0.5313, 0.8881],
      [50, 100, 0.4038, 0.5962],
    ] as const) {
      const interval = wilsonInterval(wins, trials)
      expect(interval.low).toBeCloseTo(low, 4)
      expect(interval.high).toBeCloseTo(high, 4)
    }
  })
})
