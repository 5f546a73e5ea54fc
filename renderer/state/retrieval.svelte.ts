/** The free search in a workspace, and how far the meaning side of its index is. */
import type { Client } from '../../contract/contract.ts'
import type { IndexState } from '../../contract/document.ts'
import type { SearchFilter, SearchReport } from '../../contract/sources.ts'
import type { Area } from './area.ts'
import { ShownWorkspace } from './shown-workspace.svelte.ts'
import { Task } from './task.svelte.ts'

/** Passages that are shown. */
const passagesShown = 50

export class RetrievalState implements Area {
  readonly #client: Client
  readonly #shown: ShownWorkspace<IndexState>
  #report = $state.raw<SearchReport | null>(null)
  /** What is looked for, and where. */
  query = $state('')
  filter = $state.raw<SearchFilter>({})
  readonly searching = new Task()

  constructor(client: Client) {
    this.#client = client
    this.#shown = new ShownWorkspace(
      (workspaceId, signal) => client.retrieval.state({ workspaceId }, { signal }),
      () => this.#clear(),
    )
  }

  /** Null until the host has said. */
  get index(): IndexState | null {
    return this.#shown.facts
  }

  /** What the last search found; null before. */
  get report(): SearchReport | null {
    return this.#report
  }

  show(workspaceId: string | null): void {
    this.#shown.show(workspaceId)
  }

  /** Looks for the query, as an answer would. */
  async search(): Promise<void> {
    const { id: workspaceId, life } = this.#shown
    const query = this.query.trim()
    if (workspaceId === null || query === '') return
    await this.searching.run(async () => {
      const report = await this.#client.retrieval.search({ workspaceId, query, filter: this.filter, limit: passagesShown })
      if (!life?.aborted) this.#report = report
    })
  }

  forget(): void {
    this.#shown.leave()
  }

  #clear(): void {
    this.#report = null
    this.query = ''
    this.filter = {}
    this.searching.forget()
  }
}
