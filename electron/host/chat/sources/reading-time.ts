/** How much a model may read of documents before its first word: as much as the person wants to wait for, at the speed that was measured. */
import type { Settings } from '../../../../contract/settings.ts'

/** Seconds of each wish. */
const secondsOf: Record<Settings['readingTime'], number> = { quick: 10, thorough: 30, everything: Infinity }
/** Passages that are given however long they take: with fewer an answer is a guess. */
export const fewestPieces = 3

/** Tokens that can be read in the time. What was never measured is not limited. @param tokensPerSecond at which the model reads here */
export function tokensInTime(wish: Settings['readingTime'], tokensPerSecond: number | undefined): number {
  return tokensPerSecond === undefined ? Infinity : secondsOf[wish] * tokensPerSecond
}
