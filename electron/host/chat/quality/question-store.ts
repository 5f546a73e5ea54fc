/** The questions of a workspace's test and its runs, in its encrypted file. */
import { z } from 'zod'
import { AppError } from '../../../../contract/errors.ts'
import { QuestionResult, TestRun, type TestQuestion } from '../../../../contract/question.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'

/** Questions of a workspace at most. */
const mostQuestions = 50
/** Runs that are kept: the chart shows no more. */
const mostRuns = 50

/** A run that is over, with how each question fared. */
export const KeptRun = TestRun.extend({ results: z.array(QuestionResult) })
export type KeptRun = z.infer<typeof KeptRun>

/** A run that is not over. One that somebody stopped does not go on by itself, nor begin again under the same conditions. */
export const BegunRun = KeptRun.pick({ reason: true, under: true, results: true }).extend({ isStopped: z.boolean() })
export type BegunRun = z.infer<typeof BegunRun>

interface QuestionRecord {
  id: string
  text: string
  document_id: string | null
  words: string
}

export class QuestionStore {
  readonly #database: EncryptedDatabase

  constructor(database: EncryptedDatabase) {
    this.#database = database
  }

  /** In the order they were made. */
  questions(): TestQuestion[] {
    return this.#database
      .prepare<QuestionRecord>('SELECT id, text, document_id, words FROM questions ORDER BY number')
      .all()
      .map(({ id, text, document_id, words }) => ({ id, text, documentId: document_id, words: JSON.parse(words) as string[] }))
  }

  /** Makes or changes one. @throws AppError invalid_input when there are 50 already */
  save({ id, text, documentId, words }: TestQuestion): void {
    this.#database.transaction(() => {
      const known = this.questions()
      if (!known.some((question) => question.id === id) && known.length >= mostQuestions)
        throw new AppError('invalid_input', 'There are 50 questions already')
      this.#database
        .prepare(
          `INSERT INTO questions (id, text, document_id, words) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET text = excluded.text, document_id = excluded.document_id, words = excluded.words`,
        )
        .run(id, text, documentId, JSON.stringify(words))
    })
  }

  remove(questionId: string): void {
    this.#database.prepare('DELETE FROM questions WHERE id = ?').run(questionId)
  }

  /** Oldest first. */
  runs(): KeptRun[] {
    return this.#database
      .prepare<{ run: string }>('SELECT run FROM question_runs ORDER BY number')
      .all()
      .map(({ run }) => KeptRun.parse(JSON.parse(run)))
  }

  /** The run that is going on, or was when the vault was locked. */
  begun(): BegunRun | null {
    const row = this.#database.prepare<{ run: string }>('SELECT run FROM question_run_begun').get()
    return row ? BegunRun.parse(JSON.parse(row.run)) : null
  }

  keepBegun(run: BegunRun): void {
    this.#database.prepare('INSERT OR REPLACE INTO question_run_begun (number, run) VALUES (1, ?)').run(JSON.stringify(run))
  }

  dropBegun(): void {
    this.#database.exec('DELETE FROM question_run_begun')
  }

  /** Keeps a run that is over, and lets the oldest go. */
  add(run: KeptRun): void {
    this.#database.transaction(() => {
      this.dropBegun()
      this.#database.prepare('INSERT INTO question_runs (id, run) VALUES (?, ?)').run(run.id, JSON.stringify(run))
      this.#database
        .prepare('DELETE FROM question_runs WHERE number <= (SELECT max(number) FROM question_runs) - ?')
        .run(mostRuns)
    })
  }
}
