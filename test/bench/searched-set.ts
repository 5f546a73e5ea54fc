/** A set's documents in an encrypted file, as ingest leaves them, and its questions asked of the real retrieval with a half of it switched off or on. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { FoundPassage } from '../../contract/sources.ts'
import { blockGap } from '../../contract/text-place.ts'
import { Watchable } from '../../electron/host/base/watchable.ts'
import type { EmbedderFacts } from '../../electron/host/runtime/embedder.ts'
import type { EncryptedDatabase } from '../../electron/host/vault/files/encrypted-database.ts'
import { ContentStore } from '../../electron/host/workspaces/ingest/content-store.ts'
import { languageOf } from '../../electron/host/workspaces/text/language.ts'
import { PassageIndex } from '../../electron/host/workspaces/index/passage-index.ts'
import { splitPassages, type Passage } from '../../electron/host/workspaces/text/passages.ts'
import type { ReaderKeeper } from '../../electron/host/workspaces/reader-keeper.ts'
import { Retrieval, type RetrievalOptions } from '../../electron/host/workspaces/index/retrieval.ts'
import { readDocument } from '../fixtures/documents/read-document.ts'
import { openIndexFile } from '../fixtures/index-room.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import type { KeptEmbedder } from './kept-embedder.ts'
import { depth, scoresOf, type Scores } from './retrieval-scores.ts'
import type { RetrievalSet } from './retrieval-sets.ts'

/** `words` without an embedder; `meaning` with the question's vector and no words to look for; `reranked` is both, with a reranker. */
export const ways = ['words', 'meaning', 'hybrid', 'reranked'] as const
export type Way = (typeof ways)[number]

const never = new AbortController().signal
/** Passages that are asked for at first; where they are of fewer documents than are looked at, so many times more. */
const wanted = 60
const more = 5

type AsEmbedder = RetrievalOptions['embedder']

/** A document as it was read. */
interface SplitDocument {
  text: string
  passages: Passage[]
}

/** What the retrieval embeds and ranks with, in the way that is being measured. */
class WayEmbedder implements AsEmbedder {
  readonly state: Watchable<EmbedderFacts | null>
  readonly reranker = new Watchable<{ id: string; name: string } | null>(null)
  readonly #kept: KeptEmbedder
  #way: Way = 'hybrid'
  #question = ''

  constructor(kept: KeptEmbedder) {
    this.#kept = kept
    this.state = new Watchable<EmbedderFacts | null>(kept.facts)
  }

