/**
 * The index of one workspace's passages, by words and by meaning, in its encrypted file; signs and lengths also in memory while it is
 * open. Whatever is called inside a transaction changes the file alone: memory reads again what was touched, so that a transaction
 * that is taken back leaves nothing behind.
 */
import { AppError } from '../../../../contract/errors.ts'
import { Mutex } from '../../base/mutex.ts'
import { Pace } from '../../base/pace.ts'
import { Watchable } from '../../base/watchable.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { DocumentNames, type NamedContent } from './document-names.ts'
import { fused, placesOfBest, standardScore } from './fusion.ts'
import { LoadedTexts } from './loaded-texts.ts'
import { LoadedVectors } from './loaded-vectors.ts'
import { roughMeaning, type RoughMeaning } from './meaning-search.ts'
import { cosine } from './quantised.ts'
import { queryTermsOf, termsOf } from '../text/terms.ts'
import { VectorSets } from './vector-sets.ts'
import { WordIndex } from './word-index.ts'

/** Texts whose signs are looked at more closely: half a millisecond. */
const lookedAt = 4096
/** Texts that are compared exactly, each at 13 µs. How many of the ten nearest are then found `npm run bench -- search` says. */
const compared = 512

/** Texts removed in one transaction; some ten milliseconds. */
const sweptTexts = 16
/** What stands for the number of terms of a text that came from elsewhere with its vector, and whose words are made when it comes back. */
const withoutWords = -1

/** A passage as it is indexed. `number` is its row's in `passages`; `searchText` what is looked for in. */
export interface IndexedPassage {
  number: number
  searchText: string
  language: string | null
  /** SHA-256 of searchText. */
  textHash: Uint8Array
}

/**
 * A passage that a search found; of passages with the same text one stands for all. `score` is the fused one. Ranks count from 1 among the
 * passages that were compared, the best few hundred.
 */
export interface RankedPassage {
  number: number
  score: number
  words: { score: number; rank: number } | null
  meaning: { score: number; rank: number } | null
}

interface Search {
  text: string
  /** The question's, and who made it. When that is not who serves, or it is null, words alone are searched. */
  vector: { embedderId: string; values: Float32Array } | null
  /** Numbers of the contents whose passages are searched; null for all. */
  contents: ReadonlySet<number> | null
  /** What the documents that are searched are called; nothing where names say nothing. */
  names?: Iterable<readonly NamedContent[]>
  limit: number
}

interface Candidate {
  slot: number
  score: number
  words: number
  meaning: number | null
}

export class PassageIndex {
  /** Counts changes of {@link PassageIndex.progress} and {@link PassageIndex.serving}. */
  readonly changes = new Watchable(0)
  readonly #database: EncryptedDatabase
  readonly #words: WordIndex
  readonly #names = new DocumentNames()
  readonly #sets: VectorSets
  readonly #texts: LoadedTexts
  /** By the number of the set: the one that serves, and the one that is being gathered. */
  readonly #vectors = new Map<number, LoadedVectors>()
  /** One at a time: a search, or what changes memory. */
  readonly #mutex = new Mutex()
  #loading: Promise<void> | null = null
  #cleaning: Promise<void> = Promise.resolve()
  #closed = false
  readonly #touchedTexts = new Set<number>()
  readonly #touchedPassages = new Set<number>()
  readonly #touchedVectors = new Set<number>()

  constructor({ database }: { database: EncryptedDatabase }) {
    this.#database = database
    this.#words = new WordIndex(database)
    this.#sets = new VectorSets(database)
    this.#texts = new LoadedTexts(database)
  }

