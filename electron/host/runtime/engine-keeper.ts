/**
 * Keeps the engine's process alive: starts it, listens to its heart, kills it when it hangs, starts it again when it
 * died. What the engine was doing fails with a coded error; nothing else notices.
 */
import { AppError } from '../../../contract/errors.ts'
import { connect } from '../../../contract/link.ts'
import { engineContract, type EngineClient } from '../../engine/contract.ts'
import type { EngineProcess } from './engine-process.ts'

/** Limits in milliseconds; tests use shorter ones. */
export interface EngineLimits {
  /** Without a heartbeat for so long the engine's event loop hangs. It beats once a second. */
  pulseMs: number
  /** Without any sign of progress for so long the work hangs: the slowest batch of 256 tokens seen took 25 s. */
  progressMs: number
}

const usualLimits: EngineLimits = { pulseMs: 15_000, progressMs: 180_000 }

interface Running {
  process: EngineProcess
  client: EngineClient
  /** Rejects with the reason when the process is gone. */
  gone: Promise<never>
  fail(error: AppError): void
}

export interface EngineKeeperOptions {
  launch: () => EngineProcess
  limits?: EngineLimits
  /** Told when the process ended without being asked to. */
  onDeath: (error: AppError) => void
}

export class EngineKeeper {
  readonly #launch: () => EngineProcess
  readonly #limits: EngineLimits
  readonly #onDeath: (error: AppError) => void
  #running: Running | null = null
  #closed = false

  constructor({ launch, limits, onDeath }: EngineKeeperOptions) {
    this.#launch = launch
    this.#limits = limits ?? usualLimits
    this.#onDeath = onDeath
  }

  get running(): boolean {
    return this.#running !== null
  }

  /** The process's number, for diagnostics and for tests that kill it. */
  get pid(): number | undefined {
    return this.#running?.process.pid
  }

  /** A call to the engine; starts it when needed. @throws AppError engine_died, engine_hung, or what the engine says. */
  async call<T>(work: (client: EngineClient) => Promise<T>): Promise<T> {
    const running = this.#start()
    return Promise.race([work(running.client), running.gone])
  }

  /** A stream from the engine, watched: silence for too long kills the process. */
  async *stream<T>(open: (client: EngineClient) => AsyncIterable<T>): AsyncGenerator<T> {
    const running = this.#start()
    const items = open(running.client)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = items.next()
        next.catch(() => undefined)
        const result = await this.#within(this.#limits.progressMs, running, Promise.race([next, running.gone]))
        if (result.done) return
        yield result.value
      }
    } finally {
      items.return?.().catch(() => undefined)
    }
  }

  /** Ends the process, on purpose; what it holds in memory is gone with it. */
  stop(): void {
    const running = this.#running
    this.#running = null
    running?.fail(new AppError('cancelled', 'The engine was stopped'))
    running?.process.kill()
  }

  close(): void {
    this.#closed = true
    this.stop()
  }

  #start(): Running {
    if (this.#closed) throw new AppError('locked', 'The vault is locked')
    if (this.#running) return this.#running
    const process = this.#launch()
    let fail: (error: AppError) => void = () => undefined
    const gone = new Promise<never>((_resolve, reject) => (fail = reject))
    gone.catch(() => undefined)
    const running: Running = { process, client: connect(process.port, engineContract), gone, fail }
    this.#running = running
    process.onExit((reason) => this.#died(running, new AppError('engine_died', 'The engine died', { ...reason })))
    // The process is gone, or was just killed for its silence: onExit and #within have told.
    this.#listen(running).catch(() => undefined)
    return running
  }

  async #listen(running: Running): Promise<void> {
    const beats = running.client.engine.pulse({})[Symbol.asyncIterator]()
    while (this.#running === running) {
      const beat = beats.next()
      beat.catch(() => undefined)
      await this.#within(this.#limits.pulseMs, running, beat)
    }
  }

  #within<T>(limitMs: number, running: Running, work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new AppError('engine_hung', 'The engine hung', { afterMs: limitMs })
        this.#died(running, error)
        running.process.kill()
        reject(error)
      }, limitMs)
      work.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }

  #died(running: Running, error: AppError): void {
    if (this.#running !== running) return
    this.#running = null
    running.fail(error)
    this.#onDeath(error)
  }
}
