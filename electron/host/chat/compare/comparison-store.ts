/** Comparisons and their answers in a workspace's encrypted file. It knows who is who; what a page may see of it is decided elsewhere. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Letter, type ComparisonRow, type Vote } from '../../../../contract/comparison.ts'
import { AnswerFacts, Sampling, type MessageState } from '../../../../contract/conversation.ts'
import { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { AnswerKeeper } from '../answers/answer-writer.ts'
import type { Settlement } from '../conversations/conversation-store.ts'
import type { CountedVote } from './scores.ts'
import { titleOf } from '../conversations/title.ts'

/** How a question was put to all its students. */
export const ComparisonSettings = z.object({
  presetId: z.string(),
  presetName: z.string(),
  systemPrompt: z.string(),
  sampling: Sampling,
})
export type ComparisonSettings = z.infer<typeof ComparisonSettings>

/** One answer as it is kept. */
export interface KeptAnswer extends Settlement {
  id: string
  letter: Letter
  modelId: string
  modelName: string
}

/** One comparison as it is kept. */
export interface KeptComparison {
  id: string
  question: string
  settings: ComparisonSettings
  blind: boolean
  revealed: boolean
  vote: Vote | null
  votedBlind: boolean
  createdAt: number
  answers: KeptAnswer[]
}

interface ComparisonRecord {
  id: string
  question: string
  settings: string
  blind: number
  revealed: number
  vote: Vote | null
  voted_blind: number
  created_at: number
}

interface AnswerRecord {
  id: string
  comparison_id: string
  letter: Letter
  model_id: string
  model_name: string
  text: string
  thought: string
  state: MessageState
  trouble: string | null
  facts: string | null
}

/** Answers that a vote can be about, as a condition on `compared_answers`; {@link stands} says the same. */
const standing = `compared_answers.state IN ('finished', 'length', 'stopped') AND trim(compared_answers.text) <> ''`

/** Whether an answer can be voted for: it ended by itself or was stopped by the person, and says something. */
export function stands({ state, text }: Pick<KeptAnswer, 'state' | 'text'>): boolean {
  return (state === 'finished' || state === 'length' || state === 'stopped') && text.trim() !== ''
}

export class ComparisonStore implements AnswerKeeper {
  readonly #database: EncryptedDatabase
  readonly #now: () => number

  constructor({ database, now }: { database: EncryptedDatabase; now: () => number }) {
    this.#database = database
    this.#now = now
  }

  /** Answers that were being written when the application went away are marked; what was saved of them stays. */
  markInterrupted(): void {
    this.#database.prepare(`UPDATE compared_answers SET state = 'interrupted' WHERE state = 'writing'`).run()
  }

