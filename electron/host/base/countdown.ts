/**
 * Counts the time that somebody has waited, and says when it is used up. Only time in which this process itself was awake counts: after
 * a stop, a sleep or a long call of its own nobody else was heard either, and whoever is judged by it did nothing wrong.
 */

/** Longest piece of time that is counted at once, in milliseconds. */
const sliceMs = 1_000
/** A timer that comes so much too late, in milliseconds, was held up by more than a busy moment: this process was not awake. */
const stallMs = 1_000
/** What is left at least after such a time, in milliseconds, if the limit is not shorter: so long others may take to be heard again. */
const graceMs = 2_000

/** The time, and a way to be called later; tests bring their own. */
export interface Clock {
  /** Milliseconds from any beginning; never goes back. */
  now(): number
  /** @returns the way to call it off */
  after(delayMs: number, listener: () => void): () => void
}

/** Goes by itself, whatever is done to the clock on the wall. */
export const realClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, listener) => {
    const timer = setTimeout(listener, delayMs)
    return () => clearTimeout(timer)
  },
}

export class Countdown {
  readonly #limitMs: number
  readonly #onEnd: () => void
  readonly #clock: Clock
  #slice: { since: number; askedMs: number; callOff: () => void } | null = null
  #spentMs = 0

  /** @param limitMs milliseconds; `onEnd` is called once, when so many were counted */
  constructor(limitMs: number, onEnd: () => void, clock: Clock = realClock) {
    this.#limitMs = limitMs
    this.#onEnd = onEnd
    this.#clock = clock
  }

  /** Milliseconds that were counted. */
  get spentMs(): number {
    return this.#spentMs + (this.#slice ? this.#countedMs(this.#slice) : 0)
  }

  start(): this {
    if (!this.#slice) this.#count()
    return this
  }

  stop(): void {
    if (!this.#slice) return
    this.#slice.callOff()
    this.#spentMs = this.spentMs
    this.#slice = null
  }

  #count(): void {
    const askedMs = Math.max(0, Math.min(sliceMs, this.#limitMs - this.#spentMs))
    this.#slice = { since: this.#clock.now(), askedMs, callOff: this.#clock.after(askedMs, () => this.#counted(askedMs)) }
  }

  #counted(askedMs: number): void {
    if (!this.#slice) return
    const lateMs = this.#clock.now() - this.#slice.since - askedMs
    this.#spentMs += this.#countedMs(this.#slice)
    if (lateMs > stallMs) this.#spentMs = Math.min(this.#spentMs, this.#limitMs - Math.min(graceMs, this.#limitMs))
    this.#slice = null
    if (this.#spentMs < this.#limitMs) this.#count()
    // A timer comes before what has arrived meanwhile is read: whoever spoke in time is heard first.
    else if (askedMs > 0) this.#count()
    else this.#onEnd()
  }

  /** What took longer than was asked for counts as what was asked for. */
  #countedMs({ since, askedMs }: { since: number; askedMs: number }): number {
    return Math.max(0, Math.min(this.#clock.now() - since, askedMs))
  }
}
