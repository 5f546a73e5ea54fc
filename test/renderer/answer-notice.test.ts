// When the end of a long answer is said: to nobody who looks, for nothing short, and by the title where the system says nothing.
import { expect, it } from 'vitest'
import { AnswerNotice } from '../../renderer/state/answer-notice.svelte.ts'

function room(more: { focus?: boolean; wished?: boolean; canSay?: boolean } = {}) {
  const world = { now: 0, said: 0, focus: more.focus ?? false }
  const notice = new AnswerNotice({
    now: () => world.now,
    hasFocus: () => world.focus,
    isWished: () => more.wished ?? true,
    say: () => {
      if (more.canSay ?? true) world.said++
      return more.canSay ?? true
    },
  })
  return {
    world,
    notice,
    /** An answer of this conversation takes so long. */
    answer(id: string, ms: number) {
      notice.see([{ id, writing: true }])
      world.now += ms
      notice.see([{ id, writing: true }])
      notice.see([{ id, writing: false }])
    },
  }
}

it('says once that a long answer has ended behind another window, and nothing of a short one', () => {
  const { world, answer, notice } = room()
  answer('a', 2_000)
  expect(world.said).toBe(0)
  answer('a', 60_000)
  expect([world.said, notice.isWaiting]).toEqual([1, false])
  notice.see([{ id: 'a', writing: false }])
  expect(world.said).toBe(1)
})

it('says nothing to somebody who looks, or who does not wish it', () => {
  for (const one of [room({ focus: true }), room({ wished: false })]) {
    one.answer('a', 60_000)
    expect([one.world.said, one.notice.isWaiting]).toEqual([0, false])
  }
})

it('marks the title where the system says nothing, until somebody looks', () => {
  const { answer, notice } = room({ canSay: false })
  answer('a', 60_000)
  expect(notice.isWaiting).toBe(true)
  notice.seen()
  expect(notice.isWaiting).toBe(false)
})

it('takes a lock, another workspace and a deletion for no end', () => {
  const { world, notice } = room()
  notice.see([{ id: 'a', writing: true }])
  world.now += 60_000
  notice.see([])
  notice.see([{ id: 'a', writing: false }])
  expect(world.said).toBe(0)
})

it('counts each of two answers by itself', () => {
  const { world, notice } = room()
  notice.see([{ id: 'a', writing: true }])
  world.now += 20_000
  notice.see([
    { id: 'a', writing: true },
    { id: 'b', writing: true },
  ])
  world.now += 1_000
  notice.see([
    { id: 'a', writing: true },
    { id: 'b', writing: false },
  ])
  expect(world.said).toBe(0)
  notice.see([
    { id: 'a', writing: false },
    { id: 'b', writing: false },
  ])
  expect(world.said).toBe(1)
})
