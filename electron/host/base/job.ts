/**
 * Work that outlives a call. Whoever begins it does not wait for it; a signal stops it; its row, which its owner keeps, lets it go on after a
 * lock or a kill; what fails in it becomes its trouble in words and is never a rejection. What it makes and what is shown of it is for
 * its owner to say: see {@link Throttled} for progress.
 */
import type { Trouble } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { realClock, type Clock } from './countdown.ts'
import type { Mutex } from './mutex.ts'

/** How a job stands. */
export interface JobStanding {
  /** `running`: it was begun and goes on, by itself at the next opening. `idle`: there is nothing to do, or nothing any more. */
  state: 'idle' | 'running' | 'stopped' | 'failed'
  /** Why it failed; null in every other state. */
  trouble: Trouble | null
}

/** Where a job's standing outlives the process. */
export interface JobRow {
  /** As an earlier session left it. */
  read(): JobStanding
  /** It began, was stopped, or failed. That it is done the work itself writes, together with what it made. */
  write(standing: JobStanding): void
}

export interface JobOptions {
  /** Does it, or goes on with it. What it throws is its trouble, unless the signal has fired. */
  work: (signal: AbortSignal) => Promise<void>
  /** Absent where nothing goes on after a lock. */
  row?: JobRow
  /** Of those that share it one runs at a time, in the order they were begun. */
  queue?: Mutex
  /** Its standing changed, or it has left. Not called any more once it is closed. */
  onChange?: () => void
  /** Writes down what failed and is no AppError. May return the reference under which it is found. */
  onBug: (error: unknown) => unknown
  /** Milliseconds after which nobody waits any longer for work that was told to stop. Without it they wait until it has left. */
  leaveMs?: number
  clock?: Clock
}

/** The row of a job that begins anew with each session. */
const noRow: JobRow = { read: () => ({ state: 'idle', trouble: null }), write: () => undefined }

export class Job {
  readonly #options: JobOptions
  readonly #row: JobRow
  #standing: JobStanding
  /** Of the run that goes on, or of the one that waits until the one before has left. */
  #run: AbortController | null = null
  #left: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: JobOptions) {
    this.#options = options
    this.#row = options.row ?? noRow
    this.#standing = this.#row.read()
  }

  get standing(): JobStanding {
    return this.#standing
  }

  /** Whether it goes on, waits for its turn, or has not left yet. */
  get isActive(): boolean {
    return this.#run !== null
  }

  /** Resolves when it has left, however that went; at once when it is not active. */
  get left(): Promise<void> {
    return this.#left
  }

  /** Begins it. False when it goes on already or is closed; one that is leaving begins again when it has left. Throws what the row throws. */
  start(): boolean {
    if (this.#isClosed || this.#isGoingOn) return false
    this.#row.write({ state: 'running', trouble: null })
    this.#begin()
    return true
  }

  /** Goes on with what the row says was running. False when it says otherwise, when it goes on already or is closed. */
  resume(): boolean {
    if (this.#isClosed || this.#isGoingOn || this.#standing.state !== 'running') return false
    this.#begin()
    return true
  }

  /** Stops it; resolves when it has left. It does not go on by itself. Throws what the row throws, and has stopped all the same. */
  async stop(): Promise<void> {
    const isFirst = this.#isGoingOn
    this.#run?.abort(new AppError('cancelled', 'Stopped'))
    try {
      if (isFirst) this.#stand({ state: 'stopped', trouble: null })
    } finally {
      await this.#leave()
    }
  }

  /** Stops it for good, and nothing is told of it any more; resolves when it has left. The row stays as it is: what was running goes on at the next opening. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#run?.abort(new AppError('cancelled', 'Closed'))
    await this.#leave()
  }

  get #isGoingOn(): boolean {
    return this.#run !== null && !this.#run.signal.aborted
  }

  #begin(): void {
    const run = new AbortController()
    this.#run = run
    this.#standing = { state: 'running', trouble: null }
    this.#left = this.#left.then(() => this.#go(run))
    this.#tell()
  }

  /** Never rejects. */
  async #go(run: AbortController): Promise<void> {
    const { work, queue } = this.#options
    const { signal } = run
    try {
      if (!signal.aborted) await (queue ? queue.run(() => work(signal), signal) : work(signal))
      if (!signal.aborted) this.#standing = { state: 'idle', trouble: null }
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
    }
    if (this.#run === run) this.#run = null
    this.#tell()
  }

  #fail(error: unknown): void {
    const trouble = error instanceof AppError ? error.toTrouble() : this.#bug(error)
    try {
      this.#stand({ state: 'failed', trouble })
    } catch (unwritten) {
      // Where even the row has no room its watchers are told all the same, and the next opening goes on with it.
      if (!(unwritten instanceof AppError)) this.#bug(unwritten)
    }
  }

  #stand(standing: JobStanding): void {
    this.#standing = standing
    this.#row.write(standing)
    this.#tell()
  }

  #tell(): void {
    if (this.#isClosed) return
    try {
      this.#options.onChange?.()
    } catch (error) {
      this.#bug(error)
    }
  }

  #bug(error: unknown): Trouble {
    let reference: unknown
    try {
      reference = this.#options.onBug(error)
    } catch {
      // Nobody is left who could be told.
    }
    return { code: 'internal', ...(typeof reference === 'string' ? { data: { reference } } : {}) }
  }

  async #leave(): Promise<void> {
    const { leaveMs, clock = realClock } = this.#options
    if (leaveMs === undefined) return this.#left
    let callOff: () => void = () => undefined
    const patience = new Promise<void>((resolve) => (callOff = clock.after(leaveMs, resolve)))
    await Promise.race([this.#left, patience])
    callOff()
  }
}
