/**
 * The line to one porter process, which lives for one file: started, asked, watched, ended. One that is silent too long or takes too much
 * memory is killed; it has nothing to save.
 */
import { AppError } from '../../../../contract/errors.ts'
import { connect, type Port } from '../../../../contract/link.ts'
import { porterContract, type PorterClient } from '../../../porter/contract.ts'
import { residentMemory } from '../../base/resident-memory.ts'

/** A running porter, as whoever starts processes hands it over. */
export interface PorterProcess {
  readonly port: Port
  readonly pid: number | undefined
  /** Ends it at once. */
  kill(): void
  onExit(listener: () => void): void
}

/** Starts a porter that may read the files of this folder, which is there, and its own program. */
export type LaunchPorter = (folder: string) => PorterProcess

/** What one file may take. */
export interface PorterLimits {
  /** Milliseconds without an answer. The slowest seen is checking 256 MiB, some seconds. */
  silenceMs: number
  /** Bytes of memory that the process may take; argon2 takes up to 128 MiB of them. */
  residentBytes: number
}

export const usualPorterLimits: PorterLimits = { silenceMs: 60_000, residentBytes: 768 * 1024 * 1024 }

/** Milliseconds between two looks at the process. Silence is counted in looks: a computer that sleeps takes none. */
const lookMs = 100
/** One that was killed and is in the middle of a system call may never be gone; nobody waits for that. */
const longestEndMs = 2_000

export class PorterLine {
  readonly #process: PorterProcess
  readonly #client: PorterClient
  readonly #limits: PorterLimits
  readonly #gone: Promise<never>
  readonly #fail: (error: AppError) => void
  readonly #exited: Promise<void>
  readonly #looking: NodeJS.Timeout
  readonly #signal: AbortSignal
  readonly #abort: () => void
  /** Looks since something was asked; null while nothing is. */
  #silentLooks: number | null = null

  /** @param signal ends it, and fails what is being asked with the signal's reason */
  constructor(process: PorterProcess, { limits, signal }: { limits: PorterLimits; signal: AbortSignal }) {
    this.#process = process
    this.#limits = limits
    this.#signal = signal
    this.#client = connect(process.port, porterContract)
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => undefined)
    this.#gone = promise
    this.#fail = reject
    this.#exited = new Promise((resolve) => process.onExit(resolve))
    process.onExit(() => this.#end('died'))
    this.#looking = setInterval(() => this.#look(), lookMs).unref()
    this.#abort = () => {
      reject(signal.reason as AppError)
      this.#process.kill()
    }
    signal.addEventListener('abort', this.#abort, { once: true })
    if (signal.aborted) this.#abort()
    void this.#hearPulse()
  }

  /** Asks something of it. @throws AppError porter_died {reason: died | hung | memory}, what it answers with; the signal's reason */
  async ask<T>(question: (porter: PorterClient['porter']) => Promise<T>): Promise<T> {
    this.#silentLooks = 0
    try {
      return await Promise.race([question(this.#client.porter), this.#gone])
    } catch (error) {
      // The line breaks a moment before the process is known to be gone, and that says why.
      throw error instanceof AppError && error.code === 'disconnected' ? await this.#gone : error
    } finally {
      this.#silentLooks = null
    }
  }

  /** Ends the process; resolves when it is gone, after two seconds in any case. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort)
    this.#end('died')
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, longestEndMs)))
    await Promise.race([this.#exited, tooLong])
    clearTimeout(timer)
  }

  #look(): void {
    if (residentMemory(this.#process.pid) > this.#limits.residentBytes) this.#end('memory')
    if (this.#silentLooks !== null && ++this.#silentLooks * lookMs > this.#limits.silenceMs) this.#end('hung')
  }

  /** Where the system does not say what a process takes, the process does as long as it can. */
  async #hearPulse(): Promise<void> {
    try {
      for await (const { residentBytes } of this.#client.porter.pulse({}))
        if (residentBytes > this.#limits.residentBytes) this.#end('memory')
    } catch {
      // It is gone.
    }
  }

  #end(reason: 'died' | 'hung' | 'memory'): void {
    clearInterval(this.#looking)
    this.#fail(new AppError('porter_died', 'The porter ended', { reason }))
    this.#process.kill()
  }
}
