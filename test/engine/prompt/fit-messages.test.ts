// What is left out of a conversation that has grown too long, and what never is. One character stands for one token.
import { describe, expect, test } from 'vitest'
import type { PromptMessage } from '../../../electron/engine/contract.ts'
import { fitMessages } from '../../../electron/engine/prompt/fit-messages.ts'

const system: PromptMessage = { role: 'system', content: 's'.repeat(10), thought: '' }
const said = (role: 'user' | 'assistant', length: number): PromptMessage => ({
  role,
  content: role[0]?.repeat(length) ?? '',
  thought: '',
})
/** `count` turns of 20 tokens, and a last question of 10. */
const turns = (count: number): PromptMessage[] => [
  ...Array.from({ length: count }, () => [said('user', 10), said('assistant', 10)]).flat(),
  said('user', 10),
]

let asked: PromptMessage[][] = []
function fit(
  messages: PromptMessage[],
  room: number,
  leftOutBefore = 0,
): { kept: PromptMessage[]; leftOut: number; length: number } {
  asked = []
  const { tokens, leftOut } = fitMessages(messages, room, leftOutBefore, (some) => {
    asked.push(some)
    return Array<number>(some.reduce((sum, { content }) => sum + content.length, 0)).fill(asked.length - 1)
  })
  return { kept: asked[tokens[0] ?? 0] ?? [], leftOut, length: tokens.length }
}

test('all that fits is kept, to the last token, whatever was left out before', () => {
  const messages = [system, ...turns(3)]
  expect(fit(messages, 80)).toEqual({ kept: messages, leftOut: 0, length: 80 })
  expect(fit(messages, 80, 2)).toMatchObject({ leftOut: 0 })
})

describe('what does not fit', () => {
  test('loses whole turns, oldest first, and leaves room for the turns to come', () => {
    const messages = [system, ...turns(10)]
    const { kept, leftOut, length } = fit(messages, 120)
    // 220 tokens; at most three quarters of 120 stay.
    expect(leftOut).toBe(14)
    expect(length).toBe(80)
    expect(kept).toEqual([system, ...messages.slice(1 + leftOut)])
    expect(kept[1]?.role).toBe('user')
  })

  test('keeps what was left out before as long as that still fits, so that the kept context stays valid', () => {
    expect(fit([system, ...turns(10)], 120, 12)).toMatchObject({ leftOut: 12, length: 100 })
    expect(fit([system, ...turns(10)], 120, 8).leftOut).toBe(14)
    // A place in the middle of a turn was never one to cut at.
    expect(fit([system, ...turns(10)], 120, 13).leftOut).toBe(14)
  })

  test('keeps the system prompt and the last question at least, though they take more than three quarters', () => {
    expect(fit([system, ...turns(4)], 20)).toEqual({ kept: [system, said('user', 10)], leftOut: 8, length: 20 })
  })

  test('is cut before a question only, also where two answers follow each other', () => {
    const messages = [said('user', 50), said('assistant', 10), said('assistant', 10), said('user', 10)]
    expect(fit(messages, 40)).toMatchObject({ leftOut: 3, kept: [said('user', 10)] })
  })

  test('is refused when the last question alone is too long, with the numbers', () => {
    expect(() => fit([system, ...turns(2), said('user', 100)], 109)).toThrow(
      expect.objectContaining({ code: 'prompt_too_long', data: { promptTokens: 110, room: 109 } }),
    )
    expect(() => fit([said('user', 100)], 99)).toThrow(expect.objectContaining({ code: 'prompt_too_long' }))
  })

  test('is measured a few times only, however long the conversation is', () => {
    expect(fit([system, ...turns(5000)], 1000).length).toBeGreaterThan(700)
    expect(asked.length).toBeLessThan(20)
  })
})
