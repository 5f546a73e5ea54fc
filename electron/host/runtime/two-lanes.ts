/** One at a time, in two lanes: whoever is urgent goes before all who are not. Nothing that runs is interrupted. */
import { AppError } from '../../../contract/errors.ts'

interface Waiting {
  begin: () => void
}

export class TwoLanes {
  readonly #urgent: Waiting[] = []
  readonly #patient: Waiting[] = []
  #busy = false

  /** Runs the work when its turn comes. @throws AppError cancelled when the signal fires before that, and what the work throws */
  async run<T>(lane: 'urgent' | 'patient', signal: AbortSignal | null, work: () => Promise<T>): Promise<T> {
    const leave = await this.enter(lane, signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  /** Waits for a turn; the caller ends it by what it is given. @throws AppError cancelled when the signal fires before the turn comes */
  async enter(lane: 'urgent' | 'patient', signal: AbortSignal | null): Promise<() => void> {
    await this.#turn(lane === 'urgent' ? this.#urgent : this.#patient, signal)
    return () => {
      this.#busy = false
      this.#next()
    }
  }

  async #turn(lane: Waiting[], signal: AbortSignal | null): Promise<void> {
    if (signal?.aborted) throw new AppError('cancelled', 'Cancelled')
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        lane.splice(lane.indexOf(waiting), 1)
        reject(new AppError('cancelled', 'Cancelled'))
      }
      const waiting: Waiting = {
        begin: () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      lane.push(waiting)
      this.#next()
    })
  }

  #next(): void {
    if (this.#busy) return
    const waiting = this.#urgent.shift() ?? this.#patient.shift()
    if (!waiting) return
    this.#busy = true
    waiting.begin()
  }
}
