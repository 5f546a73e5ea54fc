/** The rows of `main` that list the workspaces, and what a person is shown of each. What happens to their files is for workspaces.ts. */
import type { Workspace } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { Vault } from '../vault/vault.ts'

interface WorkspaceRecord {
  id: string
  name: string
  personal: number
  created_at: number
  model_id: string | null
  instructions: string
  strict: number
  archived: number
  last_used_at: number | null
  documents: number
  erasing: number
}

export class WorkspaceList {
  readonly #vault: Vault
  readonly #now: () => number

  constructor(vault: Vault, now: () => number) {
    this.#vault = vault
    this.#now = now
  }

  /** Its row, as of one that is to be erased: what a kill leaves of a workspace that is not whole yet goes at the next opening. */
  begin(id: string, name: string, personal: boolean): void {
    this.#vault.main
      .prepare('INSERT INTO workspaces (id, name, personal, created_at, erasing) VALUES (?, ?, ?, ?, 1)')
      .run(id, name, personal ? 1 : 0, this.#now())
  }

  /** One that is being erased is shown to nobody, and is erased at the next opening if need be. */
  setErasing(workspaceId: string, erasing: boolean): void {
    this.#vault.main.prepare('UPDATE workspaces SET erasing = ? WHERE id = ?').run(erasing ? 1 : 0, workspaceId)
  }

  /** All rows, Personal first, those that are being erased too. */
  records(): WorkspaceRecord[] {
    return this.#vault.main.prepare<WorkspaceRecord>('SELECT * FROM workspaces ORDER BY personal DESC, created_at, rowid').all()
  }

  /** Those that are whole, as they are shown. */
  whole(): Workspace[] {
    // One without a key was erased after the backup that the list is from.
    const whole = this.records().filter(({ id, erasing }) => erasing === 0 && this.#vault.hasWorkspace(id))
    return whole.map((row) => ({
      id: row.id,
      name: row.name,
      personal: row.personal === 1,
      createdAt: row.created_at,
      modelId: row.model_id,
      instructions: row.instructions,
      strict: row.strict === 1,
      archived: row.archived === 1,
      documents: row.archived === 1 ? row.documents : this.#documentsIn(row),
      damage: this.#damageOf(row.id),
      sizeBytes: this.#vault.workspaceBytes(row.id),
      lastUsedAt: row.last_used_at,
    }))
  }

  /** Of a damaged one nobody knows. */
  #documentsIn({ id, documents }: WorkspaceRecord): number {
    try {
      const counted = this.#vault
        .workspace(id)
        .prepare<{ count: number }>('SELECT count(*) AS count FROM documents WHERE conversation_id IS NULL')
        .get()
      return counted?.count ?? 0
    } catch (error) {
      if (!isDamage(error)) throw error
      return documents
    }
  }

  #damageOf(id: string): Workspace['damage'] {
    const what = this.#vault.damaged.value.get(id)
    return what ? { what, copies: this.#vault.workspaceCopies(id) } : null
  }
}

/** Whether what failed was a workspace's own file. */
export function isDamage(error: unknown): boolean {
  return error instanceof AppError && error.code === 'workspace_damaged'
}
