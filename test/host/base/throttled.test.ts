// Progress at a steady pace: a clock that was set back told nothing for an hour, and the last step before a pause was never seen.
import { expect, test } from 'vitest'
import { Throttled } from '../../../electron/host/base/throttled.ts'
import { HandClock } from '../../fixtures/hand-clock.ts'

function counting() {
  const clock = new HandClock()
  const bugs: unknown[] = []
  const now = { value: 0, fails: false }
  const reads: number[] = []
  const read = (): number => {
    if (now.fails) throw new Error('a closed file')
    reads.push(clock.now())
    return now.value
  }
  const view = new Throttled(read, { onBug: (error) => bugs.push(error), clock })
  return { clock, bugs, now, reads, view }
}

test('of a thousand steps a second four are told, the first at once and the last for certain', () => {
  const { clock, now, reads, view } = counting()
  clock.wake(1000)
  for (let step = 1; step <= 1990; step++) {
    now.value = step
    view.tell()
    clock.wake(1)
  }
  expect(reads.slice(1)).toEqual([1000, 1250, 1500, 1750, 2000, 2250, 2500, 2750])
  clock.wake(250)
  expect([reads.at(-1), view.value, clock.waiting]).toEqual([3000, 1990, 0])
})

test('what matters is seen at once, and takes the place of what was to be told', () => {
  const { clock, now, reads, view } = counting()
  clock.wake(1000)
  view.tell()
  clock.wake(10)
  view.tell()
  now.value = 7
  view.show()
  expect([view.value, clock.waiting]).toEqual([7, 0])
  clock.wake(1000)
  expect(reads).toEqual([0, 1000, 1010])
})

test('progress that cannot be read fails no work; whoever asks to show it hears of it', () => {
  const { clock, bugs, now, view } = counting()
  clock.wake(1000)
  now.fails = true
  view.tell()
  view.tell()
  clock.wake(1000)
  expect(bugs).toHaveLength(2)
  expect(() => view.show()).toThrow('a closed file')
})

test('after the end nothing is read, and no timer is left', async () => {
  const { clock, now, view } = counting()
  view.show()
  view.tell()
  expect(clock.waiting).toBe(1)
  view.end()
  now.fails = true
  view.tell()
  view.show()
  expect(clock.waiting).toBe(0)
  for await (const _value of view.watch(new AbortController().signal)) expect.unreachable()
})
