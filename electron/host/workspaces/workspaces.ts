/** The list of workspaces and their encrypted files. There is always one called Personal. */
import { randomUUID } from 'node:crypto'
import type { Workspace } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { Watchable } from '../base/watchable.ts'
import type { EncryptedDatabase } from '../vault/encrypted-database.ts'
import type { Vault } from '../vault/vault.ts'

interface WorkspaceRecord {
  id: string
  name: string
  personal: number
  created_at: number
  model_id: string | null
}

export class Workspaces {
  readonly state: Watchable<Workspace[]>
  readonly #vault: Vault
  readonly #now: () => number

  constructor({ vault, now }: { vault: Vault; now: () => number }) {
    this.#vault = vault
    this.#now = now
    if (this.#read().length === 0) this.#make('Personal', true)
    this.state = new Watchable(this.#read())
  }

  /** Those that are open, Personal first. */
  get all(): Workspace[] {
    return this.state.value
  }

  /** Which student answers here; null for the usual one. @throws AppError not_found */
  configure(workspaceId: string, modelId: string | null): void {
    this.get(workspaceId)
    this.#vault.main.prepare('UPDATE workspaces SET model_id = ? WHERE id = ?').run(modelId, workspaceId)
    this.state.set(this.#read())
  }

  /** @throws AppError not_found */
  get(workspaceId: string): Workspace {
    const found = this.all.find(({ id }) => id === workspaceId)
    if (!found) throw new AppError('not_found', 'No such workspace')
    return found
  }

  /** @throws AppError not_found */
  database(workspaceId: string): EncryptedDatabase {
    this.get(workspaceId)
    return this.#vault.workspace(workspaceId)
  }

  /** The file and its key come first: a row without a file would read as damage, a file without a row is nothing. */
  #make(name: string, personal: boolean): void {
    const id = randomUUID()
    this.#vault.createWorkspace(id)
    this.#vault.main
      .prepare('INSERT INTO workspaces (id, name, personal, created_at) VALUES (?, ?, ?, ?)')
      .run(id, name, personal ? 1 : 0, this.#now())
  }

  #read(): Workspace[] {
    return this.#vault.main
      .prepare<WorkspaceRecord>(
        'SELECT id, name, personal, created_at, model_id FROM workspaces ORDER BY personal DESC, created_at',
      )
      .all()
      .map((row) => ({
        id: row.id,
        name: row.name,
        personal: row.personal === 1,
        createdAt: row.created_at,
        modelId: row.model_id,
      }))
  }

  close(): void {
    this.state.end(new AppError('locked', 'The vault is locked'))
  }
}
