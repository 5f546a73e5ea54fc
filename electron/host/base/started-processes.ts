/** The processes that were started while the vault is open, so that nobody leaves before they have. */
import type { WorkerProcess } from '../base/worker-process.ts'

/** A process that was killed and is in the middle of a driver's call may never be gone; nobody's lock waits for that. */
const longestMs = 2_000

export class StartedProcesses {
  readonly #running = new Set<WorkerProcess>()

  /** Starts as `launch` does, and remembers it until it has exited. */
  keeping<Wishes extends unknown[]>(launch: (...wishes: Wishes) => WorkerProcess): (...wishes: Wishes) => WorkerProcess {
    return (...wishes) => {
      const started = launch(...wishes)
      this.#running.add(started)
      started.onExit(() => this.#running.delete(started))
      return started
    }
  }

  /** Resolves when all have exited, after two seconds in any case. Whoever started them has ended them before. */
  async gone(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, longestMs)))
    const exits = [...this.#running].map((started) => new Promise<void>((resolve) => started.onExit(() => resolve())))
    await Promise.race([Promise.all(exits), tooLong])
    clearTimeout(timer)
  }
}
