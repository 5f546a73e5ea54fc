/** How the scores of words and of meaning become one, and how the best of many are chosen without sorting all. */

/**
 * Standard deviations of meaning that a text with all the question's words is worth. Words count by how much of the question they are, which
 * has an end, and not as standard scores, where one rare word drowns all meaning (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for
 * Hybrid Retrieval", 2023: normalise by a score's theoretical bounds). With 7 to 12 both halves were beaten on CNIL, COVID-QA and PubMedQA,
 * split and whole, and on the project's own two sets, after which nothing was tuned; no weighting of two standard scores did on all of them.
 */
export const wordsWeight = 8

/**
 * @param words the part of the most that BM25 could give, 0 to 1
 * @param meaning the standard score; null where words alone are searched
 */
export function fused(words: number, meaning: number | null): number {
  return meaning === null ? words : meaning + wordsWeight * words
}

/** Mean and standard deviation of the scores of all texts that are searched. */
export interface Spread {
  mean: number
  deviation: number
}

export function spreadOf(count: number, sum: number, sumOfSquares: number): Spread {
  const mean = count === 0 ? 0 : sum / count
  return { mean, deviation: count === 0 ? 0 : Math.sqrt(Math.max(0, sumOfSquares / count - mean * mean)) }
}

/** How many deviations a score lies above the mean. The millionth keeps equal scores from dividing by nothing. */
export function standardScore(score: number, { mean, deviation }: Spread): number {
  return (score - mean) / (deviation + 1e-6)
}

/** Scores that are looked at to find from where on the best begin. */
const sampled = 8192

/**
 * The places of about so many of the best scores, in order of place; all of them when there are not more. From where on they begin is told
 * by every nth score, so that it may be some more or fewer, by an eighth for 4,096 of 500,000. -Infinity is no score.
 */
export function placesOfBest(scores: Float32Array, about: number): number[] {
  const step = Math.max(1, Math.floor(scores.length / sampled))
  const some = new Float32Array(Math.ceil(scores.length / step))
  for (let at = 0; at < some.length; at++) some[at] = scores[at * step] ?? -Infinity
  some.sort()
  const from = some[some.length - Math.ceil(about / step)] ?? -Infinity
  const above: number[] = []
  const equal: number[] = []
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place] ?? -Infinity
    if (score > from) above.push(place)
    else if (score === from && score > -Infinity && equal.length < about) equal.push(place)
  }
  return [...above, ...equal.slice(0, Math.max(0, about - above.length))].sort((one, other) => one - other)
}
