/**
 * Somebody else's SQLite file, read and never obeyed: opened read-only, no trigger, view, virtual table or computed column is ever asked,
 * and every name comes from the host. What is wrong with the file ends as `workspace_file_malformed`, or with this process.
 */
import Database from 'better-sqlite3'
import { statSync } from 'node:fs'
import { AppError } from '../../contract/errors.ts'
import { batchBytes, batchRows, mostRowBytes, type ForeignValue } from './contract.ts'
import { salvagedRows } from './salvaged-rows.ts'

/** What a file may hand over beyond its own size: pages may be pointed at many times, and rows without end come of a few of them. */
const spareBytes = 16 * 1024 * 1024
/** Larger files are not checked page by page before they are read: what is wrong with them shows while they are. */
const checkedBytes = 256 * 1024 * 1024
/** A value's own cost, so that rows of nothing are not free. */
const valueBytes = 8

/** Rows of plain values, in batches. */
export type Batches = Generator<ForeignValue[][]>

export class ForeignDatabase {
  readonly #database: Database
  readonly #sizeBytes: number
  #leftBytes: number
  /** Rows that the last salvage could not read, as far as that can be told. */
  lost = 0

  /** @param key 32 bytes; the caller may wipe it afterwards. @throws AppError workspace_file_malformed */
  constructor(path: string, key: Buffer) {
    this.#sizeBytes = orMalformed(() => statSync(path).size)
    this.#leftBytes = this.#sizeBytes + spareBytes
    const keyText = Buffer.from(`x'${key.toString('hex')}'`)
    this.#database = orMalformed(() => new Database(path, { fileMustExist: true, readonly: true }))
    try {
      orMalformed(() => {
        // The cipher must be set before the key; legacy 4 is byte-compatible with SQLCipher 4.
        for (const pragma of [`cipher='sqlcipher'`, 'legacy=4']) this.#set(pragma)
        this.#database.key(keyText)
        for (const pragma of ['temp_store=MEMORY', 'query_only=ON', 'trusted_schema=OFF', 'cell_size_check=ON', 'mmap_size=0'])
          this.#set(pragma)
        // Reads the first page: a wrong key or no database at all is noticed here.
        this.#first('SELECT count(*) FROM sqlite_schema')
      })
    } catch (error) {
      this.#database.close()
      throw error
    } finally {
      keyText.fill(0)
    }
  }