  begin(way: Way, question: string): void {
    this.#way = way
    this.#question = question
    this.reranker.set(way === 'reranked' ? this.#kept.reranker : null)
  }

  embedQuery(): Promise<Float32Array> {
    if (this.#way === 'words') return Promise.reject(new AppError('no_embedder', 'Words alone are measured'))
    return this.#kept.vectorOf('query', this.#question)
  }

  async rank(query: string, texts: readonly string[]): Promise<number[]> {
    const scores: number[] = []
    for (const text of texts) scores.push(await this.#kept.rankOf(query, text))
    return scores
  }
}
export class SearchedSet {
  readonly passages: number
  readonly #set: RetrievalSet
  readonly #retrieval: Retrieval
  readonly #embedder: WayEmbedder
  readonly #index: PassageIndex
  readonly #database: EncryptedDatabase
  /** By a passage's text: what is graded by it, itself or the documents that have it. */
  readonly #owners: ReadonlyMap<string, readonly string[]>
  readonly #grades: readonly ReadonlyMap<string, number>[]

  private constructor(
    set: RetrievalSet,
    filled: { database: EncryptedDatabase; index: PassageIndex; split: Map<string, SplitDocument> },
    kept: KeptEmbedder,
  ) {
    this.#set = set
    this.#database = filled.database
    this.#index = filled.index
    this.#embedder = new WayEmbedder(kept)
    this.#retrieval = new Retrieval({
      workspaces: { database: () => filled.database },
      embedder: this.#embedder,
      indexOf: () => filled.index,
      modelName: () => null,
      onBug: (error) => {
        throw error
      },
    })
    const all = [...filled.split].flatMap(([name, { passages }]) => passages.map(({ text }) => ({ name, text })))
    this.passages = all.length
    const isByPassage = set.questions.some(({ grades }) => grades.some(({ snippet }) => snippet !== null))
    this.#owners = new Map(
      [...Map.groupBy(all, ({ text }) => text)].map(([text, holders]) => [
        text,
        isByPassage ? [text] : holders.map(({ name }) => name),
      ]),
    )
    this.#grades = set.questions.map(({ grades }) => {
      const best = new Map<string, number>()
      for (const { document, snippet, grade } of grades) {
        const of = filled.split.get(document)
        if (!of) throw new Error(`There is no document ${document}`)
        const name = snippet === null ? document : passageWith(of, snippet).text
        best.set(name, Math.max(grade, best.get(name) ?? 0))
      }
      return best
    })
  }

  static async fill(set: RetrievalSet, kept: KeptEmbedder, reader: ReaderKeeper): Promise<SearchedSet> {
    const database = openIndexFile(join(temporaryFolder(), 'workspace.db'))
    const index = new PassageIndex({ database })
    const contents = new ContentStore({ database, index })
    const split = new Map<string, SplitDocument>()
    for (const { name, text } of set.documents) {
      const document = await splitOf(name, text, set.isWhole, reader)
      split.set(name, document)
      contents.together(() => {
        const number = contents.begin(name)
        contents.addPassages(
          number,
          0,
          document.passages.map((passage) => ({ passage, textHash: createHash('sha256').update(passage.searchText).digest() })),
        )
        database
          .prepare('INSERT INTO documents (id, name, content_number, size_bytes, added_at, changed_at) VALUES (?, ?, ?, 0, 0, 0)')
          .run(name, name, number)
      })
    }
    const embedderId = kept.facts.id
    let made = 0
    for (let batch = index.pending(embedderId, 64); batch.length > 0; batch = index.pending(embedderId, 64)) {
      const vectors: { textHash: Uint8Array; vector: Float32Array }[] = []
      for (const { textHash, searchText } of batch) {
        vectors.push({ textHash, vector: await kept.vectorOf('passage', searchText) })
      }
      index.addVectors(embedderId, vectors)
      made += batch.length
      say(`${set.name}: ${made} passages`)
    }
    return new SearchedSet(set, { database, index, split }, kept)
  }

  /** One question after the other, in the order of the set. */
  async measure(way: Way): Promise<Scores[]> {
    const scores: Scores[] = []
    for (const [at, { text }] of this.#set.questions.entries()) {
      if (at % 20 === 0) say(`${this.#set.name}: ${way}, question ${at + 1} of ${this.#set.questions.length}`)
      scores.push(scoresOf(await this.#ask(way, text), this.#grades[at] ?? new Map<string, number>()))
    }
    return scores
  }

  async close(): Promise<void> {
    say('')
    await this.#index.close()
    this.#database.close()
  }

  async #ask(way: Way, question: string): Promise<string[]> {
    for (let limit = wanted; ; limit *= more) {
      this.#embedder.begin(way, question)
      const { found, embedderName, rerankerName } = await this.#retrieval.search(
        {
          ...{ workspaceId: '', conversationId: null, documents: true, filter: {}, limit },
          query: way === 'meaning' ? '' : question,
        },
        never,
      )
      // A half that fell away by itself would be measured as if it were there.
      if ((embedderName !== null) !== (way !== 'words') || (rerankerName !== null) !== (way === 'reranked' && found.length > 0)) {
        throw new Error(`${way} was asked for, but the embedder was ${embedderName} and the reranker ${rerankerName}`)
      }
      const names = [...new Set(found.flatMap(({ text }: FoundPassage) => this.#owners.get(text) ?? []))]
      if (names.length >= depth || found.length < limit) return names
    }
  }
}

async function splitOf(name: string, text: string, isWhole: boolean, reader: ReaderKeeper): Promise<SplitDocument> {
  if (isWhole) {
    const place = { kind: 'paragraph' as const, paragraph: 1 }
    const only = { start: 0, end: text.length, text, headings: [], place, language: languageOf(text), searchText: text }
    return { text, passages: [only] }
  }
  const { blocks } = await readDocument(reader, name, text)
  return { text: blocks.map((block) => block.text).join(blockGap), passages: await splitPassages(blocks) }
}

/** The passage that has most of the snippet. */
function passageWith({ text, passages }: SplitDocument, snippet: string): Passage {
  const start = text.indexOf(snippet)
  if (start < 0 || text.includes(snippet, start + 1)) throw new Error(`Not once in its document: ${snippet}`)
  const common = (passage: Passage): number => Math.min(passage.end, start + snippet.length) - Math.max(passage.start, start)
  return passages.reduce((best, passage) => (common(passage) > common(best) ? passage : best))
}

/** Says how far it is, on a line that is written over; nothing where nobody looks. */
function say(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`)
}
