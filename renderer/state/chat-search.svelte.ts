/** Looking for words in titles and messages, of every workspace. */
import type { Client } from '../../contract/contract.ts'
import type { SearchHit } from '../../contract/conversation.ts'
import { AppError } from '../../contract/errors.ts'

/** Hits that are shown. */
const hitsShown = 50

export class ChatSearch {
  readonly #client: Client
  #query = $state('')
  #hits = $state.raw<SearchHit[] | null>(null)
  #trouble = $state.raw<AppError | null>(null)
  #searching: AbortController | null = null

  constructor(client: Client) {
    this.#client = client
  }

  get query(): string {
    return this.#query
  }

  /** What was found; null when nothing is looked for. */
  get hits(): SearchHit[] | null {
    return this.#hits
  }

  /** Why nothing can be found; null while all is well. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  /** Looks for words as they are typed; the search before is given up. */
  look(query: string): void {
    this.#query = query
    this.#trouble = null
    this.#searching?.abort()
    this.#searching = null
    if (query.trim() === '') {
      this.#hits = null
      return
    }
    const searching = new AbortController()
    this.#searching = searching
    this.#client.chat.search({ query, limit: hitsShown }, { signal: searching.signal }).then(
      (hits) => {
        if (!searching.signal.aborted) this.#hits = hits
      },
      (error: unknown) => {
        if (searching.signal.aborted) return
        if (!(error instanceof AppError)) throw error
        this.#hits = null
        this.#trouble = error
      },
    )
  }

  /** Finds words once, for somebody else than this list; null when the search was given up or failed. */
  async find(query: string, signal: AbortSignal, limit = hitsShown): Promise<SearchHit[] | null> {
    try {
      return await this.#client.chat.search({ query, limit }, { signal })
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  forget(): void {
    this.look('')
  }
}
