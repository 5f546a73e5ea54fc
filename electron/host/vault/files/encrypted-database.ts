/**
 * One encrypted SQLite file, and the only door to better-sqlite3. What would put plaintext on the disk (backup(),
 * serialize(), ATTACH, most pragmas) is not offered and refused in SQL. Knows nothing of what the tables mean.
 */
import Database from 'better-sqlite3'
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import { renameSync, rmSync } from '../../base/patient-files.ts'
import { flushFolder } from '../../base/atomic-file.ts'

/** What SQLite can be given as a parameter. */
type SqlValue = string | number | bigint | null | Uint8Array

/** A prepared statement. Every method throws AppError `disk_full`, `vault_damaged` or, after closing, `locked`. */
interface Statement<Row, Params extends readonly SqlValue[]> {
  /** The first row. */
  get(...parameters: Params): Row | undefined
  all(...parameters: Params): Row[]
  run(...parameters: Params): { changes: number; lastInsertRowid: number | bigint }
  /** Row by row. No other statement may write to this database meanwhile. */
  iterate(...parameters: Params): Generator<Row>
}

/**
 * Guards against a slip in our own SQL, not against an attacker: an attached database or a second key would be plaintext,
 * and the pragmas of the opening must stay as they are.
 */
const refusedSql =
  /\b(?:attach|detach|vacuum)\b|\bpragma\b(?!\s+(?:defer_foreign_keys|foreign_key_check|integrity_check|max_page_count|quick_check|table_info)\b)/i

/** How a file is opened. */
export interface Opening {
  create: boolean
  /** Writes zeros over what is deleted, which otherwise stays in pages that nothing uses. */
  overwritesDeleted?: boolean
  /** Reads beside whoever writes, and leaves the file's companions to them when it closes. */
  readOnly?: boolean
  /** Keeps others out, and SQLite then needs no memory that processes share, which a network share does not have. */
  alone?: boolean
  /** Longest wait for a lock of somebody else's, in milliseconds; 5,000 by default. */
  waitsMs?: number
  /**
   * Told once, when SQLite first finds that the file can no longer be trusted. What it returns is thrown then, and by whatever is still asked of
   * this database.
   */
  onDamage?: (damage: AppError) => AppError
}

/**
 * Opens, or with `create` makes, the encrypted file. The caller keeps the key and may wipe it afterwards.
 * @param key 32 random bytes
 * @throws AppError vault_damaged {damage: database_missing | database_empty | database_corrupt | database_unreadable, file}: without
 *   `create` a missing or empty file is damage, since SQLite would take it for a new database; a wrong key cannot be told from a corrupt file.
 *   place_unwritable where one cannot be made
 */
export function openEncryptedDatabase(path: string, key: Buffer, opening: Opening): EncryptedDatabase {
  return new EncryptedDatabase(path, openFile(path, key, opening), opening)
}

function openFile(
  path: string,
  key: Buffer,
  { create, overwritesDeleted = false, readOnly: readonly = false, alone = false, waitsMs = 5000 }: Opening,
): Database {
  if (key.length !== 32) throw new Error('The key of a database has 32 bytes')
  if (!create) {
    const damage = fileDamage(path)
    if (damage) throw damaged(damage, path)
  }
  const keyText = rawKeyText(key)
  let database: Database | null = null
  try {
    database = new Database(path, { fileMustExist: !create, readonly, timeout: waitsMs })
    // The cipher must be set before the key, on every open; legacy 4 is byte-compatible with SQLCipher 4.
    database.pragma(`cipher='sqlcipher'`)
    database.pragma('legacy=4')
    database.key(keyText)
    // Before any query: sorts, temporary tables and VACUUM would otherwise write plaintext into the temp folder.
    database.pragma('temp_store=MEMORY')
    if (alone) database.pragma('locking_mode=EXCLUSIVE')
    if (readonly) database.pragma('user_version')
    else database.pragma('journal_mode=WAL')
    database.pragma('synchronous=FULL')
    // macOS answers an ordinary flush before the drive has written. It does nothing elsewhere (sqlite.org/pragma.html#pragma_fullfsync).
    database.pragma('fullfsync=ON')
    database.pragma('checkpoint_fullfsync=ON')
    database.pragma('foreign_keys=ON')
    database.pragma('trusted_schema=OFF')
    if (overwritesDeleted) database.pragma('secure_delete=ON')
    return database
  } catch (error) {
    database?.close()
    // What connections share of a WAL lies in a file for which a full disk has no room. One that is alone keeps it in memory.
    if (!alone && !create && codeOf(error) === 'SQLITE_IOERR_SHMSIZE')
      return openFile(path, key, { create, overwritesDeleted, readOnly: readonly, waitsMs, alone: true })
    if (create && unwritable.test(codeOf(error)))
      throw new AppError('place_unwritable', 'Its place cannot be written', undefined, { cause: error })
    throw translate(error, path)
  } finally {
    keyText.fill(0)
  }
}

