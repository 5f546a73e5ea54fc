/** Counts the time that somebody has waited, and says when it is used up. */

export class Countdown {
  readonly #limitMs: number
  readonly #onEnd: () => void
  #timer: NodeJS.Timeout | undefined
  #since: number | null = null
  #spentMs = 0

  /** @param limitMs milliseconds; `onEnd` is called once, when so many were counted */
  constructor(limitMs: number, onEnd: () => void) {
    this.#limitMs = limitMs
    this.#onEnd = onEnd
  }

  /** Milliseconds that were counted. */
  get spentMs(): number {
    return this.#spentMs + (this.#since === null ? 0 : performance.now() - this.#since)
  }

  start(): this {
    if (this.#since !== null) return this
    this.#since = performance.now()
    this.#timer = setTimeout(this.#onEnd, Math.max(0, this.#limitMs - this.#spentMs))
    return this
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#spentMs = this.spentMs
    this.#since = null
  }
}
