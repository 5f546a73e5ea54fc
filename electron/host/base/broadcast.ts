/** One speaker, many listeners, each with a queue of its own. What is said to nobody is lost; the present comes first. */
export class Broadcast<T> {
  readonly #queues = new Set<{ items: T[]; wake: () => void }>()
  readonly #merge: (last: T, next: T) => T | null
  #ended: { error: unknown } | null = null

  /** @param merge joins an item to the one that still waits before it, so that a slow listener's queue stays short; null when they cannot be joined. */
  constructor(merge: (last: T, next: T) => T | null = () => null) {
    this.#merge = merge
  }

  say(item: T): void {
    for (const queue of this.#queues) {
      const last = queue.items.at(-1)
      const joined = last === undefined ? null : this.#merge(last, item)
      if (joined === null) queue.items.push(item)
      else queue.items[queue.items.length - 1] = joined
      queue.wake()
    }
  }

  /** Ends every listening after what is queued, with the error if one is given. */
  end(error?: unknown): void {
    this.#ended ??= { error }
    for (const queue of this.#queues) queue.wake()
  }

  /** Listens until the signal fires or the speaker ends. `present` is read at the moment listening begins, so nothing is missed between. */
  async *listen(present: () => T, signal: AbortSignal): AsyncGenerator<T> {
    const queue = { items: [present()], wake: (): void => undefined }
    const wake = (): void => queue.wake()
    this.#queues.add(queue)
    signal.addEventListener('abort', wake, { once: true })
    try {
      while (!signal.aborted) {
        const item = queue.items.shift()
        if (item !== undefined) yield item
        else if (this.#ended) {
          if (this.#ended.error !== undefined) throw this.#ended.error
          return
        } else await new Promise<void>((resolve) => (queue.wake = resolve))
      }
    } finally {
      this.#queues.delete(queue)
      signal.removeEventListener('abort', wake)
    }
  }
}
