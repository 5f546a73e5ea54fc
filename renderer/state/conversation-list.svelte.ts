/** The conversations of the workspace that is chosen, and what can be done with one without opening it. */
import type { Client } from '../../contract/contract.ts'
import type { ConversationRow } from '../../contract/conversation.ts'
import type { AppError } from '../../contract/errors.ts'
import { PagedList } from './paged-list.svelte.ts'
import type { Task } from './task.svelte.ts'

export class ConversationList {
  readonly #client: Client
  readonly #tidying: Task
  readonly #list = new PagedList<ConversationRow>()
  #workspaceId: string | null = null

  constructor(client: Client, tidying: Task) {
    this.#client = client
    this.#tidying = tidying
  }

  /** The conversations to show, pinned first, then the newest. */
  get rows(): ConversationRow[] {
    return this.#list.rows
  }

  /** How many there are in all. */
  get total(): number {
    return this.#list.total
  }

  /** Whether the list has come. */
  get known(): boolean {
    return this.#list.known
  }

  /** Why it cannot be followed; null as long as it can. */
  get trouble(): AppError | null {
    return this.#list.trouble
  }

  /** Lists those of a workspace, until `life` ends. */
  show(workspaceId: string, life: AbortSignal): void {
    this.#workspaceId = workspaceId
    this.#list.show((limit, signal) => this.#client.chat.list({ workspaceId, limit }, { signal }), life)
  }

  /** Rows up to this one, counted from 0, are looked at. */
  need(row: number): void {
    this.#list.need(row)
  }

  rename(conversationId: string, title: string): Promise<boolean> {
    return this.#tidy((workspaceId) => this.#client.chat.rename({ workspaceId, conversationId, title }))
  }

  pin(conversationId: string, pinned: boolean): Promise<boolean> {
    return this.#tidy((workspaceId) => this.#client.chat.pin({ workspaceId, conversationId, pinned }))
  }

  remove(conversationId: string): Promise<boolean> {
    return this.#tidy((workspaceId) => this.#client.chat.remove({ workspaceId, conversationId }))
  }

  forget(): void {
    this.#workspaceId = null
    this.#list.forget()
  }

  #tidy(work: (workspaceId: string) => Promise<void>): Promise<boolean> {
    return this.#tidying.run(async () => {
      if (this.#workspaceId !== null) await work(this.#workspaceId)
    })
  }
}
