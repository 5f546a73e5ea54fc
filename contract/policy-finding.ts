/** What administrators have written, entry by entry: whether it holds, and what is wrong with it. */
import { z } from 'zod'
import { settingKeys } from './settings.ts'

/** What policies can be written down as: for Windows, for macOS, for Linux. */
export const PolicyFormat = z.enum(['reg', 'mobileconfig', 'json'])
export type PolicyFormat = z.infer<typeof PolicyFormat>

/** What may be wrong: it cannot be understood, nothing is called so, the same place says it again further on, or it can only be fixed, not recommended. */
export const PolicyProblem = z.enum(['unread', 'unknown', 'duplicate', 'not_recommendable'])
export type PolicyProblem = z.infer<typeof PolicyProblem>

/** An entry, as it was found. */
export const PolicyFinding = z.object({
  /** Its name as it is written; empty for a place that cannot be read. */
  name: z.string(),
  /** The setting that it is about; null for none. */
  setting: z.enum(settingKeys).nullable(),
  scope: z.enum(['machine', 'user']),
  level: z.enum(['mandatory', 'recommended']),
  /** Where it stands, in words of the system. */
  origin: z.string(),
  /** Whether it is what holds, where nobody chose over a recommendation. */
  counts: z.boolean(),
  problem: PolicyProblem.nullable(),
})
export type PolicyFinding = z.infer<typeof PolicyFinding>
