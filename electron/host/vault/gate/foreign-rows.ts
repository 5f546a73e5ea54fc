/** The rows that a porter hands over, each parsed by the allow-list before anybody sees it. It knows nothing of what they mean. */
import type { z } from 'zod'
import { AppError } from '../../../../contract/errors.ts'
import type { ForeignValue } from '../../../porter/contract.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import type { ForeignTable } from './foreign-table.ts'
import { malformed } from './malformed.ts'
import type { PorterLine } from './porter-line.ts'

/** Where a database comes from: `stranger` is anybody; `own` is a backup of this machine's, which brings what belongs to the machine. */
export type Origin = 'stranger' | 'own'

export interface ForeignRowsOptions {
  line: PorterLine
  /** What the rows are written into: made by our own steps, and empty. */
  database: EncryptedDatabase
  /** The last step of ours that the foreign one says it has taken; one that is known here. */
  version: number
  databaseBytes: number
  /** Pages of it may be broken: what can be read comes in, and the rest is counted. */
  salvages?: boolean
  signal: AbortSignal
}

/** What rows may take of the line beyond the file's own size, in characters. */
const spareCharacters = 64 * 1024 * 1024

export class ForeignRows {
  readonly #options: ForeignRowsOptions
  /** Rows that did not come in, as far as that can be told: those of broken pages, and those that stand in no place without them. */
  lost = 0
  #leftCharacters: number

  constructor(options: ForeignRowsOptions) {
    this.#options = options
    this.#leftCharacters = options.databaseBytes * 2 + spareCharacters
  }

  /**
   * Hands over the rows of a table one by one, a batch in a transaction. A table that the foreign database is too old for has none.
   * @param odd what becomes of a row that is not as we write them: it is passed over, or the whole file is refused
   * @throws AppError workspace_file_malformed, porter_died; the signal's reason; what `take` throws
   */
  async each<Row>(table: ForeignTable<Row>, take: (row: Row) => unknown, odd: 'refuse' | 'skip' = 'refuse'): Promise<void> {
    const { line, version, database } = this.#options
    if (version < table.since) return
    const known = table.columns.filter(({ since }) => since <= version).map(({ name }) => name)
    const later = Object.fromEntries(table.columns.filter(({ since }) => since > version).map(({ name }) => [name, null]))
    if (!(await this.#begin(table, known))) return
    let count = 0
    for await (const rows of this.batches()) {
      count += rows.length
      if (count > table.mostRows) throw malformed(`More rows of ${table.name} than anybody has`)
      database.transaction(() => {
        for (const cells of rows) {
          if (cells.length !== known.length) throw malformed('A row of another width')
          const named = Object.fromEntries(known.map((name, index) => [name, cells[index]]))
          const parsed = table.row.safeParse({ ...named, ...later })
          if (parsed.success) this.#take(() => take(parsed.data))
          else if (this.#options.salvages) this.lost++
          else if (odd === 'refuse') throw malformed(`A row of ${table.name} is not as we write them: ${placesOf(parsed.error)}`)
        }
      })
    }
    this.lost += line.lost
  }

  /** Has the line read a table. False when a salvage does not find it. */
  async #begin<Row>(table: ForeignTable<Row>, columns: readonly string[]): Promise<boolean> {
    const { line, salvages = false } = this.#options
    if (!salvages) await line.read(table.name, columns, table.order)
    else {
      try {
        await line.salvage(table.name, columns, table.order)
      } catch (error) {
        if (!isMalformed(error)) throw error
        this.lost++
        return false
      }
    }
    return true
  }

  /** A row for which another is missing is lost with it, where something is being salvaged. */
  #take(take: () => unknown): void {
    try {
      take()
    } catch (error) {
      if (!this.#options.salvages || !(isConstraint(error) || isMalformed(error))) throw error
      this.lost++
    }
  }

  /** What was asked of the line, in batches. @throws AppError workspace_file_malformed, porter_died; the signal's reason */
  async *batches(): AsyncGenerator<ForeignValue[][]> {
    for (;;) {
      const rows = await this.#options.line.next()
      this.#options.signal.throwIfAborted()
      if (rows === null) return
      for (const cells of rows) for (const cell of cells) this.#leftCharacters -= lengthOf(cell)
      if (this.#leftCharacters < 0) throw malformed('It hands over more than it has')
      yield rows
    }
  }
}

/** What rebuilding throws: rows that our own tables refuse are the file's fault. */
export function orMalformed(error: unknown): unknown {
  return isConstraint(error) ? malformed('Its rows do not hang together', error) : error
}

function lengthOf(cell: ForeignValue): number {
  return 8 + (typeof cell === 'string' ? cell.length : typeof cell === 'object' && cell !== null ? cell.base64.length : 0)
}

function isMalformed(error: unknown): boolean {
  return error instanceof AppError && error.code === 'workspace_file_malformed'
}

/** Names of columns, never values. */
function placesOf(error: z.ZodError): string {
  return [...new Set(error.issues.map(({ path }) => String(path[0] ?? '')))].join(', ')
}

/** Two rows of the same id, a reference to nothing, nothing where something must be. */
function isConstraint(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT')
}
