/** Backups: what is planned, what was made, what is in a set, and what opens it. */
import { z } from 'zod'
import { Trouble } from './entities.ts'
import { Count, Id, Time } from './id.ts'
import { Words } from './words.ts'

export const BackupState = z.object({
  /** Where sets are kept; `own` is a folder in Alambic's own, on the same disk. */
  place: z.object({ name: z.string(), own: z.boolean() }),
  daily: z.boolean(),
  /** How many sets are kept. */
  kept: Count,
  /** When the recovery code in force was made; null when there is none, and then sets open with the vault's own protection alone. */
  recoveryMadeAt: Time.nullable(),
  /** The last set that was verified. `leftOut`: names of workspaces that could not be copied. */
  last: z.object({ sequence: Count, madeAt: Time, sizeBytes: Count, workspaces: Count, leftOut: z.array(z.string()) }).nullable(),
  /** When the next one is made by itself; null when none is. */
  nextAt: Time.nullable(),
  running: z.object({ stage: z.enum(['copying', 'checking']), doneBytes: Count, totalBytes: Count }).nullable(),
  /** Why the last try failed; null when it did not. */
  trouble: Trouble.nullable(),
  /** The last one is older than seven days, and this was not put away yet. */
  isOld: z.boolean(),
  /** Names of places that still have copies of erased workspaces and could not be reached. */
  unreached: z.array(z.string()),
})
export type BackupState = z.infer<typeof BackupState>

/** A set in a folder, before it is opened. `own`: it was made by this vault, and opens here. */
export const BackupSet = z.object({
  sequence: Count,
  madeAt: Time,
  /** Ids of the workspaces in it. */
  workspaceIds: z.array(Id),
  own: z.boolean(),
  recovery: z.boolean(),
})
export type BackupSet = z.infer<typeof BackupSet>

/** What opens a set: this vault, the recovery code, or the passphrase that the vault had when it was made. */
export const BackupKey = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vault') }),
  z.object({ kind: z.literal('code'), code: Words }),
  z.object({ kind: z.literal('passphrase'), passphrase: Words }),
])
export type BackupKey = z.infer<typeof BackupKey>

/** Where a set is: in a folder that the host has named, null for the place of the plan. */
export const BackupPlace = z.object({ reference: Id.nullable(), sequence: z.number().int().min(1).max(999_999), key: BackupKey })
export type BackupPlace = z.infer<typeof BackupPlace>

/** What is in an opened set. `everything`: the list of workspaces and the settings are in it as well. */
export const BackupContents = z.object({
  madeAt: Time,
  everything: z.boolean(),
  workspaces: z.array(
    z.object({ id: Id, name: z.string(), personal: z.boolean(), sizeBytes: Count, conversations: Count, documents: Count }),
  ),
})
export type BackupContents = z.infer<typeof BackupContents>