  /** The number of the last step that it says it has taken. */
  get version(): number {
    return Number(orMalformed(() => this.#database.pragma('user_version', { simple: true })))
  }

  /** The rows of a table. @throws AppError workspace_file_malformed when it is no plain table, lacks a column or computes one */
  read(table: string, columns: readonly string[], order: readonly string[]): Batches {
    this.#requireTable(table, [...columns, ...order])
    this.#refuseDamage(table)
    this.lost = 0
    // An index is theirs as well and may say something else than its table.
    return this.#batches(this.#rows(`SELECT ${columns.join(', ')} FROM ${table} NOT INDEXED ORDER BY ${order.join(', ')}`))
  }

  /**
   * The rows of a table that can be read although pages of it are broken, in the order of its first column, which is a whole number; what
   * could not be is counted. @throws AppError workspace_file_malformed when there is no such table any more
   */
  salvage(table: string, columns: readonly string[], order: readonly string[]): Batches {
    this.#requireTable(table, [...columns, ...order])
    const [number = ''] = order
    const sql = `SELECT ${number}, ${columns.join(', ')} FROM ${table} NOT INDEXED WHERE ${number} > ? ORDER BY ${order.join(', ')}`
    const rows = this.#database.prepare(sql).raw(true)
    const first = this.#database.prepare(`${sql} LIMIT 1`).raw(true)
    this.lost = 0
    const found = salvagedRows(
      (after, most) => (most === null ? rows : first).iterate(after) as Iterable<unknown[]>,
      (numbers) => (this.lost += numbers),
    )
    return this.#counted(table, this.#batches(withoutFirst(found)))
  }

  /** How many are lost is told better by an index, where there is one that is whole. */
  *#counted(table: string, batches: Batches): Batches {
    let read = 0
    for (const rows of batches) {
      read += rows.length
      yield rows
    }
    if (this.lost === 0) return
    try {
      const count = Number(this.#first(`SELECT count(*) FROM ${table}`))
      if (count > read) this.lost = count - read
    } catch {
      // The numbers that were passed over tell it.
    }
  }

  /** The hash of each text that has a vector in this set, with the vector and its signs. @throws AppError workspace_file_malformed */
  readVectors(set: number): Batches {
    this.#requireTable('vectors', ['number', 'vector'])
    this.#requireTable('vector_signs', ['number', 'signs'])
    this.#requireTable('indexed_texts', ['number', 'text_hash'])
    for (const table of ['vectors', 'vector_signs', 'indexed_texts']) this.#refuseDamage(table)
    const base = set * 2 ** 32
    const rows = this.#rows(
      `SELECT text_hash, vector, signs FROM vectors NOT INDEXED
         CROSS JOIN indexed_texts NOT INDEXED ON indexed_texts.number = vectors.number - ${base}
         LEFT JOIN vector_signs NOT INDEXED ON vector_signs.number = vectors.number
       WHERE vectors.number BETWEEN ${base} AND ${base + 2 ** 32 - 1} ORDER BY vectors.number`,
    )
    return this.#batches(rows)
  }

  close(): void {
    this.#database.close()
  }

  *#rows(sql: string): Generator<readonly unknown[]> {
    const found = orMalformed(() => this.#database.prepare(sql).raw(true).iterate())
    for (;;) {
      const next = orMalformed(() => found.next())
      if (next.done) return
      yield next.value as unknown[]
    }
  }

  *#batches(found: Iterable<readonly unknown[]>): Batches {
    let rows: ForeignValue[][] = []
    let bytes = 0
    for (const values of found) {
      const size = values.reduce<number>((sum, value) => sum + sizeOf(value), 0)
      this.#leftBytes -= size
      if (this.#leftBytes < 0) throw malformed('It hands over more than it has')
      if (size > mostRowBytes) throw malformed('A row is too large')
      if (rows.length > 0 && bytes + size > batchBytes) {
        yield rows
        rows = []
        bytes = 0
      }
      rows.push(values.map(plain))
      bytes += size
      if (rows.length < batchRows) continue
      yield rows
      rows = []
      bytes = 0
    }
    if (rows.length > 0) yield rows
  }

  #requireTable(table: string, columns: readonly string[]): void {
    const definition = this.#first(
      `SELECT type = 'table' AND rootpage > 0 AND sql LIKE 'CREATE TABLE %' FROM sqlite_schema WHERE name = '${table}'`,
    )
    if (definition !== 1) throw malformed(`${table} is no table`)
    const stored = new Set(
      orMalformed(() =>
        this.#database.prepare(`SELECT name FROM pragma_table_xinfo('${table}') WHERE hidden = 0`).raw(true).all(),
      ).map((row) => (row as unknown[])[0]),
    )
    if (!columns.every((column) => stored.has(column))) throw malformed(`${table} lacks a column`)
  }

  #refuseDamage(table: string): void {
    if (this.#sizeBytes > checkedBytes) return
    if (this.#first(`PRAGMA quick_check('${table}')`) !== 'ok') throw malformed(`${table} is damaged`)
  }

  /** Rows as objects would be made by code of their columns' names, which this process does not allow. */
  #set(pragma: string): void {
    this.#database.pragma(pragma, { simple: true })
  }

  #first(sql: string): unknown {
    const row = orMalformed(() => this.#database.prepare(sql).raw(true).get()) as unknown[] | undefined
    return row?.[0]
  }
}

/** @throws AppError workspace_file_malformed */
function orMalformed<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    // What SQLite says may quote the file.
    throw malformed(error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown')
  }
}

function malformed(why: string): AppError {
  return new AppError('workspace_file_malformed', `Not an exported workspace: ${why}`)
}

function* withoutFirst(rows: Iterable<readonly unknown[]>): Generator<readonly unknown[]> {
  for (const row of rows) yield row.slice(1)
}

function sizeOf(value: unknown): number {
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : value instanceof Uint8Array ? value.byteLength : 0
  return bytes + valueBytes
}

function plain(value: unknown): ForeignValue {
  if (value instanceof Uint8Array)
    return { base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  throw malformed('A value of no known kind')
}
