/**
 * Vectors that arrive with a workspace: they come along only if the set agrees with what its row claims, or embedding everything anew is the
 * safer way. They are kept beside texts that have no words yet: those come back, and are counted, when our own splitting finds the same text.
 */
import { z } from 'zod'
import type { ForeignValue } from '../../../porter/contract.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import { bytes } from './foreign-columns.ts'
import type { ForeignTable } from './foreign-table.ts'
import type { vectorSets } from './foreign-tables.ts'

type RowOf<Table> = Table extends ForeignTable<infer Row> ? Row : never

/** Numbers of a vector: the largest embedders have 4,096. */
const mostDimensions = 8_192
/** The number of the only set in a fresh database. */
const ourSet = 1

const ServingSet = z.object({
  /** Keys of vectors are made of it and must stay whole numbers. */
  number: z
    .number()
    .int()
    .min(1)
    .max(2 ** 20),
  /** The SHA-256 of the embedder's file. */
  embedder_id: z.string().regex(/^[0-9a-f]{64}$/),
  dimensions: z.number().int().min(1).max(mostDimensions),
  serving: z.literal(1),
  dropped: z.literal(0),
  /** Four bytes a dimension; null while there are too few vectors for signs. */
  centre: bytes({ most: mostDimensions * 4 }).nullable(),
})
type ServingSet = z.infer<typeof ServingSet>

export class ForeignVectors {
  readonly #database: EncryptedDatabase
  readonly #embedderId: string | null
  #serving: ServingSet | null = null
  #count = 0

  /** @param embedderId whose vectors are taken; null for anybody's */
  constructor(database: EncryptedDatabase, embedderId: string | null) {
    this.#database = database
    this.#embedderId = embedderId
  }

  look(row: RowOf<typeof vectorSets>): void {
    const { success, data } = ServingSet.safeParse(row)
    if (!success || (this.#embedderId !== null && data.embedder_id !== this.#embedderId)) return
    if (data.centre !== null && !isCentre(data.centre, data.dimensions)) return
    this.#serving = data
  }

  /** Makes the set; gives its number in the foreign database, or null when none comes. */
  begin(): number | null {
    const set = this.#serving
    if (!set) return null
    this.#database
      .prepare('INSERT INTO vector_sets (number, embedder_id, dimensions, serving, centre) VALUES (?, ?, ?, 1, ?)')
      .run(ourSet, set.embedder_id, set.dimensions, set.centre)
    return set.number
  }

  /** Keeps some. False when one is not as its set says: then none of them stays. */
  add(rows: readonly ForeignValue[][]): boolean {
    const set = this.#serving
    if (!set) return false
    const Row = z.tuple([
      bytes({ length: 32, most: 32 }),
      bytes({ length: set.dimensions, most: mostDimensions }),
      set.centre ? bytes({ length: Math.ceil(set.dimensions / 32) * 4, most: mostDimensions }) : z.null(),
    ])
    // −1: its words are not known here.
    const addText = this.#database.prepare(
      `INSERT OR IGNORE INTO indexed_texts (text_hash, passages, terms, language) VALUES (?, 0, -1, NULL)`,
    )
    for (const cells of rows) {
      const { success, data } = Row.safeParse(cells)
      const added = success ? addText.run(data[0]) : null
      if (!data || added?.changes !== 1) {
        this.#drop()
        return false
      }
      const key = ourSet * 2 ** 32 + Number(added.lastInsertRowid)
      this.#database.prepare('INSERT INTO vectors (number, vector) VALUES (?, ?)').run(key, data[1])
      if (data[2]) this.#database.prepare('INSERT INTO vector_signs (number, signs) VALUES (?, ?)').run(key, data[2])
      this.#count++
    }
    return true
  }

  /** All have come: contents are counted by this embedder, and searched with it. */
  end(): void {
    const set = this.#serving
    if (!set || this.#count === 0) return this.#drop()
    this.#database
      .prepare('UPDATE ingest_state SET counted_embedder_id = ?, served_embedder_id = ?')
      .run(set.embedder_id, set.embedder_id)
  }

  #drop(): void {
    this.#database.exec('DELETE FROM vectors; DELETE FROM vector_signs; DELETE FROM vector_sets; DELETE FROM indexed_texts')
  }
}

/** Numbers, one a dimension. */
function isCentre(blob: Buffer, dimensions: number): boolean {
  if (blob.length !== dimensions * 4) return false
  for (let at = 0; at < blob.length; at += 4) if (!Number.isFinite(blob.readFloatLE(at))) return false
  return true
}
