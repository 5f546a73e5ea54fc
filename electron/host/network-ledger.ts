/** The ledger of the door: every attempt to reach an address, what for, and how it ended. It never holds more than the host of an address. */
import type { LedgerEntry, NetworkPurpose } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { Watchable } from './base/watchable.ts'
import type { EncryptedDatabase } from './vault/files/encrypted-database.ts'

/** The ledger keeps this many attempts, the newest. */
const mostEntries = 10_000

export class NetworkLedger {
  readonly #database: EncryptedDatabase
  readonly #now: () => number
  /** Rises with every change. */
  readonly changes = new Watchable(0)

  constructor({ database, now }: { database: EncryptedDatabase; now: () => number }) {
    this.#database = database
    this.#now = now
    // What a kill cut off is not going on any more.
    database.prepare(`UPDATE ledger SET outcome = 'failed' WHERE outcome = 'open'`).run()
  }

  /** The newest entries, and how many there are. */
  newest(limit: number): { entries: LedgerEntry[]; total: number } {
    const entries = this.#database
      .prepare<LedgerEntry>(
        'SELECT id, at, host, purpose, outcome, received_bytes AS receivedBytes FROM ledger ORDER BY id DESC LIMIT ?',
      )
      .all(limit)
    const total = this.#database.prepare<{ total: number }>('SELECT count(*) AS total FROM ledger').get()?.total ?? 0
    return { entries, total }
  }

  enter(host: string, purpose: NetworkPurpose, outcome: LedgerEntry['outcome']): number {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO ledger (at, host, purpose, outcome, received_bytes) VALUES (?, ?, ?, ?, 0)')
      .run(this.#now(), host, purpose, outcome)
    this.#database.prepare('DELETE FROM ledger WHERE id <= ?').run(Number(lastInsertRowid) - mostEntries)
    this.changed()
    return Number(lastInsertRowid)
  }

  settle(id: number, outcome: LedgerEntry['outcome'], receivedBytes: number): void {
    try {
      this.#database.prepare('UPDATE ledger SET outcome = ?, received_bytes = ? WHERE id = ?').run(outcome, receivedBytes, id)
    } catch (error) {
      // A connection that closes after the vault: the entry says open, and the next start says failed.
      if (!(error instanceof AppError && error.code === 'locked')) throw error
    }
    this.changed()
  }

  changed(): void {
    this.changes.set(this.changes.value + 1)
  }
}
