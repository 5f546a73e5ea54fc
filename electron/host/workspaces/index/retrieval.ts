/** Finds passages: embeds the question, searches words and meaning, reranks where a reranker is, names documents. */
import type { IndexState } from '../../../../contract/document.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { FoundPassage, SearchFilter, SearchReport } from '../../../../contract/sources.ts'
import type { TextPlace } from '../../../../contract/text-place.ts'
import { watchAny } from '../../base/watch-any.ts'
import type { Embedder } from '../../runtime/embedder.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { PassageIndex, RankedPassage } from './passage-index.ts'
import { SearchedDocuments } from './searched-documents.ts'
import type { Workspaces } from '../workspaces.ts'

/** Passages that a reranker is asked about: it takes about as long for each as the embedder. */
const reranked = 30

export interface RetrievalOptions {
  workspaces: Pick<Workspaces, 'database'>
  embedder: Pick<Embedder, 'state' | 'reranker' | 'embedQuery' | 'rank'>
  indexOf: (workspaceId: string) => PassageIndex
  /** What a model is called; null when it is gone. */
  modelName: (modelId: string) => string | null
  onBug: (error: unknown, where: string) => void
}

export interface RetrievalQuery {
  workspaceId: string
  query: string
  filter: SearchFilter
  conversationId: string | null
  documents: boolean
  limit: number
  /** Asks no model: for a search that only informs. */
  byWordsAlone?: boolean
}

interface PassageRow {
  content: number
  start: number
  end: number
  text: string
  headings: string
  place: string
}

export class Retrieval {
  readonly #options: RetrievalOptions

  constructor(options: RetrievalOptions) {
    this.#options = options
  }

  /**
   * Best first, `limit` at most. Attachments of `conversationId` are searched too, whatever the filter; those of other conversations
   * never. `documents` false searches the attachments alone. Words alone are searched while the embedder is missing, fails or has no
   * vectors here. Passages of the same words are found once.
   * @throws AppError not_found, workspace_archived, locked, cancelled
   */
  async search(input: RetrievalQuery, signal: AbortSignal): Promise<SearchReport> {
    const began = performance.now()
    const { workspaceId, query, limit } = input
    const database = this.#options.workspaces.database(workspaceId)
    const index = this.#options.indexOf(workspaceId)
    await index.load()
    const searched = new SearchedDocuments(database, input)
    const asked = input.byWordsAlone ? null : await this.#embed(index, query, signal)
    const { terms, ranked, byMeaning } = await index.search({
      text: query,
      vector: asked,
      contents: searched.contents(),
      // Some may say the same under other headings.
      limit: 2 * Math.max(limit, reranked),
    })
    if (signal.aborted) throw new AppError('cancelled', 'The search was stopped')
    const found = this.#found(database, searched, ranked)
    const rerankerName = input.byWordsAlone ? null : await this.#rerank(query, found, signal)
    return {
      query,
      terms,
      embedderName: byMeaning && asked ? this.#embedderName(asked.embedderId) : null,
      rerankerName,
      ...index.progress(index.serving),
      tookMs: performance.now() - began,
      found: found.slice(0, limit),
    }
  }

  /** @throws AppError not_found, workspace_archived, locked */
  async *watch(workspaceId: string, signal: AbortSignal): AsyncGenerator<IndexState> {
    const { embedder } = this.#options
    const index = this.#options.indexOf(workspaceId)
    for await (const _change of watchAny([embedder.state, embedder.reranker, index.changes], signal)) {
      const current = embedder.state.value
      const { serving } = index
      yield {
        embedderName: current?.name ?? null,
        rerankerName: embedder.reranker.value?.name ?? null,
        ...index.progress(current?.id ?? null),
        changingFrom: current && serving !== null && serving !== current.id ? this.#embedderName(serving) : null,
      }
    }
  }

  /** By whoever made the vectors that serve, which while embedders change is the earlier one. */
  async #embed(
    index: PassageIndex,
    query: string,
    signal: AbortSignal,
  ): Promise<{ embedderId: string; values: Float32Array } | null> {
    const { embedder, onBug } = this.#options
    const embedderId = index.serving
    if (embedderId === null || index.progress(embedderId).embedded === 0) return null
    try {
      return { embedderId, values: await embedder.embedQuery(query, signal, embedderId) }
    } catch (error) {
      if (signal.aborted || (error instanceof AppError && error.code === 'locked')) throw error
      if (!(error instanceof AppError)) onBug(error, 'retrieval.embed')
      return null
    }
  }

  #found(database: EncryptedDatabase, searched: SearchedDocuments, ranked: readonly RankedPassage[]): FoundPassage[] {
    const texts = new Set<string>()
    return ranked.flatMap(({ number, score, words, meaning }): FoundPassage[] => {
      const row = database
        .prepare<PassageRow>('SELECT content_number AS content, start, end, text, headings, place FROM passages WHERE number = ?')
        .get(number)
      const document = row && searched.documentOf(row.content)
      if (!row || !document || texts.has(row.text)) return []
      texts.add(row.text)
      return [
        {
          ...{ passageId: String(number), documentId: document.id, documentName: document.name },
          ...{ start: row.start, end: row.end, text: row.text },
          headings: JSON.parse(row.headings) as string[],
          place: JSON.parse(row.place) as TextPlace,
          ...{ words, meaning, reranker: null, score, fate: null, number: null },
        },
      ]
    })
  }

  /** Puts the best into the reranker's order. Gives its name; null, with the order as it was, when there is none or it fails. */
  async #rerank(query: string, found: FoundPassage[], signal: AbortSignal): Promise<string | null> {
    const { embedder, onBug } = this.#options
    const name = embedder.reranker.value?.name
    const best = found.slice(0, reranked)
    if (name === undefined || best.length === 0) return null
    try {
      const scores = await embedder.rank(
        query,
        best.map(({ text }) => text),
        signal,
      )
      if (!scores) return null
      const scored = best.map((passage, index) => ({ passage, score: scores[index] ?? 0 }))
      scored.sort((one, other) => other.score - one.score)
      const order = scored.map(({ passage, score }, index) => ({ ...passage, reranker: { score, rank: index + 1 } }))
      found.splice(0, order.length, ...order)
      return name
    } catch (error) {
      if (signal.aborted || (error instanceof AppError && error.code === 'locked')) throw error
      if (!(error instanceof AppError)) onBug(error, 'retrieval.rerank')
      return null
    }
  }

  #embedderName(embedderId: string): string {
    const current = this.#options.embedder.state.value
    return current?.id === embedderId ? current.name : (this.#options.modelName(embedderId) ?? embedderId)
  }
}
