/** The nouns of the catalogue: what is published, whose it is, and what is being fetched of it. */
import { z } from 'zod'
import { ModelPurpose, Trouble } from './entities.ts'
import { Count, Id, Time } from './id.ts'
import { isOneLine, mostNameCharacters } from './one-line.ts'

/** A name in a catalogue, which anybody may have written. */
const Named = z.string().min(1).max(mostNameCharacters).refine(isOneLine)
const Line = z.string().min(1).max(2000).refine(isOneLine)
/** A sentence in both languages. */
const Sentence = z.object({ en: Line, fr: Line })

/** What a licence asks of whoever uses or passes on the model. */
export const Duty = z.enum(['built_with_llama', 'llama_prefix', 'notice', 'acceptable_use', 'no_commercial'])
export type Duty = z.infer<typeof Duty>

/** A file at the hub, as far as it is known. */
const CatalogueFile = z.object({
  name: z.string().regex(/^[\w.-]+\.gguf$/),
  sizeBytes: Count.nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
})

/** Bytes of the largest catalogue: far above any real one, ours takes 80 kB. */
export const mostCatalogueBytes = 4 * 1024 * 1024

/** The catalogue as it is published. A student without a file, or whose file has no known hash, is shown and cannot be fetched. */
export const Catalogue = z.object({
  version: z.number().int().positive(),
  publisher: Named,
  signedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  families: z.array(
    z.object({
      id: Id,
      teacher: z.object({ name: Named, organisation: Named, released: Named.nullable(), about: Sentence }).nullable(),
      students: z.array(
        z.object({
          id: Id,
          name: Named,
          organisation: Named,
          parameters: Count,
          /** Of a mixture of experts, those that are at work for a token. Left out where all are. */
          activeParameters: Count.optional(),
          quantisation: Named,
          contextTokens: Count.nullable(),
          languages: z.array(z.string().length(2)),
          reasons: z.boolean(),
          /** Left out for one to talk to. */
          purpose: ModelPurpose.optional(),
          goodAt: Sentence,
          licence: Named,
          duties: z.array(Duty),
          /** A year, or a year and a month. */
          released: z
            .string()
            .regex(/^20\d\d(?:-(?:0[1-9]|1[0-2]))?$/)
            .optional(),
          /** What llama.cpp calls its kind, as in its header. */
          architecture: Named.optional(),
          /** Where these facts were read. */
          sources: z.array(Line).max(20).optional(),
          /** Names of the facts that only one place told, or none for this very model. */
          doubts: z.array(Named).max(20).optional(),
          file: CatalogueFile.extend({
            repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
            /** The state of the repository in which the file has this hash: publishers replace files under their names. Left out, its newest. */
            revision: z
              .string()
              .regex(/^[0-9a-f]{40}$/)
              .optional(),
            /** What a model in several files is fetched as, in order; the file itself is then what they are joined into. */
            pieces: z.array(CatalogueFile).min(2).max(512).optional(),
          }).nullable(),
        }),
      ),
    }),
  ),
})
export type Catalogue = z.infer<typeof Catalogue>
export type CatalogueFamily = Catalogue['families'][number]
export type CatalogueStudent = CatalogueFamily['students'][number]

/** Whose catalogue is in force. `built_in` is part of the program; `publisher` a newer one of ours. */
export const CatalogueSource = z.object({
  kind: z.enum(['built_in', 'publisher', 'organisation']),
  publisher: z.string(),
  version: Count,
  signedAt: Time,
  expiresAt: Time,
  expired: z.boolean(),
  /** The name of the key that vouches for it; null for what is part of the program. */
  signer: z.string().nullable(),
})
export type CatalogueSource = z.infer<typeof CatalogueSource>

/** The catalogue, whose it is, and where its files come from. */
export const CatalogueState = z.object({
  catalogue: Catalogue,
  /** Size by student id: the file's own where it is known, else reckoned from parameters and quantisation. */
  sizes: z.record(Id, z.object({ bytes: Count, exact: z.boolean() })),
  /** The address that downloads come from. */
  hub: z.string(),
  sources: z.array(CatalogueSource),
  /** Why the last one that came was not taken; null when it was. */
  refused: Trouble.nullable(),
  /** The organisation's address is being asked. */
  checking: z.boolean(),
})
export type CatalogueState = z.infer<typeof CatalogueState>

/** A download. `waiting`: the network is away, and it is tried again at `retryAt`. `checking`: all is here and is being verified. */
export const Download = z.object({
  id: Id,
  studentId: Id,
  name: z.string(),
  host: z.string(),
  state: z.enum(['running', 'waiting', 'checking', 'paused', 'failed']),
  doneBytes: Count,
  /** Null until the server has said. */
  totalBytes: Count.nullable(),
  /** Over the last seconds; null when it is too early to say. */
  bytesPerSecond: z.number().nullable(),
  retryAt: Time.nullable(),
  /** Why it waits or failed. */
  trouble: Trouble.nullable(),
})
export type Download = z.infer<typeof Download>
