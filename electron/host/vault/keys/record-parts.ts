/** The small counters that the key record keeps beside the keys: wrong tries, and how often the vault was opened and locked. */
import { z } from 'zod'

/** Wrong passphrases that are free. */
export const freeTries = 5

/** Wrong passphrases in a row, and how much of the pause after them was left when this was written. */
export interface Tries {
  wrong: number
  /** Milliseconds. */
  pauseMs: number
}

export const noTries: Tries = { wrong: 0, pauseMs: 0 }

/** What spoiled tries are taken for: as many as bring the first pause. Somebody, or the disk, has changed them: close rather than open. */
export const spoiledTries: Tries = { wrong: freeTries, pauseMs: 30_000 }

/** Absent before the first wrong try. */
export const Tries = z
  .object({
    wrong: z.number().int().nonnegative(),
    // A pause is never longer than 15 minutes, whatever stands here.
    pauseMs: z
      .number()
      .min(0)
      .max(15 * 60_000),
  })
  .default(noTries)
  .catch(spoiledTries)

/** Counts openings and lockings, without a clock. `main.db` keeps the same number. */
export const Sequence = z.object({
  number: z.number().int().nonnegative(),
  /** False between the writing here and the writing in `main.db`: that may then be one behind. */
  settled: z.boolean(),
})
export type Sequence = z.infer<typeof Sequence>
