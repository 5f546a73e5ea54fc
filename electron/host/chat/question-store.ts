/** The questions of a workspace's test and its runs, in its encrypted file. */
import { AppError } from '../../../contract/errors.ts'
import { TestRun, type TestQuestion } from '../../../contract/question.ts'
import type { EncryptedDatabase } from '../vault/encrypted-database.ts'

/** Questions of a workspace at most. */
const mostQuestions = 50
/** Runs that are kept: the chart shows no more. */
const mostRuns = 50

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
  runs(): TestRun[] {
    return this.#database
      .prepare<{ run: string }>('SELECT run FROM question_runs ORDER BY number')
      .all()
      .map(({ run }) => TestRun.parse(JSON.parse(run)))
  }

  /** Keeps a run, and lets the oldest go. */
  add(run: TestRun): void {
    this.#database.transaction(() => {
      this.#database.prepare('INSERT INTO question_runs (id, run) VALUES (?, ?)').run(run.id, JSON.stringify(run))
      this.#database
        .prepare('DELETE FROM question_runs WHERE number <= (SELECT max(number) FROM question_runs) - ?')
        .run(mostRuns)
    })
  }
}
