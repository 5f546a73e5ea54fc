/** A workspace's own test: questions with what should be found, and how they fared over time. */
import { z } from 'zod'
import { Document } from './document.ts'
import { Trouble } from './entities.ts'
import { Count, Id, Time } from './id.ts'

/** What is asked, and what should be found for it: passages of a document, passages with certain words, or both. */
const Expectation = z.object({
  text: z.string().trim().min(1).max(2000),
  documentId: Id.nullable(),
  /** Each must stand in the passage; upper and lower case and accents do not count. */
  words: z.array(z.string().trim().min(1).max(200)).max(10),
})

/** A question. One that expects nothing would be right whatever is found, and is refused. */
export const TestQuestion = Expectation.extend({ id: Id }).refine(
  ({ documentId, words }) => documentId !== null || words.length > 0,
  'It expects neither a document nor words',
)
export type TestQuestion = z.infer<typeof TestQuestion>

/** A question with its document as it is now; null when it names none, or one that is gone. */
export const QuestionRow = Expectation.extend({ id: Id, document: Document.nullable() })
export type QuestionRow = z.infer<typeof QuestionRow>

/** How a question fared. What is said of an answer is null when none was asked for. */
export const Fared = z.object({
  /** Of the right passage among those found, from 1; null when it was not among the first 50. */
  rank: z.number().int().positive().nullable(),
  /** Whether what is right goes to the model. */
  sent: z.boolean(),
  /** The part of the expected words in the answer, 0 to 1; null also where no words are expected. */
  answer: z.number().nullable(),
  /** Whether the answer cites a right source. */
  cited: z.boolean().nullable(),
  /** The part of the answer's sentences that its sources support, 0 to 1. */
  support: z.number().nullable(),
})
export type Fared = z.infer<typeof Fared>

/** What was asked is kept with how it fared: a question that has changed since cannot be compared. */
export const QuestionResult = Expectation.extend({ questionId: Id, ...Fared.shape })
export type QuestionResult = z.infer<typeof QuestionResult>

const Named = z.object({ id: Id, name: z.string() })

/** What was in force. `model` is the student that answered; null where it was only searched. */
export const TestConditions = z.object({
  embedder: Named.nullable(),
  reranker: Named.nullable(),
  model: Named.nullable(),
  /** Version of the splitting into passages. */
  splitting: Count,
})
export type TestConditions = z.infer<typeof TestConditions>

/** Why questions were asked: somebody wished it, or something has changed. */
export const RunReason = z.enum(['asked', 'model', 'embedder', 'reranker', 'splitting'])
export type RunReason = z.infer<typeof RunReason>

/** One run over all questions. */
export const TestRun = z.object({
  id: Id,
  at: Time,
  reason: RunReason,
  under: TestConditions,
  questions: Count,
  /** Questions whose right passage goes to the model, and the mean of 1 ÷ rank over all. */
  found: Count,
  meanReciprocalRank: z.number(),
  /** Means of the results' `answer` and `support`, and how many answers cite a right source. */
  answer: z.number().nullable(),
  cited: Count.nullable(),
  support: z.number().nullable(),
})
export type TestRun = z.infer<typeof TestRun>

/** The test of a workspace: runs are oldest first, at most 50. */
export const QuestionsState = z.object({
  questions: z.array(QuestionRow),
  runs: z.array(TestRun),
  /** How each question fared in the last run. */
  results: z.array(QuestionResult),
  /** What fared worse in the last run than when it was last asked in the same way, and how it had fared then. */
  worse: z.array(z.object({ questionId: Id, before: Fared })),
  /** `waits` while somebody's answer is being written. */
  running: z.object({ done: Count, total: Count, answers: z.boolean(), waits: z.boolean() }).nullable(),
  trouble: Trouble.nullable(),
})
export type QuestionsState = z.infer<typeof QuestionsState>
