/**
 * One entry of the audit log as it is hashed and exported: a JSON line in the shape of OCSF 1.9. The schema is a closed list: what has no field
 * here cannot be in the log, and no field takes somebody's words.
 */
import { z } from 'zod'
import { AuditEvent } from './audit.ts'
import { NetworkPurpose } from './network.ts'

/** Ids of ours, hashes, codes of languages: nothing that has a space, or is as long as a sentence. */
const Reference = z.string().regex(/^[\w.:-]{1,128}$/)
const Moment = z.number().int().min(-8_640_000_000_000_000).max(8_640_000_000_000_000)

export const CallerKind = z.enum(['window', 'browser', 'command_line', 'api', 'tool', 'process'])

export const AuditLine = z.strictObject({
  activity_id: z.number().int().min(0).max(99),
  /** Who did it: what kind of page or program, and which one of its kind. */
  actor: z.strictObject({ app_name: CallerKind, session: z.strictObject({ uid: Reference }).optional() }),
  category_uid: z.union([z.literal(3), z.literal(4)]),
  class_uid: z.union([z.literal(3002), z.literal(3004), z.literal(4001)]),
  /** How many of the same kind this entry stands for. */
  count: z.number().int().min(1).optional(),
  /** A host that the connection log would have. */
  dst_endpoint: z
    .strictObject({ hostname: z.string().regex(/^[\w.:[\]-]{1,253}$/), port: z.number().int().max(65_535) })
    .optional(),
  /** What it was done to. */
  entity: z.strictObject({ uid: Reference }).optional(),
  metadata: z.strictObject({
    event_code: AuditEvent,
    /** `sealed`: told while the vault was locked, by whoever could write into its folder. */
    labels: z.tuple([z.literal('sealed')]).optional(),
    product: z.strictObject({ name: z.literal('Alambic'), vendor_name: z.literal('Alambic') }),
    /** Random, so that the hash of an entry that is gone cannot be guessed back. */
    uid: z.uuid(),
    version: z.literal('1.9.0'),
  }),
  severity_id: z.union([z.literal(1), z.literal(2)]),
  /** Why it failed. */
  status_code: z
    .string()
    .regex(/^[a-z_]{1,64}$/)
    .optional(),
  status_id: z.union([z.literal(1), z.literal(2)]),
  time: Moment,
  type_uid: z.number().int(),
  unmapped: z.strictObject({ purpose: NetworkPurpose }).optional(),
})
export type AuditLine = z.infer<typeof AuditLine>
