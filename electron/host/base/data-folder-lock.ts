/**
 * One Alambic for one data folder: two hosts writing the same files would destroy them. The lock is a file naming its
 * holder's process; one left behind by a crash or a power cut is recognised and replaced.
 */
import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'

/** Another Alambic holds the data folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse'
  /** Null in the moment between another's making the lock and writing its process number into it. */
  readonly pid: number | null

  constructor(pid: number | null) {
    super(`Another Alambic${pid === null ? '' : ` (process ${pid})`} is using this data folder`)
    this.pid = pid
  }
}

interface Holder {
  pid: number
  /** When the process began, as the system counts it; null where it does not tell. */
  begun: string | null
}

/** An empty lock younger than this in milliseconds is being written; an older one was left by a crash. */
const writingMs = 5_000

export class DataFolderLock {
  readonly #path: string
  readonly #text: string

  private constructor(path: string, text: string) {
    this.#path = path
    this.#text = text
  }

  /**
   * Takes the folder, making it when it is missing.
   * @throws DataFolderInUse
   */
  static take(folder: string): DataFolderLock {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, 'alambic.lock')
    const holder: Holder = { pid: process.pid, begun: beginningOf(process.pid) }
    const text = JSON.stringify({ ...holder, id: randomUUID() })
    // Three turns: somebody else may be clearing the same stale lock away.
    for (let turn = 0; turn < 3; turn++) {
      if (create(path, text)) return new DataFolderLock(path, text)
      const found = read(path)
      if (found === null) continue
      const holding = holderOf(path, found)
      if (holding !== 'nobody') throw new DataFolderInUse(holding)
      setAside(path, found)
    }
    throw new DataFolderInUse(null)
  }

  /** Gives the folder back. Somebody else's lock, should there be one, is left alone. */
  release(): void {
    if (read(this.#path) === this.#text) rmSync(this.#path, { force: true })
  }
}

function create(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    try {
      writeSync(file, text)
    } finally {
      closeSync(file)
    }
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

/** The process that holds the lock; null when it has not said yet who it is. */
function holderOf(path: string, text: string): number | null | 'nobody' {
  const writtenAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const holder = parse(text)
  if (!holder) return Date.now() - writtenAt < writingMs ? null : 'nobody'
  // Process numbers are used again, at the latest after a restart of the machine; the second is the clock's tolerance.
  if (writtenAt < Date.now() - uptime() * 1000 - 1000) return 'nobody'
  if (!isAlive(holder.pid)) return 'nobody'
  if (holder.begun !== null && holder.begun !== beginningOf(holder.pid)) return 'nobody'
  return holder.pid
}

/** Moves a stale lock away. What was moved is looked at again: it may be the lock of somebody who was faster. */
function setAside(path: string, stale: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return
    throw error
  }
  const moved = read(aside)
  if (moved !== stale && moved !== null) create(path, moved)
  rmSync(aside, { force: true })
}

function parse(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null
    return { pid: value.pid, begun: 'begun' in value && typeof value.begun === 'string' ? value.begun : null }
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

/** When a process began, in clock ticks since the machine did (proc(5), stat, field 22). Null outside Linux. */
function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 2 is the program's name in brackets and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
