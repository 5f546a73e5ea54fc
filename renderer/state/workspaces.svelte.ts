/** The workspaces. There is always one called Personal. */
import type { Client } from '../../contract/contract.ts'
import type { Workspace } from '../../contract/entities.ts'
import { Task } from './task.svelte.ts'

export class WorkspacesState {
  #all = $state.raw<Workspace[]>([])
  readonly #client: Client
  readonly changing = new Task()

  constructor(client: Client) {
    this.#client = client
  }

  get all(): Workspace[] {
    return this.#all
  }

  /** The one that is always there; null until the host has said. */
  get personal(): Workspace | null {
    return this.#all.find((workspace) => workspace.personal) ?? null
  }

  byId(id: string | null): Workspace | null {
    return this.#all.find((workspace) => workspace.id === id) ?? null
  }

  /** Which student answers in a workspace unless a conversation has its own; null for the usual one. */
  configure(workspaceId: string, modelId: string | null): Promise<boolean> {
    return this.changing.run(() => this.#client.workspaces.configure({ workspaceId, modelId }))
  }

  apply(all: Workspace[]): void {
    this.#all = all
  }

  forget(): void {
    this.#all = []
    this.changing.forget()
  }
}
