/** One action of a person on the way: whether it is under way, and how it last failed. Shown beside its button. */
import { AppError } from '../../contract/errors.ts'

/** Runs one thing at a time and keeps its failure until the next try. */
export class Task {
  #busy = $state(false)
  #trouble = $state<AppError | null>(null)

  get busy(): boolean {
    return this.#busy
  }

  /** The last failure; null after success, or before. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  /** Runs the action unless one is under way. @returns whether it succeeded. Being cancelled is no failure. */
  async run(action: () => Promise<unknown>): Promise<boolean> {
    if (this.#busy) return false
    this.#busy = true
    this.#trouble = null
    try {
      await action()
      return true
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code !== 'cancelled') this.#trouble = error
      return false
    } finally {
      this.#busy = false
    }
  }

  forget(): void {
    this.#trouble = null
  }
}
