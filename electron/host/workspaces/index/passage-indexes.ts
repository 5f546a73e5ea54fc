/** The index of each open workspace, the same one for whoever asks. */
import { PassageIndex } from './passage-index.ts'
import type { Tenant, Workspaces } from '../workspaces.ts'

export class PassageIndexes implements Tenant {
  readonly #workspaces: Pick<Workspaces, 'database'>
  readonly #indexes = new Map<string, PassageIndex>()

  constructor({ workspaces }: { workspaces: Pick<Workspaces, 'database'> }) {
    this.#workspaces = workspaces
  }

  /** @throws AppError not_found, workspace_archived */
  of(workspaceId: string): PassageIndex {
    const database = this.#workspaces.database(workspaceId)
    const known = this.#indexes.get(workspaceId)
    if (known) return known
    const index = new PassageIndex({ database })
    this.#indexes.set(workspaceId, index)
    return index
  }

  isBusy(): boolean {
    return false
  }

  async leave(workspaceId: string): Promise<void> {
    const index = this.#indexes.get(workspaceId)
    this.#indexes.delete(workspaceId)
    await index?.close()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#indexes.keys()].map((workspaceId) => this.leave(workspaceId)))
  }
}
