/**
 * What memory holds of one set of vectors: the signs of all, 48 bytes for 384 dimensions, and a sample. The vectors themselves stay in the
 * encrypted file, where reading one takes 13 µs: half a million of them would be 192 MB, beside a language model.
 */
import type { Pace } from '../../base/pace.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { grown, numbersOf, rowsAtOnce, type LoadedTexts } from './loaded-texts.ts'
import { bytesOf, signWords } from './quantised.ts'
import { vectorKey, type VectorSet } from './vector-sets.ts'

/** Vectors to begin a sample with; when it has twice as many, half of them leave. A deviation of 2,000 is known to 1.6 %. */
const sampleSize = 2048

export class LoadedVectors {
  readonly #database: EncryptedDatabase
  readonly #texts: LoadedTexts
  set: VectorSet
  /** By slot: 1 where there is a vector. */
  has = new Uint8Array(1024)
  /** Words of signs a slot; all 0 as long as the set has no centre. */
  readonly width: number
  signs: Int32Array
  /** Vectors by slot: those of which the hash of the text's number is small, whatever was added when. */
  readonly sample = new Map<number, Int8Array>()
  #sampleBelow = 2 ** 32

  constructor({ database, texts, set }: { database: EncryptedDatabase; texts: LoadedTexts; set: VectorSet }) {
    this.#database = database
    this.#texts = texts
    this.set = set
    this.width = signWords(set.dimensions ?? 0)
    this.signs = new Int32Array(1024 * this.width)
  }

  async load(pace: Pace): Promise<void> {
    const base = vectorKey(this.set.number, 0)
    const table = this.set.centre === null ? 'vectors' : 'vector_signs'
    const column = this.set.centre === null ? `''` : 'signs'
    const sampled: number[] = []
    this.#sampleBelow = 2 ** 32 * Math.min(1, sampleSize / Math.max(1, this.set.embedded))
    for (let last = base; ;) {
      const row = this.#database
        .prepare<{ numbers: string; signs: Uint8Array | null; last: number | null }>(
          // Blobs are joined as they are: in an UTF-8 database group_concat() copies their bytes.
          `SELECT json_group_array(number - ?) AS numbers, CAST(group_concat(signs, '') AS BLOB) AS signs, max(number) AS last
           FROM (SELECT number, ${column} AS signs FROM ${table} WHERE number > ? AND number < ? ORDER BY number LIMIT ?)`,
        )
        .get(base, last, vectorKey(this.set.number + 1, 0), rowsAtOnce)
      if (row?.last == null) break
      const signs = new Int32Array(bytesOf(row.signs ?? new Uint8Array()))
      for (const [index, number] of numbersOf(row.numbers).entries()) {
        const slot = this.#texts.slotOf(number)
        if (slot < 0) continue
        this.#put(slot, signs.subarray(index * this.width, (index + 1) * this.width))
        if (hashOf(number) < this.#sampleBelow) sampled.push(number)
      }
      last = row.last
      await pace.rest()
    }
    for (const [index, number] of sampled.entries()) {
      const vector = this.vector(number)
      if (vector) this.sample.set(this.#texts.slotOf(number), vector)
      if (index % 32 === 0) await pace.rest()
    }
  }

  /** Reads a vector again that may have come. One whose text is gone is not asked for. */
  refresh(textNumber: number): void {
    const slot = this.#texts.slotOf(textNumber)
    const vector = this.vector(textNumber)
    if (slot < 0 || !vector) return
    const row = this.#database
      .prepare<{ signs: Uint8Array }>('SELECT signs FROM vector_signs WHERE number = ?')
      .get(vectorKey(this.set.number, textNumber))
    this.#put(slot, row ? new Int32Array(bytesOf(row.signs)) : new Int32Array(this.width))
    if (hashOf(textNumber) >= this.#sampleBelow) return
    this.sample.set(slot, vector)
    if (this.sample.size <= 2 * sampleSize) return
    this.#sampleBelow /= 2
    for (const sampled of this.sample.keys()) {
      if (this.#texts.present[sampled] !== 1 || hashOf(this.#texts.numbers[sampled] ?? 0) >= this.#sampleBelow) {
        this.sample.delete(sampled)
      }
    }
  }

  /** From the file; null when it has none. */
  vector(textNumber: number): Int8Array | null {
    const row = this.#database
      .prepare<{ vector: Uint8Array }>('SELECT vector FROM vectors WHERE number = ?')
      .get(vectorKey(this.set.number, textNumber))
    return row ? new Int8Array(bytesOf(row.vector)) : null
  }

  #put(slot: number, signs: Int32Array): void {
    this.has = grown(this.has, slot)
    this.signs = grown(this.signs, (slot + 1) * this.width)
    this.has[slot] = 1
    this.signs.set(signs, slot * this.width)
  }
}

/** Knuth's multiplicative hash of a number, 0 to 2^32. */
function hashOf(number: number): number {
  return Math.imul(number, 2654435761) >>> 0
}
