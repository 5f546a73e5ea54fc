/** What holds the workers, as each of them found out at its start: for About, and for whoever writes down under what an answer was made. */
import { HeldWorker, type WallsState } from '../../../contract/walls.ts'
import type { Confinement } from './confinement.ts'
import { Watchable } from './watchable.ts'
import type { WorkerProcess } from './worker-process.ts'

export class WorkerWalls {
  readonly state: Watchable<WallsState>

  /** @param confinement what the operating system was found to have */
  constructor({ means, trouble, card }: Pick<Confinement, 'means' | 'trouble' | 'card'>) {
    this.state = new Watchable<WallsState>({ means, trouble, card, workers: [] })
  }

  /** Hears what a worker's process finds. @returns the process */
  of(worker: HeldWorker, process: WorkerProcess): WorkerProcess {
    process.onWalls?.((walls) => {
      const others = this.state.value.workers.filter((other) => other.worker !== worker)
      const order = HeldWorker.options
      const workers = [...others, { worker, walls }].sort((one, other) => order.indexOf(one.worker) - order.indexOf(other.worker))
      this.state.set({ ...this.state.value, workers })
    })
    return process
  }
}
