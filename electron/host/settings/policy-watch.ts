/**
 * Has policies read again while the program is open: at once when something happens in the folders where they stand, where a system
 * keeps them in some; elsewhere a second after a look at them says other than before, as long as somebody is here; every few minutes
 * everywhere, and when somebody comes back. What they say is for others.
 */
import { watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface PolicyWatchOptions {
  /** Reads them, and lets them hold. */
  read: () => void
  /** The folders that they stand in, which need not be there; none where a system keeps them otherwise. */
  folders: readonly string[]
  /** Looks at them where no folder tells; it says the same as long as nothing changes. Null where folders tell. */
  look?: (() => Promise<string>) | null
  /** Milliseconds between two looks: changes hold within two seconds. */
  lookMs?: number
  now: () => number
  /** Milliseconds between two readings where nothing is heard. */
  everyMs?: number
  /** Milliseconds after the last change: files are written in several steps. */
  settleMs?: number
  /** Somebody's coming back has them read this often at most, in milliseconds: two systems start a program for it. */
  leastMs?: number
}

/** Somebody who did something so long ago, in milliseconds, is still here. */
const presenceMs = 120_000

export class PolicyWatch {
  readonly #options: Required<PolicyWatchOptions>
  #watchers: FSWatcher[] = []
  #every: ReturnType<typeof setInterval> | null = null
  #settling: ReturnType<typeof setTimeout> | null = null
  #looking: ReturnType<typeof setInterval> | null = null
  #isLooking = false
  #seen: string | null = null
  #readAt: number
  #presentAt: number

  constructor({
    everyMs = 180_000,
    settleMs = 200,
    leastMs = 30_000,
    look = null,
    lookMs = 1000,
    ...options
  }: PolicyWatchOptions) {
    this.#options = { everyMs, settleMs, leastMs, look, lookMs, ...options }
    this.#readAt = this.#presentAt = options.now()
  }

  open(): void {
    this.#listen()
    this.#every = setInterval(() => this.#read(), this.#options.everyMs)
    this.#every.unref()
    const { look, lookMs } = this.#options
    if (!look) return
    this.#looking = setInterval(() => void this.#look(look), lookMs)
    this.#looking.unref()
  }

  close(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close()
    if (this.#every) clearInterval(this.#every)
    if (this.#looking) clearInterval(this.#looking)
    this.#looking = null
    if (this.#settling) clearTimeout(this.#settling)
    this.#every = this.#settling = null
  }

  /** Somebody uses the program. */
  somebodyIsHere(): void {
    const { now, leastMs } = this.#options
    this.#presentAt = now()
    // A clock that was put back must not keep them from being read.
    if (Math.abs(now() - this.#readAt) >= leastMs) this.#read()
  }

  /** Nobody sees a change while nobody is here: a machine that rests is left in peace. */
  async #look(look: () => Promise<string>): Promise<void> {
    if (this.#isLooking || Math.abs(this.#options.now() - this.#presentAt) > presenceMs) return
    this.#isLooking = true
    const seen = await look().catch(() => '')
    this.#isLooking = false
    const before = this.#seen
    this.#seen = seen
    if (this.#looking && before !== null && before !== seen) this.#read()
  }

  #read(): void {
    this.#readAt = this.#options.now()
    this.#listen()
    this.#options.read()
  }

  /**
   * Listens at the folders and at those above them, where it may be made, moved away or replaced. Anew each time: the one that was
   * heard may be another one's by now.
   */
  #listen(): void {
    const before = this.#watchers
    this.#watchers = []
    for (const folder of this.#options.folders)
      for (let at = folder, name: string | null = null; at !== dirname(at); name = basename(at), at = dirname(at))
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
