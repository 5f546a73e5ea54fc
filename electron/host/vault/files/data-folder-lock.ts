/**
 * One Alambic for one data folder: two hosts writing the same files would destroy them. The lock is SQLite's exclusive lock on an empty
 * file, which the operating system drops with the process that holds it: no clock and no process number decides anything.
 */
import Database from 'better-sqlite3'
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rmSync } from '../../base/patient-files.ts'

/** Of several that begin at the same moment each stands in the others' way for an instant, and without a wait all would be refused. In milliseconds. */
const waitMs = 500

/** Nothing is written by it, not even a journal: a full disk keeps nobody out. */
const exclusively = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'

/** Another Alambic holds the data folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse'
  /** Who holds it, as it wrote itself; null in the moment before it has, and where that cannot be read. */
  readonly pid: number | null

  constructor(pid: number | null) {
    super(`Another Alambic${pid === null ? '' : ` (process ${pid})`} is using this data folder`)
    this.pid = pid
  }
}

export class DataFolderLock {
  readonly #database: Database
  readonly #holderPath: string

  private constructor(database: Database, holderPath: string) {
    this.#database = database
    this.#holderPath = holderPath
  }

  /**
   * Takes the folder, making it when it is missing. On a share of the network it is as good as the locks of that share.
   * @throws DataFolderInUse; Error with code EACCES where the folder cannot be written to
   */
  static take(folder: string): DataFolderLock {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, 'alambic.lock')
    const holderPath = join(folder, 'alambic.pid')
    const database = openFile(path)
    try {
      begin(database, path)
      writeHolder(holderPath)
      return new DataFolderLock(database, holderPath)
    } catch (error) {
      database.close()
      if (codeOf(error).startsWith('SQLITE_BUSY')) throw new DataFolderInUse(holder(holderPath))
      throw unwritable(error)
    }
  }

  /** Gives the folder back. The empty file stays: removed, it could be another's lock by then. */
  release(): void {
    if (!this.#database.open) return
    rmSync(this.#holderPath, { force: true })
    this.#database.exec('ROLLBACK')
    this.#database.close()
  }
}

/**
 * Takes the lock. An earlier version left text in the file, which SQLite takes for a damaged database. It is emptied in place, since a new
 * file would be a second lock; and only where nobody holds it, since closing any handle on a file gives up a process's own locks (fcntl(2)).
 */
function begin(database: Database, path: string): void {
  try {
    database.exec(exclusively)
  } catch (error) {
    if (codeOf(error) !== 'SQLITE_NOTADB') throw error
    truncateSync(path)
    database.exec(exclusively)
  }
}

/** For people: which process it is. It decides nothing, and a full disk may do without. */
function writeHolder(path: string): void {
  try {
    writeFileSync(path, String(process.pid), { mode: 0o600 })
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EDQUOT') throw error
  }
}

function openFile(path: string): Database {
  try {
    const database = new Database(path, { timeout: waitMs })
    chmodSync(path, 0o600)
    return database
  } catch (error) {
    throw unwritable(error)
  }
}

function holder(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}

/** SQLite's names for a file that cannot be written, as the system's. */
function unwritable(error: unknown): unknown {
  if (!/^(?:SQLITE_(?:READONLY|CANTOPEN|PERM)|EPERM)/.test(codeOf(error))) return error
  return Object.assign(new Error('The data folder cannot be written to', { cause: error }), { code: 'EACCES' })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
