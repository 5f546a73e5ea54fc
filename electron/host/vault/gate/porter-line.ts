/**
 * The line to one porter process, which lives for one file: started, asked, watched, ended. One that is silent too long or takes too much
 * memory is killed; it has nothing to save.
 */
import { z } from 'zod'
import { AppError, type ErrorCode } from '../../../../contract/errors.ts'
import { connect } from '../../../../contract/link.ts'
import { batchRows, porterContract, type ForeignValue, type PorterClient, type Sealed } from '../../../porter/contract.ts'
import { SealedLine } from '../../../worker/sealed-line.ts'
import type { WorkerProcess } from '../../base/worker-process.ts'
import { residentMemory } from '../../base/resident-memory.ts'
import { malformed } from './malformed.ts'

type PorterProcess = Pick<WorkerProcess, 'port' | 'pid' | 'kill' | 'onExit'>

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

const methods = porterContract.porter
const Nothing = z.unknown().transform(() => undefined)
/** What it may refuse a file with. */
const refusals = new Set<ErrorCode>(['workspace_file_malformed', 'workspace_file_newer', 'wrong_passphrase'])

/** Milliseconds between two looks at the process. Silence is counted in looks: a computer that sleeps takes none. */
const lookMs = 100
/** One that was killed and is in the middle of a system call may never be gone; nobody waits for that. */
const longestEndMs = 2_000

export class PorterLine {
  readonly #process: PorterProcess
  readonly #client: PorterClient
  readonly #limits: PorterLimits
  readonly #gone: Promise<never>
  readonly #fail: (reason: unknown) => void
  readonly #exited: Promise<void>
  readonly #looking: NodeJS.Timeout
  readonly #signal: AbortSignal
  readonly #abort: () => void
  /** Looks since something was asked; null while nothing is. */
  #silentLooks: number | null = null
  #ended = false
  /** Rows of the last table that it could not read, as far as it can tell. */
  lost = 0

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
    this.#exited = new Promise((resolve) => process.onExit(() => resolve()))
    process.onExit(() => this.#end('died'))
    this.#looking = setInterval(() => this.#look(), lookMs).unref()
    this.#abort = () => {
      reject(signal.reason)
      this.#process.kill()
    }
    signal.addEventListener('abort', this.#abort, { once: true })
    if (signal.aborted) this.#abort()
    // It ends with the porter, and says so by itself.
    this.#hearPulse().catch(() => this.#end('died'))
  }

  /**
   * What the passphrase opens, but for the key.
   * @param passphrase as UTF-8 @throws AppError wrong_passphrase, workspace_file_malformed, workspace_file_newer, porter_died
   */
  async unseal(trailer: string, passphrase: Buffer): Promise<z.infer<typeof methods.unseal.output>> {
    const sealed = await this.#seal(passphrase)
    return this.#ask((porter) => porter.unseal({ trailer, sealed }), methods.unseal.output)
  }

  /** Opens the file, with the key of its trailer or one of 32 bytes. Gives its version. @throws AppError workspace_file_malformed, porter_died */
  async open(path: string, key: Buffer | null): Promise<number> {
    const given = { path, sealed: key && (await this.#seal(key)) }
    return (await this.#ask((porter) => porter.open(given), methods.open.output)).version
  }

  /** From now on its rows are those of this table. @throws AppError workspace_file_malformed, porter_died */
  async read(table: string, columns: readonly string[], order: readonly string[]): Promise<void> {
    await this.#ask((porter) => porter.read({ table, columns: [...columns], order: [...order] }), Nothing)
  }

  /** The same for a table of which pages may be broken. @throws AppError workspace_file_malformed when there is no such table, porter_died */
  async salvage(table: string, columns: readonly string[], order: readonly string[]): Promise<void> {
    await this.#ask((porter) => porter.salvage({ table, columns: [...columns], order: [...order] }), Nothing)
  }

  /** From now on its rows are the vectors of this set. @throws AppError workspace_file_malformed, porter_died */
  async readVectors(set: number): Promise<void> {
    await this.#ask((porter) => porter.readVectors({ set }), Nothing)
  }

  /** The next rows; null when there are no more. @throws AppError workspace_file_malformed, porter_died */
  async next(): Promise<ForeignValue[][] | null> {
    const { rows, done, lost } = await this.#ask((porter) => porter.next({}), methods.next.output)
    this.lost = lost
    if (done) return null
    if (rows.length === 0 || rows.length > batchRows) throw malformed('A batch of another size')
    return rows
  }

  /**
   * Asks something of it, and believes nothing: it opened somebody else's file, and by now it may be somebody else itself.
   * @throws AppError porter_died {reason: died | hung | memory}, and what it may answer with; the signal's reason
   */
  async #ask<T>(question: (porter: PorterClient['porter']) => Promise<T>, output: z.ZodType<T>): Promise<T> {
    this.#silentLooks = 0
    try {
      const answer = output.safeParse(await Promise.race([question(this.#client.porter), this.#gone]))
      if (!answer.success) throw malformed('The porter said what no porter says', answer.error)
      return answer.data
    } catch (error) {
      if (!(error instanceof AppError) || this.#signal.aborted) throw error
      // The line breaks a moment before the process is known to be gone, and that says why.
      if (error.code === 'disconnected') return await this.#gone
      throw refusals.has(error.code) || error.code === 'porter_died' ? error : malformed('The porter could not', error)
    } finally {
      this.#silentLooks = null
    }
  }

  /** Seals a secret for the process, which is asked for its key before it has opened anything. */
  async #seal(secret: Buffer): Promise<Sealed> {
    const { publicKey } = await this.#ask((porter) => porter.greet({}), methods.greet.output)
    const line = new SealedLine()
    try {
      return { publicKey: line.publicKey, box: line.seal(secret, publicKey, 'to-worker') }
    } catch (error) {
      throw malformed('The porter’s key is none', error)
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
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#looking)
    this.#fail(new AppError('porter_died', 'The porter ended', { reason }))
    this.#process.kill()
  }
}