  /** Reads into memory what a search needs, in slices that block nobody. Searches wait for it, and begin it if nobody has. */
  load(): Promise<void> {
    this.#loading ??= this.#mutex.run(async () => {
      const pace = new Pace()
      await this.#texts.load(pace)
      for (const set of this.#sets.all()) await this.#loaded(set.number, pace)
      this.#clean()
    })
    return this.#loading
  }

  /** The embedder whose vectors are searched; null when none are. A question must be embedded by the same. */
  get serving(): string | null {
    return this.#sets.all().find(({ serving }) => serving)?.embedderId ?? null
  }

  /** Makes passages searchable by words. To be called in the transaction that adds their rows. */
  add(passages: readonly IndexedPassage[]): void {
    this.#database.transaction(() => {
      for (const passage of passages) this.#addOne(passage)
      this.#database.prepare('UPDATE index_totals SET passages = passages + ?').run(passages.length)
    })
    this.#catchUpSoon()
  }

  /**
   * Takes passages out again, in the transaction that removes their rows. Texts that no passage has any more are not found; they stay with
   * their vectors until {@link PassageIndex.sweep}, since the new version of a file has most of them again.
   */
  remove(numbers: readonly number[]): void {
    this.#database.transaction(() => {
      for (const number of numbers) this.#removeOne(number)
    })
    this.#catchUpSoon()
  }

  /** Removes some of the texts that no passage has; false when there are none left. */
  sweep(): boolean {
    return this.#database.transaction(() => {
      const spare = this.#database
        .prepare<{ number: number }>('SELECT number FROM indexed_texts WHERE passages = 0 LIMIT ?')
        .all(sweptTexts)
      for (const { number } of spare) {
        this.#sets.removeText(number)
        this.#words.remove(number)
        this.#database.prepare('DELETE FROM indexed_texts WHERE number = ?').run(number)
      }
      return spare.length > 0
    })
  }

  /** The next texts without a vector of this embedder, the oldest first; each once, however many passages have it. */
  pending(embedderId: string, limit: number): { textHash: Uint8Array; searchText: string }[] {
    return this.#sets.pending(embedderId, limit)
  }

  /** How many passages there are, and how many of them have a vector of this embedder. */
  progress(embedderId: string | null): { passages: number; embedded: number } {
    const passages = this.#database.prepare<{ passages: number }>('SELECT passages FROM index_totals').get()?.passages ?? 0
    return { passages, embedded: embedderId === null ? 0 : (this.#sets.of(embedderId)?.embedded ?? 0) }
  }

  /** How many of these passages have a vector of this embedder. */
  embeddedAmong(embedderId: string, numbers: readonly number[]): number {
    return this.#sets.embeddedAmong(embedderId, numbers)
  }

  /**
   * Keeps normalised vectors. On the disk when this returns, unless it is called in a transaction. The first embedder ever serves at once;
   * another one's vectors wait until {@link serve}.
   */
  addVectors(embedderId: string, vectors: readonly { textHash: Uint8Array; vector: Float32Array }[]): void {
    if (vectors.length === 0) return
    const { texts } = this.#database.transaction(() => this.#sets.add(embedderId, vectors))
    for (const text of texts) this.#touchedVectors.add(text)
    this.#catchUpSoon()
  }

  /** From now on this embedder's vectors are searched; those of others are dropped. */
  serve(embedderId: string | null): Promise<void> {
    return this.#mutex.run(async () => {
      this.#sets.serve(embedderId)
      const set = this.#sets.all()[0]
      for (const number of this.#vectors.keys()) if (number !== set?.number) this.#vectors.delete(number)
      if (set && this.#loading) await this.#loaded(set.number, new Pace())
      this.changes.set(this.changes.value + 1)
      this.#clean()
    })
  }

  /** Best first. */
  async search(query: Search): Promise<{ terms: string[]; ranked: RankedPassage[]; byMeaning: boolean }> {
    await this.load()
    return this.#mutex.run(async () => {
      const pace = new Pace()
      await this.#catchUp(pace)
      const terms = queryTermsOf(query.text, this.#texts.languages)
      const searched = await this.#searched(query.contents, pace)
      const named = await this.#names.slotsWith(terms, query.names ?? [], this.#texts, pace)
      const words = await this.#words.score(terms, this.#texts, pace, named)
      const asked = query.vector
      const vectors = [...this.#vectors.values()].find(({ set }) => set.serving && set.embedderId === asked?.embedderId)
      const meaning = asked && vectors ? { query: asked.values, vectors } : null
      const candidates = await this.#rank({ words, searched, meaning, pace })
      return { terms, ranked: this.#named(candidates, query.contents, query.limit), byMeaning: meaning !== null }
    })
  }

  /** The vault locks, or the workspace goes: searches fail from now on, and when it resolves nothing goes on behind them. */
  async close(): Promise<void> {
    this.#closed = true
    this.changes.end(new AppError('locked', 'This index is closed'))
    await this.#mutex.run(() => this.#cleaning)
  }

  #addOne({ number, searchText, language, textHash }: IndexedPassage): void {
    const passage = this.#database
      .prepare<{ content: number; text: string }>('SELECT content_number AS content, text FROM passages WHERE number = ?')
      .get(number)
    if (!passage) throw new Error(`Passage ${number} has no row yet`)
    const known = this.#database
      .prepare<{ number: number; passages: number; terms: number }>(
        'UPDATE indexed_texts SET passages = passages + 1 WHERE text_hash = ? RETURNING number, passages, terms',
      )
      .get(textHash)
    const text = known?.number ?? this.#addText({ searchText, language, textHash }, passage.text)
    if (known?.terms === withoutWords) this.#completeText(text, { searchText, language, textHash }, passage.text)
    if (known) this.#sets.countPassage(text, 1)
    // It had gone, and is back with its vectors.
    if (known?.passages === 1) {
      this.#touchedTexts.add(text)
      this.#touchedVectors.add(text)
    }
    this.#database
      .prepare('INSERT INTO indexed_passages (number, text_number, content_number) VALUES (?, ?, ?)')
      .run(number, text, passage.content)
    this.#touchedPassages.add(number)
  }

  #addText({ searchText, language, textHash }: Omit<IndexedPassage, 'number'>, ownText: string): number {
    const terms = termsOf(searchText, language)
    const number = Number(
      this.#database
        .prepare('INSERT INTO indexed_texts (text_hash, passages, terms, language) VALUES (?, 1, ?, ?)')
        .run(textHash, terms.length, language).lastInsertRowid,
    )
    this.#addWords(number, terms, searchText, ownText)
    return number
  }

  /** A text that came with its vectors alone gets its words. */
  #completeText(number: number, { searchText, language }: Omit<IndexedPassage, 'number'>, ownText: string): void {
    const terms = termsOf(searchText, language)
    this.#database
      .prepare('UPDATE indexed_texts SET terms = ?, language = ? WHERE number = ?')
      .run(terms.length, language, number)
    this.#addWords(number, terms, searchText, ownText)
  }

  #addWords(number: number, terms: readonly string[], searchText: string, ownText: string): void {
    const whole = !searchText.endsWith(ownText)
    const lead = whole ? searchText : searchText.slice(0, searchText.length - ownText.length)
    if (lead !== '') {
      this.#database
        .prepare('INSERT INTO text_leads (text_number, lead, whole) VALUES (?, ?, ?)')
        .run(number, lead, whole ? 1 : 0)
    }
    this.#words.add(number, terms)
    this.#touchedTexts.add(number)
  }

  #removeOne(number: number): void {
    const row = this.#database
      .prepare<{ text: number }>('DELETE FROM indexed_passages WHERE number = ? RETURNING text_number AS text')
      .get(number)
    if (!row) return
    this.#touchedPassages.add(number)
    this.#database.prepare('UPDATE index_totals SET passages = passages - 1').run()
    this.#sets.countPassage(row.text, -1)
    const left = this.#database
      .prepare<{ passages: number }>('UPDATE indexed_texts SET passages = passages - 1 WHERE number = ? RETURNING passages')
      .get(row.text)
    if (left?.passages === 0) this.#touchedTexts.add(row.text)
  }

  /** By slot: 1 for texts that are searched. */
  async #searched(contents: ReadonlySet<number> | null, pace: Pace): Promise<Uint8Array> {
    if (contents !== null) return this.#texts.within(contents, pace)
    return this.#texts.present.slice(0, this.#texts.slots)
  }

  async #rank({
    words,
    searched,
    meaning,
    pace,
  }: {
    words: Float32Array
    searched: Uint8Array
    meaning: { query: Float32Array; vectors: LoadedVectors } | null
    pace: Pace
  }): Promise<Candidate[]> {
    const { numbers } = this.#texts
    const rough = meaning && (await roughMeaning(meaning.query, { vectors: meaning.vectors, searched, numbers, pace }))
    const { has } = meaning?.vectors ?? { has: new Uint8Array() }
    const all: number[] = []
    const first = new Float32Array(searched.length).fill(-Infinity)
    for (let slot = 0; slot < searched.length; slot++) {
      if (slot % 65536 === 65535) await pace.rest()
      const word = words[slot] ?? 0
      if (searched[slot] !== 1 || (!rough && word === 0)) continue
      if (rough?.exactForAll && has[slot] === 1) all.push(slot)
      else first[slot] = fused(word, rough ? (rough.expected[slot] ?? 0) : null)
    }
    await pace.rest()
    const likely = placesOfBest(first, lookedAt).map((slot) => {
      const closer = rough && (has[slot] === 1 ? rough.closer(slot) : 0)
      return { slot, score: fused(words[slot] ?? 0, closer) }
    })
    likely.sort((one, other) => other.score - one.score || one.slot - other.slot)
    const slots = [...all, ...likely.slice(0, compared).map(({ slot }) => slot)].sort((one, other) => one - other)
    await pace.rest()
    const candidates: Candidate[] = []
    for (const [index, slot] of slots.entries()) {
      const kept = meaning && has[slot] === 1 ? meaning.vectors.vector(numbers[slot] ?? 0) : null
      const score = meaning && kept ? cosine(meaning.query, kept) : null
      candidates.push(this.#candidate(slot, words[slot] ?? 0, score, rough))
      if (index % 32 === 0) await pace.rest()
    }
    return candidates.sort((one, other) => other.score - one.score || one.slot - other.slot)
  }

  #candidate(slot: number, words: number, meaning: number | null, rough: RoughMeaning | null): Candidate {
    const standard = rough && meaning !== null ? standardScore(meaning, rough.spread) : rough ? 0 : null
    return { slot, words, meaning, score: fused(words, standard) }
  }

  /** A passage for each text, with its ranks. Texts that went meanwhile have none. */
  #named(candidates: readonly Candidate[], contents: ReadonlySet<number> | null, limit: number): RankedPassage[] {
    const wordRanks = ranksOf(candidates, ({ words }) => (words > 0 ? words : null))
    const meaningRanks = ranksOf(candidates, ({ meaning }) => meaning)
    const named: RankedPassage[] = []
    for (const candidate of candidates) {
      if (named.length === limit) break
      const { score, words, meaning, slot } = candidate
      const passage = this.#database
        .prepare<{ number: number; content: number }>(
          'SELECT number, content_number AS content FROM indexed_passages WHERE text_number = ? ORDER BY number',
        )
        .all(this.#texts.numbers[slot] ?? 0)
        .find(({ content }) => contents === null || contents.has(content))
      if (!passage) continue
      const [wordRank, meaningRank] = [wordRanks.get(candidate), meaningRanks.get(candidate)]
      named.push({
        number: passage.number,
        score,
        words: wordRank === undefined ? null : { score: words, rank: wordRank },
        meaning: meaning === null || meaningRank === undefined ? null : { score: meaning, rank: meaningRank },
      })
    }
    return named
  }

  /** The vectors of a set in memory, read when they are not there yet. */
  async #loaded(setNumber: number, pace: Pace): Promise<void> {
    const set = this.#sets.all().find(({ number }) => number === setNumber)
    if (!set || set.dimensions === null) return
    const known = this.#vectors.get(setNumber)
    if (known) {
      known.set = set
      return
    }
    const vectors = new LoadedVectors({ database: this.#database, texts: this.#texts, set })
    await vectors.load(pace)
    this.#vectors.set(setNumber, vectors)
  }

  #catchUpSoon(): void {
    this.changes.set(this.changes.value + 1)
    if (!this.#loading) return
    setImmediate(() => {
      if (this.#closed) return
      this.#mutex.run(() => this.#catchUp(new Pace())).catch(leftToTheNext)
    })
  }

  /** Brings memory to what the file says now of all that was touched. */
  async #catchUp(pace: Pace): Promise<void> {
    if (this.#closed) throw new AppError('locked', 'This index is closed')
    for (const number of this.#touchedTexts) {
      this.#touchedTexts.delete(number)
      this.#texts.refreshText(number)
      await pace.rest()
    }
    for (const number of this.#touchedPassages) {
      this.#touchedPassages.delete(number)
      this.#texts.refreshPassage(number)
      await pace.rest()
    }
    if (this.#touchedVectors.size === 0) return
    const sets = this.#sets.all()
    for (const { number } of sets) await this.#loaded(number, pace)
    for (const number of this.#touchedVectors) {
      this.#touchedVectors.delete(number)
      for (const set of sets) this.#vectors.get(set.number)?.refresh(number)
      await pace.rest()
    }
  }

  #clean(): void {
    this.#cleaning = Promise.all([this.#cleaning, this.#sets.clean(() => this.#closed)]).then(() => undefined, leftToTheNext)
  }
}

/** What a background step of memory could not do, the next search or unlock does, and tells whoever asked. */
function leftToTheNext(): undefined {
  return undefined
}

/** Ranks from 1; whoever has no score has none. */
function ranksOf(candidates: readonly Candidate[], scoreOf: (candidate: Candidate) => number | null): Map<Candidate, number> {
  const scored = candidates.flatMap((candidate) => {
    const score = scoreOf(candidate)
    return score === null ? [] : [{ candidate, score }]
  })
  scored.sort((one, other) => other.score - one.score)
  return new Map(scored.map(({ candidate }, index) => [candidate, index + 1]))
}
