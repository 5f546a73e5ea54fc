/** The vectors in the workspace's file: one set an embedder, of which one serves, one may be gathered beside it, and others are being dropped. */
import { Pace } from '../../base/pace.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { bytesOf, meanOf, quantise, signsOf, unitScale } from './quantised.ts'

/** So many vectors have no signs and are all compared. From then on their mean is the centre that all signs are taken against. */
const centredFrom = 512
/** Vectors deleted in one transaction; about 5 ms. */
const droppedAtOnce = 500

/** `embedded` counts passages. `centre` null: no signs yet. */
export interface VectorSet {
  number: number
  embedderId: string
  dimensions: number | null
  serving: boolean
  embedded: number
  centre: Float32Array | null
}

interface SetRow {
  number: number
  embedder_id: string
  dimensions: number | null
  serving: number
  embedded: number
  done_before: number
  centre: Uint8Array | null
}

/** The key of a text's vector in a set. */
export function vectorKey(setNumber: number, textNumber: number): number {
  return setNumber * 2 ** 32 + textNumber
}

export class VectorSets {
  readonly #database: EncryptedDatabase

  constructor(database: EncryptedDatabase) {
    this.#database = database
  }

  /** Those that are not being dropped. */
  all(): VectorSet[] {
    return this.#database.prepare<SetRow>('SELECT * FROM vector_sets WHERE dropped = 0 ORDER BY number').all().map(setOf)
  }

  of(embedderId: string): VectorSet | null {
    const row = this.#row(embedderId)
    return row ? setOf(row) : null
  }

  /** The next texts without a vector, the oldest first. */
  pending(embedderId: string, limit: number): { textHash: Uint8Array; searchText: string }[] {
    const row = this.#row(embedderId)
    return this.#database
      .prepare<{ textHash: Uint8Array; searchText: string }>(
        `SELECT t.text_hash AS textHash,
           CASE l.whole WHEN 1 THEN l.lead ELSE coalesce(l.lead, '') || (
             SELECT p.text FROM passages p JOIN indexed_passages i ON i.number = p.number WHERE i.text_number = t.number LIMIT 1
           ) END AS searchText
         FROM indexed_texts t LEFT JOIN text_leads l ON l.text_number = t.number
         WHERE t.number >= ? AND t.passages > 0 AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.number = ? + t.number)
         ORDER BY t.number LIMIT ?`,
      )
      .all(row?.done_before ?? 0, vectorKey(row?.number ?? 0, 0), limit)
  }

  embeddedAmong(embedderId: string, passageNumbers: readonly number[]): number {
    const row = this.#row(embedderId)
    if (!row) return 0
    return (
      this.#database
        .prepare<{ count: number }>(
          `SELECT count(*) AS count FROM json_each(?) asked JOIN indexed_passages i ON i.number = asked.value
           JOIN vectors v ON v.number = ? + i.text_number`,
        )
        .get(JSON.stringify(passageNumbers), vectorKey(row.number, 0))?.count ?? 0
    )
  }

