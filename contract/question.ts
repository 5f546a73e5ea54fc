/** A workspace's own test: questions with what should be found, and how they fared over time. */
import { z } from 'zod'
import { Trouble } from './entities.ts'
import { Count, Id, Time } from './id.ts'

/** A question. It expects a document, words in the passage, or both. */
export const TestQuestion = z.object({
  id: Id,
  text: z.string().trim().min(1).max(2000),
  documentId: Id.nullable(),
  /** Each must stand in the passage; upper and lower case and accents do not count. */
  words: z.array(z.string().trim().min(1).max(200)).max(10),
})
export type TestQuestion = z.infer<typeof TestQuestion>

/** How a question fared. `rank` of the right passage counts from 1, null when it was not among the first 50; `sent` ranks go to the model. */
export const QuestionResult = z.object({
  questionId: Id,
  text: z.string(),
  rank: z.number().int().positive().nullable(),
  sent: z.boolean(),
  /** The part of the expected words in the answer, 0 to 1; null when no answer was asked for. */
  answer: z.number().nullable(),
  /** The part of the answer's sentences that its sources support, 0 to 1; null likewise. */
  support: z.number().nullable(),
})
export type QuestionResult = z.infer<typeof QuestionResult>

/** One run over all questions. What was in force is kept, so that a change can be read off the chart. */
export const TestRun = z.object({
  id: Id,
  at: Time,
  reason: z.enum(['asked', 'model', 'embedder', 'splitting']),
  embedderName: z.string().nullable(),
  modelName: z.string().nullable(),
  /** Version of the splitting into passages. */
  splitting: Count,
  questions: Count,
  /** Right passages among those sent, mean of 1 ÷ rank, and the means of the results' `answer` and `support`. */
  found: Count,
  meanReciprocalRank: z.number(),
  answer: z.number().nullable(),
  support: z.number().nullable(),
  results: z.array(QuestionResult),
})
export type TestRun = z.infer<typeof TestRun>

/** The test of a workspace: runs are oldest first, at most 50. */
export const QuestionsState = z.object({
  questions: z.array(TestQuestion),
  runs: z.array(TestRun),
  /** Questions of the last run that fared worse than in the run before. */
  worse: z.array(Id),
  running: z.object({ done: Count, total: Count, answers: z.boolean() }).nullable(),
  trouble: Trouble.nullable(),
})
export type QuestionsState = z.infer<typeof QuestionsState>
