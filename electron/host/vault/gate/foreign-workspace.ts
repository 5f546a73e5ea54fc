/**
 * Rebuilds a workspace out of somebody else's rows, table by table, in a fresh database of ours. Nothing is copied as it is: each row passes
 * the allow-list, gets the numbers and ids of this place, and must hang together with the others. What can be made anew is: passages and words
 * come of the blocks when ingest finds them waiting, as after a change of our splitting.
 */
import { ForeignContents } from './foreign-contents.ts'
import { ForeignIds } from './foreign-ids.ts'
import { ForeignRows, orMalformed, type ForeignRowsOptions, type Origin } from './foreign-rows.ts'
import * as tables from './foreign-tables.ts'
import { ForeignVectors } from './foreign-vectors.ts'
import { malformed } from './malformed.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'

export interface ForeignWorkspaceOptions extends ForeignRowsOptions {
  origin: Origin
  /** Whose vectors are taken, by the SHA-256 of its file; null for anybody's. */
  embedderId: string | null
}

/** A message in a message in a message; more is nobody's mail. */
const mostDeep = 50

/** What came in, and how many rows did not, as far as that can be told. */
export interface Rebuilt {
  conversations: number
  documents: number
  lost: number
}

export class ForeignWorkspace {
  readonly #options: ForeignWorkspaceOptions
  readonly #database: EncryptedDatabase
  readonly #ids = new ForeignIds()
  readonly #rows: ForeignRows

  constructor(options: ForeignWorkspaceOptions) {
    this.#options = options
    this.#database = options.database
    this.#rows = new ForeignRows(options)
  }

  /** @throws AppError workspace_file_malformed, porter_died, disk_full; the signal's reason */
  async rebuild(): Promise<Rebuilt> {
    try {
      await this.#conversations()
      if (this.#options.origin === 'own') await this.#drafts()
      await this.#comparisons()
      if (this.#options.origin === 'own') await this.#watchedFolders()
      await this.#documents()
      await this.#questions()
      // What can be made anew is not worth a doubt.
      if (!this.#options.salvages) await this.#vectors()
      this.#mend()
      const count = (table: string): number =>
        this.#database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0
      return { conversations: count('conversations'), documents: count('documents'), lost: this.#rows.lost }
    } catch (error) {
      throw orMalformed(error)
    }
  }

  async #conversations(): Promise<void> {
    const ids = this.#ids
    const addConversation = this.#database.prepare(
      `INSERT INTO conversations (id, title, pinned, preset_id, model_id, leaf_id, created_at, updated_at, scope)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#rows.each(tables.conversations, (row) =>
      addConversation.run(
        ...[ids.of('conversation', row.id), row.title, row.pinned, row.preset_id, row.model_id],
        ...[ids.ofNullable('message', row.leaf_id), row.created_at, row.updated_at, row.scope],
      ),
    )
    // A turn follows one that is here already: those that go round in a circle are refused by the reference.
    const addMessage = this.#database.prepare(
      `INSERT INTO messages (id, conversation_id, parent_id, role, text, thought, state, trouble, facts, created_at, sources, found, edited_from)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#rows.each(tables.messages, (row) => {
      const conversationId = ids.of('conversation', row.conversation_id)
      const parentId = ids.ofNullable('message', row.parent_id)
      const follows = this.#options.salvages ? this.#place({ ...row, conversationId, parentId }) : parentId
      addMessage.run(
        ...[ids.of('message', row.id), conversationId, follows],
        ...[row.role, row.text, row.thought, settled(row.state), row.trouble, row.facts, row.created_at, row.sources, row.found],
        ids.ofNullable('message', row.edited_from),
      )
    })
  }

  /** Where a turn goes of which the conversation, or the turn before, may be lost: after the last one of the other side that is here. */
  #place(row: { conversationId: string; parentId: string | null; role: string; created_at: number }): string | null {
    this.#database
      .prepare(
        `INSERT OR IGNORE INTO conversations (id, title, preset_id, created_at, updated_at) VALUES (?, '…', 'balanced', ?, ?)`,
      )
      .run(row.conversationId, row.created_at, row.created_at)
    if (this.#isHere('messages', row.parentId)) return row.parentId
    const before = this.#database
      .prepare<{ id: string }>('SELECT id FROM messages WHERE conversation_id = ? AND role <> ? ORDER BY number DESC LIMIT 1')
      .get(row.conversationId, row.role)
    return before?.id ?? null
  }

  #isHere(table: 'messages' | 'conversations' | 'documents' | 'watched_folders', id: string | null): boolean {
    return id === null || this.#database.prepare(`SELECT 1 FROM ${table} WHERE id = ?`).get(id) !== undefined
  }

