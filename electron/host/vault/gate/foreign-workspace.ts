/**
 * Rebuilds a workspace out of somebody else's rows, table by table, in a fresh database of ours. Nothing is copied as it is: each row passes
 * the allow-list, gets the numbers and ids of this place, and must hang together with the others. What can be made anew is: passages and words
 * come of the blocks when ingest finds them waiting, as after a change of our splitting.
 */
import type { z } from 'zod'
import type { ForeignValue } from '../../../porter/contract.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import { ForeignContents } from './foreign-contents.ts'
import { ForeignIds } from './foreign-ids.ts'
import * as tables from './foreign-tables.ts'
import type { ForeignTable } from './foreign-tables.ts'
import { ForeignVectors } from './foreign-vectors.ts'
import { malformed } from './malformed.ts'
import type { PorterLine } from './porter-line.ts'

/** Where a database comes from: `stranger` is anybody; `own` is a backup of this machine's, which brings what belongs to the machine. */
export type Origin = 'stranger' | 'own'

export interface ForeignWorkspaceOptions {
  line: PorterLine
  /** What the rows are written into: made by our own steps, and empty. */
  database: EncryptedDatabase
  /** The last step of ours that the foreign one says it has taken; one that is known here. */
  version: number
  databaseBytes: number
  origin: Origin
  /** Whose vectors are taken, by the SHA-256 of its file; null for anybody's. */
  embedderId: string | null
  signal: AbortSignal
}

/** What rows may take of the line beyond the file's own size, in characters. */
const spareCharacters = 64 * 1024 * 1024
/** A message in a message in a message; more is nobody's mail. */
const mostDeep = 50

export class ForeignWorkspace {
  readonly #options: ForeignWorkspaceOptions
  readonly #database: EncryptedDatabase
  readonly #ids = new ForeignIds()
  #leftCharacters: number

  constructor(options: ForeignWorkspaceOptions) {
    this.#options = options
    this.#database = options.database
    this.#leftCharacters = options.databaseBytes * 2 + spareCharacters
  }

