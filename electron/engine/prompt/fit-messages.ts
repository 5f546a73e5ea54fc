/**
 * Makes a conversation fit into a context by leaving out its oldest turns. The system prompt and the last question always stay.
 */
import { AppError } from '../../../contract/errors.ts'
import type { PromptMessage } from '../contract.ts'

/** When something must go, the rest fills at most this part of the room, so that the turns that follow can reuse what was evaluated. */
const roomAfterLeavingOut = 0.75

/** What fits: the prompt's tokens and how many of the oldest messages (system prompt not counted) were left out. */
export interface FittedPrompt {
  tokens: number[]
  leftOut: number
}

/**
 * @param room tokens that the prompt may take
 * @param leftOutBefore what the answer before left out; kept if that still fits, so that the kept context stays valid
 * @throws AppError prompt_too_long {promptTokens, room} when the last question alone does not fit
 */
export function fitMessages(
  messages: PromptMessage[],
  room: number,
  leftOutBefore: number,
  toTokens: (messages: PromptMessage[]) => number[],
): FittedPrompt {
  const system = messages.filter((message) => message.role === 'system')
  const turns = messages.filter((message) => message.role !== 'system')
  const attempt = (leftOut: number): FittedPrompt => ({ tokens: toTokens([...system, ...turns.slice(leftOut)]), leftOut })

  const whole = attempt(0)
  if (whole.tokens.length <= room) return whole

  /** Cutting before a question only: templates refuse a conversation that begins with an answer. */
  const cuts = turns.flatMap((turn, index) => (turn.role === 'user' && index > 0 ? [index] : []))
  if (cuts.includes(leftOutBefore)) {
    const before = attempt(leftOutBefore)
    if (before.tokens.length <= room) return before
  }
  let low = 0
  let high = cuts.length - 1
  let best: FittedPrompt | null = null
  while (low <= high) {
    const middle = (low + high) >> 1
    const fitted = attempt(cuts[middle] ?? 0)
    if (fitted.tokens.length <= room * roomAfterLeavingOut) {
      best = fitted
      high = middle - 1
    } else low = middle + 1
  }
  best ??= attempt(cuts.at(-1) ?? 0)
  if (best.tokens.length <= room) return best
  throw new AppError('prompt_too_long', 'The last question alone does not fit', { promptTokens: best.tokens.length, room })
}
