/** How much a model may read of documents before its first word: as much as the person wants to wait for, at the speed that was measured. */
import type { Settings } from '../../../../contract/settings.ts'

/** Seconds of each wish. */
const secondsOf: Record<Settings['readingTime'], number> = { quick: 10, thorough: 30, everything: Infinity }
/** Passages that are given however long they take: with fewer an answer is a guess. */
export const fewestPieces = 3
/** What is given of a passage is about 140 words, in tokens. */
export const passageTokens = 200
/** What is shorter takes no longer than the fewest passages would. */
export const fewestTokens = fewestPieces * passageTokens

/** Tokens that can be read in the time. What was never measured is not limited. @param tokensPerSecond at which the model reads here */
export function tokensInTime(wish: Settings['readingTime'], tokensPerSecond: number | undefined): number {
  return tokensPerSecond === undefined ? Infinity : secondsOf[wish] * tokensPerSecond
}
