/**
 * The rows of newer readings of contents: each is a content of its own beside the one that serves, has no document, and takes its place
 * in one small step once it is whole. So no search and no kill ever finds a mixture of two readings. Decides nothing about when.
 */
import type { Document } from '../../../../contract/document.ts'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { DocumentFormat, TextBlock } from '../../../../contract/text-place.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { ContentStore } from './content-store.ts'
import type { Content, ContentStage } from './content.ts'

/** What a reading says of a file beside its text. */
export interface ReadFacts {
  format: DocumentFormat
  pages: number | null
  pageKind: Document['pageKind']
  title: string | null
  /** Pages that are pictures and were not recognised. */
  picturePages: readonly number[]
  confidence: number | null
  trouble: Trouble | null
}

/** Where a content must stand to be read anew: nothing is under way with it. */
const settledStages: readonly ContentStage[] = ['indexed', 'no_text', 'failed']

export class NewerReadings {
  readonly #database: EncryptedDatabase
  readonly #contents: ContentStore

  constructor({ database, contents }: { database: EncryptedDatabase; contents: ContentStore }) {
    this.#database = database
    this.#contents = contents
  }

  /** A newer reading that is under way; null when there is none. */
  underWay(): Content | null {
    return this.#one('SELECT number FROM contents WHERE replaces IS NOT NULL ORDER BY number LIMIT 1')
  }

  of(number: number): Content | null {
    return this.#one('SELECT number FROM contents WHERE replaces = ?', number)
  }

  /** The next content that an earlier version of the reader read; those with words come first. */
  next(readingVersion: number): Content | null {
    // The plus keeps SQLite from walking all contents of these stages: of those of an earlier reading there are soon none.
    return this.#one(
      `SELECT number FROM contents WHERE reading < ? AND +stage IN ('indexed', 'no_text', 'failed') AND replaces IS NULL
       ORDER BY passages = 0, number LIMIT 1`,
      readingVersion,
    )
  }

  /** Nothing of it is other than before: it is a reading of this version from now on. */
  keep(number: number, readingVersion: number): void {
    this.#database.prepare('UPDATE contents SET reading = ? WHERE number = ?').run(readingVersion, number)
  }

  /** Its text is as before, but not what is said of the file. */
  keepWith(number: number, facts: ReadFacts, readingVersion: number): void {
    this.#contents.together(() => {
      this.keep(number, readingVersion)
      this.#contents.describe(number, facts)
      this.#contents.setPicturePages(number, facts.picturePages)
      this.#database
        .prepare('UPDATE contents SET trouble = ? WHERE number = ?')
        .run(facts.trouble && JSON.stringify(facts.trouble), number)
    })
  }

  /** It had no words and has none now, for this reason. */
  keepWithout(number: number, stage: 'no_text' | 'failed', trouble: Trouble, readingVersion: number): void {
    this.#contents.together(() => {
      this.keep(number, readingVersion)
      this.#contents.setStage(number, stage, trouble)
    })
  }

  /** Makes the row of a newer reading, whose blocks are to come. */
  begin(number: number, facts: ReadFacts, readingVersion: number): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO contents (hash, size_bytes, stage, format, pages, page_kind, title, picture_pages, confidence, password, trouble,
           reading, replaces, bytes_number)
         SELECT 'newer-' || number, size_bytes, 'reading', ?, ?, ?, ?, ?, ?, password, ?, ?, number, coalesce(bytes_number, number)
         FROM contents WHERE number = ?`,
      )
      .run(
        ...[facts.format, facts.pages, facts.pageKind, facts.title, JSON.stringify(facts.picturePages), facts.confidence],
        ...[facts.trouble && JSON.stringify(facts.trouble), readingVersion, number],
      )
    return Number(lastInsertRowid)
  }

  /** @throws AppError cancelled when it was given up */
  addBlocks(newer: number, blocks: readonly TextBlock[]): void {
    this.#contents.together(() => {
      this.#refuseGone(newer)
      this.#contents.addBlocks(newer, blocks)
    })
  }

  /** All its blocks are here: it is to be split. @throws AppError cancelled when it was given up */
  isRead(newer: number): void {
    this.#contents.together(() => {
      this.#refuseGone(newer)
      this.#contents.setStage(newer, 'splitting', this.#contents.trouble(newer))
    })
  }

  /**
   * Puts it where the older one stood: every document has it from now on. The older text goes with `ContentStore.sweep`; its row stays where
   * it keeps the bytes.
   * @throws AppError cancelled when it was given up
   */
  takePlace(newer: number): void {
    this.#contents.together(() => {
      const older = this.#contents.get(this.#refuseGone(newer))
      if (!older || !settledStages.includes(older.stage)) throw new AppError('cancelled', 'What it was to replace is gone')
      const row = this.#database
        .prepare<{ hash: string; keeper: number | null; reading: number }>(
          'SELECT hash, bytes_number AS keeper, (SELECT reading FROM contents WHERE number = ?) AS reading FROM contents WHERE number = ?',
        )
        .get(newer, older.number)
      if (!row) throw new Error('A content that was just there is gone')
      this.#database
        .prepare(
          `UPDATE contents SET stage = ?, hash = 'replaced-' || number, password = NULL, size_bytes = 0, passages = 0, reading = ?,
             bytes_number = NULL WHERE number = ?`,
        )
        .run(row.keeper === null ? 'emptying' : 'leaving', row.reading, older.number)
      this.#database.prepare('UPDATE contents SET hash = ?, replaces = NULL WHERE number = ?').run(row.hash, newer)
      this.#database.prepare('UPDATE documents SET content_number = ? WHERE content_number = ?').run(newer, older.number)
    })
  }

  /** The number of what it is to replace. */
  #refuseGone(newer: number): number {
    const replaces = this.#contents.get(newer)?.replaces ?? null
    if (replaces === null) throw new AppError('cancelled', 'This reading was given up')
    return replaces
  }

  #one(sql: string, ...numbers: number[]): Content | null {
    const row = this.#database.prepare<{ number: number }>(sql).get(...numbers)
    return row ? this.#contents.get(row.number) : null
  }
}
