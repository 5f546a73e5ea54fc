/**
 * What memory holds of the indexed texts and their passages: lengths, and who belongs to whom. A text has a slot here, a small number
 * without gaps at loading; the file's numbers grow for ever. The file is the truth: what changed is read from it again.
 */
import type { Pace } from '../../base/pace.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'

/** Rows read in one go; about 2 ms. */
export const rowsAtOnce = 8192

interface TextRow {
  terms: number
  language: string | null
}

export class LoadedTexts {
  readonly #database: EncryptedDatabase
  /** Slots that were given, also to texts that are gone. */
  slots = 0
  /** Texts that are there. */
  alive = 0
  /** Of all texts that are there. */
  totalTerms = 0
  /** By slot. */
  numbers = new Uint32Array(1024)
  terms = new Uint32Array(1024)
  present = new Uint8Array(1024)
  /** Languages that any text had since loading; null stands for not known. */
  readonly languages = new Set<string | null>()
  /** By the number of the text: its slot + 1, 0 for none. */
  #slotOf = new Uint32Array(1024)
  /** By the number of the passage; 0 for none. */
  #textOf = new Uint32Array(1024)
  #contentOf = new Uint32Array(1024)
  #lastPassage = 0

  constructor(database: EncryptedDatabase) {
    this.#database = database
  }

  async load(pace: Pace): Promise<void> {
    for (let last = 0; ;) {
      const row = this.#database
        .prepare<{ numbers: string; terms: string; languages: string; last: number | null }>(
          `SELECT json_group_array(number) AS numbers, json_group_array(terms) AS terms, json_group_array(DISTINCT language) AS languages,
             max(number) AS last
           FROM (SELECT number, terms, language FROM indexed_texts WHERE number > ? AND passages > 0 ORDER BY number LIMIT ?)`,
        )
        .get(last, rowsAtOnce)
      if (row?.last == null) break
      const terms = numbersOf(row.terms)
      for (const [index, number] of numbersOf(row.numbers).entries()) this.#put(number, terms[index] ?? 0)
      for (const language of JSON.parse(row.languages) as (string | null)[]) this.languages.add(language)
      last = row.last
      await pace.rest()
    }
    for (let last = 0; ;) {
      const row = this.#database
        .prepare<{ numbers: string; texts: string; contents: string; last: number | null }>(
          `SELECT json_group_array(number) AS numbers, json_group_array(text_number) AS texts, json_group_array(content_number) AS contents,
             max(number) AS last
           FROM (SELECT number, text_number, content_number FROM indexed_passages WHERE number > ? ORDER BY number LIMIT ?)`,
        )
        .get(last, rowsAtOnce)
      if (row?.last == null) break
      const texts = numbersOf(row.texts)
      const contents = numbersOf(row.contents)
      for (const [index, number] of numbersOf(row.numbers).entries()) this.#link(number, texts[index] ?? 0, contents[index] ?? 0)
      last = row.last
      await pace.rest()
    }
  }

  /** Reads a text again that may have come or gone: one that no passage has is gone. */
  refreshText(number: number): void {
    const row = this.#database
      .prepare<TextRow>('SELECT terms, language FROM indexed_texts WHERE number = ? AND passages > 0')
      .get(number)
    if (row) {
      this.#put(number, row.terms)
      this.languages.add(row.language)
    } else this.#drop(number)
  }

  refreshPassage(number: number): void {
    const row = this.#database
      .prepare<{ text: number; content: number }>(
        'SELECT text_number AS text, content_number AS content FROM indexed_passages WHERE number = ?',
      )
      .get(number)
    this.#link(number, row?.text ?? 0, row?.content ?? 0)
  }

  /** -1 for a text that is not there. */
  slotOf(number: number): number {
    const slot = (this.#slotOf[number] ?? 0) - 1
    return slot >= 0 && this.present[slot] === 1 ? slot : -1
  }

  /** By slot: 1 for the texts of passages in these contents. */
  async within(contents: ReadonlySet<number>, pace: Pace): Promise<Uint8Array> {
    const allowed = new Uint8Array(this.slots)
    let marks = new Uint8Array(1024)
    for (const number of contents) {
      marks = grown(marks, number)
      marks[number] = 1
    }
    for (let passage = 1; passage <= this.#lastPassage; passage++) {
      if (marks[this.#contentOf[passage] ?? 0] === 1) {
        const slot = this.slotOf(this.#textOf[passage] ?? 0)
        if (slot >= 0) allowed[slot] = 1
      }
      if (passage % 65536 === 0) await pace.rest()
    }
    return allowed
  }

  /** By content, the slots of the texts of its passages. */
  async slotsIn(contents: ReadonlySet<number>, pace: Pace): Promise<Map<number, Set<number>>> {
    const slots = new Map<number, Set<number>>()
    let marks = new Uint8Array(1024)
    for (const number of contents) {
      marks = grown(marks, number)
      marks[number] = 1
    }
    for (let passage = 1; passage <= this.#lastPassage; passage++) {
      const content = this.#contentOf[passage] ?? 0
      if (marks[content] === 1) {
        const slot = this.slotOf(this.#textOf[passage] ?? 0)
        const known = slots.get(content) ?? new Set()
        if (slot >= 0) slots.set(content, known.add(slot))
      }
      if (passage % 65536 === 0) await pace.rest()
    }
    return slots
  }

  #put(number: number, terms: number): void {
    const known = this.slotOf(number)
    if (known >= 0) return
    const slot = this.slots++
    this.numbers = grown(this.numbers, slot)
    this.terms = grown(this.terms, slot)
    this.present = grown(this.present, slot)
    this.#slotOf = grown(this.#slotOf, number)
    this.numbers[slot] = number
    this.terms[slot] = terms
    this.present[slot] = 1
    this.#slotOf[number] = slot + 1
    this.alive++
    this.totalTerms += terms
  }

  #drop(number: number): void {
    const slot = this.slotOf(number)
    if (slot < 0) return
    this.present[slot] = 0
    this.alive--
    this.totalTerms -= this.terms[slot] ?? 0
  }

  #link(passage: number, text: number, content: number): void {
    this.#textOf = grown(this.#textOf, passage)
    this.#contentOf = grown(this.#contentOf, passage)
    this.#textOf[passage] = text
    this.#contentOf[passage] = content
    this.#lastPassage = Math.max(this.#lastPassage, passage)
  }
}

export function numbersOf(json: string): number[] {
  return JSON.parse(json) as number[]
}

/** The array itself, or a copy half as long again that has this index. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array>(array: T, index: number): T {
  if (index < array.length) return array
  // TypeScript gives `constructor` the type Function.
  const longer = new (array.constructor as new (length: number) => T)(Math.ceil((index + 1) * 1.5))
  longer.set(array)
  return longer
}