  /** @throws AppError workspace_file_malformed, porter_died, disk_full; the signal's reason */
  async rebuild(): Promise<void> {
    try {
      await this.#conversations()
      await this.#comparisons()
      if (this.#options.origin === 'own') await this.#watchedFolders()
      await this.#documents()
      await this.#questions()
      await this.#vectors()
      this.#mend()
    } catch (error) {
      throw isConstraint(error) ? malformed('Its rows do not hang together', error) : error
    }
  }

  async #conversations(): Promise<void> {
    const ids = this.#ids
    const addConversation = this.#database.prepare(
      `INSERT INTO conversations (id, title, pinned, preset_id, model_id, leaf_id, created_at, updated_at, scope)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#each(tables.conversations, (row) =>
      addConversation.run(
        ...[ids.of('conversation', row.id), row.title, row.pinned, row.preset_id, row.model_id],
        ...[ids.ofNullable('message', row.leaf_id), row.created_at, row.updated_at, row.scope],
      ),
    )
    // A turn follows one that is here already: those that go round in a circle are refused by the reference.
    const addMessage = this.#database.prepare(
      `INSERT INTO messages (id, conversation_id, parent_id, role, text, thought, state, trouble, facts, created_at, sources, found)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#each(tables.messages, (row) =>
      addMessage.run(
        ...[ids.of('message', row.id), ids.of('conversation', row.conversation_id), ids.ofNullable('message', row.parent_id)],
        ...[row.role, row.text, row.thought, settled(row.state), row.trouble, row.facts, row.created_at, row.sources, row.found],
      ),
    )
  }

  async #comparisons(): Promise<void> {
    const ids = this.#ids
    const addComparison = this.#database.prepare(
      `INSERT INTO comparisons (id, question, settings, blind, revealed, vote, voted_blind, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#each(tables.comparisons, (row) =>
      addComparison.run(
        ...[ids.of('comparison', row.id), row.question, row.settings, row.blind, row.revealed],
        ...[row.vote, row.voted_blind, row.created_at],
      ),
    )
    const addAnswer = this.#database.prepare(
      `INSERT INTO compared_answers (id, comparison_id, letter, model_id, model_name, text, thought, state, trouble, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#each(tables.comparedAnswers, (row) =>
      addAnswer.run(
        ...[ids.of('answer', row.id), ids.of('comparison', row.comparison_id), row.letter, row.model_id, row.model_name],
        ...[row.text, row.thought, settled(row.state), row.trouble, row.facts],
      ),
    )
  }

  async #watchedFolders(): Promise<void> {
    const add = this.#database.prepare('INSERT INTO watched_folders (id, path, name, added_at, identity) VALUES (?, ?, ?, ?, ?)')
    await this.#each(tables.watchedFolders, (row) => add.run(row.id, row.path, row.name, row.added_at, row.identity))
    const leaveOut = this.#database.prepare('INSERT INTO left_out_files VALUES (?, ?, ?)')
    await this.#each(tables.leftOutFiles, (row) => leaveOut.run(row.folder_id, row.folder, row.name))
  }

  async #documents(): Promise<void> {
    const contents = new ForeignContents(this.#database)
    await this.#each(tables.contents, (row) => contents.add(row))
    await this.#each(tables.contentParts, (row) => contents.addPart(row))
    contents.endParts()
    await this.#each(tables.blocks, (row) => contents.addBlock(row))
    await this.#each(tables.recognisedPages, (row) => contents.addRecognisedPage(row))
    const isOwn = this.#options.origin === 'own'
    const add = this.#database.prepare(
      `INSERT INTO documents (id, name, folder_id, folder, conversation_id, parent_id, content_number, size_bytes, trouble, added_at, changed_at, stamp)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    await this.#each(tables.documents, (row) =>
      add.run(
        ...[row.id, row.name, isOwn ? row.folder_id : null, row.folder],
        ...[this.#ids.ofNullable('conversation', row.conversation_id), row.parent_id, contents.numberOf(row.content_number)],
        ...[row.size_bytes, row.trouble, row.added_at, row.changed_at, isOwn ? row.stamp : null],
      ),
    )
  }

  async #questions(): Promise<void> {
    const add = this.#database.prepare('INSERT INTO questions (id, text, document_id, words) VALUES (?, ?, ?, ?)')
    await this.#each(tables.questions, (row) => add.run(row.id, row.text, row.document_id, row.words))
    const addRun = this.#database.prepare('INSERT INTO question_runs (id, run) VALUES (?, ?)')
    await this.#each(tables.questionRuns, (row) => (row.run === null ? null : addRun.run(row.id, row.run)))
  }

  /** Those of the set that serves; where anything about them is odd none comes, and all is embedded anew. */
  async #vectors(): Promise<void> {
    const vectors = new ForeignVectors(this.#database, this.#options.embedderId)
    await this.#each(tables.vectorSets, (row) => vectors.look(row))
    const set = vectors.begin()
    if (set === null) return
    await this.#options.line.readVectors(set)
    for await (const rows of this.#batches()) {
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
    // A leaf that is not there, or stands in another conversation, would hide the turns or show somebody else's.
    database.exec(
      `UPDATE conversations SET leaf_id = (
         SELECT id FROM messages WHERE conversation_id = conversations.id ORDER BY number DESC LIMIT 1)
       WHERE NOT EXISTS (SELECT 1 FROM messages WHERE id = leaf_id AND conversation_id = conversations.id)`,
    )
  }

  async #each<Row>(table: ForeignTable<Row>, take: (row: Row) => unknown): Promise<void> {
    const { line, version } = this.#options
    if (version < table.since) return
    const known = table.columns.filter(({ since }) => since <= version).map(({ name }) => name)
    const later = Object.fromEntries(table.columns.filter(({ since }) => since > version).map(({ name }) => [name, null]))
    await line.read(table.name, known, table.order)
    let count = 0
    for await (const rows of this.#batches()) {
      count += rows.length
      if (count > table.mostRows) throw malformed(`More rows of ${table.name} than anybody has`)
      this.#database.transaction(() => {
        for (const cells of rows) {
          if (cells.length !== known.length) throw malformed('A row of another width')
          const named = Object.fromEntries(known.map((name, index) => [name, cells[index]]))
          const parsed = table.row.safeParse({ ...named, ...later })
          if (!parsed.success) throw malformed(`A row of ${table.name} is not as we write them: ${placesOf(parsed.error)}`)
          take(parsed.data)
        }
      })
    }
  }

  async *#batches(): AsyncGenerator<ForeignValue[][]> {
    for (;;) {
      const rows = await this.#options.line.next()
      this.#options.signal.throwIfAborted()
      if (rows === null) return
      for (const cells of rows) for (const cell of cells) this.#leftCharacters -= lengthOf(cell)
      if (this.#leftCharacters < 0) throw malformed('It hands over more than it has')
      yield rows
    }
  }
}

/** Nobody writes on at an answer that was being written elsewhere. */
function settled<State extends string>(state: State): State | 'interrupted' {
  return state === 'writing' ? 'interrupted' : state
}

function lengthOf(cell: ForeignValue): number {
  return 8 + (typeof cell === 'string' ? cell.length : typeof cell === 'object' && cell !== null ? cell.base64.length : 0)
}

/** Names of columns, never values. */
function placesOf(error: z.ZodError): string {
  return [...new Set(error.issues.map(({ path }) => String(path[0] ?? '')))].join(', ')
}

/** Two rows of the same id, a reference to nothing, nothing where something must be. */
function isConstraint(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT')
}
