// The best of many without sorting all: a cut in the wrong place would lose the best passage, or take in everybody.
import { expect, test } from 'vitest'
import { placesOfBest } from '../../../electron/host/workspaces/index/fusion.ts'
import { randomNumbers } from '../../fixtures/index-room.ts'

test('the best are all there, of few and of many, and not many more', () => {
  const random = randomNumbers(4)
  for (const count of [0, 1, 5, 5000, 300_000]) {
    const scores = Float32Array.from({ length: count }, () => random() ** 3)
    const found = placesOfBest(scores, 4096)
    const best = Array.from(scores.keys()).sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0))
    const places = new Set(found)
    expect(best.slice(0, 2000).every((place) => places.has(place))).toBe(true)
    expect(found.length).toBeGreaterThanOrEqual(Math.min(count, 3000))
    expect(found.length).toBeLessThanOrEqual(Math.min(count, 5500))
  }
})

test('equal scores do not make everybody one of the best, and who has none is never', () => {
  const same = new Float32Array(100_000).fill(1)
  expect(placesOfBest(same, 4096)).toHaveLength(4096)
  const none = new Float32Array(100_000).fill(-Infinity)
  expect(placesOfBest(none, 4096)).toEqual([])
  none[77_777] = 0.5
  none[3] = -2
  expect(placesOfBest(none, 4096)).toEqual([3, 77_777])
})