export class EncryptedDatabase {
  readonly path: string
  readonly #opening: Opening
  #database: Database
  readonly #statements = new Map<string, ReturnType<Database['prepare']>>()
  readonly #onDamage: (damage: AppError) => AppError
  #damage: AppError | null = null

  /** Use {@link openEncryptedDatabase}. */
  constructor(path: string, database: Database, opening: Opening) {
    this.path = path
    this.#database = database
    this.#opening = opening
    this.#onDamage = opening.onDamage ?? ((damage) => damage)
  }

  /** Prepares a statement, or gives the one prepared before from the same text; the text should therefore be constant. */
  prepare<Row = unknown, Params extends readonly SqlValue[] = SqlValue[]>(sql: string): Statement<Row, Params> {
    const guard = this.#guard.bind(this)
    // Looked up each time: the file under it may be another one meanwhile, with statements of its own.
    const kept = (): ReturnType<Database['prepare']> => this.#statements.get(sql) ?? this.#keep(sql)
    guard(kept)
    return {
      get: (...parameters) => guard(() => kept().get(...parameters) as Row | undefined),
      all: (...parameters) => guard(() => kept().all(...parameters) as Row[]),
      run: (...parameters) => guard(() => kept().run(...parameters)),
      iterate: (...parameters) => this.#iterate<Row>(sql, parameters),
    }
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    refuse(sql)
    this.#guard(() => this.#database.exec(sql))
  }

  /** Runs the work whole or not at all. One inside another is a savepoint. The work must not be asynchronous. */
  transaction<T>(work: () => T): T {
    return this.#guard(() => this.#database.transaction(work).immediate())
  }

