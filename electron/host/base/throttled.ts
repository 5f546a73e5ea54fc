/** A value that is made of what lies around and changes often: its watchers are told at once of what matters, four times a second of the rest. */
import { realClock, type Clock } from './countdown.ts'
import { Watchable } from './watchable.ts'

/** Milliseconds between two items that are told of progress. */
const progressMs = 250

interface ThrottledOptions {
  onBug: (error: unknown) => void
  clock?: Clock
}

export class Throttled<T> extends Watchable<T> {
  readonly #read: () => T
  readonly #onBug: (error: unknown) => void
  readonly #clock: Clock
  #shownAt = -Infinity
  #callOff: (() => void) | null = null
  #isEnded = false

  /** @param read gives the value as it is now */
  constructor(read: () => T, { onBug, clock = realClock }: ThrottledOptions) {
    super(read())
    this.#read = read
    this.#onBug = onBug
    this.#clock = clock
  }

  /** Something changed that is to be seen at once. After the end nothing is read any more. */
  show(): void {
    if (this.#isEnded) return
    this.#callOff?.()
    this.#callOff = null
    this.#shownAt = this.#clock.now()
    this.set(this.#read())
  }

  /** Something went on: told four times a second at most, the last of it always. Never throws, since no work should fail of being told. */
  tell(): void {
    if (this.#callOff || this.#isEnded) return
    const waitMs = this.#shownAt + progressMs - this.#clock.now()
    if (waitMs <= 0) this.#showSafely()
    else this.#callOff = this.#clock.after(waitMs, () => this.#showSafely())
  }

  override end(error?: unknown): void {
    this.#isEnded = true
    this.#callOff?.()
    super.end(error)
  }

  #showSafely(): void {
    try {
      this.show()
    } catch (error) {
      this.#onBug(error)
    }
  }
}
