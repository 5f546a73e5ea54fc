/** The rows that backups keep in `main`: the plan, the places where sets lie, and what is still to be taken out of them. */
import { z } from 'zod'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'

const Last = z.object({
  sequence: z.number(),
  madeAt: z.number(),
  sizeBytes: z.number(),
  workspaces: z.number(),
  leftOut: z.array(z.string()),
})
export type LastSet = z.infer<typeof Last>

interface PlanRow {
  folder: string | null
  daily: number
  kept: number
  recovery_key: Uint8Array | null
  recovery_at: number | null
  sequence: number
  counted_from: number | null
  last: string | null
  mentioned: number
}

export interface Plan {
  /** Null for our own. */
  folder: string | null
  daily: boolean
  kept: number
  recovery: { key: Buffer; madeAt: number } | null
  sequence: number
  countedFrom: number | null
  last: LastSet | null
  mentioned: boolean
}

export class BackupPlan {
  readonly #main: EncryptedDatabase

  constructor(main: EncryptedDatabase) {
    this.#main = main
  }

  read(): Plan {
    const row = this.#main.prepare<PlanRow>('SELECT * FROM backup_plan').get()
    if (!row) throw new Error('There is no plan')
    return {
      folder: row.folder,
      daily: row.daily === 1,
      kept: row.kept,
      recovery:
        row.recovery_key && row.recovery_at !== null ? { key: Buffer.from(row.recovery_key), madeAt: row.recovery_at } : null,
      sequence: row.sequence,
      countedFrom: row.counted_from,
      last: row.last === null ? null : Last.parse(JSON.parse(row.last)),
      mentioned: row.mentioned === 1,
    }
  }

  configure({ folder, daily, kept }: Pick<Plan, 'folder' | 'daily' | 'kept'>): void {
    this.#main.prepare('UPDATE backup_plan SET folder = ?, daily = ?, kept = ?').run(folder, daily ? 1 : 0, kept)
  }

  setRecovery(key: Buffer, madeAt: number): void {
    this.#main.prepare('UPDATE backup_plan SET recovery_key = ?, recovery_at = ?').run(key, madeAt)
  }

  countFrom(at: number): void {
    this.#main.prepare('UPDATE backup_plan SET counted_from = ?').run(at)
  }

  /** A place is known before anything of ours lies there: what is erased is sought in it from then on. */
  begin(folder: string, sequence: number): void {
    this.#main.transaction(() => {
      this.#main.prepare('INSERT OR IGNORE INTO backup_places VALUES (?)').run(folder)
      this.#main.prepare('UPDATE backup_plan SET sequence = ?').run(sequence)
    })
  }

  /** Everything is in a set that was verified. */
  finish(last: LastSet): void {
    this.#main.prepare('UPDATE backup_plan SET counted_from = ?, last = ?, mentioned = 0').run(last.madeAt, JSON.stringify(last))
  }

  mention(): void {
    this.#main.prepare('UPDATE backup_plan SET mentioned = 1').run()
  }

  get places(): string[] {
    return this.#main
      .prepare<{ folder: string }>('SELECT folder FROM backup_places ORDER BY folder')
      .all()
      .map(({ folder }) => folder)
  }

  /** From now on copies of this workspace are to be taken out of every place. */
  erase(workspaceId: string): void {
    this.#main.prepare('INSERT OR IGNORE INTO backup_erased SELECT ?, folder FROM backup_places').run(workspaceId)
  }

  get erased(): { workspaceId: string; folder: string }[] {
    return this.#main
      .prepare<{ workspace_id: string; folder: string }>('SELECT * FROM backup_erased')
      .all()
      .map(({ workspace_id, folder }) => ({ workspaceId: workspace_id, folder }))
  }

  forgotten(workspaceId: string, folder: string): void {
    this.#main.prepare('DELETE FROM backup_erased WHERE workspace_id = ? AND folder = ?').run(workspaceId, folder)
  }
}
