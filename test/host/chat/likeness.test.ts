// What a reranker may say of a claim and its source: it takes support away that the embedder gives, and adds none. No reranker can be had here.
import { expect, test } from 'vitest'
import { Likeness, type SentenceEmbedder } from '../../../electron/host/chat/support/likeness.ts'
import { SupportCheck } from '../../../electron/host/chat/support/support-check.ts'
import { labelledPairs, type LabelledPair } from '../../fixtures/support-pairs/passages.ts'

const never = new AbortController().signal
const checkOf = ({ text, context, claim }: LabelledPair): SupportCheck => new SupportCheck(claim, [{ number: 1, text, context }])
/** Claims that meaning alone decides. */
const byMeaning = labelledPairs.developed.filter(
  (pair) =>
    pair.kind === 'reworded' &&
    checkOf(pair).verdicts(() => null)[0]?.verdict !== 'supported' &&
    checkOf(pair).verdicts(() => 1)[0]?.verdict === 'supported',
)

/** Finds whatever is asked about alike, and strangers like nothing; `rank` is the reranker's. */
function embedder(rank: SentenceEmbedder['rank'], isAlike: (text: string) => boolean = () => true): SentenceEmbedder {
  const strange = /lighthouse|violons|cinnamon/
  return {
    state: { value: { id: 'alike', name: 'Alike', dimensions: 2 } },
    embedQuery: (text) => Promise.resolve(strange.test(text) || !isAlike(text) ? Float32Array.of(1, 0) : Float32Array.of(0, 1)),
    rank,
  }
}

async function verdicts(rank: SentenceEmbedder['rank']): Promise<(string | undefined)[]> {
  const likeness = new Likeness(embedder(rank))
  return Promise.all(
    byMeaning.map(async (pair) => {
      const check = checkOf(pair)
      return check.verdicts(await likeness.of(check.wishes(), never))[0]?.verdict
    }),
  )
}

test('where the reranker agrees, or there is none, meaning supports; where it does not, it does not (bug: alike, but about something else)', async () => {
  expect(byMeaning.length).toBeGreaterThan(2)
  const supported = byMeaning.map(() => 'supported')
  expect(await verdicts(() => Promise.resolve(null))).toEqual(supported)
  expect(await verdicts((_claim, texts) => Promise.resolve(texts.map(() => 0.9)))).toEqual(supported)
  expect(await verdicts((_claim, texts) => Promise.resolve(texts.map(() => 0.1)))).not.toContain('supported')
})

test('one that fails or is too late leaves the embedder’s word', async () => {
  const supported = byMeaning.map(() => 'supported')
  expect(await verdicts(() => Promise.reject(new Error('The engine died')))).toEqual(supported)
  const late = new Likeness(
    embedder((_claim, _texts, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject))),
    20,
  )
  const [pair] = byMeaning
  if (!pair) throw new Error('There is no such pair')
  const check = checkOf(pair)
  expect(check.verdicts(await late.of(check.wishes(), never))[0]?.verdict).toBe('supported')
})

test('it is asked of nothing that the embedder does not find alike, and adds no support', async () => {
  const asked: string[] = []
  const rank: SentenceEmbedder['rank'] = (claim, texts) => {
    asked.push(claim)
    return Promise.resolve(texts.map(() => 1))
  }
  for (const pair of labelledPairs.developed) {
    const check = checkOf(pair)
    const alone = check.verdicts(() => null)[0]?.verdict
    const meaning = await new Likeness(embedder(rank, (text) => text === pair.claim)).of(check.wishes(), never)
    expect(check.verdicts(meaning)[0]?.verdict).toBe(alone)
  }
  expect(asked).toEqual([])
})
