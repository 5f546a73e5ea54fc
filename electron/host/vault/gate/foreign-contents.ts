/**
 * Files that arrive with a workspace: their bytes are hashed again, for a hash that lies would stand for another file, and what was read of them
 * gets new numbers and offsets. What was indexed elsewhere is split and indexed here.
 */
import { createHash, type Hash } from 'node:crypto'
import { z } from 'zod'
import { blockGap, TextBlock } from '../../../../contract/text-place.ts'
import { readingVersion } from '../../../reader/contract.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import type { ForeignTable } from './foreign-table.ts'
import { blocks, contentParts, contents, partBytes, recognisedPages } from './foreign-tables.ts'
import { malformed } from './malformed.ts'

type RowOf<Table> = Table extends ForeignTable<infer Row> ? Row : never

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const emptyHash = createHash('sha256').digest('hex')

/** Where each stage goes on here. What no document has any more, or never had yet, does not come; bytes come as those of their reading. */
const stages = {
  incoming: null,
  leaving: null,
  emptying: null,
  bytes: null,
  waiting: 'waiting',
  reading: 'waiting',
  splitting: 'splitting',
  indexed: 'splitting',
  recognising: 'recognising',
  no_text: 'no_text',
  failed: 'failed',
} as const

/** A file whose parts are coming. */
interface Arriving {
  number: number
  hash: Hash
  sizeBytes: number
  parts: number
}

export class ForeignContents {
  readonly #database: EncryptedDatabase
  /** By their number there: the number here. */
  readonly #numbers = new Map<number, number>()
  /** By the number there under which their bytes are kept. The first that claims them has them. */
  readonly #keepers = new Map<number, number>()
  readonly #recognising = new Set<number>()
  #arriving: Arriving | null = null
  /** Files whose bytes are here and right. */
  #whole = 0
  #block: { number: number; position: number; start: number } | null = null

  readonly #salvages: boolean

  /** @param salvages a file without all of its bytes does not come in; otherwise the whole workspace is refused for it */
  constructor(database: EncryptedDatabase, salvages = false) {
    this.#database = database
    this.#salvages = salvages
  }

  add(row: RowOf<typeof contents>): void {
    const stage = stages[row.stage]
    if (stage === null || row.replaces !== null) return
    if (!Sha256.safeParse(row.hash).success) throw malformed('A hash that is none')
    const pictures = z.array(z.unknown()).parse(JSON.parse(row.picture_pages)).length
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO contents (hash, size_bytes, stage, total, format, pages, page_kind, title, language, picture_pages, recognise,
           confidence, password, trouble, reading) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[row.hash, row.size_bytes, stage, stage === 'recognising' ? pictures : null, row.format, row.pages, row.page_kind],
        ...[row.title, row.language, row.picture_pages, row.recognise, row.confidence, row.password, row.trouble],
        // A version that is not there yet would keep it from ever being read anew.
        Math.min(row.reading ?? 0, readingVersion),
      )
    const here = Number(lastInsertRowid)
    this.#numbers.set(row.number, here)
    const keeper = row.bytes_number ?? row.number
    if (!this.#keepers.has(keeper)) this.#keepers.set(keeper, here)
    if (stage === 'recognising') this.#recognising.add(row.number)
  }

  addPart({ content_number, part, bytes }: RowOf<typeof contentParts>): void {
    const number = this.#keepers.get(content_number)
    if (number === undefined) return
    if (this.#arriving?.number !== number) {
      this.#finish()
      this.#arriving = { number, hash: createHash('sha256'), sizeBytes: 0, parts: 0 }
    }
    const arriving = this.#arriving
    // Reading from an offset counts on it: all parts but the last are of the same size, and none is missing.
    if (part !== arriving.parts || arriving.sizeBytes !== part * partBytes || bytes.length === 0) {
      // Its hash will not be right, and it goes.
      if (this.#salvages) return
      throw malformed('Parts of a file')
    }
    arriving.hash.update(bytes)
    arriving.sizeBytes += bytes.length
    arriving.parts++
    this.#database.prepare('INSERT INTO content_parts VALUES (?, ?, ?)').run(number, part, bytes)
  }

  /** All parts have come. @throws AppError workspace_file_malformed when a file's bytes are missing or others */
  endParts(): void {
    this.#finish()
    if (this.#salvages) return this.#dropPartless()
    const count = (where: string, ...values: string[]): number =>
      this.#database.prepare<{ count: number }>(`SELECT count(*) AS count FROM contents WHERE ${where}`).get(...values)?.count ??
      0
    if (count('size_bytes > 0') !== this.#whole || count('size_bytes = 0 AND hash <> ?', emptyHash) > 0)
      throw malformed('A file without its bytes')
  }

  addBlock({ content_number, block }: RowOf<typeof blocks>): void {
    const number = this.#numbers.get(content_number)
    if (number === undefined) return
    if (this.#block?.number !== number) this.#block = { number, position: 0, start: 0 }
    const place = this.#block
    this.#database.prepare('INSERT INTO blocks VALUES (?, ?, ?, ?)').run(number, place.position++, place.start, block)
    place.start += TextBlock.shape.text.parse((JSON.parse(block) as { text: unknown }).text).length + blockGap.length
  }

  addRecognisedPage({ content_number, page, blocks: recognised }: RowOf<typeof recognisedPages>): void {
    const number = this.#numbers.get(content_number)
    if (number === undefined || !this.#recognising.has(content_number)) return
    this.#database.prepare('INSERT INTO recognised_pages VALUES (?, ?, ?)').run(number, page, recognised)
  }

  /** The number here of a content there. @throws AppError workspace_file_malformed for one that did not come */
  numberOf(number: number | null): number | null {
    if (number === null) return null
    const here = this.#numbers.get(number)
    if (here === undefined) throw malformed('A document of no content')
    return here
  }

  #finish(): void {
    if (!this.#arriving) return
    const { number, hash, sizeBytes } = this.#arriving
    this.#arriving = null
    const claimed = this.#database
      .prepare<{ hash: string; size_bytes: number }>('SELECT hash, size_bytes FROM contents WHERE number = ?')
      .get(number)
    if (claimed?.hash === hash.digest('hex') && claimed.size_bytes === sizeBytes) this.#whole++
    else if (this.#salvages) this.#database.prepare('DELETE FROM content_parts WHERE content_number = ?').run(number)
    else throw malformed('Other bytes than it says')
  }

  /** Files whose bytes did not all come. */
  #dropPartless(): void {
    const gone = this.#database
      .prepare<{ number: number }>(
        `DELETE FROM contents WHERE size_bytes > 0 AND NOT EXISTS (SELECT 1 FROM content_parts WHERE content_number = number) RETURNING number`,
      )
      .all()
    const numbers = new Set(gone.map(({ number }) => number))
    for (const [there, here] of this.#numbers) if (numbers.has(here)) this.#numbers.delete(there)
  }

  /** Not all that was read of the files is here: it is read again out of their bytes. */
  readAgain(): void {
    this.#database.exec(`DELETE FROM blocks; DELETE FROM recognised_pages;
      UPDATE contents SET stage = 'waiting', done = 0, total = NULL WHERE stage IN ('splitting', 'recognising')`)
  }
}
