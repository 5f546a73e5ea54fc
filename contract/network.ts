/** The nouns of the door: what is reached and why, who allowed it, and the ledger. */
import { z } from 'zod'
import { Count, Time } from './id.ts'

/**
 * What an address is reached for; the one list. `teacher`: a model on a server is asked. `proxy`: connections go through it. `link`: the
 * person's own browser or mail program opens an address.
 */
export const NetworkPurpose = z.enum(['model_download', 'catalogue', 'teacher', 'proxy', 'link'])
export type NetworkPurpose = z.infer<typeof NetworkPurpose>

/** One attempt to reach an address. `open`: still going on. `refused`: by the door. `failed`: beyond it. */
export const LedgerEntry = z.object({
  id: Count,
  at: Time,
  host: z.string(),
  /** Null for mail addresses, and for what older versions wrote down. */
  port: Count.nullable(),
  purpose: NetworkPurpose,
  outcome: z.enum(['open', 'passed', 'refused', 'failed']),
  sentBytes: Count,
  receivedBytes: Count,
  /** Host and port of the proxy that it went through. */
  proxy: z.string().nullable(),
})
export type LedgerEntry = z.infer<typeof LedgerEntry>

/** Somebody's word that an address may be reached for a purpose. */
export const NetworkConsent = z.object({
  purpose: NetworkPurpose,
  /** What was asked about: everything below it may be reached. */
  address: z.string(),
  host: z.string(),
  port: Count,
  /** Null for a policy. */
  givenAt: Time.nullable(),
  givenBy: z.enum(['dialog', 'browser', 'policy']),
  /** Whether it ends when the vault locks. */
  untilLock: z.boolean(),
})
export type NetworkConsent = z.infer<typeof NetworkConsent>

/** The door: hosts that something is talking to now, who may be reached, what a person is being asked outside of the page, and the ledger, newest first. */
export const DoorState = z.object({
  hosts: z.array(z.string()),
  consents: z.array(NetworkConsent),
  asking: z.object({ purpose: NetworkPurpose, host: z.string(), where: z.enum(['dialog', 'browser']) }).nullable(),
  entries: z.array(LedgerEntry),
  total: Count,
})
export type DoorState = z.infer<typeof DoorState>
