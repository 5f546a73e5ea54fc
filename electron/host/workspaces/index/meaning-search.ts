/**
 * Compares a question's vector with all of a set. Signs against signs tell roughly how near each is; for some thousands of the best the
 * signs are set against the question's own numbers, which tells more; the few hundred best of these are compared exactly. A sample tells how
 * the exact scores of all are spread.
 */
import type { Pace } from '../../base/pace.ts'
import { spreadOf, standardScore, type Spread } from './fusion.ts'
import type { LoadedVectors } from './loaded-vectors.ts'
import { cosine, signsOf } from './quantised.ts'

/** Fewer of the sample than this among the searched texts say too little; then as many are read from the file. */
const leastSample = 256
/** A rough score counts at least this much, however little a small sample says of it. */
const leastKnown = 0.1
/** Rows compared between two looks at the clock; about 0.5 ms. */
const rowsAtOnce = 16384

export interface RoughMeaning {
  /** The expected standard score by slot, from the signs alone; 0, the mean, where there is no vector. */
  expected: Float32Array
  /** The same from the signs and the question's own numbers, which costs more for each; only where there is a vector. */
  closer: (slot: number) => number
  /** Of the exact scores. */
  spread: Spread
  /** There are no signs yet: every text with a vector is to be compared. */
  exactForAll: boolean
}

/** @param searched by slot, 1 for texts that are searched */
export async function roughMeaning(
  query: Float32Array,
  { vectors, searched, numbers, pace }: { vectors: LoadedVectors; searched: Uint8Array; numbers: Uint32Array; pace: Pace },
): Promise<RoughMeaning> {
  const { set, width, signs, has } = vectors
  const slots = searched.length
  const expected = new Float32Array(slots)
  const sampled = await sampleOf(vectors, searched, numbers, pace)
  let [sum, squares] = [0, 0]
  const cosines = sampled.map(({ slot, vector }) => {
    const score = cosine(query, vector)
    sum += score
    squares += score * score
    return { slot, score }
  })
  const spread = spreadOf(cosines.length, sum, squares)
  if (set.centre === null) return { expected, closer: () => 0, spread, exactForAll: true }

  const asked = signsOf(query, 1, set.centre)
  const distances = new Uint16Array(slots)
  let [count, distanceSum, distanceSquares] = [0, 0, 0]
  for (let from = 0; from < slots; from += rowsAtOnce) {
    const to = Math.min(slots, from + rowsAtOnce)
    for (let slot = from; slot < to; slot++) {
      if (searched[slot] !== 1 || has[slot] !== 1) continue
      let distance = 0
      for (let word = 0, at = slot * width; word < width; word++, at++) distance += bitsIn((signs[at] ?? 0) ^ (asked[word] ?? 0))
      distances[slot] = distance
      count++
      distanceSum += distance
      distanceSquares += distance * distance
    }
    await pace.rest()
  }
  const distance = spreadOf(count, distanceSum, distanceSquares)
  const known = knownPart(cosines, (slot) => -(distances[slot] ?? 0))
  const factor = known.part / (distance.deviation + 1e-6)
  for (let slot = 0; slot < slots; slot++) {
    if (searched[slot] === 1 && has[slot] === 1) expected[slot] = (distance.mean - (distances[slot] ?? 0)) * factor
  }
  await pace.rest()
  const against = signSums(query, set.centre, vectors)
  const closerKnown = knownPart(cosines, against)
  const closer = (slot: number): number => closerKnown.part * standardScore(against(slot), closerKnown.spread)
  return { expected, closer, spread, exactForAll: false }
}

/** How much of the exact scores another one tells, their correlation, so that it weighs no more than it knows; and its own spread. */
function knownPart(
  cosines: readonly { slot: number; score: number }[],
  scoreOf: (slot: number) => number,
): { part: number; spread: Spread } {
  const pairs = cosines.map(({ slot, score }) => ({ exact: score, rough: scoreOf(slot) }))
  const total = (value: (pair: { exact: number; rough: number }) => number): number =>
    pairs.reduce((sum, pair) => sum + value(pair), 0)
  const exact = spreadOf(
    pairs.length,
    total((pair) => pair.exact),
    total((pair) => pair.exact ** 2),
  )
  const rough = spreadOf(
    pairs.length,
    total((pair) => pair.rough),
    total((pair) => pair.rough ** 2),
  )
  const both = total((pair) => (pair.exact - exact.mean) * (pair.rough - rough.mean)) / Math.max(1, pairs.length)
  const deviations = exact.deviation * rough.deviation
  return { part: deviations > 0 ? Math.max(leastKnown, both / deviations) : 1, spread: rough }
}

/** The sum of what the question has above the centre, each number with the vector's sign there; eight signs by one look into a table. */
function signSums(query: Float32Array, centre: Float32Array, { signs, width }: LoadedVectors): (slot: number) => number {
  const bytes = new Uint8Array(signs.buffer, signs.byteOffset, signs.byteLength)
  const bytesEach = width * 4
  const table = new Float32Array(bytesEach * 256)
  for (let at = 0; at < bytesEach; at++) {
    for (let pattern = 0; pattern < 256; pattern++) {
      let sum = 0
      for (let bit = 0; bit < 8; bit++) {
        const dimension = at * 8 + bit
        const above = (query[dimension] ?? 0) - (centre[dimension] ?? 0)
        sum += (pattern >> bit) & 1 ? above : -above
      }
      table[at * 256 + pattern] = sum
    }
  }
  return (slot) => {
    let sum = 0
    for (let at = 0, from = slot * bytesEach; at < bytesEach; at++) sum += table[at * 256 + (bytes[from + at] ?? 0)] ?? 0
    return sum
  }
}

async function sampleOf(
  vectors: LoadedVectors,
  searched: Uint8Array,
  numbers: Uint32Array,
  pace: Pace,
): Promise<{ slot: number; vector: Int8Array }[]> {
  const sample = [...vectors.sample].filter(([slot]) => searched[slot] === 1).map(([slot, vector]) => ({ slot, vector }))
  if (sample.length >= leastSample) return sample
  const slots: number[] = []
  for (let slot = 0; slot < searched.length; slot++) if (searched[slot] === 1 && vectors.has[slot] === 1) slots.push(slot)
  if (slots.length <= sample.length) return sample
  const step = Math.max(1, slots.length / leastSample)
  const read: { slot: number; vector: Int8Array }[] = []
  for (let at = 0; at < slots.length; at += step) {
    const slot = slots[Math.floor(at)] ?? 0
    const vector = vectors.vector(numbers[slot] ?? 0)
    if (vector) read.push({ slot, vector })
    if (read.length % 32 === 0) await pace.rest()
  }
  return read
}

/** Hacker's Delight, 5-1. */
function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
