/** Keeps the reader's process: starts it when there is something to read, watches it, kills it when it hangs or swells, starts it again. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AppError } from '../../../contract/errors.ts'
import { connect } from '../../../contract/link.ts'
import { readerContract, ReadItem, type ReaderClient } from '../../reader/contract.ts'
import { Mutex } from '../base/mutex.ts'
import type { EngineProcess } from '../runtime/engine-process.ts'

/** Data of a language that text in pictures is recognised in, as a file of tesseract's. */
export interface AddedLanguage {
  code: string
  bytes: Uint8Array
}

/** What is to be read. */
export interface Reading {
  name: string
  sizeBytes: number
  /** The file's bytes in parts of at most 1 MiB. */
  parts: Iterable<Uint8Array>
  password: string | null
  /** How pictures of text are recognised; null leaves them. `pages` null recognises all that are pictures; `added` are data that do not come with the reader. */
  recognition: { languages: string[]; pages: number[] | null; added?: readonly AddedLanguage[] } | null
}

/** Limits for one file. Time during which the reader is held does not count. */
export interface ReaderLimits {
  /** Milliseconds without an item: a page, a sheet, a chapter. The slowest step seen is a page of OCR, some seconds. */
  silenceMs: number
  /** Milliseconds in all; the second when pictures are recognised. */
  totalMs: number
  recognitionMs: number
  /** Bytes of memory that the process may take. */
  residentBytes: number
  /** Milliseconds for which a process that has nothing to read is kept. */
  idleMs: number
}

const usualLimits: ReaderLimits = {
  silenceMs: 120_000,
  totalMs: 20 * 60_000,
  recognitionMs: 6 * 3_600_000,
  residentBytes: 1_800 * 1024 * 1024,
  idleMs: 30_000,
}

/** For trying something small, which a person waits for: real data take a second or two. */
export const trialLimits: Partial<ReaderLimits> = { silenceMs: 60_000, totalMs: 60_000 }

/** Milliseconds between two looks at the process's memory. */
const memoryCheckMs = 100
const partBytes = 1024 * 1024

interface Running {
  process: EngineProcess
  client: ReaderClient
  /** Rejects with the reason when the process is gone. */
  gone: Promise<never>
  fail(error: AppError): void
}

export class ReaderKeeper {
  readonly #launch: () => EngineProcess
  readonly #limits: ReaderLimits
  readonly #turns = new Mutex()
  #running: Running | null = null
  #held = false
  #closed = false
  #idle: NodeJS.Timeout | undefined
  /** Starts or stops the clock of what is being waited for, when `held` changes. */
  #clock: () => void = () => undefined

  constructor({ launch, limits = {} }: { launch: () => EngineProcess; limits?: Partial<ReaderLimits> }) {
    this.#launch = launch
    this.#limits = { ...usualLimits, ...limits }
  }

  /**
   * Reads one file; files wait for one another. Leaving it, by the signal or otherwise, ends the process: it has nothing to save.
   * @throws AppError document_*, recognition_*, reader_died, reader_hung, cancelled, locked after closing
   */
  read(reading: Reading, signal: AbortSignal): AsyncGenerator<ReadItem> {
    return this.#inTurn(signal, (running) => this.#readWith(running, reading))
  }

  /**
   * Tries the data of a language on a picture.
   * @throws AppError recognition_data_wrong {reason}, reader_died, reader_hung, cancelled, locked after closing
   */
  async tryLanguage({ code, bytes }: AddedLanguage, signal: AbortSignal): Promise<void> {
    const trial = this.#inTurn(signal, (running) => this.#tryWith(running, code, bytes))
    // It has no items: it ends or fails.
    await trial.next()
  }

