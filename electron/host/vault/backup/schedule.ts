/** When the next backup is due. Clocks jump: one set back must not put it off for as long as it went, one set forward makes it early once. */

const dayMs = 24 * 60 * 60_000
/** After this long the last one is old enough to be mentioned. */
const oldMs = 7 * dayMs

/** What days are counted from. A time that is still to come was written by a clock that has been set back since: then it is now, which is kept. */
export function countedFrom(at: number | null, now: number): number | null {
  return at !== null && at > now ? now : at
}

/** Epoch milliseconds. @param from see {@link countedFrom}; null when there was no backup yet */
export function nextAt(from: number | null, now: number): number {
  return from === null ? now : from + dayMs
}

/** Whether the last backup, or where there is none the vault itself, is more than seven days old. */
export function isOld(from: number | null, vaultMadeAt: number, now: number): boolean {
  return now - (from ?? vaultMadeAt) > oldMs
}
