/** How the scores of words and of meaning become one, and how the best of many are chosen without sorting all. */

/**
 * The part of meaning; words have the rest. Any weight from 0.6 to 0.8 beat both halves on CNIL (French) and COVID-QA (English), where
 * reciprocal rank was worse than its better half.
 */
export const meaningWeight = 0.65

/** Mean and standard deviation of a way's scores over all texts that are searched. */
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
