// A host that was stopped, asleep or busy with itself judges nobody by that time (bug: after 15 s of its own it killed its healthy engine).
import { expect, test } from 'vitest'
import { Countdown } from '../../../electron/host/base/countdown.ts'
import { HandClock } from '../../fixtures/hand-clock.ts'

function counting(limitMs: number): { clock: HandClock; countdown: Countdown; ends: number[] } {
  const clock = new HandClock()
  const ends: number[] = []
  const countdown = new Countdown(limitMs, () => ends.push(clock.now()), clock).start()
  return { clock, countdown, ends }
}

test('it ends when so much time has gone by awake, and once', () => {
  const { clock, ends } = counting(15_000)
  clock.wake(14_999)
  expect(ends).toEqual([])
  clock.wake(60_000)
  expect(ends).toEqual([15_000])
})

test.each([20_000, 8 * 3_600_000, 365 * 86_400_000])('a sleep of %i ms counts as a moment, and leaves time to be heard', (ms) => {
  const { clock, countdown, ends } = counting(15_000)
  clock.wake(14_500)
  clock.sleep(ms)
  expect(ends).toEqual([])
  clock.wake(1_900)
  expect(ends).toEqual([])
  // Whoever still says nothing hangs.
  clock.wake(200)
  expect(ends).toHaveLength(1)
  expect(countdown.spentMs).toBe(15_000)
})

test('a clock that sleeps again and again never ends by that', () => {
  const { clock, ends } = counting(15_000)
  for (let turn = 0; turn < 100; turn++) clock.sleep(20_000)
  expect(ends).toEqual([])
})

test('a busy machine, whose timers come half a second late each, still ends who hangs', () => {
  const { clock, ends } = counting(15_000)
  for (let turn = 0; turn < 20; turn++) clock.sleep(1_500)
  expect(ends).toHaveLength(1)
})

test('time while it is stopped does not count', () => {
  const { clock, countdown, ends } = counting(1_000)
  clock.wake(600)
  countdown.stop()
  clock.wake(10_000)
  expect([countdown.spentMs, ends]).toEqual([600, []])
  countdown.start()
  clock.wake(399)
  expect(ends).toEqual([])
  clock.wake(1)
  expect(ends).toHaveLength(1)
})
