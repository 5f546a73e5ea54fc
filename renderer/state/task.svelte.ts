/** One action of a person on the way: whether it is under way, and how it last failed. Shown beside its button. */
import { untrack } from 'svelte'
import { AppError } from '../../contract/errors.ts'

/** Does one thing at a time and keeps its failure until the next try. */
export class Task {
  #busy = $state(false)
  #trouble = $state<AppError | null>(null)
  /** The end of what is under way, and of what waits for it. */
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  get busy(): boolean {
    return this.#busy
  }

  /** The last failure; null after success, or before. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  /**
   * Runs the action after those that are under way, so that none is lost because another is.
   * @returns whether it succeeded. Being cancelled is no failure.
   */
  run(action: () => Promise<unknown>): Promise<boolean> {
    this.#busy = true
    const before = this.#waiting++ === 0 ? null : this.#last
    const done = before ? before.then(() => this.#act(action)) : this.#act(action)
    // A bug is whoever asked's to see, and none of those that wait.
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Drops the action while one is under way: for what the same click or key would do twice, and a button that shows it is busy. @returns as `run` does */
  once(action: () => Promise<unknown>): Promise<boolean> {
    // Whoever acts in an effect must not act again because this ends: what fails would be asked for ever.
    return untrack(() => this.#busy) ? Promise.resolve(false) : this.run(action)
  }

  async #act(action: () => Promise<unknown>): Promise<boolean> {
    this.#trouble = null
    try {
      await action()
      return true
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code !== 'cancelled') this.#trouble = error
      return false
    } finally {
      this.#waiting--
      if (this.#waiting === 0) this.#busy = false
    }
  }

  forget(): void {
    this.#trouble = null
  }
}
