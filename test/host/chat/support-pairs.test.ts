// The check of sentences on the half of the labelled pairs that it is developed on, each by its name. The other half is only counted.
import { describe, expect, test } from 'vitest'
import { SupportCheck, type MeaningOf } from '../../../electron/host/chat/support/support-check.ts'
import { growth } from '../../fixtures/growth.ts'
import { labelledPairs, type LabelledPair, type PairClass } from '../../fixtures/support-pairs/passages.ts'

const wordsAlone: MeaningOf = () => null
const verdictOf = ({ claim, text, context }: Pick<LabelledPair, 'claim' | 'text' | 'context'>, meaning = wordsAlone): string => {
  const verdicts = new SupportCheck(claim, [{ number: 1, text, context }]).verdicts(meaning).map(({ verdict }) => verdict)
  return verdicts.every((verdict) => verdict === 'supported')
    ? 'supported'
    : (verdicts.find((each) => each !== 'supported') ?? '')
}
const { developed, held } = labelledPairs
const ofKind = (pairs: readonly LabelledPair[], ...kinds: PairClass[]): LabelledPair[] =>
  pairs.filter(({ kind }) => kinds.includes(kind))

/** Restated, and called partly supported: an attribute in the one is a state in the other, or a part between two commas belongs to what follows. */
const notFoundYet = new Set([
  'cooking-smoke-en/restated/noEffect',
  'neutrophil-en/restated/transfer',
  'causes-en/restated/pregnancy',
])

test.each(ofKind(developed, 'restated').filter(({ name }) => !notFoundYet.has(name)))(
  'what only restates is supported: $name: $claim',
  (pair) => {
    expect(verdictOf(pair)).toBe('supported')
  },
)

describe.each([
  ['by words alone', wordsAlone],
  ['with an embedder that finds everything alike', () => 1],
] as [string, MeaningOf][])('%s', (_, meaning) => {
  test.each(ofKind(developed, 'contradicted', 'partly'))('is never supported: $name: $claim', (pair) => {
    expect(verdictOf(pair, meaning)).not.toBe('supported')
  })
})

test.each(ofKind(developed, 'unrelated'))('is not found at all: $name: $claim', (pair) => {
  expect(verdictOf(pair)).toBe('not_found')
})

test('other words are found by meaning, where the source has a word in the place of each', () => {
  const reworded = ofKind(developed, 'reworded')
  const found = reworded.filter((pair) => verdictOf(pair, () => 1) === 'supported').map(({ name }) => name)
  expect(found.length).toBeGreaterThanOrEqual(3)
  expect(reworded.filter((pair) => verdictOf(pair) === 'not_found')).toEqual([])
})

test('it does as well on pairs that it was not developed on', () => {
  const part = (
    kind: PairClass,
    isWanted: (verdict: string, pair: LabelledPair) => boolean,
    only = (_: LabelledPair) => true,
  ): number => {
    const pairs = ofKind(held, kind).filter(only)
    return pairs.filter((pair) => isWanted(verdictOf(pair), pair)).length / pairs.length
  }
  const isSupported = (verdict: string): boolean => verdict === 'supported'
  expect(part('contradicted', isSupported)).toBeLessThanOrEqual(0.02)
  expect(part('unrelated', isSupported)).toBe(0)
  expect(part('restated', isSupported, ({ isScience }) => !isScience)).toBeGreaterThanOrEqual(0.7)
  expect(part('restated', isSupported, ({ isScience }) => isScience)).toBeGreaterThanOrEqual(0.4)
})

test('the time grows evenly with the source, with a clause that never ends, and with what looks like expressions (bug: a square)', async () => {
  const check = (claim: string, text: string): unknown =>
    new SupportCheck(claim, [{ number: 1, text, context: 'Lease' }]).verdicts(wordsAlone)
  const claim = 'The rent is not more than 840 euros, and nobody but the tenant pays it.'
  expect(
    await growth((amount) => check(claim, 'The rent is 900 euros, and the deposit is not 7. '.repeat(amount)), 4_000),
  ).toBeLessThan(8)
  expect(await growth((amount) => check(claim, 'not more than ne pas plus que 5 and '.repeat(amount)), 20_000)).toBeLessThan(8)
  expect(
    await growth((amount) => check('(A'.repeat(amount) + ' no a'.repeat(amount), `${',; a-1'.repeat(amount)}(CKD)`), 20_000),
  ).toBeLessThan(8)
})
