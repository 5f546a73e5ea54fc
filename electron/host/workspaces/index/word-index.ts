/**
 * Which texts have which terms, in FTS5, and BM25 over them. FTS5 keeps terms only (detail = none) and hands over the numbers of all texts
 * with a term as one JSON array, 40 ns each; its own bm25() took 1 µs and more, and would want positions. How often a term stands in a
 * text is kept as further terms: `lease×2` when it is there twice or more.
 */
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { Pace } from '../../base/pace.ts'
import type { LoadedTexts } from './loaded-texts.ts'

/** BM25's usual constants (Robertson and Zaragoza 2009), those of FTS5. */
const saturation = 1.2
const lengthWeight = 0.75
/** A term that is there more often counts as if this often: BM25 gives the next one little more. */
const mostOften = 4
/**
 * A term in the name of a text's document counts as if the text had it so many times more (Robertson, Zaragoza and Taylor, "Simple BM25
 * Extension to Multiple Weighted Fields", 2004).
 */
const nameWeight = 1
/** The part of the texts from which on a term is left out when the question has rarer ones. */
const commonPart = 0.3
/** Below this many texts no term is left out. */
const commonFrom = 1000
/** A pasted page asks for its first terms only. */
const mostTerms = 256

export class WordIndex {
  readonly #database: EncryptedDatabase

  constructor(database: EncryptedDatabase) {
    this.#database = database
  }

  add(textNumber: number, terms: readonly string[]): void {
    const times = new Map<string, number>()
    for (const term of terms) times.set(term, Math.min(mostOften, (times.get(term) ?? 0) + 1))
    const words = [...times].flatMap(([term, count]) => Array.from({ length: count }, (_, index) => wordOf(term, index + 1)))
    this.#database.prepare('INSERT INTO text_words (rowid, terms) VALUES (?, ?)').run(textNumber, words.join(' '))
  }

  remove(textNumber: number): void {
    this.#database.prepare('DELETE FROM text_words WHERE rowid = ?').run(textNumber)
  }

  /**
   * BM25 of every text by its slot, as a part of what one would have that is full of all terms, from 0 to 1. A term that no text has counts
   * among them as the rarest.
   * @param named by term, the slots of texts whose document has it in its name
   */
  async score(
    terms: readonly string[],
    texts: LoadedTexts,
    pace: Pace,
    named: ReadonlyMap<string, readonly number[]> = new Map(),
  ): Promise<Float32Array> {
    const scores = new Float32Array(texts.slots)
    const common = texts.alive < commonFrom ? Infinity : texts.alive * commonPart
    const skipped: string[] = []
    let rare = 0
    let most = 0
    for (const term of terms.slice(0, mostTerms)) {
      const slots = this.#slots(wordOf(term), texts, common)
      const known = named.get(term) ?? []
      const inNames = known.length > common ? [] : known
      await pace.rest()
      if (slots === null) skipped.push(term)
      else {
        if (slots.length + inNames.length > 0) rare++
        most += await this.#addScores({ term, slots, inNames }, texts, scores, pace)
      }
    }
    if (rare === 0) {
      for (const term of skipped) {
        const slots = this.#slots(wordOf(term), texts, Infinity) ?? []
        most += await this.#addScores({ term, slots, inNames: named.get(term) ?? [] }, texts, scores, pace)
      }
    }
    if (most > 0) for (let slot = 0; slot < scores.length; slot++) scores[slot] = (scores[slot] ?? 0) / most
    return scores
  }

  /** Gives what this term could add at most. */
  async #addScores(
    { term, slots, inNames }: { term: string; slots: readonly number[]; inNames: readonly number[] },
    texts: LoadedTexts,
    scores: Float32Array,
    pace: Pace,
  ): Promise<number> {
    const rarity = rarityOf(slots.length, texts)
    const meanLength = Math.max(1, texts.totalTerms / Math.max(1, texts.alive))
    const lengthOf = (slot: number): number =>
      saturation * (1 - lengthWeight + (lengthWeight * (texts.terms[slot] ?? 0)) / meanLength)
    const counts = new Map(inNames.map((slot) => [slot, 0]))
    for (let often = 1; often <= mostOften; often++) {
      const here = often === 1 ? slots : (this.#slots(wordOf(term, often), texts, Infinity) ?? [])
      for (const slot of here) {
        const length = lengthOf(slot)
        const before = often - 1
        const more = (often / (often + length) - before / (before + length)) * (saturation + 1)
        scores[slot] = (scores[slot] ?? 0) + rarity * more
        if (counts.has(slot)) counts.set(slot, often)
      }
      await pace.rest()
      if (here.length === 0) break
    }
    if (counts.size === 0) return rarity * (saturation + 1)
    // As many texts have it as have it in themselves or in the name: a word of every name says nothing.
    const nameRarity = rarityOf(new Set([...slots, ...inNames]).size, texts)
    for (const [slot, often] of counts) {
      const length = lengthOf(slot)
      const more = (often + nameWeight) / (often + nameWeight + length) - often / (often + length)
      scores[slot] = (scores[slot] ?? 0) + nameRarity * more * (saturation + 1)
    }
    await pace.rest()
    return (slots.length > 0 ? Math.max(rarity, nameRarity) : nameRarity) * (saturation + 1)
  }

  /** The slots of texts with this word; null when there are more than `most`. */
  #slots(word: string, texts: LoadedTexts, most: number): number[] | null {
    const limit = Number.isFinite(most) ? Math.floor(most) + 1 : -1
    const row = this.#database
      .prepare<{ numbers: string }>(
        'SELECT json_group_array(number) AS numbers FROM (SELECT rowid AS number FROM text_words WHERE text_words MATCH ? LIMIT ?)',
      )
      .get(`"${word}"`, limit)
    const numbers = JSON.parse(row?.numbers ?? '[]') as number[]
    if (numbers.length > most) return null
    const slots: number[] = []
    for (const number of numbers) {
      const slot = texts.slotOf(number)
      if (slot >= 0) slots.push(slot)
    }
    return slots
  }
}

function rarityOf(having: number, { alive }: LoadedTexts): number {
  return Math.log(1 + (alive - having + 0.5) / (having + 0.5))
}

/**
 * A term as FTS5's `ascii` tokenizer takes it for one word: for it every character outside ASCII is a letter, and all but letters and digits
 * within part words.
 */
export function wordOf(term: string, often = 1): string {
  const word = term.replace(/[^A-Za-z0-9\u0080-\uffff]/g, '·')
  return often === 1 ? word : `${word}×${often}`
}
