/** How much a model may read of documents before its first word: as much as the person wants to wait for, at the speed that was measured. */
import type { Settings } from '../../../../contract/settings.ts'

/** Seconds of each wish: for a first question, and for one that goes on from what was read already. */
const secondsOf: Record<Settings['readingTime'], { first: number; next: number }> = {
  quick: { first: 10, next: 2 },
  thorough: { first: 30, next: 30 },
  everything: { first: Infinity, next: Infinity },
}
/** Passages that a model has before it however long they take, those of earlier questions among them: with fewer an answer is a guess. */
export const fewestPieces = 3
/** What is given of a passage is about 140 words, in tokens. */
export const passageTokens = 200
/** Whole documents that are as short are given however long they take. */
export const fewestTokens = fewestPieces * passageTokens
/** Tokens of a part, as estimated: where there is time as many as a section that is cut has in one of its own, and where there is not about three sentences. */
export const partTokens = { most: 300, least: 80 }
/** Tokens of the fence and name around a source, generously. */
export const fenceTokens = 60

/**
 * Tokens that can be read in the time. What was never measured is not limited.
 * @param isFirst whether the conversation begins with it
 * @param tokensPerSecond at which the model reads here
 */
export function tokensInTime(
  wish: Settings['readingTime'],
  { isFirst, tokensPerSecond }: { isFirst: boolean; tokensPerSecond: number | undefined },
): number {
  return tokensPerSecond === undefined ? Infinity : secondsOf[wish][isFirst ? 'first' : 'next'] * tokensPerSecond
}

/** Tokens of a part where so many of them must be read in the time, as estimated. */
export function partIn(readable: number, pieces: number): number {
  return Math.max(partTokens.least, Math.min(partTokens.most, Math.floor(readable / Math.max(1, pieces)) - fenceTokens))
}
