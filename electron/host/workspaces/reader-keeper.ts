/** What is the reader's own about keeping its process: one file at a time, its memory and its time bounded, held while somebody is answered. */
import { randomUUID } from 'node:crypto'
import { AppError } from '../../../contract/errors.ts'
import { readerContract, ReadItem } from '../../reader/contract.ts'
import { inBackground } from '../base/background.ts'
import { Countdown } from '../base/countdown.ts'
import { Mutex } from '../base/mutex.ts'
import { residentMemory } from '../base/resident-memory.ts'
import { WorkerKeeper, type WorkerKind, type WorkerRun } from '../base/worker-keeper.ts'
import type { WorkerProcess } from '../base/worker-process.ts'

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

type Running = WorkerRun<typeof readerContract>

const readerWorker: WorkerKind<typeof readerContract, { residentBytes: number }> = {
  contract: readerContract,
  pulse: (client) => client.reader.pulse({}),
  died: 'reader_died',
  hung: 'reader_hung',
}

export class ReaderKeeper {
  readonly #keeper: WorkerKeeper<typeof readerContract, { residentBytes: number }>
  readonly #limits: ReaderLimits
  readonly #turns = new Mutex()
  #held = false
  #idle: NodeJS.Timeout | undefined
  /** Starts or stops the clock of what is being waited for, when `held` changes. */
  #clock: () => void = () => undefined

  constructor({ launch, limits = {} }: { launch: () => WorkerProcess; limits?: Partial<ReaderLimits> }) {
    this.#limits = { ...usualLimits, ...limits }
    this.#keeper = new WorkerKeeper({
      kind: readerWorker,
      launch,
      // A parser at work does not beat; what is read has limits of its own.
      limits: { pulseMs: Infinity, progressMs: Infinity },
      onStart: (run) => {
        this.#watchMemory(run)
        if (this.#held) this.#tellHeld(run)
      },
      onBeat: ({ residentBytes }, run) => this.#weigh(residentBytes, run),
    })
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
      running = await this.#keeper.run()
      if (signal.aborted) throw new AppError('cancelled', 'The reading was left')
      yield* work(running)
      whole = true
    } catch (error) {
      // A file that cannot be read leaves the process as good as it was.
      whole = error instanceof AppError && error.code.startsWith('document_')
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      if (!whole && running) this.#keeper.end(running, new AppError('cancelled', 'The reading was left'))
      this.#idle = setTimeout(() => inBackground(this.#keeper.stop(), () => undefined), this.#limits.idleMs).unref()
      leave()
    }
  }

  /** Stops the reading between two pages, or lets it go on. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    this.#clock()
    const { current } = this.#keeper
    if (current) this.#tellHeld(current)
  }

  /** For diagnostics and for tests that kill it. */
  get pid(): number | undefined {
    return this.#keeper.pid
  }

  /** Ends what is being read; resolves when the process is gone. */
  close(): Promise<void> {
    clearTimeout(this.#idle)
    return this.#keeper.close()
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

  #tellHeld({ client }: Running): void {
    // A process that is gone is told again when it starts anew.
    client.reader.hold({ held: this.#held }).catch(() => undefined)
  }

  /** The process says what it takes while it can; a parser in a loop cannot, and there the system is asked, where it tells. */
  #watchMemory(running: Running): void {
    const asking = setInterval(() => this.#weigh(residentMemory(running.process.pid), running), memoryCheckMs).unref()
    running.process.onExit(() => clearInterval(asking))
  }

  #weigh(bytes: number, running: Running): void {
    if (bytes <= this.#limits.residentBytes) return
    this.#keeper.end(running, new AppError('reader_died', 'The reader took too much memory', { reason: 'memory' }))
  }

  /** Waits for the reader, but not for ever. Time during which it is held does not count. */
  #within<T>(clock: { leftMs: number }, running: Running, work: Promise<T>): Promise<T> {
    let countdown: Countdown | null = null
    const stop = (): void => {
      countdown?.stop()
      clock.leftMs -= countdown?.spentMs ?? 0
      countdown = null
    }
    this.#clock = () => {
      stop()
      if (this.#held) return
      const limitMs = Math.max(0, Math.min(this.#limits.silenceMs, clock.leftMs))
      // Made when it is needed: a long document has hundreds of thousands of items, and an error keeps where it was made.
      const hung = (): AppError => new AppError('reader_hung', 'The reader hung', { afterMs: limitMs })
      countdown = new Countdown(limitMs, () => this.#keeper.end(running, hung())).start()
    }
    this.#clock()
    return running.race(work).finally(() => {
      stop()
      this.#clock = () => undefined
    })
  }
}

/** A parser that was taken over could say anything: what is no item ends its process. @throws AppError reader_died */
function item(said: unknown): ReadItem {
  const { success, data } = ReadItem.safeParse(said)
  if (success) return data
  throw new AppError('reader_died', 'The reader said what no reader says', { reason: 'item' })
}