  /** Keeps vectors of texts that are there, and gives the texts' numbers. The first embedder's set serves at once. In a transaction. */
  add(
    embedderId: string,
    vectors: readonly { textHash: Uint8Array; vector: Float32Array }[],
  ): { set: VectorSet; texts: number[] } {
    const { number, centre, dimensions } = this.#make(embedderId, vectors[0]?.vector.length ?? null)
    const insert = this.#database.prepare('INSERT OR IGNORE INTO vectors (number, vector) VALUES (?, ?)')
    const texts: number[] = []
    let embedded = 0
    for (const { textHash, vector } of vectors) {
      if (vector.length !== dimensions) throw new Error(`A vector of ${vector.length} dimensions among those of ${dimensions}`)
      const text = this.#database
        .prepare<{ number: number; passages: number }>('SELECT number, passages FROM indexed_texts WHERE text_hash = ?')
        .get(textHash)
      if (!text) continue
      const kept = quantise(vector)
      if (insert.run(vectorKey(number, text.number), bytes(kept)).changes === 0) continue
      if (centre) this.#sign(number, text.number, kept, centre)
      embedded += text.passages
      texts.push(text.number)
    }
    this.#database.prepare('UPDATE vector_sets SET embedded = embedded + ? WHERE number = ?').run(embedded, number)
    this.#moveDone(number)
    if (!centre) texts.push(...this.#centre(number, dimensions ?? 0))
    const set = this.of(embedderId)
    if (!set) throw new Error('A set is gone while it is being added to')
    return { set, texts }
  }

  /** A passage of a text that was there before, or one fewer. */
  countPassage(textNumber: number, change: 1 | -1): void {
    this.#database
      .prepare(
        `UPDATE vector_sets SET embedded = embedded + ? WHERE dropped = 0 AND EXISTS (
           SELECT 1 FROM vectors v WHERE v.number = vector_sets.number * 4294967296 + ?)`,
      )
      .run(change, textNumber)
  }

  /** The text is gone, and its vectors of all sets with it. */
  removeText(textNumber: number): void {
    for (const { number } of this.#database.prepare<{ number: number }>('SELECT number FROM vector_sets').all()) {
      this.#database.prepare('DELETE FROM vectors WHERE number = ?').run(vectorKey(number, textNumber))
      this.#database.prepare('DELETE FROM vector_signs WHERE number = ?').run(vectorKey(number, textNumber))
    }
  }

  /** This embedder's set serves, and all others are to be dropped. */
  serve(embedderId: string | null): void {
    this.#database.transaction(() => {
      this.#database.prepare('UPDATE vector_sets SET serving = 0, dropped = 1 WHERE embedder_id <> ?').run(embedderId ?? '')
      if (embedderId === null) return
      this.#make(embedderId, null)
      this.#database.prepare('UPDATE vector_sets SET serving = 1 WHERE dropped = 0').run()
    })
  }

  /** Deletes the sets that are to be dropped, little by little. What is left after a kill goes the next time. */
  async clean(stopped: () => boolean): Promise<void> {
    const pace = new Pace()
    const remove = (table: 'vectors' | 'vector_signs', number: number): boolean =>
      this.#database
        .prepare(
          `DELETE FROM ${table} WHERE number IN (SELECT number FROM ${table} WHERE number BETWEEN ? AND ? LIMIT ${droppedAtOnce})`,
        )
        .run(vectorKey(number, 0), vectorKey(number + 1, 0) - 1).changes > 0
    while (!stopped()) {
      const row = this.#database.prepare<{ number: number }>('SELECT number FROM vector_sets WHERE dropped = 1 LIMIT 1').get()
      if (!row) return
      if (!remove('vectors', row.number) && !remove('vector_signs', row.number)) {
        this.#database.prepare('DELETE FROM vector_sets WHERE number = ?').run(row.number)
      }
      await pace.rest()
    }
  }

  #row(embedderId: string): SetRow | undefined {
    return this.#database.prepare<SetRow>('SELECT * FROM vector_sets WHERE embedder_id = ? AND dropped = 0').get(embedderId)
  }

  /** The embedder's set, made when there is none. Whoever begins to gather gives up what was being gathered for another. */
  #make(embedderId: string, dimensions: number | null): VectorSet {
    if (!this.#row(embedderId)) {
      this.#database.prepare('UPDATE vector_sets SET dropped = 1 WHERE serving = 0').run()
      this.#database
        .prepare(
          `INSERT INTO vector_sets (embedder_id, serving) VALUES (?, NOT EXISTS (SELECT 1 FROM vector_sets WHERE serving = 1))`,
        )
        .run(embedderId)
    }
    this.#database
      .prepare('UPDATE vector_sets SET dimensions = coalesce(dimensions, ?) WHERE embedder_id = ? AND dropped = 0')
      .run(dimensions, embedderId)
    const set = this.of(embedderId)
    if (!set) throw new Error('A set that was just made is not there')
    return set
  }

  #moveDone(number: number): void {
    this.#database
      .prepare(
        `UPDATE vector_sets SET done_before = coalesce(
           (SELECT t.number FROM indexed_texts t WHERE t.number >= done_before
              AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.number = ? + t.number) ORDER BY t.number LIMIT 1),
           (SELECT max(number) + 1 FROM indexed_texts), 0)
         WHERE number = ?`,
      )
      .run(vectorKey(number, 0), number)
  }

  /** Once there are enough vectors: finds their centre, and signs all of them. Gives their texts' numbers. */
  #centre(number: number, dimensions: number): number[] {
    const rows = this.#database
      .prepare<{ number: number; vector: Uint8Array }>('SELECT number, vector FROM vectors WHERE number BETWEEN ? AND ?')
      .all(vectorKey(number, 0), vectorKey(number + 1, 0) - 1)
    if (rows.length < centredFrom) return []
    const kept = rows.map(({ vector }) => new Int8Array(bytesOf(vector)))
    const centre = meanOf(kept, dimensions)
    this.#database.prepare('UPDATE vector_sets SET centre = ? WHERE number = ?').run(bytes(centre), number)
    const texts = rows.map((row) => row.number - vectorKey(number, 0))
    for (const [index, vector] of kept.entries()) this.#sign(number, texts[index] ?? 0, vector, centre)
    return texts
  }

  #sign(setNumber: number, textNumber: number, kept: Int8Array, centre: Float32Array): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO vector_signs (number, signs) VALUES (?, ?)')
      .run(vectorKey(setNumber, textNumber), bytes(signsOf(kept, unitScale(kept), centre)))
  }
}

function bytes(array: Int8Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function setOf(row: SetRow): VectorSet {
  return {
    number: row.number,
    embedderId: row.embedder_id,
    dimensions: row.dimensions,
    serving: row.serving === 1,
    embedded: row.embedded,
    centre: row.centre === null ? null : new Float32Array(bytesOf(row.centre)),
  }
}
