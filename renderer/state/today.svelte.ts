/** The day of today, which changes while the page is open. What is called today or yesterday reads it and is said anew after midnight. */
import { dayBegin } from '../i18n/days.ts'

/** A computer that slept over midnight is told within this time. */
const lookEveryMs = 30_000

export class Today {
  readonly #now: () => number
  #begin: number

  constructor(now: () => number) {
    this.#now = now
    this.#begin = $state(dayBegin(now()))
  }

  /** Local midnight, epoch milliseconds. */
  get begin(): number {
    return this.#begin
  }

  /** Local midnight of the day before. */
  get yesterday(): number {
    return dayBegin(this.#begin, -1)
  }

  look(): void {
    this.#begin = dayBegin(this.#now())
  }

  /** Looks from time to time, until it is aborted. */
  watch(signal: AbortSignal): void {
    const timer = setInterval(() => this.look(), lookEveryMs)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }
}
