/**
 * A paper: words that are made to be taken away, as a file, on the clipboard or in print. It is flat: lists and quotations say how deep they lie. Answers become
 * papers, and so can whatever else is written down for somebody outside: proofs, receipts, reports.
 */
import { z } from 'zod'
import { Count, Time } from './id.ts'

/** A list or a quotation that lies deeper is drawn as deep as this. */
const deepestPaper = 24
const Depth = z.number().int().min(0).max(deepestPaper)

/** Addresses that a paper may lead to. */
const paperLink = /^(?:https?:\/\/|mailto:)/i

/** Words of one look. A line break in them is one. */
export const PaperRun = z.object({
  text: z.string(),
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  code: z.boolean().optional(),
  struck: z.boolean().optional(),
  link: z.string().max(2048).regex(paperLink).optional(),
  /** Number of the source that this mark leads to. */
  source: Count.optional(),
})
export type PaperRun = z.infer<typeof PaperRun>

const Runs = z.array(PaperRun)

export const PaperBlock = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('heading'), level: z.number().int().min(1).max(6), runs: Runs }),
  z.object({ kind: z.literal('paragraph'), runs: Runs, depth: Depth, quoted: z.boolean() }),
  /** Small and quiet: who answered, how it ended. */
  z.object({ kind: z.literal('note'), runs: Runs }),
  /** The beginning of an item; what else belongs to it follows as blocks of its depth. `list` tells neighbouring lists apart; `number` is null for a bullet. */
  z.object({ kind: z.literal('item'), runs: Runs, depth: Depth.min(1), list: Count, number: Count.nullable() }),
  z.object({ kind: z.literal('code'), text: z.string(), depth: Depth }),
  z.object({
    kind: z.literal('table'),
    /** The first row is its head. Rows may differ in length. */
    rows: z.array(z.array(Runs)).min(1),
    align: z.array(z.enum(['left', 'center', 'right'])),
  }),
  z.object({ kind: z.literal('rule') }),
])
export type PaperBlock = z.infer<typeof PaperBlock>
export type PaperTable = Extract<PaperBlock, { kind: 'table' }>

/** A source that marks lead to: a document, where in it, and the words that were relied on. */
export const PaperSource = z.object({ number: Count, name: z.string(), place: z.string(), quotes: z.array(z.string()) })
export type PaperSource = z.infer<typeof PaperSource>

export const Paper = z.object({
  title: z.string(),
  language: z.enum(['en', 'fr']),
  /** Stands in the file as the time it was made: nothing else of a clock does, so that the same paper gives the same bytes. */
  createdAt: Time,
  blocks: z.array(PaperBlock),
  sources: z.array(PaperSource),
  /** Sentences of the writer's own, in the paper's language. */
  words: z.object({
    /** Heads the list of sources. */
    sources: z.string(),
    /** Begins the sentence that names the characters for which the fonts have no drawing. */
    undrawn: z.string(),
  }),
})
export type Paper = z.infer<typeof Paper>

/** What a paper is saved as. */
export const PaperFormat = z.enum(['pdf', 'docx'])
export type PaperFormat = z.infer<typeof PaperFormat>
