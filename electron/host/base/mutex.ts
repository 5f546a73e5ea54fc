/** One at a time: work handed to a mutex runs in the order it was handed over. */
import { AppError } from '../../../contract/errors.ts'

export class Mutex {
  /** Gives whoever waits its turn. A line and no chain of promises: an error would look along all of it for its stack. */
  readonly #line = new Set<() => void>()
  #isTaken = false

  /**
   * Runs the work when all earlier work has ended, whether or not that failed.
   * @param signal takes it out of the line; work that has begun hears it by itself
   * @throws AppError cancelled as soon as the signal fires while it waits, and what the work throws
   */
  async run<T>(work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(signal)
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#line.delete(begin)
        reject(new AppError('cancelled', 'Cancelled'))
      }
      if (signal?.aborted) return leave()
      if (this.#isTaken) {
        signal?.addEventListener('abort', leave, { once: true })
        this.#line.add(begin)
        return
      }
      this.#isTaken = true
      resolve()
    })
  }

  #next(): void {
    const [begin] = this.#line
    if (!begin) {
      this.#isTaken = false
      return
    }
    this.#line.delete(begin)
    begin()
  }
}
