/** The ledger of the door: every attempt to reach an address, what for, and how it ended. It never holds more than the host of an address. */
import type { LedgerEntry } from '../../contract/network.ts'
import { AppError } from '../../contract/errors.ts'
import { Watchable } from './base/watchable.ts'
import { unlessFull } from './vault/files/disk-full.ts'
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
    // What a kill cut off is not going on any more. Where the disk is full it says so until the next start: that keeps no vault shut.
    unlessFull(() => void database.prepare(`UPDATE ledger SET outcome = 'failed' WHERE outcome = 'open'`).run())
  }

  /** The newest entries, and how many there are. */
  newest(limit: number): { entries: LedgerEntry[]; total: number } {
    const entries = this.#database
      .prepare<LedgerEntry>(
        `SELECT id, at, host, port, purpose, outcome, sent_bytes AS sentBytes, received_bytes AS receivedBytes, proxy
         FROM ledger ORDER BY id DESC LIMIT ?`,
      )
      .all(limit)
    const total = this.#database.prepare<{ total: number }>('SELECT count(*) AS total FROM ledger').get()?.total ?? 0
    return { entries, total }
  }

  /** @returns the entry's number */
  enter({ host, port, purpose, outcome, sentBytes, proxy }: Omit<LedgerEntry, 'id' | 'at' | 'receivedBytes'>): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO ledger (at, host, port, purpose, outcome, sent_bytes, received_bytes, proxy) VALUES (?, ?, ?, ?, ?, ?, 0, ?)`,
      )
      .run(this.#now(), host, port, purpose, outcome, sentBytes, proxy)
    this.#database.prepare('DELETE FROM ledger WHERE id <= ?').run(Number(lastInsertRowid) - mostEntries)
    this.changed()
    return Number(lastInsertRowid)
  }

  settle(id: number, outcome: LedgerEntry['outcome'], receivedBytes: number): void {
    try {
      // On a full disk the entry says open, and the next start says failed.
      unlessFull(() => {
        this.#database.prepare('UPDATE ledger SET outcome = ?, received_bytes = ? WHERE id = ?').run(outcome, receivedBytes, id)
      })
    } catch (error) {
      // So does a connection that closes after the vault.
      if (!(error instanceof AppError && error.code === 'locked')) throw error
    }
    this.changed()
  }

  /** Tells whoever watches that something of the door is another. */
  changed(): void {
    this.changes.set(this.changes.value + 1)
  }
}
