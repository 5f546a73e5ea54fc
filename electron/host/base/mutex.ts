/** One at a time: work handed to a mutex runs in the order it was handed over. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve()

  /** Runs the work when all earlier work has ended, whether or not that failed. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#tail.then(work, work)
    this.#tail = result.catch(() => undefined)
    return result
  }
}
