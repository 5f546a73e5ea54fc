/** What a passphrase may cost to try: the bounds for every record and file, which somebody else may have written. */
import { z } from 'zod'

/**
 * How hard a passphrase is to guess. Whoever forged a file or a record chose its cost: the upper bounds are twice our own memory and twice
 * our own passes, which takes about a second, and are checked before anything is allocated.
 */
export const Argon2Cost = z.object({
  memoryKib: z.number().int().min(8).max(131_072),
  passes: z.number().int().min(1).max(6),
  lanes: z.number().int().min(1).max(4),
})
export type Argon2Cost = z.infer<typeof Argon2Cost>
