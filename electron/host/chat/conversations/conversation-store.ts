/** Conversations and messages of one workspace in its encrypted file. A conversation is a tree of messages; its leaf says which branch is shown. */
import { randomUUID } from 'node:crypto'
import {
  AnswerFacts,
  type Conversation,
  type ConversationHead,
  type ConversationRow,
  type Message,
  type MessageState,
} from '../../../../contract/conversation.ts'
import { Trouble } from '../../../../contract/entities.ts'
import { AnswerSources, Scope, SearchReport, SourceFrame } from '../../../../contract/sources.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'

interface ConversationRecord {
  id: string
  title: string
  pinned: number
  preset_id: string
  model_id: string | null
  leaf_id: string | null
  scope: string | null
  created_at: number
  updated_at: number
}

interface MessageRecord {
  id: string
  conversation_id: string
  parent_id: string | null
  role: Message['role']
  text: string
  thought: string
  state: MessageState
  trouble: string | null
  facts: string | null
  sources: string | null
  created_at: number
  edited_from: string | null
}

/** How an answer is left when its writing ends. */
export interface Settlement {
  text: string
  thought: string
  state: MessageState
  trouble: Trouble | null
  facts: AnswerFacts | null
  /** Null for an answer without documents. */
  sources?: AnswerSources | null
}

/** One that is only begun, without a message or an attachment, is shown to nobody. */
const begun = '(leaf_id IS NOT NULL OR EXISTS (SELECT 1 FROM documents WHERE documents.conversation_id = conversations.id))'
/** The others, said so that they are found by their leaf and not by going through all. */
const empty = '(leaf_id IS NULL AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.conversation_id = conversations.id))'

/** Of a conversation that is older than documents. */
const initialScope: Scope = { documents: true, strict: false, documentIds: null }

export class ConversationStore {
  readonly #database: EncryptedDatabase
  readonly #now: () => number

  constructor({ database, now }: { database: EncryptedDatabase; now: () => number }) {
    this.#database = database
    this.#now = now
  }

  /** Answers that were being written when the application went away are marked; what was saved of them stays. */
  markInterrupted(): void {
    this.#database.prepare(`UPDATE messages SET state = 'interrupted' WHERE state = 'writing'`).run()
  }

  /** Answers that nobody writes, whose end could not be written, have failed; what was saved of them stays. @param writing those that are being written */
  failLeft(writing: readonly string[], trouble: Trouble): void {
    this.#database
      .prepare(
        `UPDATE messages SET state = 'failed', trouble = ? WHERE state = 'writing' AND id NOT IN (SELECT value FROM json_each(?))`,
      )
      .run(JSON.stringify(trouble), JSON.stringify(writing))
  }

  /** Pinned first, then the newest. `writing` is left to the caller, who knows. */
  list(limit: number): Omit<ConversationRow, 'writing'>[] {
    return this.#database
      .prepare<ConversationRecord>(
        `SELECT id, title, pinned, updated_at FROM conversations WHERE ${begun} ORDER BY pinned DESC, updated_at DESC, number DESC LIMIT ?`,
      )
      .all(limit)
      .map((row) => ({ id: row.id, title: row.title, pinned: row.pinned === 1, updatedAt: row.updated_at }))
  }

  count(): number {
    const countOf = (which: string): number =>
      this.#database.prepare<{ count: number }>(`SELECT count(*) AS count FROM conversations ${which}`).get()?.count ?? 0
    return countOf('') - countOf(`WHERE ${empty}`)
  }

