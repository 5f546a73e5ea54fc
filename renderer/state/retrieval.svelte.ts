/** The free search in a workspace, and how far the meaning side of its index is. */
import type { Client } from '../../contract/contract.ts'
import type { IndexState } from '../../contract/document.ts'
import type { SearchFilter, SearchReport } from '../../contract/sources.ts'
import { follow } from './follow.ts'
import { Task } from './task.svelte.ts'

/** Passages that are shown. */
const passagesShown = 50

export class RetrievalState {
  readonly #client: Client
  #workspaceId: string | null = null
  #life: AbortController | null = null
  #index = $state.raw<IndexState | null>(null)
  #report = $state.raw<SearchReport | null>(null)
  /** What is looked for, and where. */
  query = $state('')
  filter = $state.raw<SearchFilter>({})
  readonly searching = new Task()

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get index(): IndexState | null {
    return this.#index
  }

  /** What the last search found; null before. */
  get report(): SearchReport | null {
    return this.#report
  }

  show(workspaceId: string | null): void {
    if (workspaceId === this.#workspaceId) return
    this.forget()
    this.#workspaceId = workspaceId
    if (workspaceId === null) return
    const life = new AbortController()
    this.#life = life
    void follow(
      (signal) => this.#client.retrieval.state({ workspaceId }, { signal }),
      (index) => (this.#index = index),
      life.signal,
      () => undefined,
    )
  }

  /** Looks for the query, as an answer would. */
  async search(): Promise<void> {
    const workspaceId = this.#workspaceId
    const query = this.query.trim()
    if (workspaceId === null || query === '') return
    const life = this.#life
    await this.searching.run(async () => {
      const report = await this.#client.retrieval.search({ workspaceId, query, filter: this.filter, limit: passagesShown })
      if (this.#life === life) this.#report = report
    })
  }

  forget(): void {
    this.#life?.abort()
    this.#life = null
    this.#workspaceId = null
    this.#index = null
    this.#report = null
    this.query = ''
    this.filter = {}
    this.searching.forget()
  }
}
