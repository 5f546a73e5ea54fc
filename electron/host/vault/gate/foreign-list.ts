/**
 * Rebuilds `main`, the list of a vault, out of the rows of a backup in a fresh database of ours. From anybody come the workspaces, the presets
 * and how somebody works; what stands on this machine (models, their cards, which versions of catalogues were here, the audit log, where backups lie) comes from this vault's own alone.
 */
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import * as tables from './foreign-list-tables.ts'
import { ForeignRows, orMalformed, type ForeignRowsOptions, type Origin } from './foreign-rows.ts'
import type { ForeignTable } from './foreign-table.ts'

type Values = Record<string, string | number | Uint8Array | null>

export class ForeignList {
  readonly #isOwn: boolean
  readonly #database: EncryptedDatabase
  readonly #rows: ForeignRows

  constructor({ origin, ...options }: ForeignRowsOptions & { origin: Origin }) {
    this.#isOwn = origin === 'own'
    this.#database = options.database
    this.#rows = new ForeignRows(options)
  }

  /** @throws AppError workspace_file_malformed, porter_died, disk_full; the signal's reason */
  async rebuild(): Promise<void> {
    try {
      await this.#workspaces()
      await this.#settings()
      await this.#plan()
      // One that is not as we write it is not worth a vault that stays shut.
      await this.#rows.each(tables.presets, (row) => this.#insert('presets', row), 'skip')
      if (this.#isOwn) await this.#ofThisMachine()
    } catch (error) {
      throw orMalformed(error)
    }
  }

  async #workspaces(): Promise<void> {
    let hasPersonal = false
    await this.#rows.each(tables.workspaces, ({ erasing, personal, model_id, ...row }) => {
      // It was not whole yet, or not any more.
      if (erasing === 1) return
      const isPersonal = personal === 1 && !hasPersonal
      hasPersonal ||= isPersonal
      this.#insert('workspaces', { ...row, personal: isPersonal ? 1 : 0, model_id: this.#isOwn ? model_id : null })
    })
  }

  async #settings(): Promise<void> {
    await this.#rows.each(
      tables.settingRows,
      ({ key, value }) => {
        const kept = tables.settingOf(key, value, this.#isOwn)
        if (kept !== null) this.#insert('settings', { key, value: kept })
      },
      'skip',
    )
  }

  /** Who may open later backups, and where they lie, is never a stranger's to say. */
  async #plan(): Promise<void> {
    await this.#rows.each(
      tables.backupPlan,
      ({ folder, daily, kept, recovery_key, recovery_at, sequence }) => {
        this.#database.prepare('UPDATE backup_plan SET daily = ?, kept = ?').run(daily, kept)
        if (!this.#isOwn) return
        this.#database
          .prepare('UPDATE backup_plan SET folder = ?, recovery_key = ?, recovery_at = ?, sequence = ?')
          .run(folder, recovery_key, recovery_at, sequence)
      },
      'skip',
    )
  }

  async #ofThisMachine(): Promise<void> {
    const take = <Row extends Values>(table: ForeignTable<Row>): Promise<void> =>
      this.#rows.each(table, (row) => this.#insert(table.name, row), 'skip')
    await take(tables.models)
    await take(tables.lineageCards)
    await take(tables.recognitionLanguages)
    await take(tables.catalogueVersions)
    await take(tables.auditRows)
    await take(tables.auditEntries)
    await take(tables.ledger)
  }

  /** The names of tables and columns are the allow-list's. */
  #insert(table: string, row: Values): void {
    const columns = Object.keys(row)
    this.#database
      .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
      .run(...Object.values(row))
  }
}
