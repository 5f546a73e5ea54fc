/** Documents of a workspace by name, for choosing among them: the first that fit, and how many there are. */
import type { Client } from '../../contract/contract.ts'
import type { Document } from '../../contract/document.ts'
import { follow } from './follow.ts'

export class DocumentNames {
  readonly #client: Client
  #rows = $state.raw<Document[]>([])
  #total = $state(0)
  #known = $state(false)
  #listening: AbortController | null = null

  constructor(client: Client) {
    this.#client = client
  }

  get rows(): Document[] {
    return this.#rows
  }

  /** How many have these words in their names. */
  get total(): number {
    return this.#total
  }

  get known(): boolean {
    return this.#known
  }

  /** Follows those with these words in their names, the newest first when there are no words. */
  look(workspaceId: string, name: string, limit: number, filter: 'all' | 'ready' = 'all'): void {
    this.forget()
    const listening = new AbortController()
    this.#listening = listening
    const sort = name === '' ? ('newest' as const) : ('name' as const)
    const query = { workspaceId, conversationId: null, filter, name, sort, limit }
    void follow(
      (signal) => this.#client.documents.list(query, { signal }),
      ({ rows, total }) => {
        this.#rows = rows
        this.#total = total
        this.#known = true
      },
      listening.signal,
      () => undefined,
    )
  }

  forget(): void {
    this.#listening?.abort()
    this.#listening = null
    this.#rows = []
    this.#total = 0
    this.#known = false
  }
}
