/** The nouns of comparing students side by side. Who is who is a fact that the host keeps back while a comparison is blind. */
import { z } from 'zod'
import { AnswerFacts, AnswerStage, MessageState, Sampling } from './conversation.ts'
import { Trouble } from './entities.ts'
import { Id } from './id.ts'

const Time = z.number()

/** A column, from the left. */
export const Letter = z.enum(['a', 'b', 'c'])
export type Letter = z.infer<typeof Letter>

/** The better answer; `tie`: all are equally good; `none`: none is good enough. */
export const Vote = z.enum(['a', 'b', 'c', 'tie', 'none'])
export type Vote = z.infer<typeof Vote>

/** Where a comparison is. */
export const ComparisonPlace = z.object({ workspaceId: Id, comparisonId: Id })
export type ComparisonPlace = z.infer<typeof ComparisonPlace>

/** Where an answer is that is being written. */
export const ColumnProgress = z.object({ stage: AnswerStage, fraction: z.number(), since: Time })
export type ColumnProgress = z.infer<typeof ColumnProgress>

/** One column: a student's answer. */
export const ComparedAnswer = z.object({
  letter: Letter,
  /** The model may be gone by now; its name stays. Null while the comparison keeps it back. */
  student: z.object({ modelId: Id, name: z.string() }).nullable(),
  text: z.string(),
  thought: z.string(),
  state: MessageState,
  /** While the student is kept back only the code: the rest may tell who failed. */
  trouble: Trouble.nullable(),
  /** Kept back with the student: speed gives one away. */
  facts: AnswerFacts.nullable(),
  /** Null when nothing is being written. */
  writing: ColumnProgress.nullable(),
  /** Whether it can be voted for: it ended by itself or was stopped by the person, and says something. */
  stands: z.boolean(),
})
export type ComparedAnswer = z.infer<typeof ComparedAnswer>

/** One question to two or three students, all with the same instructions, sampling and seed. */
export const Comparison = z.object({
  id: Id,
  question: z.string(),
  presetId: Id,
  presetName: z.string(),
  systemPrompt: z.string(),
  sampling: Sampling,
  blind: z.boolean(),
  /** Whether the names may be seen: from the start, after the vote, or because the person asked for them. */
  revealed: z.boolean(),
  vote: Vote.nullable(),
  /** Whether the vote was given before the names were shown. */
  votedBlind: z.boolean(),
  /** A vote can be given once all is written and two answers stand, and changed until the next question is asked. */
  canVote: z.boolean(),
  createdAt: Time,
  answers: z.array(ComparedAnswer),
})
export type Comparison = z.infer<typeof Comparison>

/** What happens in a comparison. The first item is always `comparison`; the same comes again when its shape changes. */
export const ComparisonUpdate = z.discriminatedUnion('type', [
  z.object({ type: z.literal('comparison'), comparison: Comparison }),
  /** More of an answer; append. */
  z.object({ type: z.literal('text'), letter: Letter, text: z.string(), thought: z.string() }),
  z.object({ type: z.literal('stage'), letter: Letter, progress: ColumnProgress }),
  /** The comparison was removed; the stream ends. */
  z.object({ type: z.literal('gone') }),
])
export type ComparisonUpdate = z.infer<typeof ComparisonUpdate>

/** A line of the list. */
export const ComparisonRow = z.object({
  id: Id,
  title: z.string(),
  createdAt: Time,
  blind: z.boolean(),
  vote: Vote.nullable(),
  /** In the order of the columns; null while they are kept back. */
  names: z.array(z.string()).nullable(),
  writing: z.boolean(),
})
export type ComparisonRow = z.infer<typeof ComparisonRow>

/** How the votes went for one student, counted once a comparison in which its answer stood. */
export const Tally = z.object({
  wins: z.number(),
  losses: z.number(),
  ties: z.number(),
  /** No answer was good enough. */
  none: z.number(),
  /** The 95 % interval of the share of wins among wins and losses, as fractions; null when these are too few to tell. */
  share: z.object({ low: z.number(), high: z.number() }).nullable(),
})
export type Tally = z.infer<typeof Tally>

/** One student's votes in a workspace: those given without knowing who wrote what, and the others. */
export const Score = z.object({ modelId: Id, name: z.string(), blind: Tally, open: Tally })
export type Score = z.infer<typeof Score>