  /** The number of the last migration; 0 in a new file. */
  get userVersion(): number {
    return Number(this.#guard(() => this.#database.pragma('user_version', { simple: true })))
  }

  set userVersion(version: number) {
    if (!Number.isInteger(version) || version < 0) throw new Error('A version is a natural number')
    this.#guard(() => this.#database.pragma(`user_version=${version}`))
  }

  /** A number that changes when another connection has committed; equal numbers mean that nothing was (sqlite.org/pragma.html#pragma_data_version). */
  get dataVersion(): number {
    return Number(this.#guard(() => this.#database.pragma('data_version', { simple: true })))
  }

  /** Lets SQLite refresh what its planner knows (sqlite.org/pragma.html#pragma_optimize). */
  optimize(): void {
    try {
      this.#guard(() => this.#database.pragma('optimize'))
    } catch (error) {
      // The planner does with what it knew: a full disk is told where something is really to be written.
      if (!(error instanceof AppError) || error.code !== 'disk_full') throw error
    }
  }

  /** Brings everything that was committed from the WAL into the file, and the file to the disk. */
  checkpoint(): void {
    this.#guard(() => this.#database.pragma('wal_checkpoint(TRUNCATE)'))
  }

  /** Writes a copy, encrypted with the same key; it is there whole or not at all. An older file of that name is replaced. */
  copyTo(path: string): void {
    const beside = `${path}.new`
    rmSync(beside, { force: true })
    try {
      this.#copyInto(beside)
      const file = openSync(beside, 'r+')
      try {
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(beside, path)
    } catch (error) {
      rmSync(beside, { force: true })
      throw error
    }
    flushFolder(dirname(path))
  }

  /**
   * Encrypts the file anew. Only for a copy that nobody needs yet: killed midway it destroyed 6 of 50 files.
   * @param key 32 random bytes
   */
  rekey(key: Buffer): void {
    const keyText = rawKeyText(key)
    try {
      this.#guard(() => {
        // The cipher cannot change its key while there is a WAL.
        this.#database.pragma('journal_mode=DELETE')
        this.#database.rekey(keyText)
      })
    } finally {
      keyText.fill(0)
    }
  }

  /** Whether every page is there, authentic and in order; reads the whole file. */
  isWhole(): boolean {
    return this.#guard(() => this.#database.pragma('quick_check', { simple: true })) === 'ok'
  }

  /**
   * Closes the file, lets `replace` put another in its place, and opens that: whoever holds this object goes on with it. Nothing happens to
   * the file when `replace` throws.
   * @param keys of the file that is there, and of the one that comes
   * @throws AppError busy while rows are being read one by one; what `replace` throws
   */
  replaceFile(replace: () => void, keys: { present: Buffer; next: Buffer }): void {
    this.#guard(() => {
      this.checkpoint()
      this.#statements.clear()
      try {
        this.#database.close()
      } catch (error) {
        throw new AppError('busy', 'Rows are being read', undefined, { cause: error })
      }
    })
    try {
      replace()
    } catch (error) {
      this.#database = openFile(this.path, keys.present, this.#opening)
      throw error
    }
    this.#database = openFile(this.path, keys.next, this.#opening)
  }

  /** Closes the file without bringing the WAL into it: for one that others have open. */
  leave(): void {
    this.#statements.clear()
    this.#database.close()
  }

  /** Closes the file; SQLite then removes the WAL. Whatever is still asked of it throws AppError locked. */
  close(): void {
    if (!this.#database.open) return
    try {
      // What is in the WAL of a damaged file stays there: whoever repairs the file may want it.
      if (!this.#damage) this.checkpoint()
    } finally {
      this.#statements.clear()
      this.#database.close()
    }
  }

  #keep(sql: string): ReturnType<Database['prepare']> {
    refuse(sql)
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** A statement of its own: the kept one may be wanted again while this one is being read. */
  *#iterate<Row>(sql: string, parameters: readonly SqlValue[]): Generator<Row> {
    const rows = this.#guard(() => this.#database.prepare(sql).iterate(...parameters))
    try {
      for (let row = this.#guard(() => rows.next()); !row.done; row = this.#guard(() => rows.next())) yield row.value as Row
    } finally {
      rows.return?.()
    }
  }

  #guard<T>(work: () => T): T {
    if (this.#damage) throw this.#damage
    if (!this.#database.open) throw new AppError('locked', 'This database is closed')
    try {
      return work()
    } catch (error) {
      throw this.#noticed(translate(error, this.path))
    }
  }

  /** A copy's place may fail as well, for reasons that are not this file's. */
  #copyInto(path: string): void {
    if (this.#damage) throw this.#damage
    if (!this.#database.open) throw new AppError('locked', 'This database is closed')
    try {
      this.#database.prepare('VACUUM INTO ?').run(path)
    } catch (error) {
      const told = translate(error, this.path)
      throw told instanceof AppError && told.data?.['damage'] !== 'database_corrupt' && told.code !== 'disk_full' ? error : told
    }
  }

  #noticed(error: unknown): unknown {
    if (!(error instanceof AppError) || error.code !== 'vault_damaged' || this.#damage) return error
    this.#damage = error
    this.#damage = this.#onDamage(error)
    return this.#damage
  }
}

function refuse(sql: string): void {
  const found = refusedSql.exec(sql)
  if (found) throw new Error(`Not allowed in an encrypted database: ${found[0]}`)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** What the system says against opening this file; null when nothing does. */
function fileDamage(path: string): DatabaseDamage | null {
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size
    if (size === undefined) return 'database_missing'
    return size === 0 ? 'database_empty' : null
  } catch {
    return 'database_unreadable'
  }
}

/** What SQLite says of a place where it may not read or write. A file that is only being made is not damaged by it. */
const unwritable = /^SQLITE_(CANTOPEN|PERM|READONLY)/

function translate(error: unknown, path: string): unknown {
  const code = codeOf(error)
  // The shared memory beside a WAL has no error of its own for a full disk.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE')
    return new AppError('disk_full', 'The disk is full', undefined, { cause: error })
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return damaged('database_corrupt', path, error)
  if (unwritable.test(code)) return damaged('database_unreadable', path, error)
  if (code.startsWith('SQLITE_IOERR')) return damaged('disk_error', path, error)
  return error
}

/** What can be wrong with one file. */
type DatabaseDamage = 'database_missing' | 'database_empty' | 'database_corrupt' | 'database_unreadable' | 'disk_error'

function damaged(damage: DatabaseDamage, path: string, cause?: unknown): AppError {
  const file = basename(path)
  return new AppError('vault_damaged', `${file}: ${damage}`, { damage, file }, { cause })
}

/** SQLCipher's text form of a raw key, x'…'. Given 32 bare bytes it would take them for a passphrase and stretch them for 130 ms. */
function rawKeyText(key: Buffer): Buffer {
  const digits = Buffer.from('0123456789abcdef')
  const text = Buffer.alloc(3 + key.length * 2)
  text.write(`x'`)
  key.forEach((byte, index) => {
    text[2 + index * 2] = digits[byte >> 4] ?? 0
    text[3 + index * 2] = digits[byte & 15] ?? 0
  })
  text.write(`'`, text.length - 1)
  return text
}
