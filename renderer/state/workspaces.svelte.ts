/** The workspaces. There is always one called Personal. */
import type { Workspace } from '../../contract/entities.ts'

export class WorkspacesState {
  #all = $state.raw<Workspace[]>([])

  get all(): Workspace[] {
    return this.#all
  }

  /** The one that is always there; null until the host has said. */
  get personal(): Workspace | null {
    return this.#all.find((workspace) => workspace.personal) ?? null
  }

  apply(all: Workspace[]): void {
    this.#all = all
  }

  forget(): void {
    this.#all = []
  }
}
