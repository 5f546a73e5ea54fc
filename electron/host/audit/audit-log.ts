/**
 * What happened, without content: which act, by whom, on which workspace or model, and how it ended. Rows stand in the encrypted main file, numbered
 * in order. What happens while the vault is locked waits in memory until it opens. Nothing here can be changed by a page.
 */
import type { AuditEvent } from '../../../contract/audit.ts'
import type { Caller } from '../../../contract/link.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'

/** One act. Ids are our own random ones or hashes of files; names, words and paths never stand here. */
export interface AuditEntry {
  event: AuditEvent
  caller: Caller
  /** The workspace, model or other thing that it was done to; null where there is none. */
  subject: string | null
  /** Why it failed; null when it was done. */
  failure: ErrorCode | null
}

/** A row as it is kept. */
export interface AuditRow extends AuditEntry {
  number: number
  /** Epoch milliseconds, as the clock said. The number tells the order, whatever the clock did. */
  at: number
}

/** Of what happens while the vault is locked, so many entries wait: a page that tries passphrases must not fill the memory. */
const mostWaiting = 1000
/** The oldest rows go beyond so many; about 20 MB. */
const mostRows = 200_000

export class AuditLog {
  readonly #now: () => number
  readonly #onBug: (error: unknown) => void
  #database: EncryptedDatabase | null = null
  #waiting: (AuditEntry & { at: number })[] = []

  constructor({ now, onBug }: { now: () => number; onBug: (error: unknown) => void }) {
    this.#now = now
    this.#onBug = onBug
  }

  /** The vault is open: what waited is written. */
  attach(database: EncryptedDatabase): void {
    this.#database = database
    const waiting = this.#waiting
    this.#waiting = []
    this.#write(waiting)
  }

  /** The vault is about to lock, by hand, by itself or because the application ends: that is the last row. */
  detach(): void {
    this.note({ event: 'vault_locked', caller: { kind: 'process', id: '' }, subject: null, failure: null })
    this.#database = null
  }

  /** Notes an act. Never throws: an act that was done is not undone because it could not be noted, and the log says so. */
  note(entry: AuditEntry): void {
    const at = this.#now()
    if (this.#database) this.#write([{ ...entry, at }])
    else if (this.#waiting.length < mostWaiting) this.#waiting.push({ ...entry, at })
  }

  /** The newest rows, the newest first. */
  rows(limit: number): AuditRow[] {
    const rows = this.#database
      ?.prepare<StoredRow>('SELECT * FROM audit ORDER BY number DESC LIMIT ?')
      .all(limit)
      .map(({ number, at, event, caller_kind: kind, caller_id: id, subject, failure }) => ({
        ...{ number, at, event, subject, failure },
        caller: { kind, id },
      }))
    return rows ?? []
  }

  #write(entries: readonly (AuditEntry & { at: number })[]): void {
    const database = this.#database
    if (!database || entries.length === 0) return
    try {
      database.transaction(() => {
        const insert = database.prepare(
          'INSERT INTO audit (at, event, caller_kind, caller_id, subject, failure) VALUES (?, ?, ?, ?, ?, ?)',
        )
        for (const { at, event, caller, subject, failure } of entries) {
          insert.run(at, event, caller.kind, caller.id, subject, failure)
        }
        database.prepare('DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - ?').run(mostRows)
      })
    } catch (error) {
      this.#onBug(error)
    }
  }
}

interface StoredRow {
  number: number
  at: number
  event: AuditEvent
  caller_kind: Caller['kind']
  caller_id: string
  subject: string | null
  failure: ErrorCode | null
}
