/** A clock that jumps by a year either way opens nothing, locks nobody out for a year, and makes nothing wait for one. */
import { expect, test } from 'vitest'
import { Gate } from '../../../electron/loopback/gate.ts'
import { IdleLock } from '../../../electron/host/vault/idle-lock.ts'

const yearMs = 365 * 86_400_000

/** An idle lock of five minutes on a clock and alarms that the test turns. */
function idleLock() {
  let nowMs = 10 * yearMs
  let locked = 0
  const alarms = new Map<number, { delayMs: number; ring: () => void }>()
  let next = 0
  const lock = new IdleLock({
    now: () => nowMs,
    alarm: (delayMs, ring) => {
      const id = next++
      alarms.set(id, { delayMs, ring })
      return () => alarms.delete(id)
    },
    busy: () => false,
    idle: () => locked++,
  })
  lock.minutes = 5
  lock.start()
  return {
    lock,
    locked: () => locked,
    jump: (ms: number) => (nowMs += ms),
    /** Lets real time pass: alarms ring when they are due, whatever the clock says. */
    pass: (ms: number) => {
      for (let left = ms; left > 0;) {
        const [first] = [...alarms.entries()].sort((one, other) => one[1].delayMs - other[1].delayMs)
        if (!first) return
        const [id, { delayMs, ring }] = first
        const step = Math.min(left, delayMs)
        nowMs += step
        left -= step
        if (step < delayMs) return
        alarms.delete(id)
        ring()
      }
    },
  }
}

test('the idle lock locks at the next look when the clock goes a year on, as after a long sleep', () => {
  const idle = idleLock()
  idle.jump(yearMs)
  idle.pass(30_000)
  expect(idle.locked()).toBe(1)
})

test('and five minutes after the jump at most when it goes a year back', () => {
  const idle = idleLock()
  idle.pass(60_000)
  idle.jump(-yearMs)
  idle.pass(4 * 60_000)
  expect(idle.locked()).toBe(0)
  idle.pass(2 * 60_000)
  expect(idle.locked()).toBe(1)
})

test('somebody who touches it after a sleep that was too long has come too late; nobody is locked twice', () => {
  const idle = idleLock()
  idle.jump(yearMs)
  idle.lock.touch()
  idle.lock.touch()
  expect(idle.locked()).toBe(1)
})

test.each([1, -1])('a token lives for a minute of time that passes, with the clock %s year off', (years) => {
  const real = Date.now
  const gate = new Gate()
  const token = gate.newToken()
  try {
    Date.now = () => real() + years * yearMs
    expect(gate.secretOf('token')).toBe(token)
  } finally {
    Date.now = real
  }
  let passedMs = 0
  const other = new Gate(() => passedMs)
  other.newToken()
  passedMs = 60_000
  expect(other.secretOf('token')).toBe(null)
})
