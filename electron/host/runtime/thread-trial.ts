/**
 * Finds out with how many threads a model reads and writes fastest on this machine: reading and writing have their own best numbers, and
 * only trying tells. It tries when the model is in memory, nobody asks and the machine has nothing else to do, once per machine and model; it
 * gives way at once, and what it had tried by then counts.
 */
import { randomUUID } from 'node:crypto'
import { cpus } from 'node:os'
import { AppError } from '../../../contract/errors.ts'
import type { ThreadSpeed } from '../../../contract/entities.ts'
import { inBackground } from '../base/background.ts'
import type { EngineKeeper } from './engine-worker.ts'
import { chooseThreads, quietCores, usableCores, type Cores } from './memory.ts'
import type { Measurements, TriedThreads } from './measurements.ts'

/** So long after the last question it begins, and so long after it was disturbed it begins anew, in milliseconds. */
const afterMs = 5000
/** How long the processor is watched before it counts as quiet, in milliseconds. */
const quietMs = 1000
/** While others take more than this part of one core, or of all cores together, what is measured is them. */
const mostBusyCore = 0.3
const mostBusyPart = 0.1
/** Each number is tried so often, in turns with the others: a machine that is disturbed for a moment disturbs one of them. */
const rounds = 2
/** Fewer threads than the fastest are taken when they lose less than this part: they leave cores to the page and to other programs. */
const worthless = 0.03

/** What a trial takes of a context at most, in tokens; the engine's is no larger. */
export const trialContextTokens = 256

/** The numbers that are worth trying, the largest first. */
export function threadCandidates({ logical, physical }: Cores): number[] {
  const most = Math.max(1, logical)
  const cores = Math.min(most, Math.max(1, physical))
  const numbers = [most, cores, cores - 1, Math.ceil(cores / 2)]
  return [...new Set(numbers)].filter((threads) => threads >= 1).sort((one, other) => other - one)
}

/** For reading and for writing the fewest threads that are as good as the fastest. */
export function bestThreads(tried: readonly ThreadSpeed[]): { reading: number; writing: number } | null {
  const best = (what: 'reading' | 'writing'): number | undefined => {
    const fastest = Math.max(...tried.map((speed) => speed[what]))
    const good = tried.filter((speed) => speed[what] >= fastest * (1 - worthless))
    return good.map(({ threads }) => threads).sort((one, other) => one - other)[0]
  }
  const [reading, writing] = [best('reading'), best('writing')]
  return reading === undefined || writing === undefined ? null : { reading, writing }
}

export interface ThreadTrialsOptions {
  keeper: EngineKeeper
  measurements: Pick<Measurements, 'threadsTried'>
  /** Runs work when nobody who waits has a turn. */
  inTurn: (signal: AbortSignal, work: () => Promise<void>) => Promise<void>
  /** The loaded model that is worth trying, with the build of llama.cpp that runs it; null when there is none, or a person has chosen a number. */
  candidate: () => { modelId: string; build: string } | null
  /** Whether a small context fits beside everything else. */
  fits: (modelId: string) => Promise<boolean>
  /** Told when a model's best numbers are known. */
  onKnown: () => void
  /** How it is tried; tests are quicker. */
  cores?: Cores
  afterMs?: number
  isQuiet?: (signal: AbortSignal) => Promise<boolean>
  onBug: (error: unknown) => void
}

export class ThreadTrials {
  readonly #options: ThreadTrialsOptions
  #timer: NodeJS.Timeout | null = null
  #trial: AbortController | null = null
  #isClosed = false
  /** What was tried of a model so far, by its id and the build. */
  readonly #tried = new Map<string, ThreadSpeed[]>()
  /** What could not be tried, by the same names. */
  readonly #refused = new Set<string>()

  constructor(options: ThreadTrialsOptions) {
    this.#options = options
  }

  /** A model may be worth trying: it is tried after a while in which nobody asks. */
  soon(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const { candidate, afterMs: waitMs = afterMs } = this.#options
    const model = candidate()
    if (this.#isClosed || !model || this.#refused.has(nameOf(model))) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      inBackground(this.#try(), this.#options.onBug)
    }, waitMs).unref()
  }

  /** Somebody asks: what is being tried ends, and begins anew later. */
  giveWay(): void {
    this.#trial?.abort()
    if (this.#timer) this.soon()
  }

  /** What was tried of a model does not count any more. */
  forget(): void {
    this.#tried.clear()
    this.#refused.clear()
    this.soon()
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#trial?.abort()
  }

  async #try(): Promise<void> {
    if (this.#trial || this.#isClosed) return
    const { inTurn, isQuiet = isProcessorQuiet } = this.#options
    const trial = new AbortController()
    this.#trial = trial
    try {
      if (await isQuiet(trial.signal)) await inTurn(trial.signal, () => this.#tryAll(trial.signal))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // It was disturbed, and is tried again; one that cannot be tried keeps the usual number, and is left alone.
      const model = this.#options.candidate()
      if (error.code !== 'cancelled' && model) this.#refused.add(nameOf(model))
    } finally {
      this.#trial = null
      this.soon()
    }
  }

  async #tryAll(signal: AbortSignal): Promise<void> {
    const { candidate, fits, measurements, cores = usableCores(), onKnown } = this.#options
    const model = candidate()
    if (!model || !(await fits(model.modelId))) return
    const numbers = threadCandidates(cores)
    const name = nameOf(model)
    const tried = this.#tried.get(name) ?? []
    this.#tried.set(name, tried)
    for (let round = 0; round < rounds; round++)
      for (const threads of numbers) {
        if (tried.filter((speed) => speed.threads === threads).length > round) continue
        tried.push({ threads, ...(await this.#speed(model.modelId, threads, signal)) })
      }
    this.#tried.delete(name)
    const speeds = numbers.map((threads) => {
      const own = tried.filter((speed) => speed.threads === threads)
      const most = (what: 'reading' | 'writing'): number => Math.max(...own.map((speed) => speed[what]))
      return { threads, reading: most('reading'), writing: most('writing') }
    })
    const best = bestThreads(speeds)
    if (!best) return
    const result: TriedThreads = { build: model.build, ...best, tried: speeds }
    measurements.threadsTried(model.modelId, result, chooseThreads(cores))
    onKnown()
  }

  /** The turn is kept until the engine has ended the batch that is under way. */
  async #speed(modelId: string, threads: number, signal: AbortSignal): Promise<{ reading: number; writing: number }> {
    const { keeper } = this.#options
    if (signal.aborted) throw new AppError('cancelled', 'Somebody asks')
    const trialId = randomUUID()
    const stop = (): void =>
      inBackground(
        keeper.call((client) => client.engine.stop({ answerId: trialId })),
        () => undefined,
      )
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await keeper.call((client) => client.engine.tryThreads({ trialId, modelId, threads }))
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

function nameOf({ modelId, build }: { modelId: string; build: string }): string {
  return `${modelId} ${build}`
}

/** Whether nobody else computes, documents being read among them. */
async function isProcessorQuiet(signal: AbortSignal): Promise<boolean> {
  const before = cpus()
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, quietMs)
    const leave = (): void => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', leave, { once: true })
  })
  const all = before.length
  return !signal.aborted && quietCores(before, cpus()) >= all - Math.max(mostBusyCore, all * mostBusyPart)
}