  create(input: { title: string; presetId: string; modelId: string | null; scope?: Scope }): string {
    const id = randomUUID()
    const now = this.#now()
    const scope = input.scope ? JSON.stringify(input.scope) : null
    this.#database
      .prepare(
        'INSERT INTO conversations (id, title, preset_id, model_id, scope, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, input.title, input.presetId, input.modelId, scope, now, now)
    return id
  }

  /** Conversations that were begun and left behind without anything in them go; what was typed for one is kept for the next. */
  removeEmpty(): void {
    this.#database.transaction(() => {
      const theirs = `conversation_id IN (SELECT id FROM conversations WHERE ${empty})`
      this.#database.prepare(`UPDATE OR IGNORE drafts SET conversation_id = '' WHERE ${theirs}`).run()
      this.#database.prepare(`DELETE FROM drafts WHERE ${theirs}`).run()
      this.#database.prepare(`DELETE FROM conversations WHERE ${empty}`).run()
    })
  }

  /** The conversation with the messages of its chosen branch. @throws AppError not_found */
  read(conversationId: string): Conversation {
    const { leaf_id: leafId } = this.#record(conversationId)
    return { ...this.head(conversationId), messages: leafId === null ? [] : this.branch(leafId) }
  }

  /** The conversation without its messages. @throws AppError not_found */
  head(conversationId: string): ConversationHead {
    const { id, title, pinned, preset_id, model_id, scope, created_at } = this.#record(conversationId)
    return {
      ...{ id, title, pinned: pinned === 1, presetId: preset_id, modelId: model_id, createdAt: created_at },
      scope: scope === null ? initialScope : Scope.parse(JSON.parse(scope)),
    }
  }

  /** The last message of the chosen branch; null while there is none. @throws AppError not_found */
  leafOf(conversationId: string): string | null {
    return this.#record(conversationId).leaf_id
  }

  /** All messages from the first, or from the one after `afterId`, to this one, oldest first, each with its siblings. */
  branch(leafId: string, afterId: string | null = null): Message[] {
    const path = this.#database
      .prepare<MessageRecord>(
        `WITH RECURSIVE branch (id, depth) AS (
           SELECT ?, 0 UNION ALL
           SELECT messages.parent_id, depth + 1 FROM branch JOIN messages ON messages.id = branch.id
           WHERE messages.parent_id IS NOT NULL AND messages.parent_id IS NOT ?
         ) SELECT messages.* FROM branch JOIN messages ON messages.id = branch.id ORDER BY depth DESC`,
      )
      .all(leafId, afterId)
    const siblings = this.#database.prepare<{ id: string }>(
      'SELECT id FROM messages WHERE conversation_id = ? AND parent_id IS ? ORDER BY number',
    )
    return path.map((record) =>
      messageOf(
        record,
        siblings.all(record.conversation_id, record.parent_id).map(({ id }) => id),
      ),
    )
  }

  /** @throws AppError not_found */
  message(conversationId: string, messageId: string): Message {
    const record = this.#database
      .prepare<MessageRecord>('SELECT * FROM messages WHERE id = ? AND conversation_id = ?')
      .get(messageId, conversationId)
    if (!record) throw new AppError('not_found', 'No such message')
    return messageOf(record, [])
  }

  hasChildren(messageId: string): boolean {
    return this.#database.prepare('SELECT 1 FROM messages WHERE parent_id = ? LIMIT 1').get(messageId) !== undefined
  }

  /** Adds a message and shows the branch that ends with it. Returns its id. */
  add(
    conversationId: string,
    message: { parentId: string | null; role: Message['role']; text: string; state: MessageState },
  ): string {
    const id = randomUUID()
    const now = this.#now()
    this.#database
      .prepare(
        'INSERT INTO messages (id, conversation_id, parent_id, role, text, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, conversationId, message.parentId, message.role, message.text, message.state, now)
    this.#database.prepare('UPDATE conversations SET leaf_id = ?, updated_at = ? WHERE id = ?').run(id, now, conversationId)
    return id
  }

  /** Adds an answer as a person has edited it, beside the original, with what that was made from. */
  addEdited(conversationId: string, original: Message, { text, sources }: Pick<Message, 'text' | 'sources'>): string {
    const id = this.add(conversationId, { parentId: original.parentId, role: 'assistant', text, state: 'edited' })
    this.#database
      .prepare('UPDATE messages SET edited_from = ?, sources = ?, found = (SELECT found FROM messages WHERE id = ?) WHERE id = ?')
      .run(original.id, sources && JSON.stringify(sources), original.id, id)
    return id
  }

  /** Keeps what an answer says so far; it stays unindexed until it is settled. */
  saveWriting(messageId: string, text: string, thought: string): void {
    this.#database
      .prepare(`UPDATE messages SET text = ?, thought = ?, state = 'writing', trouble = NULL WHERE id = ?`)
      .run(text, thought, messageId)
  }

  settle(messageId: string, { text, thought, state, trouble, facts, sources }: Settlement): void {
    this.#database
      .prepare(
        'UPDATE messages SET text = ?, thought = ?, state = ?, trouble = ?, facts = ?, sources = coalesce(?, sources) WHERE id = ?',
      )
      .run(
        ...[text, thought, state, trouble && JSON.stringify(trouble), facts && JSON.stringify(facts)],
        sources ? JSON.stringify(sources) : null,
        messageId,
      )
  }

  /** Keeps what an answer is made from. `found` null leaves what is known of its search. */
  saveSources(messageId: string, sources: AnswerSources, found: SearchReport | null): void {
    const withoutGiven = found && {
      ...found,
      found: found.found.map((passage) => ({ ...passage, text: isGiven(passage, sources) ? '' : passage.text })),
    }
    this.#database
      .prepare('UPDATE messages SET sources = ?, found = coalesce(?, found) WHERE id = ?')
      .run(JSON.stringify(sources), withoutGiven && JSON.stringify(withoutGiven), messageId)
  }

  /** How sources are set off in this conversation; null where none were yet. A branch that begins anew goes on with it, as its model has read it so. */
  sourceFrame(conversationId: string): SourceFrame | null {
    const kept = this.#database
      .prepare<{ frame: string | null }>(
        `SELECT json_extract(sources, '$.frame') AS frame FROM messages
         WHERE conversation_id = ? AND sources IS NOT NULL ORDER BY number DESC LIMIT 1`,
      )
      .get(conversationId)?.frame
    return kept == null ? null : SourceFrame.parse(JSON.parse(kept))
  }

  /** What was found for an answer. @throws AppError not_found for one without documents */
  found(conversationId: string, messageId: string): SearchReport {
    const { sources } = this.message(conversationId, messageId)
    const kept = this.#database.prepare<{ found: string | null }>('SELECT found FROM messages WHERE id = ?').get(messageId)?.found
    if (!sources || kept == null) throw new AppError('not_found', 'This answer was made without documents')
    const report = SearchReport.parse(JSON.parse(kept))
    const found = report.found.map((passage) => {
      const given = sources.given.find(({ number }) => number === passage.number)
      return given && passage.text === ''
        ? { ...passage, text: given.text.slice(passage.start - given.start, passage.end - given.start) }
        : passage
    })
    return { ...report, found }
  }

  /** Shows the branch that this message is on, down to its newest end; the one that is shown stays if the message is on it. */
  choose(conversationId: string, messageId: string): void {
    this.message(conversationId, messageId)
    if (this.#isShown(conversationId, messageId)) return
    const newestChild = this.#database.prepare<{ id: string }>(
      'SELECT id FROM messages WHERE conversation_id = ? AND parent_id = ? ORDER BY number DESC LIMIT 1',
    )
    let leaf = messageId
    for (let child = newestChild.get(conversationId, leaf); child; child = newestChild.get(conversationId, leaf)) leaf = child.id
    this.#database.prepare('UPDATE conversations SET leaf_id = ? WHERE id = ?').run(leaf, conversationId)
  }

  rename(conversationId: string, title: string): void {
    this.#record(conversationId)
    this.#database.prepare('UPDATE conversations SET title = ? WHERE id = ?').run(title, conversationId)
  }

  pin(conversationId: string, pinned: boolean): void {
    this.#record(conversationId)
    this.#database.prepare('UPDATE conversations SET pinned = ? WHERE id = ?').run(pinned ? 1 : 0, conversationId)
  }

  configure(
    conversationId: string,
    { presetId, modelId, scope }: { presetId?: string | undefined; modelId?: string | undefined; scope?: Scope | undefined },
  ): void {
    const record = this.#record(conversationId)
    this.#database
      .prepare('UPDATE conversations SET preset_id = ?, model_id = ?, scope = ? WHERE id = ?')
      .run(
        ...[presetId ?? record.preset_id, modelId ?? record.model_id],
        scope ? JSON.stringify(scope) : record.scope,
        conversationId,
      )
  }

  remove(conversationId: string): void {
    this.#record(conversationId)
    this.#database.transaction(() => {
      // By hand: cascading down a long chain of turns would pass the depth of triggers that SQLite allows (1,000).
      this.#database.prepare('DELETE FROM messages WHERE conversation_id = ?').run(conversationId)
      this.#database.prepare('DELETE FROM conversations WHERE id = ?').run(conversationId)
    })
  }

  /** Runs several of these as one. */
  together<T>(work: () => T): T {
    return this.#database.transaction(work)
  }

  #isShown(conversationId: string, messageId: string): boolean {
    const found = this.#database
      .prepare(
        `WITH RECURSIVE branch (id) AS (
           SELECT leaf_id FROM conversations WHERE id = ? UNION ALL
           SELECT messages.parent_id FROM branch JOIN messages ON messages.id = branch.id
         ) SELECT 1 FROM branch WHERE id = ?`,
      )
      .get(conversationId, messageId)
    return found !== undefined
  }

  #record(conversationId: string): ConversationRecord {
    const record = this.#database.prepare<ConversationRecord>('SELECT * FROM conversations WHERE id = ?').get(conversationId)
    if (!record) throw new AppError('not_found', 'No such conversation')
    return record
  }
}

/** Its text stands in what was given and need not be kept twice. */
function isGiven(passage: SearchReport['found'][number], { given }: AnswerSources): boolean {
  const source = given.find(({ number }) => number === passage.number)
  return source?.text.slice(passage.start - source.start, passage.end - source.start) === passage.text
}

function messageOf(record: MessageRecord, siblings: string[]): Message {
  return {
    id: record.id,
    parentId: record.parent_id,
    role: record.role,
    text: record.text,
    thought: record.thought,
    state: record.state,
    trouble: record.trouble === null ? null : Trouble.parse(JSON.parse(record.trouble)),
    facts: record.facts === null ? null : AnswerFacts.parse(JSON.parse(record.facts)),
    sources: record.sources === null ? null : AnswerSources.parse(JSON.parse(record.sources)),
    createdAt: record.created_at,
    siblings,
    ...(record.edited_from === null ? {} : { editedFrom: record.edited_from }),
  }
}
