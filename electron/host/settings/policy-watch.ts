/**
 * Has policies read again while the program is open: at once when something happens in the folder where they stand, where a system
 * keeps them in one, every few minutes everywhere, and when somebody comes back. What they say is for others.
 */
import { watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface PolicyWatchOptions {
  /** Reads them, and lets them hold. */
  read: () => void
  /** The folder that they stand in, which need not be there; null where there is none. */
  folder: string | null
  now: () => number
  /** Milliseconds between two readings where nothing is heard. */
  everyMs?: number
  /** Milliseconds after the last change: files are written in several steps. */
  settleMs?: number
  /** Somebody's coming back has them read this often at most, in milliseconds: two systems start a program for it. */
  leastMs?: number
}

export class PolicyWatch {
  readonly #options: Required<PolicyWatchOptions>
  #watchers: FSWatcher[] = []
  #every: ReturnType<typeof setInterval> | null = null
  #settling: ReturnType<typeof setTimeout> | null = null
  #readAt: number

  constructor({ everyMs = 180_000, settleMs = 200, leastMs = 30_000, ...options }: PolicyWatchOptions) {
    this.#options = { everyMs, settleMs, leastMs, ...options }
    this.#readAt = options.now()
  }

  open(): void {
    this.#listen()
    this.#every = setInterval(() => this.#read(), this.#options.everyMs)
    this.#every.unref()
  }

  close(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close()
    if (this.#every) clearInterval(this.#every)
    if (this.#settling) clearTimeout(this.#settling)
    this.#every = this.#settling = null
  }

  /** Somebody uses the program. */
  somebodyIsHere(): void {
    const { now, leastMs } = this.#options
    // A clock that was put back must not keep them from being read.
    if (Math.abs(now() - this.#readAt) >= leastMs) this.#read()
  }

  #read(): void {
    this.#readAt = this.#options.now()
    this.#listen()
    this.#options.read()
  }

  /**
   * Listens at the folder and at those above it, where it may be made, moved away or replaced. Anew each time: the one that was
   * heard may be another one's by now.
   */
  #listen(): void {
    const { folder } = this.#options
    const before = this.#watchers
    this.#watchers = []
    for (let at = folder, name: string | null = null; at !== null && at !== dirname(at); name = basename(at), at = dirname(at))
      this.#listenAt(at, name)
    for (const watcher of before) watcher.close()
  }

  /** @param child the only name that matters there; null for all */
  #listenAt(folder: string, child: string | null): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (child === null || name === null || name === child) this.#settle()
      })
      // A folder that goes away: those above it tell. A system without room for one more: the interval is left.
      watcher.on('error', () => undefined)
      this.#watchers.push(watcher)
    } catch {
      // It is not there, or may not be looked at.
    }
  }

  #settle(): void {
    if (this.#settling) clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.#read(), this.#options.settleMs)
    this.#settling.unref()
  }
}