  /** What a row refers to; where something is being salvaged, nothing when that is lost. */
  #reference(table: 'conversations' | 'documents' | 'watched_folders', id: string | null): string | null {
    return this.#options.salvages && !this.#isHere(table, id) ? null : id
  }

  /** Those of a conversation that did not come would be shown nowhere. */
  async #drafts(): Promise<void> {
    const add = this.#database.prepare('INSERT INTO drafts (conversation_id, message_id, text) VALUES (?, ?, ?)')
    await this.#rows.each(tables.drafts, (row) => {
      const conversationId = row.conversation_id && this.#ids.of('conversation', row.conversation_id)
      const messageId = row.message_id && this.#ids.of('message', row.message_id)
      if (conversationId === '' || this.#isHere('conversations', conversationId)) add.run(conversationId, messageId, row.text)
    })
  }

  async #comparisons(): Promise<void> {
    const ids = this.#ids
    const addComparison = this.#database.prepare(
      `INSERT INTO comparisons (id, question, settings, blind, revealed, vote, voted_blind, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#rows.each(tables.comparisons, (row) =>
      addComparison.run(
        ...[ids.of('comparison', row.id), row.question, row.settings, row.blind, row.revealed],
        ...[row.vote, row.voted_blind, row.created_at],
      ),
    )
    const addAnswer = this.#database.prepare(
      `INSERT INTO compared_answers (id, comparison_id, letter, model_id, model_name, text, thought, state, trouble, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#rows.each(tables.comparedAnswers, (row) =>
      addAnswer.run(
        ...[ids.of('answer', row.id), ids.of('comparison', row.comparison_id), row.letter, row.model_id, row.model_name],
        ...[row.text, row.thought, settled(row.state), row.trouble, row.facts],
      ),
    )
  }

  async #watchedFolders(): Promise<void> {
    const add = this.#database.prepare('INSERT INTO watched_folders (id, path, name, added_at, identity) VALUES (?, ?, ?, ?, ?)')
    await this.#rows.each(tables.watchedFolders, (row) => add.run(row.id, row.path, row.name, row.added_at, row.identity))
    const leaveOut = this.#database.prepare('INSERT INTO left_out_files VALUES (?, ?, ?)')
    await this.#rows.each(tables.leftOutFiles, (row) => leaveOut.run(row.folder_id, row.folder, row.name))
  }

  async #documents(): Promise<void> {
    const contents = new ForeignContents(this.#database, this.#options.salvages)
    await this.#rows.each(tables.contents, (row) => contents.add(row))
    await this.#rows.each(tables.contentParts, (row) => contents.addPart(row))
    contents.endParts()
    const lostBefore = this.#rows.lost
    await this.#rows.each(tables.blocks, (row) => contents.addBlock(row))
    await this.#rows.each(tables.recognisedPages, (row) => contents.addRecognisedPage(row))
    if (this.#rows.lost > lostBefore) {
      contents.readAgain()
      this.#rows.lost = lostBefore
    }
    const isOwn = this.#options.origin === 'own'
    const add = this.#database.prepare(
      `INSERT INTO documents (id, name, folder_id, folder, conversation_id, parent_id, content_number, size_bytes, trouble, added_at, changed_at, stamp)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#rows.each(tables.documents, (row) =>
      add.run(
        ...[row.id, row.name, isOwn ? this.#reference('watched_folders', row.folder_id) : null, row.folder],
        this.#reference('conversations', this.#ids.ofNullable('conversation', row.conversation_id)),
        ...[this.#reference('documents', row.parent_id), contents.numberOf(row.content_number)],
        ...[row.size_bytes, row.trouble, row.added_at, row.changed_at, isOwn ? row.stamp : null],
      ),
    )
    const leaveOut = this.#database.prepare('INSERT OR IGNORE INTO left_out_attachments VALUES (?, ?)')
    await this.#rows.each(tables.leftOutAttachments, (row) => {
      if (this.#isHere('documents', row.parent_id)) leaveOut.run(row.parent_id, row.name)
    })
  }

  async #questions(): Promise<void> {
    const add = this.#database.prepare('INSERT INTO questions (id, text, document_id, words) VALUES (?, ?, ?, ?)')
    await this.#rows.each(tables.questions, (row) => add.run(row.id, row.text, row.document_id, row.words))
    const addRun = this.#database.prepare('INSERT INTO question_runs (id, run) VALUES (?, ?)')
    await this.#rows.each(tables.questionRuns, (row) => (row.run === null ? null : addRun.run(row.id, row.run)))
  }

  /** Those of the set that serves; where anything about them is odd none comes, and all is embedded anew. */
  async #vectors(): Promise<void> {
    const vectors = new ForeignVectors(this.#database, this.#options.embedderId)
    await this.#rows.each(tables.vectorSets, (row) => vectors.look(row))
    const set = vectors.begin()
    if (set === null) return
    await this.#options.line.readVectors(set)
    for await (const rows of this.#rows.batches()) {
      if (!this.#database.transaction(() => vectors.add(rows))) return
    }
    vectors.end()
  }

  /** What holds among our own rows must hold among these. */
  #mend(): void {
    const database = this.#database
    const isOdd = (sql: string): boolean => database.prepare(sql).get() !== undefined
    if (
      isOdd(
        // The reference refuses what follows a later one, and lets pass what follows itself.
        `SELECT 1 FROM messages one JOIN messages parent ON parent.id = one.parent_id
         WHERE parent.conversation_id <> one.conversation_id OR parent.number = one.number`,
      ) ||
      isOdd('SELECT 1 FROM documents WHERE parent_id = id') ||
      isOdd(
        `WITH RECURSIVE inside (id, depth) AS (
           SELECT id, 1 FROM documents WHERE parent_id IS NULL
           UNION ALL SELECT documents.id, depth + 1 FROM inside JOIN documents ON documents.parent_id = inside.id WHERE depth <= ${mostDeep}
         ) SELECT 1 FROM inside WHERE depth > ${mostDeep}`,
      )
    )
      throw malformed('Its rows do not hang together')
    // What an answer was edited from stands beside it and before it; where it does not, nobody knows any more.
    database.exec(
      `UPDATE messages SET edited_from = NULL
       WHERE edited_from IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM messages original WHERE original.id = messages.edited_from AND original.number < messages.number
         AND original.conversation_id = messages.conversation_id AND original.parent_id IS messages.parent_id)`,
    )
    // A leaf that is not there, or stands in another conversation, would hide the turns or show somebody else's.
    database.exec(
      `UPDATE conversations SET leaf_id = (
         SELECT id FROM messages WHERE conversation_id = conversations.id ORDER BY number DESC LIMIT 1)
       WHERE NOT EXISTS (SELECT 1 FROM messages WHERE id = leaf_id AND conversation_id = conversations.id)`,
    )
  }
}

/** Nobody writes on at an answer that was being written elsewhere. */
function settled<State extends string>(state: State): State | 'interrupted' {
  return state === 'writing' ? 'interrupted' : state
}