  async *#inTurn<T>(signal: AbortSignal, work: (running: Running) => AsyncIterable<T>): AsyncGenerator<T> {
    const leave = await this.#enter()
    let running: Running | null = null
    let whole = false
    const abort = (): void => running?.fail(new AppError('cancelled', 'The reading was left'))
    signal.addEventListener('abort', abort, { once: true })
    try {
      if (signal.aborted) throw new AppError('cancelled', 'The reading was left')
      running = this.#start()
      yield* work(running)
      whole = true
    } catch (error) {
      // A file that cannot be read leaves the process as good as it was.
      whole = error instanceof AppError && error.code.startsWith('document_')
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      if (!whole && running) this.#end(running, new AppError('cancelled', 'The reading was left'))
      this.#idle = setTimeout(() => this.#stop(), this.#limits.idleMs).unref()
      leave()
    }
  }

  /** Stops the reading between two pages, or lets it go on. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    this.#clock()
    if (this.#running) this.#tellHeld(this.#running)
  }

  /** For diagnostics and for tests that kill it. */
  get pid(): number | undefined {
    return this.#running?.process.pid
  }

  close(): void {
    this.#closed = true
    this.#stop()
  }

  async #enter(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    await new Promise<void>((entered) => {
      this.#turns
        .run(() => {
          entered()
          return promise
        })
        .catch(() => undefined)
    })
    clearTimeout(this.#idle)
    return resolve
  }

  async *#readWith(running: Running, { name, sizeBytes, parts, password, recognition }: Reading): AsyncGenerator<ReadItem> {
    if (sizeBytes === 0) throw new AppError('document_empty', 'The file has no bytes')
    const clock = { leftMs: recognition ? this.#limits.recognitionMs : this.#limits.totalMs }
    const fileId = await this.#hand(clock, running, parts)
    const added: { code: string; fileId: string }[] = []
    for (const { code, bytes } of recognition?.added ?? []) {
      added.push({ code, fileId: await this.#hand(clock, running, [bytes]) })
    }
    const how = recognition && { languages: recognition.languages, pages: recognition.pages, added }
    const items = running.client.reader.read({ fileId, name, password, recognition: how })[Symbol.asyncIterator]()
    try {
      for (;;) {
        const result = await this.#within(clock, running, items.next())
        if (result.done) return
        yield item(result.value)
      }
    } finally {
      items.return?.().catch(() => undefined)
    }
  }

  async *#tryWith(running: Running, code: string, bytes: Uint8Array): AsyncGenerator<never> {
    const clock = { leftMs: this.#limits.totalMs }
    const fileId = await this.#hand(clock, running, [bytes])
    await this.#within(clock, running, running.client.reader.tryLanguage({ code, fileId }))
  }

  /** Gives the reader a file. @returns under which id it has it */
  async #hand(clock: { leftMs: number }, running: Running, parts: Iterable<Uint8Array>): Promise<string> {
    const fileId = randomUUID()
    for (const part of parts) {
      for (let from = 0; from < part.length; from += partBytes) {
        const bytes = part.subarray(from, from + partBytes)
        const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
        await this.#within(clock, running, running.client.reader.take({ fileId, base64 }))
      }
    }
    return fileId
  }

  #start(): Running {
    if (this.#closed) throw new AppError('locked', 'The vault is locked')
    if (this.#running) return this.#running
    const process = this.#launch()
    const { promise: gone, reject: fail } = Promise.withResolvers<never>()
    gone.catch(() => undefined)
    const running: Running = { process, client: connect(process.port, readerContract), gone, fail }
    this.#running = running
    process.onExit((reason) => this.#end(running, new AppError('reader_died', 'The reader died', { ...reason })))
    // It is gone; onExit tells.
    this.#watchMemory(running).catch(() => undefined)
    if (this.#held) this.#tellHeld(running)
    return running
  }

  #tellHeld({ client }: Running): void {
    // A process that is gone is told again when it starts anew.
    client.reader.hold({ held: this.#held }).catch(() => undefined)
  }

  /** The process says what it takes while it can; a parser in a loop cannot, and there the system is asked, where it tells. */
  async #watchMemory(running: Running): Promise<void> {
    const look = (bytes: number): void => {
      if (bytes <= this.#limits.residentBytes) return
      this.#end(running, new AppError('reader_died', 'The reader took too much memory', { reason: 'memory' }))
    }
    const asking = setInterval(() => look(residentBytes(running.process.pid)), memoryCheckMs).unref()
    running.process.onExit(() => clearInterval(asking))
    for await (const beat of running.client.reader.pulse({})) look(beat.residentBytes)
  }

  /** Waits for the reader, but not for ever. Time during which it is held does not count. */
  #within<T>(clock: { leftMs: number }, running: Running, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    let since: number | null = null
    const stop = (): void => {
      clearTimeout(timer)
      if (since !== null) clock.leftMs -= performance.now() - since
      since = null
    }
    this.#clock = () => {
      stop()
      if (this.#held) return
      since = performance.now()
      const limitMs = Math.max(0, Math.min(this.#limits.silenceMs, clock.leftMs))
      timer = setTimeout(() => this.#end(running, new AppError('reader_hung', 'The reader hung', { afterMs: limitMs })), limitMs)
    }
    this.#clock()
    return Promise.race([told(work, running), running.gone]).finally(() => {
      stop()
      this.#clock = () => undefined
    })
  }

  #end(running: Running, error: AppError): void {
    running.fail(error)
    if (this.#running === running) this.#running = null
    running.process.kill()
  }

  #stop(): void {
    clearTimeout(this.#idle)
    if (this.#running) this.#end(this.#running, new AppError('cancelled', 'The reader was stopped'))
  }
}

/** A parser that was taken over could say anything: what is no item ends its process. @throws AppError reader_died */
function item(said: unknown): ReadItem {
  const { success, data } = ReadItem.safeParse(said)
  if (success) return data
  throw new AppError('reader_died', 'The reader said what no reader says', { reason: 'item' })
}

/** When the line breaks the reason is known only a moment later, by the process's end. */
async function told<T>(work: Promise<T>, { gone }: Running): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AppError && error.code === 'disconnected') return await gone
    throw error
  }
}

/** Bytes of memory that a process takes, on Linux; 0 where the system has no such file. */
function residentBytes(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'latin1'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}
