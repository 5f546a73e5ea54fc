/** The one holder of the key record: what vault.json says now. Everybody who changes a part of the record does it here, so that no part is written over with an older one. */
import type { KeyRecord } from './key-record.ts'
import { readKeyRecord, writeKeyRecord } from './key-record.ts'

export class RecordFile {
  readonly #path: string
  #record: KeyRecord | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** What it says; null where there is no vault, and before it was read. */
  get record(): KeyRecord | null {
    return this.#record
  }

  /** Reads it from the disk. @throws AppError vault_damaged {damage: record_unreadable | from_future, file} */
  read(): KeyRecord | null {
    this.#record = null
    this.#record = readKeyRecord(this.#path)
    return this.#record
  }

  /** Replaces it whole. Nothing has changed when this throws. */
  write(record: KeyRecord): void {
    writeKeyRecord(this.#path, record)
    this.#record = record
  }

  /** Changes a part. Nothing has changed when this throws. @throws Error when there is no record */
  change(part: (record: KeyRecord) => Partial<KeyRecord>): void {
    if (!this.#record) throw new Error('There is no key record')
    this.write({ ...this.#record, ...part(this.#record) })
  }

  /**
   * Changes a part, in memory alone where the disk does not take it (full, read-only); the next change that is written takes it along.
   * False where it is in memory alone.
   */
  tryChange(part: (record: KeyRecord) => Partial<KeyRecord>): boolean {
    if (!this.#record) return false
    const changed = { ...this.#record, ...part(this.#record) }
    try {
      this.write(changed)
      return true
    } catch {
      this.#record = changed
      return false
    }
  }
}
