/** The log as it lies in the encrypted main file: entries, the tiles of hashes over them, and its keys. What is written, and when, is the audit log's to say. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { AuditLine } from '../../../contract/audit-line.ts'
import type { AuditEvent } from '../../../contract/audit.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import type { Caller } from '../../../contract/link.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'
import { lineOf, rowOf, type AuditRow } from './audit-entry.ts'
import { signCheckpoint } from './checkpoint.ts'
import { grown, hashBytes, leafHash, rootAt, tileWidth } from './merkle.ts'
import { newSealingKey, sealingKeyOf } from './sealed-entries.ts'
import type { LogSource } from './verify-log.ts'

/** Lines that are read at a time. */
const chunk = 1000

export class AuditTree implements LogSource {
  readonly signing: KeyObject
  readonly sealing: KeyObject
  readonly #database: EncryptedDatabase
  /** Readers that go through all entries now: nothing is pruned under them. */
  #readers = 0

  /** Opens the log of this file, or begins one: in a new vault, in one of an older version, and in one that was restored. @throws AppError disk_full */
  constructor(database: EncryptedDatabase) {
    this.#database = database
    const found = (): { signing: Uint8Array; sealing: Uint8Array } | undefined =>
      database.prepare<{ signing: Uint8Array; sealing: Uint8Array }>('SELECT signing, sealing FROM audit_keys').get()
    if (!found()) this.#begin()
    const keys = found()
    if (!keys) throw new Error('A log that was begun has keys')
    this.signing = createPrivateKey({ key: Buffer.from(keys.signing), format: 'der', type: 'pkcs8' })
    this.sealing = sealingKeyOf(keys.sealing)
  }

  /** All that were ever noted. */
  get size(): number {
    const last = this.#database
      .prepare<{ number: number; bytes: number }>(
        'SELECT number, length(hashes) AS bytes FROM audit_tiles WHERE level = 0 ORDER BY number DESC LIMIT 1',
      )
      .get()
    return last ? last.number * tileWidth + last.bytes / hashBytes : 0
  }

  /** The first entry that is still there. */
  get first(): number {
    return (
      this.#database.prepare<{ first: number | null }>('SELECT min(leaf) AS first FROM audit_entries').get()?.first ?? this.size
    )
  }

  /** When the newest entry was noted; null in an empty log. */
  get lastAt(): number | null {
    return this.#database.prepare<{ at: number }>('SELECT at FROM audit_entries ORDER BY leaf DESC LIMIT 1').get()?.at ?? null
  }

  has(uid: string): boolean {
    return this.#database.prepare('SELECT 1 FROM audit_entries WHERE uid = ?').get(uid) !== undefined
  }

  /** Entries and their hashes, all or none of them. @throws AppError disk_full, locked */
  append(lines: readonly AuditLine[]): void {
    this.#database.transaction(() => {
      const size = this.size
      const texts = lines.map((line) => JSON.stringify(line))
      const insert = this.#database.prepare('INSERT INTO audit_entries (leaf, uid, at, line) VALUES (?, ?, ?, ?)')
      for (const [index, { metadata, time }] of lines.entries()) insert.run(size + index, metadata.uid, time, texts[index] ?? '')
      const put = this.#database.prepare('INSERT OR REPLACE INTO audit_tiles (level, number, hashes) VALUES (?, ?, ?)')
      for (const { level, number, hashes } of grown(size, texts.map(leafHash), this.read)) put.run(level, number, hashes)
    })
  }

  /** Removes the oldest entries, never their hashes: beyond so many, and those before a moment. What stands behind a younger one stays. */
  prune({ mostRows, before }: { mostRows: number; before: number }): void {
    if (this.#readers > 0) return
    const { size } = this
    const young = this.#database
      .prepare<{ leaf: number }>('SELECT leaf FROM audit_entries WHERE at >= ? ORDER BY leaf LIMIT 1')
      .get(before)
    this.#database.prepare('DELETE FROM audit_entries WHERE leaf < ?').run(Math.max(size - mostRows, young?.leaf ?? size))
  }

  /** Of what is there now. */
  checkpoint(): string {
    const { size, first } = this
    return signCheckpoint({ size, first, root: rootAt(size, this.read) }, this.signing)
  }

  /** The newest rows, the newest first. */
  rows(limit: number): AuditRow[] {
    return this.#database
      .prepare<{ leaf: number; line: string }>('SELECT leaf, line FROM audit_entries ORDER BY leaf DESC LIMIT ?')
      .all(limit)
      .map(({ leaf, line }) => rowOf(leaf, AuditLine.parse(JSON.parse(line))))
  }

  readonly read = (level: number, number: number): Buffer => {
    const tile = this.#database
      .prepare<{ hashes: Uint8Array }>('SELECT hashes FROM audit_tiles WHERE level = ? AND number = ?')
      .get(level, number)
    return Buffer.from(tile?.hashes ?? [])
  }

  async *lines(from: number, to: number): AsyncGenerator<string[]> {
    const select = this.#database.prepare<{ leaf: number; line: string }>(
      'SELECT leaf, line FROM audit_entries WHERE leaf >= ? AND leaf < ? ORDER BY leaf LIMIT ?',
    )
    for (let next = from; next < to;) {
      const rows = select.all(next, to, chunk)
      // One that is missing in the middle ends them: whoever counts finds too few.
      const whole = rows.findIndex(({ leaf }, index) => leaf !== next + index)
      const lines = rows.slice(0, whole === -1 ? rows.length : whole).map(({ line }) => line)
      yield lines
      if (lines.length < Math.min(chunk, to - next)) return
      next += lines.length
      // The window answers meanwhile.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Goes through all entries; none is pruned until that has ended. */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    this.#readers++
    try {
      return await work()
    } finally {
      this.#readers--
    }
  }

  /** A new key is a new log. What an older version noted, and what came with a backup of our own, are its first entries. */
  #begin(): void {
    const database = this.#database
    database.transaction(() => {
      const { privateKey } = generateKeyPairSync('ed25519')
      const signing = privateKey.export({ type: 'pkcs8', format: 'der' })
      database.prepare('INSERT INTO audit_keys (only, signing, sealing) VALUES (1, ?, ?)').run(signing, newSealingKey())
      const rows = database.prepare<EarlierRow>('SELECT * FROM audit ORDER BY number').all()
      const restored = database.prepare<{ line: string }>('SELECT line FROM audit_entries ORDER BY leaf').all()
      database.exec('DELETE FROM audit; DELETE FROM audit_entries; DELETE FROM audit_tiles')
      this.append([...rows.map(earlierLine), ...restored.map(({ line }) => AuditLine.parse(JSON.parse(line)))])
    })
  }
}

interface EarlierRow {
  at: number
  event: AuditEvent
  caller_kind: Caller['kind']
  caller_id: string
  subject: string | null
  failure: ErrorCode | null
}

function earlierLine({ at, event, caller_kind: kind, caller_id: id, subject, failure }: EarlierRow): AuditLine {
  return lineOf({ event, caller: { kind, id }, subject, failure }, at)
}
