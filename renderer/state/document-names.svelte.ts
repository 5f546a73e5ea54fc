/** Documents of a workspace by name, for choosing among them: the first that fit, and how many there are. */
import type { Client } from '../../contract/contract.ts'
import type { Document } from '../../contract/document.ts'
import type { Area } from './area.ts'
import { PagedList } from './paged-list.svelte.ts'

export class DocumentNames implements Area {
  readonly #client: Client
  readonly #list = new PagedList<Document>()

  constructor(client: Client) {
    this.#client = client
  }

  get rows(): Document[] {
    return this.#list.rows
  }

  /** How many have these words in their names. */
  get total(): number {
    return this.#list.total
  }

  get known(): boolean {
    return this.#list.known
  }

  /** Follows those with these words in their names, the newest first when there are no words. */
  look(workspaceId: string, name: string, limit: number, filter: 'all' | 'ready' = 'all'): void {
    const sort = name === '' ? ('newest' as const) : ('name' as const)
    const query = { workspaceId, conversationId: null, filter, name, sort }
    this.#list.show((limit, signal) => this.#client.documents.list({ ...query, limit }, { signal }), null, limit)
  }

  forget(): void {
    this.#list.forget()
  }
}
