/**
 * Finds where a quotation stands in a text that is no longer quite the one it was taken from: by its words, whatever stands between them.
 * First word for word; then where most of it stands close together, since a newer reading may have put a number or a lost line in its middle.
 */

/** Signs that are words of their own in scripts without spaces; every other word is a run of letters, marks and digits. */
const wordPattern =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{M}\p{N}])+/gu
/** Words that are compared as one: three in a row seldom stand together by chance. */
const run = 3
/** So many times as many words as the quotation has may lie between its first and its last. */
const mostSpread = 1.5
/** At least this part of its runs must be there. */
const leastPart = 0.5
/** Words between two rests: below a millisecond. */
const wordsTogether = 2000

/** A stretch of a text, in UTF-16 units. */
export interface Stretch {
  start: number
  end: number
}

export class QuotedPlace {
  readonly #ids = new Map<string, number>()
  /** The quotation, word by word. */
  readonly #quoted: number[] = []
  /** Of each word of the text: its number in the quotation's vocabulary, -1 for another, and where it stands. */
  #words = new Int32Array(4096)
  #starts = new Int32Array(4096)
  #ends = new Int32Array(4096)
  #count = 0

  constructor(quotation: string) {
    for (const [word] of quotation.matchAll(wordPattern)) {
      const folded = fold(word)
      const id = this.#ids.get(folded) ?? this.#ids.size
      this.#ids.set(folded, id)
      this.#quoted.push(id)
    }
  }

  /** Takes the next part of the text, which no word goes across the end of. @param start of it, in the whole text */
  async read(text: string, start: number, rest: () => Promise<void>): Promise<void> {
    for (const { 0: word, index } of text.matchAll(wordPattern)) {
      if (this.#count === this.#words.length) this.#grow()
      this.#words[this.#count] = this.#ids.get(fold(word)) ?? -1
      this.#starts[this.#count] = start + index
      this.#ends[this.#count] = start + index + word.length
      this.#count++
      if (this.#count % wordsTogether === 0) await rest()
    }
  }

  /** Where it stands, nearest to `near`; null where it does not. */
  async find(near: number, rest: () => Promise<void>): Promise<Stretch | null> {
    if (this.#quoted.length === 0) return null
    return (await this.#whole(near, rest)) ?? (await this.#most(near, rest))
  }

  /** All its words in a row (Knuth, Morris and Pratt). */
  async #whole(near: number, rest: () => Promise<void>): Promise<Stretch | null> {
    const quoted = this.#quoted
    const back = borders(quoted)
    let best: number | null = null
    let matched = 0
    for (let at = 0; at < this.#count; at++) {
      while (matched > 0 && (matched === quoted.length || quoted[matched] !== this.#words[at])) matched = back[matched - 1] ?? 0
      if (quoted[matched] === this.#words[at]) matched++
      const first = at + 1 - quoted.length
      if (matched === quoted.length && this.#isNearer(first, best, near)) best = first
      if (at % wordsTogether === 0) await rest()
    }
    return best === null ? null : this.#stretch(best, best + quoted.length - 1)
  }

  /** The stretch in which most of its runs of words stand. */
  async #most(near: number, rest: () => Promise<void>): Promise<Stretch | null> {
    const runs = new Map<string, number>()
    for (let at = 0; at + run <= this.#quoted.length; at++) {
      const key = this.#quoted.slice(at, at + run).join(' ')
      if (!runs.has(key)) runs.set(key, runs.size)
    }
    if (runs.size === 0) return null
    const places: { at: number; run: number }[] = []
    for (let at = 0; at + run <= this.#count; at++) {
      if (at % wordsTogether === 0) await rest()
      const [one = -1, two = -1, three = -1] = this.#words.subarray(at, at + run)
      if (one < 0 || two < 0 || three < 0) continue
      const found = runs.get(`${one} ${two} ${three}`)
      if (found !== undefined) places.push({ at, run: found })
    }
    const widest = Math.ceil(this.#quoted.length * mostSpread)
    const times = new Int32Array(runs.size)
    let here = 0
    let best: { first: number; last: number; here: number } | null = null
    for (let first = 0, next = 0; next < places.length; next++) {
      const place = places[next] ?? { at: 0, run: 0 }
      if ((times[place.run] = (times[place.run] ?? 0) + 1) === 1) here++
      for (; place.at - (places[first]?.at ?? 0) + run > widest; first++) {
        const gone = places[first]?.run ?? 0
        if ((times[gone] = (times[gone] ?? 0) - 1) === 0) here--
      }
      const from = places[first]?.at ?? 0
      const isBetter = !best || here > best.here || (here === best.here && this.#isNearer(from, best.first, near))
      if (isBetter) best = { first: from, last: place.at + run - 1, here }
      if (next % wordsTogether === 0) await rest()
    }
    return best && best.here >= runs.size * leastPart ? this.#stretch(best.first, best.last) : null
  }

  #isNearer(one: number, other: number | null, near: number): boolean {
    if (other === null) return true
    return Math.abs((this.#starts[one] ?? 0) - near) < Math.abs((this.#starts[other] ?? 0) - near)
  }

  #stretch(first: number, last: number): Stretch {
    return { start: this.#starts[first] ?? 0, end: this.#ends[last] ?? 0 }
  }

  #grow(): void {
    const longer = (array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(array.length * 2)
      grown.set(array)
      return grown
    }
    this.#words = longer(this.#words)
    this.#starts = longer(this.#starts)
    this.#ends = longer(this.#ends)
  }
}

/** Of each beginning of the words: how long the longest other beginning is that it ends with. */
function borders(words: readonly number[]): number[] {
  const back = [0]
  for (let at = 1, matched = 0; at < words.length; at++) {
    while (matched > 0 && words[matched] !== words[at]) matched = back[matched - 1] ?? 0
    if (words[matched] === words[at]) matched++
    back[at] = matched
  }
  return back
}

/** Without accents, ligatures and capitals, however it was written. */
function fold(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