  /** Keeps a question with an empty answer for each student, in the order of the columns. Returns its id. */
  create(input: {
    question: string
    settings: ComparisonSettings
    blind: boolean
    students: readonly { modelId: string; modelName: string }[]
  }): string {
    const id = randomUUID()
    return this.#database.transaction(() => {
      this.#database
        .prepare('INSERT INTO comparisons (id, question, settings, blind, revealed, created_at) VALUES (?, ?, ?, ?, ?, ?)')
        .run(id, input.question, JSON.stringify(input.settings), input.blind ? 1 : 0, input.blind ? 0 : 1, this.#now())
      for (const [index, { modelId, modelName }] of input.students.entries()) {
        this.#database
          .prepare(
            `INSERT INTO compared_answers (id, comparison_id, letter, model_id, model_name, state) VALUES (?, ?, ?, ?, ?, 'writing')`,
          )
          .run(randomUUID(), id, Letter.options[index] ?? '', modelId, modelName)
      }
      return id
    })
  }

  /** @throws AppError not_found */
  read(comparisonId: string): KeptComparison {
    const record = this.#database.prepare<ComparisonRecord>('SELECT * FROM comparisons WHERE id = ?').get(comparisonId)
    if (!record) throw new AppError('not_found', 'No such comparison')
    const answers = this.#database
      .prepare<AnswerRecord>('SELECT * FROM compared_answers WHERE comparison_id = ? ORDER BY letter')
      .all(record.id)
    return {
      id: record.id,
      question: record.question,
      settings: ComparisonSettings.parse(JSON.parse(record.settings)),
      blind: record.blind === 1,
      revealed: record.revealed === 1,
      vote: record.vote,
      votedBlind: record.voted_blind === 1,
      createdAt: record.created_at,
      answers: answers.map((answer) => ({
        id: answer.id,
        letter: answer.letter,
        modelId: answer.model_id,
        modelName: answer.model_name,
        text: answer.text,
        thought: answer.thought,
        state: answer.state,
        trouble: answer.trouble === null ? null : Trouble.parse(JSON.parse(answer.trouble)),
        facts: answer.facts === null ? null : AnswerFacts.parse(JSON.parse(answer.facts)),
      })),
    }
  }

  /** Answers that nobody writes, whose end could not be written, have failed; what was saved of them stays. @param writing those that are being written */
  failLeft(writing: readonly string[], trouble: Trouble): void {
    this.#database
      .prepare(
        `UPDATE compared_answers SET state = 'failed', trouble = ? WHERE state = 'writing' AND id NOT IN (SELECT value FROM json_each(?))`,
      )
      .run(JSON.stringify(trouble), JSON.stringify(writing))
  }

  /** The newest first; names only where they may be seen. `writing` is left to the caller, who knows. */
  list(limit: number): Omit<ComparisonRow, 'writing'>[] {
    return this.#database
      .prepare<Omit<ComparisonRecord, 'settings'> & { names: string }>(
        `SELECT id, substr(question, 1, 1000) AS question, blind, revealed, vote, created_at,
           (SELECT json_group_array(model_name ORDER BY letter) FROM compared_answers WHERE comparison_id = comparisons.id) AS names
         FROM comparisons ORDER BY number DESC LIMIT ?`,
      )
      .all(limit)
      .map((row) => ({
        id: row.id,
        title: titleOf(row.question),
        createdAt: row.created_at,
        blind: row.blind === 1,
        vote: row.vote,
        names: row.revealed === 1 ? z.array(z.string()).parse(JSON.parse(row.names)) : null,
      }))
  }

  count(): number {
    return this.#database.prepare<{ count: number }>('SELECT count(*) AS count FROM comparisons').get()?.count ?? 0
  }

  isNewest(comparisonId: string): boolean {
    return (
      this.#database.prepare<{ id: string }>('SELECT id FROM comparisons ORDER BY number DESC LIMIT 1').get()?.id === comparisonId
    )
  }

  saveWriting(answerId: string, text: string, thought: string): void {
    this.#database
      .prepare(`UPDATE compared_answers SET text = ?, thought = ?, state = 'writing', trouble = NULL, facts = NULL WHERE id = ?`)
      .run(text, thought, answerId)
  }

  settle(answerId: string, { text, thought, state, trouble, facts }: Settlement): void {
    this.#database
      .prepare('UPDATE compared_answers SET text = ?, thought = ?, state = ?, trouble = ?, facts = ? WHERE id = ?')
      .run(text, thought, state, trouble && JSON.stringify(trouble), facts && JSON.stringify(facts), answerId)
  }

  /** Keeps the vote; the names are no secret any more. */
  vote(comparisonId: string, vote: Vote, votedBlind: boolean): void {
    this.#database
      .prepare('UPDATE comparisons SET vote = ?, voted_blind = ?, revealed = 1 WHERE id = ?')
      .run(vote, votedBlind ? 1 : 0, comparisonId)
  }

  reveal(comparisonId: string): void {
    this.#database.prepare('UPDATE comparisons SET revealed = 1 WHERE id = ?').run(comparisonId)
  }

  remove(comparisonId: string): void {
    this.#database.prepare('DELETE FROM comparisons WHERE id = ?').run(comparisonId)
  }

  /** Every vote about an answer that stands, the oldest first. */
  votes(): CountedVote[] {
    return this.#database
      .prepare<{ vote: Vote; voted_blind: number; letter: Letter; model_id: string; model_name: string }>(
        `SELECT vote, voted_blind, letter, model_id, model_name FROM comparisons
         JOIN compared_answers ON compared_answers.comparison_id = comparisons.id
         WHERE vote IS NOT NULL AND ${standing} ORDER BY comparisons.number, compared_answers.number`,
      )
      .all()
      .map((row) => ({
        vote: row.vote,
        blind: row.voted_blind === 1,
        letter: row.letter,
        modelId: row.model_id,
        name: row.model_name,
      }))
  }
}
