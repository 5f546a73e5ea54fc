/** What an answer was made from: the passages that were given, and how each sentence stands against them. */
import { z } from 'zod'
import { Count, Id, Time } from './id.ts'
import { TextPlace } from './text-place.ts'

/** Which documents a conversation may look into. */
export const Scope = z.object({
  /** Whether its workspace's documents are asked; attachments always are. */
  documents: z.boolean(),
  /** Answers only what the documents support, and declines otherwise. */
  strict: z.boolean(),
  /** Only these; null for all. */
  documentIds: z.array(Id).max(10_000).nullable(),
})
export type Scope = z.infer<typeof Scope>

/** Narrows a search. `folder` is a path in a watched folder; times are of the files. */
export const SearchFilter = z.object({
  documentIds: z.array(Id).max(10_000).optional(),
  folderId: Id.optional(),
  folder: z.string().max(4096).optional(),
  changedFrom: Time.optional(),
  changedTo: Time.optional(),
})
export type SearchFilter = z.infer<typeof SearchFilter>

/** How one way of searching saw a passage; `rank` counts from 1. */
const WayScore = z.object({ score: z.number(), rank: z.number().int().positive() })

/**
 * A passage that was found. `score` is the fused one, see host/workspaces/fusion.ts.
 * `fate` is what became of it: `sent` under its `number`; `joined` into the neighbour before it; left out because there was no
 * `room`, or because it was too far `below` the best. Null in a free search.
 */
export const FoundPassage = z.object({
  passageId: Id,
  documentId: Id,
  documentName: z.string(),
  headings: z.array(z.string()),
  text: z.string(),
  /** In the document's text. */
  start: Count,
  end: Count,
  /** Where it begins; for a page with the boxes of the whole passage on that page. */
  place: TextPlace,
  words: WayScore.nullable(),
  meaning: WayScore.nullable(),
  reranker: WayScore.nullable(),
  score: z.number(),
  fate: z.enum(['sent', 'joined', 'room', 'below']).nullable(),
  number: z.number().int().positive().nullable(),
})
export type FoundPassage = z.infer<typeof FoundPassage>

/** What a search did and found, best first. */
export const SearchReport = z.object({
  query: z.string(),
  /** The terms that were looked for, stemmed. */
  terms: z.array(z.string()),
  /** Null when no embedder is installed or its vectors are not there yet: then words alone were searched. */
  embedderName: z.string().nullable(),
  rerankerName: z.string().nullable(),
  /** Passages that could be searched, and those of them with a vector. */
  passages: Count,
  embedded: Count,
  tookMs: z.number(),
  found: z.array(FoundPassage),
})
export type SearchReport = z.infer<typeof SearchReport>

/** A passage, or neighbouring ones joined, or a whole document, as it was given to the model under a number. Its text is kept: the document may change or go. */
export const GivenSource = z.object({
  number: z.number().int().positive(),
  documentId: Id,
  documentName: z.string(),
  headings: z.array(z.string()),
  start: Count,
  end: Count,
  place: TextPlace,
  text: z.string(),
  /** When the document's file had last changed; missing in what older versions kept. */
  changedAt: Time.optional(),
})
export type GivenSource = z.infer<typeof GivenSource>

/**
 * How a sentence of an answer stands against its sources. `no_claim` says nothing that could be checked (a greeting, a question, a
 * heading). Offsets are UTF-16 units in the answer's text.
 */
export const SentenceCheck = z.object({
  start: Count,
  end: Count,
  verdict: z.enum(['supported', 'partly', 'not_found', 'no_claim']),
  /** Numbers of the sources that support it, the best first; for `not_found` those it was compared with. */
  sources: z.array(z.number().int().positive()),
  /** The passage's part that supports it best, in that source's text; null when nothing does. */
  evidence: z.object({ number: z.number().int().positive(), start: Count, end: Count }).nullable(),
})
export type SentenceCheck = z.infer<typeof SentenceCheck>

/**
 * How sources are set off in the prompts of a conversation. `fence` is a number that no document can know beforehand; `language` is that
 * of the rules. Both stay for all turns, so that what a model has read need not be read again.
 */
export const SourceFrame = z.object({ fence: z.string().regex(/^[0-9a-f]{8}$/), language: z.enum(['en', 'fr']) })
export type SourceFrame = z.infer<typeof SourceFrame>

/** What an answer was made from, kept with it. */
export const AnswerSources = z.object({
  /** `passages`: what was found. `whole`: whole documents, because they fitted. */
  mode: z.enum(['passages', 'whole']),
  strict: z.boolean(),
  /** What was searched for. */
  query: z.string(),
  embedderName: z.string().nullable(),
  /** What this question brought, numbered on through the conversation. */
  given: z.array(GivenSource),
  /** Numbers of what earlier questions of its branch had brought and the model still had before it. Missing where each question brought all. */
  earlier: z.array(z.number().int().positive()).optional(),
  /** Missing where sources stood before their own question alone: such an answer's sources are not read again for the next. */
  frame: SourceFrame.optional(),
  /** Passages that were found good enough and for which there was no room. */
  leftOut: Count,
  /** Strict mode declined: what the model wrote was not supported, and is not shown. */
  declined: z.boolean(),
  /** Null while the answer is being written. */
  checks: z.array(SentenceCheck).nullable(),
})
export type AnswerSources = z.infer<typeof AnswerSources>
