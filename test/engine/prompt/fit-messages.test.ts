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

  test('is cut without a system prompt too, and a conversation that begins with an answer loses that first', () => {
    expect(fit(turns(4), 30)).toEqual({ kept: [said('user', 10)], leftOut: 8, length: 10 })
    expect(fit([said('assistant', 30), ...turns(1)], 40)).toMatchObject({ leftOut: 1, length: 30 })
  })

  test('keeps every system prompt, and before all else', () => {
    const messages = [system, ...turns(4), { ...system, content: 'also' }, said('assistant', 3)]
    const { kept, length } = fit(messages, 40)
    expect(kept).toEqual([system, { ...system, content: 'also' }, said('user', 10), said('assistant', 3)])
    expect(length).toBe(27)
  })

  test('keeps the part of an answer that is to go on, with its question', () => {
    const messages = [system, ...turns(3), said('assistant', 5)]
    expect(fit(messages, 34)).toMatchObject({ leftOut: 6, kept: [system, said('user', 10), said('assistant', 5)] })
    expect(() => fit(messages, 24)).toThrow(expect.objectContaining({ data: { promptTokens: 25, room: 24 } }))
  })

  test('keeps the last of several questions that nobody answered', () => {
    const questions = [said('user', 10), said('user', 11), said('user', 12)]
    expect(fit(questions, 20)).toEqual({ kept: questions.slice(2), leftOut: 2, length: 12 })
  })

  test('counts to the token: three quarters of the room, and the whole of it', () => {
    const messages = [said('user', 61), said('assistant', 10), said('user', 20), said('assistant', 10), said('user', 30)]
    expect(fit(messages, 131)).toMatchObject({ leftOut: 0, length: 131 })
    expect(fit(messages, 80)).toMatchObject({ leftOut: 2, length: 60 })
    expect(fit(messages, 79)).toMatchObject({ leftOut: 4, length: 30 })
    expect(fit(messages, 60, 2)).toMatchObject({ leftOut: 2, length: 60 })
    expect(fit(messages, 59, 2)).toMatchObject({ leftOut: 4, length: 30 })
    expect(fit(messages, 30)).toMatchObject({ leftOut: 4, length: 30 })
  })

  test('takes no notice of a number of the answer before that this conversation never had', () => {
    for (const before of [-2, 1, 1.5, 21, 1000, NaN]) expect(fit([system, ...turns(10)], 120, before).leftOut).toBe(14)
  })

  test('is refused, and not cut, when there is no question to keep', () => {
    const refused = (messages: PromptMessage[], room: number, promptTokens: number): void =>
      expect(() => fit(messages, room)).toThrow(
        expect.objectContaining({ code: 'prompt_too_long', data: { promptTokens, room } }),
      )
    refused([system], 9, 10)
    refused([said('assistant', 10)], 9, 10)
    refused([system, said('user', 10)], 0, 20)
    // More is kept for the answer than the context holds.
    refused([system, said('user', 10)], -100, 20)
    expect(fit([], 0)).toEqual({ kept: [], leftOut: 0, length: 0 })
  })

  test('says why a template refuses, and leaves the conversation as it was', () => {
    const messages = [system, ...turns(3)]
    const before = structuredClone(messages)
    expect(() =>
      fitMessages(messages, 60, 0, (some) => {
        if (some.length < messages.length) throw new Error('Conversation roles must alternate')
        return Array<number>(80).fill(0)
      }),
    ).toThrow('Conversation roles must alternate')
    fit(messages, 30)
    expect(messages).toEqual(before)
  })

  test('obeys the same rules in any conversation', () => {
    let state = 1
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % below
    }
    for (let round = 0; round < 2000; round++) {
      const head = random(2) ? [system] : []
      const rest = Array.from({ length: random(12) }, () => said(random(2) ? 'user' : 'assistant', 1 + random(30)))
      const talk = [...rest, said('user', 1 + random(30))]
      const room = 1 + random(200)
      const length = (leftOut: number): number =>
        [...head, ...talk.slice(leftOut)].reduce((sum, { content }) => sum + content.length, 0)
      const cuts = talk.flatMap(({ role }, index) => (role === 'user' && index > 0 ? [index] : []))
      const before = random(14)
      // Said the long way: all, else as before, else the most that leaves a quarter free, else the last question.
      const wanted = [
        ...(length(0) <= room ? [0] : []),
        ...cuts.filter((cut) => cut === before && length(cut) <= room),
        ...cuts.filter((cut) => length(cut) <= room * 0.75),
        ...cuts.slice(-1).filter((cut) => length(cut) <= room),
      ][0]
      if (wanted === undefined) expect(() => fit([...head, ...talk], room, before)).toThrow('does not fit')
      else
        expect(fit([...head, ...talk], room, before)).toEqual({
          kept: [...head, ...talk.slice(wanted)],
          leftOut: wanted,
          length: length(wanted),
        })
    }
  })

  test('is measured a few times only, however long the conversation is', () => {
    expect(fit([system, ...turns(5000)], 1000).length).toBeGreaterThan(700)
    expect(asked.length).toBeLessThan(20)
  })
})
