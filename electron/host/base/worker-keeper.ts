/**
 * Keeps a worker's process alive, whichever worker it is: starts it when it is needed, listens to its heart, kills it when it hangs,
 * starts it again when it died. What it was doing fails with a coded error; nothing else notices. Two processes of one keeper are never
 * there at once: the memory of one that was killed counts until it is gone, and the next one's model would not fit.
 */
import { AppError, type ErrorCode } from '../../../contract/errors.ts'
import { connect, type ClientOf, type Contract } from '../../../contract/link.ts'
import { Countdown } from './countdown.ts'
import { StartedProcesses } from './started-processes.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What sets one worker apart from another. */
export interface WorkerKind<C extends Contract, Beat = unknown> {
  contract: C
  /** Its heart: an item every so often while its event loop is alive. */
  pulse: (client: ClientOf<C>) => AsyncIterable<Beat>
  /** What a call fails with when the process ended without being asked to; `data` is the exit's reason. */
  died: ErrorCode
  /** What a call fails with when the process was ended because it hung. */
  hung: ErrorCode
}

/** Limits in milliseconds in which the host was awake; tests use shorter ones. */
export interface WorkerLimits {
  /** Without a heartbeat for so long its event loop hangs. `Infinity` where long silence is usual. */
  pulseMs: number
  /** Without any sign of progress for so long a stream hangs. */
  progressMs: number
}

export interface WorkerKeeperOptions<C extends Contract, Beat = unknown> {
  kind: WorkerKind<C, Beat>
  launch: () => WorkerProcess
  limits: WorkerLimits
  /** Told when the process ended without being asked to. */
  onDeath?: (error: AppError) => void
  /** Told of each start. */
  onStart?: (run: WorkerRun<C>) => void
  /** Told of each heartbeat. */
  onBeat?: (beat: Beat, run: WorkerRun<C>) => void
}

/** One process, from its start to its end. */
export class WorkerRun<C extends Contract> {
  readonly process: WorkerProcess
  readonly client: ClientOf<C>
  /** Rejects with the reason when the process is gone, or is about to be. */
  readonly gone: Promise<never>
  readonly #fail: (error: AppError) => void

  constructor(process: WorkerProcess, contract: C) {
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => undefined)
    this.process = process
    this.client = connect(process.port, contract)
    this.gone = promise
    this.#fail = reject
  }

  /** Fails whatever waits for it. The process itself is left to its keeper. */
  fail(error: AppError): void {
    this.#fail(error)
  }

  /** Waits for the worker, or for its end. When the line breaks the reason is known only a moment later, by the process's end. */
  race<T>(work: Promise<T>): Promise<T> {
    const told = work.catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'disconnected') return this.gone
      throw error
    })
    return Promise.race([told, this.gone])
  }
}

export class WorkerKeeper<C extends Contract, Beat = unknown> {
  readonly #options: WorkerKeeperOptions<C, Beat>
  readonly #processes = new StartedProcesses()
  readonly #launch: () => WorkerProcess
  #running: WorkerRun<C> | null = null
  #starting: Promise<WorkerRun<C>> | null = null
  #stops = 0
  #closed = false

  constructor(options: WorkerKeeperOptions<C, Beat>) {
    this.#options = options
    this.#launch = this.#processes.keeping(options.launch)
  }

  /** The process that runs, if one does. */
  get current(): WorkerRun<C> | null {
    return this.#running
  }

  get running(): boolean {
    return this.#running !== null
  }

  /** The process's number, for diagnostics and for tests that kill it. */
  get pid(): number | undefined {
    return this.#running?.process.pid
  }

  /** A call to the worker; starts it when needed. @throws AppError the kind's `died` and `hung`, cancelled, locked, or what the worker says. */
  async call<T>(work: (client: ClientOf<C>) => Promise<T>): Promise<T> {
    const run = await this.run()
    return run.race(work(run.client))
  }

  /** A stream from the worker, watched: silence for too long kills the process. @throws AppError as {@link call} does */
  async *stream<T>(open: (client: ClientOf<C>) => AsyncIterable<T>): AsyncGenerator<T> {
    const run = await this.run()
    const items = open(run.client)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = items.next()
        next.catch(() => undefined)
        const result = await this.#within(this.#options.limits.progressMs, run, run.race(next))
        if (result.done) return
        yield result.value
      }
    } finally {
      items.return?.().catch(() => undefined)
    }
  }

  /** The process that runs; starts one when none does, after those before it are gone. @throws AppError cancelled when it was stopped meanwhile, locked */
  async run(): Promise<WorkerRun<C>> {
    if (this.#closed) throw new AppError('locked', 'The vault is locked')
    if (this.#running) return this.#running
    this.#starting ??= this.#start(this.#stops).finally(() => (this.#starting = null))
    return this.#starting
  }

  async #start(stops: number): Promise<WorkerRun<C>> {
    await this.gone()
    if (this.#closed) throw new AppError('locked', 'The vault is locked')
    if (stops !== this.#stops) throw new AppError('cancelled', 'The worker was stopped')
    const { kind, onStart } = this.#options
    const run = new WorkerRun(this.#launch(), kind.contract)
    this.#running = run
    run.process.onExit((reason) => this.#died(run, new AppError(kind.died, 'The worker died', { ...reason })))
    onStart?.(run)
    this.#listen(run).catch(() => undefined)
    return run
  }

  /** Ends one process, whatever it is doing: what waits for it fails with this error. */
  end(run: WorkerRun<C>, error: AppError): void {
    run.fail(error)
    if (this.#running === run) this.#running = null
    run.process.kill()
  }

  /** Ends the process, on purpose; what it holds in memory is gone with it. Resolves as {@link gone} does. */
  stop(): Promise<void> {
    this.#stops++
    if (this.#running) this.end(this.#running, new AppError('cancelled', 'The worker was stopped'))
    return this.gone()
  }

  /** As {@link stop}, for good. */
  close(): Promise<void> {
    this.#closed = true
    return this.stop()
  }

  /** Resolves when no process that died or was ended is there any more; after two seconds in any case. Does not wait for one that runs. */
  async gone(): Promise<void> {
    if (!this.#running) await this.#processes.gone()
  }

  async #listen(run: WorkerRun<C>): Promise<void> {
    const { kind, limits, onBeat } = this.#options
    const beats = kind.pulse(run.client)[Symbol.asyncIterator]()
    try {
      while (this.#running === run) {
        const beat = beats.next()
        beat.catch(() => undefined)
        const next = await this.#within(limits.pulseMs, run, beat)
        if (next.done === true) return
        onBeat?.(next.value, run)
      }
    } catch {
      // The process is gone, or was just killed for its silence: onExit and #within have told.
    }
  }

  async #within<T>(limitMs: number, run: WorkerRun<C>, work: Promise<T>): Promise<T> {
    if (limitMs === Infinity) return work
    const countdown = new Countdown(limitMs, () => {
      const error = new AppError(this.#options.kind.hung, 'The worker hung', { afterMs: limitMs })
      this.#died(run, error)
      run.process.kill()
    }).start()
    try {
      return await Promise.race([work, run.gone])
    } finally {
      countdown.stop()
    }
  }

  #died(run: WorkerRun<C>, error: AppError): void {
    if (this.#running !== run) return
    this.#running = null
    run.fail(error)
    this.#options.onDeath?.(error)
  }
}
