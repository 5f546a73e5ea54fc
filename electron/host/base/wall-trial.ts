/** The host's side of a worker's trial of its walls: wishes it, and judges what the worker says by what it knows itself. */
import type { Wall, Walls } from '../../../contract/walls.ts'
import type { Reached, TrialReport, TrialWish } from '../../worker/walls.ts'
import { WallListener } from './wall-listener.ts'

/** A file that everybody may read on each system, and that no worker needs. */
const unneeded = process.platform === 'win32' ? 'C:\\Windows\\win.ini' : '/etc/passwd'

export class WallTrial {
  readonly #told = Promise.withResolvers<Walls>()
  readonly #pid: () => number | undefined
  #listener: WallListener | null = null

  /**
   * @param send to the worker
   * @param pid of the worker's own process, as the host sees it
   */
  constructor({ send, pid }: { send: (wish: TrialWish) => void; pid: () => number | undefined }) {
    this.#pid = pid
    WallListener.open().then(
      (listener) => {
        this.#listener = listener
        send({ t: 'try', hostPid: process.pid, port: listener?.port ?? null, nonce: listener?.nonce ?? '', file: unneeded })
      },
      // Nothing is tried, and nothing is claimed.
      () => send({ t: 'try', hostPid: process.pid, port: null, nonce: '', file: unneeded }),
    )
  }

  /** Is told what the worker was found to be held by; never when the worker says nothing. */
  listen(listener: (walls: Walls) => void): void {
    this.#told.promise.then(listener, () => undefined)
  }

  /** Takes what the worker says. @returns whether it was the trial's */
  take(message: unknown): boolean {
    if (!isReport(message)) return false
    // A moment for what the worker said to the listener itself.
    setTimeout(() => {
      this.#told.resolve(this.#judge(message))
      this.#listener?.close()
    }, 50)
    return true
  }

  #judge({ pid, before, after }: TrialReport): Walls {
    // In a list of processes of its own the host's number may be somebody else's.
    const inOurs = pid === this.#pid()
    return {
      network: wall(this.#listener?.heard === true ? true : before.network, after.network),
      files: wall(before.files, after.files),
      processes: wall(before.processes === true && inOurs, after.processes),
    }
  }
}

/** What could not be tried is not claimed. */
function wall(before: boolean | null, after: boolean | null): Wall {
  if (before === false) return 'kernel'
  return after === false ? 'runtime' : 'none'
}

function isReport(message: unknown): message is TrialReport {
  if (typeof message !== 'object' || message === null || Reflect.get(message, 't') !== 'tried') return false
  const { before, after } = message as { before: unknown; after: unknown }
  return [before, after].every((part): part is Reached => typeof part === 'object' && part !== null)
}
