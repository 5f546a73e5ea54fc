/** The nouns of what is done with the vault's keys while it is open. */
import { z } from 'zod'
import { errorCodes } from './errors.ts'
import { Count, Time } from './id.ts'

/** Encrypting every file anew, as far as it is. */
export const Reencryption = z.object({
  /** `waiting`: for a moment in which nothing is written to the file; it goes on by itself. `stopped`: until the next unlock, or until it is asked for. */
  state: z.enum(['working', 'waiting', 'stopped']),
  doneBytes: Count,
  totalBytes: Count,
  doneFiles: Count,
  totalFiles: Count,
  /** Why it stopped; null when a person stopped it, or the program ended. */
  trouble: z.enum(errorCodes).nullable(),
})
export type Reencryption = z.infer<typeof Reencryption>

/** What there is to say of the vault's keys. */
export const VaultKeysState = z.object({
  /** How the passphrase was changed last; null when never. `wrapped`: an older key record with the older passphrase opens what is written today. */
  lastChange: z.enum(['wrapped', 'reencrypted']).nullable(),
  /** Null when none is under way. */
  reencryption: Reencryption.nullable(),
  /** A file of another time than the rest was put in place; until it is confirmed. */
  putBack: z
    .object({
      what: z.enum(['main_older', 'record_older']),
      /** When main.db last counted; null when it never has. */
      mainAt: Time.nullable(),
    })
    .nullable(),
  /** Words that others know and a passphrase should not be made of: the names of this user and this computer. */
  known: z.array(z.string()),
})
export type VaultKeysState = z.infer<typeof VaultKeysState>

/** What encrypting everything anew takes. */
export const ReencryptionEstimate = z.object({
  totalBytes: Count,
  files: Count,
  neededBytes: Count,
  freeBytes: Count,
  seconds: Count,
})
export type ReencryptionEstimate = z.infer<typeof ReencryptionEstimate>
