/**
 * What is kept of files' contents in a workspace's file: their bytes, blocks and passages, and how far each has come. A content is
 * there once, however many documents have it. Knows nothing of documents' names or folders.
 */
import { z } from 'zod'
import type { Document } from '../../../../contract/document.ts'
import type { Trouble } from '../../../../contract/entities.ts'
import { blockGap, mostPartPlaces, TextBlock, type DocumentFormat, type PartPlace } from '../../../../contract/text-place.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { contentOf, type Content, type ContentRow, type ContentStage, type ContentVersions } from './content.ts'
import type { Passage } from '../text/passages.ts'
import type { IndexedPassage, PassageIndex } from '../index/passage-index.ts'

/** Bytes of a part; the last of a content may be shorter. */
export const partBytes = 1024 * 1024
/** So many parts, passages and blocks are removed in one transaction, so that nobody waits long. */
const sweptParts = 8
const sweptPassages = 16
const sweptBlocks = 100
const Blocks = z.array(TextBlock)

export class ContentStore {
  readonly #database: EncryptedDatabase
  readonly #index: Pick<PassageIndex, 'add' | 'remove'>

  constructor({ database, index }: { database: EncryptedDatabase; index: Pick<PassageIndex, 'add' | 'remove'> }) {
    this.#database = database
    this.#index = index
  }

  /** Runs several of these as one. */
  together<T>(work: () => T): T {
    return this.#database.transaction(work)
  }

  // ---- bytes

  /** Makes a content whose bytes are to come. `mark` is a text that is no hash. */
  begin(mark: string): number {
    const { lastInsertRowid } = this.#database
      .prepare(`INSERT INTO contents (hash, size_bytes, stage) VALUES (?, 0, 'incoming')`)
      .run(mark)
    return Number(lastInsertRowid)
  }

  addPart(number: number, part: number, bytes: Uint8Array): void {
    this.#database.prepare('INSERT INTO content_parts VALUES (?, ?, ?)').run(number, part, bytes)
  }

  /** The content of this hash, unless it is on its way out. */
  byHash(hash: string): number | null {
    const found = this.#database.prepare<{ number: number }>('SELECT number FROM contents WHERE hash = ?').get(hash)
    return found?.number ?? null
  }

  hasSize(sizeBytes: number): boolean {
    return this.#database.prepare('SELECT 1 FROM contents WHERE size_bytes = ? LIMIT 1').get(sizeBytes) !== undefined
  }

  /** All its bytes are here: from now on it waits to be read. */
  arrived(number: number, hash: string, sizeBytes: number): void {
    this.#database
      .prepare(`UPDATE contents SET hash = ?, size_bytes = ?, stage = 'waiting' WHERE number = ?`)
      .run(hash, sizeBytes, number)
  }

