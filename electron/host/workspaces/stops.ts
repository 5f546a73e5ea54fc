/** Work that a person can stop by what it is about, also while it waits for its turn. */
import { AppError } from '../../../contract/errors.ts'

export class Stops {
  readonly #running = new Map<AbortController, string>()

  /** Does the work with a signal that fires with the given one, or when it is stopped. @throws AppError cancelled when it was stopped, and what the work throws */
  async during<T>(what: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController()
    this.#running.set(stop, what)
    try {
      return await work(AbortSignal.any([signal, stop.signal]))
    } catch (error) {
      if (!stop.signal.aborted || signal.aborted) throw error
      // Streams and processes that were cut off have words of their own for it.
      throw new AppError('cancelled', 'Stopped', undefined, { cause: error })
    } finally {
      this.#running.delete(stop)
    }
  }

  /** Nothing happens where nothing of that is going on. */
  stop(what: string): void {
    for (const [stop, about] of this.#running) if (about === what) stop.abort(new AppError('cancelled', 'Stopped'))
  }
}
