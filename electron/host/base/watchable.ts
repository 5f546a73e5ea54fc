/** A value that can be watched: its first item is the present, later ones the newest. A slow watcher skips, never lags. */
export class Watchable<T> {
  #value: T
  #version = 0
  #ended: { error: unknown } | null = null
  readonly #wakers = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    this.#version++
    this.#wake()
  }

  /** Ends every watch, with the error if one is given. Later watches end at once as well. */
  end(error?: unknown): void {
    this.#ended ??= { error }
    this.#wake()
  }

  /** Watches until the signal fires or the value ends. */
  async *watch(signal: AbortSignal): AsyncGenerator<T> {
    let seen = -1
    let wake: () => void = () => undefined
    const waker = (): void => wake()
    this.#wakers.add(waker)
    signal.addEventListener('abort', waker, { once: true })
    try {
      while (!signal.aborted) {
        if (this.#ended) {
          if (this.#ended.error !== undefined) throw this.#ended.error
          return
        }
        if (seen !== this.#version) {
          seen = this.#version
          yield this.#value
          continue
        }
        await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      this.#wakers.delete(waker)
      signal.removeEventListener('abort', waker)
    }
  }

  #wake(): void {
    for (const waker of this.#wakers) waker()
  }
}
