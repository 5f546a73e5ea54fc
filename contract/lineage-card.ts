/**
 * The lineage card, `model-card.json`: where a model comes from, what it was made of, how well it does and what its licence asks.
 * Trainers write it, we read it: every text and list in it is bounded, and what is not said is null, never guessed.
 */
import { z } from 'zod'
import { Duty } from './catalogue.ts'
import { Trouble } from './entities.ts'
import { isOneLine, isPlainText } from './one-line.ts'

const Name = z.string().trim().min(1).max(200).refine(isOneLine)
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const WebAddress = z.url({ protocol: /^https?$/ }).max(2048)
const Count = z.number().int().nonnegative()
const maybe = <Known extends z.ZodType>(schema: Known) => schema.nullable().default(null)

/** A licence, by the name that its publisher or SPDX gives it, and where its text stands. */
const Licence = z.strictObject({ name: Name, link: maybe(WebAddress) })

/**
 * Version 1. Unknown keys are refused: a word that nobody reads would look like a promise. A card may describe several files of
 * one model, for example its quantisations.
 */
export const LineageCard = z.strictObject({
  version: z.literal(1),
  name: Name,
  /** `base`: trained from nothing. `student`: made from another model. `adapter`: worn by a base. Null: nobody says. */
  kind: maybe(z.enum(['base', 'student', 'adapter'])),
  /** Who made it. */
  organisation: maybe(Name),
  files: z
    .array(z.strictObject({ sha256: Sha256, name: maybe(Name) }))
    .min(1)
    .max(64),
  /** The model whose answers it learnt from. */
  teacher: maybe(z.strictObject({ name: Name, organisation: maybe(Name), licence: maybe(Name) })),
  /** The model that it was made from, or is worn by. */
  base: maybe(z.strictObject({ name: Name, organisation: maybe(Name), sha256: maybe(Sha256) })),
  data: maybe(
    z.strictObject({
      sources: z
        .array(z.strictObject({ name: Name, licence: maybe(Name), link: maybe(WebAddress) }))
        .max(64)
        .default([]),
      examples: maybe(Count),
      /** By ISO 639 code. */
      languages: z
        .array(z.string().regex(/^[a-z]{2,3}$/))
        .max(200)
        .default([]),
      licence: maybe(Name),
      /** Whether a program or a model wrote it. */
      synthetic: maybe(z.boolean()),
    }),
  ),
  training: maybe(
    z.strictObject({
      method: maybe(Name),
      trainer: maybe(Name),
      steps: maybe(Count),
      tokens: maybe(Count),
      day: maybe(z.iso.date()),
    }),
  ),
  evaluation: z
    .array(
      z.strictObject({
        suite: Name,
        metric: Name,
        value: z.number(),
        /** Of the interval of 95 %. */
        low: maybe(z.number()),
        high: maybe(z.number()),
        /** How many items were asked. */
        items: maybe(Count),
        /** Who else was asked the same, and how they did. */
        versus: z
          .array(z.strictObject({ name: Name, value: z.number() }))
          .max(16)
          .default([]),
      }),
    )
    .max(64)
    .default([]),
  licence: maybe(Licence),
  duties: z.array(Duty).max(16).default([]),
  /** What must be shown or passed on with the model, word for word. */
  notice: maybe(z.string().trim().min(1).max(20_000).refine(isPlainText)),
})
export type LineageCard = z.infer<typeof LineageCard>

/** Who vouches for a card. `unknown_key`: somebody whom nobody here trusts. `wrong_signature`: it was changed after signing. */
export const CardSignature = z.discriminatedUnion('state', [
  z.object({ state: z.literal('verified'), by: z.string() }),
  z.object({ state: z.literal('unsigned') }),
  z.object({ state: z.literal('unknown_key') }),
  z.object({ state: z.literal('wrong_signature') }),
])
export type CardSignature = z.infer<typeof CardSignature>

/** What is known of where a model comes from, and who says so: its `card`, the `catalogue`, or the model's own `file`. */
export const Lineage = z.object({
  source: z.enum(['card', 'catalogue', 'file']),
  card: LineageCard,
  signature: CardSignature,
  /** The card's, the catalogue's, and those that its licence is known to ask. */
  duties: z.array(Duty),
  /** The card's notice, or the one that its licence is known to ask for. */
  notice: z.string().nullable(),
  /** Why a card that lay beside the file was not kept. */
  trouble: Trouble.nullable(),
})
export type Lineage = z.infer<typeof Lineage>