  /** Its bytes in parts, read one by one. */
  *parts(number: number): Generator<Uint8Array> {
    const read = this.#database.prepare<{ bytes: Uint8Array }>(
      'SELECT bytes FROM content_parts WHERE content_number = ? AND part = ?',
    )
    const keeper = this.#bytesNumber(number)
    for (let part = 0, row = read.get(keeper, part); row; row = read.get(keeper, ++part)) yield row.bytes
  }

  /** Bytes from an offset on, at most so many. */
  bytes(number: number, offset: number, length: number): Buffer {
    const first = Math.floor(offset / partBytes)
    const rows = this.#database
      .prepare<{ bytes: Uint8Array }>('SELECT bytes FROM content_parts WHERE content_number = ? AND part IN (?, ?) ORDER BY part')
      .all(this.#bytesNumber(number), first, first + 1)
    const start = offset - first * partBytes
    return Buffer.concat(rows.map(({ bytes }) => bytes)).subarray(start, start + length)
  }

  // ---- how far it has come

  get(number: number): Content | null {
    const row = this.#database.prepare<ContentRow>('SELECT * FROM contents WHERE number = ?').get(number)
    return row ? contentOf(row) : null
  }

  /**
   * The next that has something to be read, recognised or split; what was begun comes first. What is to be read anew is split by that, and
   * waits for it.
   */
  nextToRead({ splittingVersion, readingVersion }: ContentVersions): Content | null {
    const row =
      this.#database
        .prepare<ContentRow>(
          `SELECT * FROM contents WHERE stage IN ('waiting', 'reading', 'splitting', 'recognising') AND replaces IS NULL
           ORDER BY stage = 'recognising', stage = 'waiting', number LIMIT 1`,
        )
        .get() ??
      this.#database
        .prepare<ContentRow>(
          `SELECT * FROM contents WHERE stage = 'indexed' AND splitting < ? AND reading >= ? AND replaces IS NULL
           ORDER BY number LIMIT 1`,
        )
        .get(splittingVersion, readingVersion)
    return row ? contentOf(row) : null
  }

  /** Whether passages of an earlier splitting serve. */
  hasOldPassages(splittingVersion: number): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM contents WHERE passages > 0 AND splitting < ? AND replaces IS NULL')
        .get(splittingVersion) !== undefined
    )
  }

  /** Begins reading, from the start: what an earlier try left is gone. */
  beginReading(number: number, readingVersion: number): void {
    this.together(() => {
      this.#database.prepare('DELETE FROM blocks WHERE content_number = ?').run(number)
      this.#database
        .prepare(`UPDATE contents SET stage = 'reading', done = 0, total = NULL, trouble = NULL, reading = ? WHERE number = ?`)
        .run(readingVersion, number)
    })
  }

  describe(
    number: number,
    facts: { format: DocumentFormat; pages: number | null; pageKind: Document['pageKind']; title: string | null },
  ): void {
    this.#database
      .prepare('UPDATE contents SET format = ?, pages = ?, page_kind = ?, title = ? WHERE number = ?')
      .run(facts.format, facts.pages, facts.pageKind, facts.title, number)
  }

  progress(number: number, done: number, total: number | null): void {
    this.#database.prepare('UPDATE contents SET done = ?, total = ? WHERE number = ?').run(done, total, number)
  }

  setStage(number: number, stage: ContentStage, trouble: Trouble | null = null): void {
    this.#database
      .prepare('UPDATE contents SET stage = ?, trouble = ? WHERE number = ?')
      .run(stage, trouble ? JSON.stringify(trouble) : null, number)
  }

  setPicturePages(number: number, pages: readonly number[]): void {
    this.#database.prepare('UPDATE contents SET picture_pages = ? WHERE number = ?').run(JSON.stringify(pages), number)
  }

  /** Reads it again from the start, with this password from now on. */
  readAgain(number: number, password: string | null): void {
    this.together(() => {
      this.leaveNewer(number)
      this.#database
        .prepare(
          `UPDATE contents SET stage = 'waiting', done = 0, total = NULL, trouble = NULL, password = coalesce(?, password) WHERE number = ?`,
        )
        .run(password, number)
    })
  }

  /** Its pictures are to be recognised. */
  recognise(number: number, languages: readonly string[], pages: number): void {
    this.together(() => {
      this.leaveNewer(number)
      this.#database
        .prepare(`UPDATE contents SET stage = 'recognising', recognise = ?, done = 0, total = ?, trouble = NULL WHERE number = ?`)
        .run(JSON.stringify(languages), pages, number)
    })
  }

  // ---- blocks

  blocks(number: number): TextBlock[] {
    return this.#database
      .prepare<{ block: string }>('SELECT block FROM blocks WHERE content_number = ? ORDER BY position')
      .all(number)
      .map(({ block }) => JSON.parse(block) as TextBlock)
  }

  blocksFrom(number: number, from: number, limit: number): { number: number; start: number; block: TextBlock }[] {
    return this.#database
      .prepare<{ position: number; start: number; block: string }>(
        'SELECT position, start, block FROM blocks WHERE content_number = ? AND position >= ? ORDER BY position LIMIT ?',
      )
      .all(number, from, limit)
      .map(({ position, start, block }) => ({ number: position, start, block: JSON.parse(block) as TextBlock }))
  }

  /** Where the parts of its text from `start` to `end` stand, from `start` on; neighbours at the same place are one. */
  placesBetween(number: number | null, start: number, end: number): PartPlace[] {
    const rows = this.#database
      .prepare<{ start: number; block: string }>(
        `SELECT start, block FROM blocks WHERE content_number = ? AND start < ? AND start >= coalesce(
           (SELECT start FROM blocks WHERE content_number = ? AND start <= ? ORDER BY position DESC LIMIT 1), 0) ORDER BY position`,
      )
      .all(number, end, number, start)
    const places: PartPlace[] = []
    for (const row of rows) {
      for (const { start: within, place } of (JSON.parse(row.block) as TextBlock).places) {
        const at = Math.max(0, row.start + within - start)
        if (row.start + within >= end) break
        const part = { start: at, place: place.kind === 'page' ? { ...place, boxes: [] } : place }
        const last = places.at(-1)
        // Of those that begin before the text the last is the one that it begins at.
        if (last?.start === at) places.pop()
        const before = places.at(-1)
        if (!before || JSON.stringify(before.place) !== JSON.stringify(part.place)) places.push(part)
      }
    }
    return places.slice(0, mostPartPlaces)
  }

  blockCount(number: number): number {
    return (
      this.#database.prepare<{ count: number }>('SELECT count(*) AS count FROM blocks WHERE content_number = ?').get(number)
        ?.count ?? 0
    )
  }

  /** Adds blocks after those that are there. */
  addBlocks(number: number, blocks: readonly TextBlock[]): void {
    const insert = this.#database.prepare('INSERT INTO blocks VALUES (?, ?, ?, ?)')
    this.together(() => {
      const last = this.#database
        .prepare<{ position: number; start: number; block: string }>(
          'SELECT position, start, block FROM blocks WHERE content_number = ? ORDER BY position DESC LIMIT 1',
        )
        .get(number)
      let position = last ? last.position + 1 : 0
      let start = last ? last.start + (JSON.parse(last.block) as TextBlock).text.length + blockGap.length : 0
      for (const block of blocks) {
        insert.run(number, position++, start, JSON.stringify(block))
        start += block.text.length + blockGap.length
      }
    })
  }

  // ---- recognised pages

  /** The pages that have been recognised and are no blocks yet. */
  recognisedPages(number: number): { page: number; blocks: TextBlock[] }[] {
    return this.#database
      .prepare<{ page: number; blocks: string }>(
        'SELECT page, blocks FROM recognised_pages WHERE content_number = ? ORDER BY page',
      )
      .all(number)
      .map(({ page, blocks }) => ({ page, blocks: Blocks.parse(JSON.parse(blocks)) }))
  }

  /** Keeps what was recognised on a page; empty when there was nothing. */
  addRecognisedPage(number: number, page: number, blocks: readonly TextBlock[]): void {
    this.#database.prepare('INSERT OR REPLACE INTO recognised_pages VALUES (?, ?, ?)').run(number, page, JSON.stringify(blocks))
  }

  /** Puts recognised pages among the blocks, in the order of pages, and has it split anew. `left` are still pictures. */
  joinRecognised(number: number, blocks: readonly TextBlock[], left: readonly number[], confidence: number | null): void {
    this.together(() => {
      this.#database.prepare('DELETE FROM blocks WHERE content_number = ?').run(number)
      this.#database.prepare('DELETE FROM recognised_pages WHERE content_number = ?').run(number)
      this.addBlocks(number, blocks)
      this.#database
        .prepare(`UPDATE contents SET stage = 'splitting', recognise = NULL, picture_pages = ?, confidence = ? WHERE number = ?`)
        .run(JSON.stringify(left), confidence, number)
    })
  }

  // ---- passages. Those of an earlier splitting have negative positions and serve until the new ones are complete.

  /** How many of the new ones there are already: of a splitting with this version that was interrupted, or none. */
  beginSplitting(number: number, splittingVersion: number): number {
    return this.together(() => {
      const count = (where: string): number =>
        this.#database
          .prepare<{ count: number }>(`SELECT count(*) AS count FROM passages WHERE content_number = ? AND position ${where} 0`)
          .get(number)?.count ?? 0
      const content = this.get(number)
      const isUnderWay = content?.stage === 'splitting' && content.splitting === -splittingVersion
      if (isUnderWay) return count('>=')
      // Of one that was interrupted and is out of date: the older ones are still whole.
      if (count('<') > 0) this.#removePassages(this.#passageNumbers(number, '>='))
      this.#database
        .prepare('UPDATE passages SET position = -1 - position WHERE content_number = ? AND position >= 0')
        .run(number)
      this.#database
        .prepare(`UPDATE contents SET stage = 'splitting', splitting = ? WHERE number = ?`)
        .run(-splittingVersion, number)
      return 0
    })
  }

  /** Adds passages and makes their words searchable, both or neither. */
  addPassages(number: number, from: number, passages: readonly { passage: Passage; textHash: Uint8Array }[]): void {
    const insert = this.#database.prepare(
      `INSERT INTO passages (content_number, position, start, end, text, headings, place, language, text_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.together(() => {
      const indexed = passages.map(({ passage, textHash }, offset): IndexedPassage => {
        const { start, end, text, headings, place, language, searchText } = passage
        const { lastInsertRowid } = insert.run(
          ...[number, from + offset, start, end, text],
          ...[JSON.stringify(headings), JSON.stringify(place), language, textHash],
        )
        return { number: Number(lastInsertRowid), searchText, language, textHash }
      })
      this.#index.add(indexed)
    })
  }

  /** Removes some of those of an earlier splitting; false when there are none left. */
  removeOldPassages(number: number, limit: number): boolean {
    return this.together(() => {
      const old = this.#passageNumbers(number, '<', limit)
      this.#removePassages(old)
      return old.length > 0
    })
  }

  /** All its passages are made: its words can be searched. */
  isSplit(
    number: number,
    facts: { passages: number; embedded: number; language: string | null; splittingVersion: number; trouble: Trouble | null },
  ): void {
    this.#database
      .prepare(
        `UPDATE contents SET stage = ?, passages = ?, done = ?, total = NULL, language = ?, splitting = ?, trouble = ? WHERE number = ?`,
      )
      .run(
        facts.passages > 0 ? 'indexed' : 'no_text',
        ...[facts.passages, facts.embedded, facts.language, facts.splittingVersion],
        facts.trouble ? JSON.stringify(facts.trouble) : null,
        number,
      )
  }

  trouble(number: number): Trouble | null {
    const row = this.#database.prepare<{ trouble: string | null }>('SELECT trouble FROM contents WHERE number = ?').get(number)
    return row?.trouble ? (JSON.parse(row.trouble) as Trouble) : null
  }

  /** Numbers of its passages that serve. */
  passageNumbers(number: number): number[] {
    return this.#passageNumbers(number, '>=')
  }

  /** The contents that have passages of these words, with how many. */
  contentsOfText(textHash: Uint8Array): { contentNumber: number; passages: number }[] {
    return this.#database
      .prepare<{ contentNumber: number; passages: number }>(
        `SELECT content_number AS contentNumber, count(*) AS passages FROM passages
         WHERE text_hash = ? AND position >= 0 GROUP BY content_number`,
      )
      .all(textHash)
  }

  /** Whether any passage has these words, also one of an earlier splitting. */
  hasText(textHash: Uint8Array): boolean {
    return this.#database.prepare('SELECT 1 FROM passages WHERE text_hash = ? LIMIT 1').get(textHash) !== undefined
  }

  /** So many more of its passages have a vector. */
  addEmbedded(number: number, passages: number): void {
    this.#database
      .prepare(`UPDATE contents SET done = min(done + ?, passages) WHERE number = ? AND stage = 'indexed'`)
      .run(passages, number)
  }

  setEmbedded(number: number, passages: number): void {
    this.#database.prepare(`UPDATE contents SET done = ? WHERE number = ? AND stage = 'indexed'`).run(passages, number)
  }

  indexedContents(): number[] {
    return this.#database
      .prepare<{ number: number }>(`SELECT number FROM contents WHERE stage = 'indexed'`)
      .all()
      .map(({ number }) => number)
  }

  // ---- going

  /** No document has it any more: its words are gone at once, its bytes with {@link sweep}. */
  leave(number: number): void {
    this.together(() => {
      this.#removePassages([...this.#passageNumbers(number, '>='), ...this.#passageNumbers(number, '<')])
      this.leaveNewer(number)
      this.#setLeaving(`number = ? OR number = (SELECT bytes_number FROM contents WHERE number = ?)`, number, number)
    })
  }

  /** A newer reading of it that was under way is given up: its text goes with {@link sweep}. */
  leaveNewer(number: number): void {
    this.#setLeaving('replaces = ?', number)
  }

  /** What an interrupted adding left, what no document has, and readings of what is gone. */
  leaveOrphans(): void {
    const orphans = this.#database
      .prepare<{ number: number }>(
        `SELECT number FROM contents WHERE stage = 'incoming' OR (stage NOT IN ('leaving', 'emptying', 'bytes') AND replaces IS NULL
           AND NOT EXISTS (SELECT 1 FROM documents WHERE content_number = contents.number))
         OR (stage IN ('emptying', 'bytes') AND NOT EXISTS (SELECT 1 FROM contents user WHERE user.bytes_number = contents.number))
         OR (replaces IS NOT NULL AND NOT EXISTS (SELECT 1 FROM documents WHERE content_number = contents.replaces))`,
      )
      .all()
    for (const { number } of orphans) this.leave(number)
  }

  /** Removes some of what is leaving, or of a text that another reading replaced; false when there is none. */
  sweep(): boolean {
    return this.together(() => {
      const going = this.#database
        .prepare<{ number: number; stage: ContentStage }>(
          `SELECT number, stage FROM contents WHERE stage IN ('emptying', 'leaving') LIMIT 1`,
        )
        .get()
      if (!going) return false
      const { number, stage } = going
      if (this.#sweepText(number)) return true
      if (stage === 'emptying') {
        this.setStage(number, 'bytes')
        return true
      }
      const { changes } = this.#database
        .prepare(
          `DELETE FROM content_parts WHERE content_number = ?
           AND part IN (SELECT part FROM content_parts WHERE content_number = ? LIMIT ?)`,
        )
        .run(number, number, sweptParts)
      if (changes === 0) this.#database.prepare('DELETE FROM contents WHERE number = ?').run(number)
      return true
    })
  }

  /** False when it has no text any more. */
  #sweepText(number: number): boolean {
    const passages = this.#database
      .prepare<{ number: number }>('SELECT number FROM passages WHERE content_number = ? LIMIT ?')
      .all(number, sweptPassages)
    this.#removePassages(passages.map((row) => row.number))
    if (passages.length > 0) return true
    const { changes } = this.#database
      .prepare(
        `DELETE FROM blocks WHERE content_number = ?
         AND position IN (SELECT position FROM blocks WHERE content_number = ? LIMIT ?)`,
      )
      .run(number, number, sweptBlocks)
    if (changes === 0) this.#database.prepare('DELETE FROM recognised_pages WHERE content_number = ?').run(number)
    return changes > 0
  }

  #setLeaving(where: string, ...numbers: number[]): void {
    this.#database
      .prepare(
        `UPDATE contents SET stage = 'leaving', hash = 'leaving-' || number, password = NULL, size_bytes = 0, passages = 0,
           replaces = NULL, bytes_number = NULL WHERE ${where}`,
      )
      .run(...numbers)
  }

  /** Which content has its bytes: itself, or one that it took the place of. */
  #bytesNumber(number: number): number {
    const row = this.#database.prepare<{ keeper: number | null }>('SELECT bytes_number AS keeper FROM contents WHERE number = ?')
    return row.get(number)?.keeper ?? number
  }

  #passageNumbers(number: number, where: '<' | '>=', limit = -1): number[] {
    return this.#database
      .prepare<{ number: number }>(`SELECT number FROM passages WHERE content_number = ? AND position ${where} 0 LIMIT ?`)
      .all(number, limit)
      .map((row) => row.number)
  }

  #removePassages(numbers: readonly number[]): void {
    if (numbers.length === 0) return
    const remove = this.#database.prepare('DELETE FROM passages WHERE number = ?')
    for (const number of numbers) remove.run(number)
    this.#index.remove(numbers)
  }
}
