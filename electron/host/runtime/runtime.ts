/** The engine's user side: which model is in memory, who is answered next, and what the page may know of it. */
import type { AnswerStage, RuntimeState, Trouble } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { AnswerItem, EngineQuestion } from '../../engine/contract.ts'
import { Mutex } from '../base/mutex.ts'
import { Watchable } from '../base/watchable.ts'
import { estimateMemory } from '../models/gguf-header.ts'
import type { Models } from '../models/models.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import { EngineKeeper, type EngineLimits } from './engine-keeper.ts'
import type { EngineProcess } from './engine-process.ts'
import { chooseThreads, type MemoryReading } from './memory.ts'

/** Contexts that are tried when the wished one does not fit, in tokens. */
const smallerContexts = [16384, 8192, 4096, 2048]
/** While somebody looks, free memory is read again this often, in milliseconds. */
const memoryMs = 4000
/** Kept free beside what a model needs, in bytes: the page, the host and the system want to live too. */
const marginBytes = 256 * 1024 * 1024

export interface RuntimeOptions {
  models: Models
  settings: SettingsArea
  launchEngine: () => EngineProcess
  readMemory: () => MemoryReading
  limits?: EngineLimits
}

/** A question with everything the engine needs to know, for one model. */
export interface Question {
  modelId: string
  prompt: Omit<EngineQuestion, 'answerId'>
}

/** What happens while a question is answered: first where it waits, then what the engine says. */
export type RuntimeItem = AnswerItem | { type: 'stage'; stage: AnswerStage; fraction: number }

export class Runtime {
  readonly state: Watchable<RuntimeState>
  readonly #options: RuntimeOptions
  readonly #keeper: EngineKeeper
  readonly #turns = new Mutex()
  #loaded: { modelId: string; wishedTokens: number; wishedThreads: number } | null = null

  constructor(options: RuntimeOptions) {
    this.#options = options
    this.#keeper = new EngineKeeper({
      launch: options.launchEngine,
      ...(options.limits ? { limits: options.limits } : {}),
      onDeath: (error) => {
        this.#loaded = null
        this.#set({ engine: 'stopped', loading: null, loaded: null, trouble: troubleOf(error) })
      },
    })
    this.state = new Watchable<RuntimeState>({
      engine: 'stopped',
      loading: null,
      loaded: null,
      memory: options.readMemory(),
      trouble: null,
    })
  }

  get enginePid(): number | undefined {
    return this.#keeper.pid
  }

  close(): void {
    this.#keeper.close()
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  /** The state, with free memory kept fresh while it is watched. */
  async *watch(signal: AbortSignal): AsyncGenerator<RuntimeState> {
    const timer = setInterval(() => this.#set({}), memoryMs)
    try {
      yield* this.state.watch(signal)
    } finally {
      clearInterval(timer)
    }
  }

  /** Loads a model ahead of the first question. @throws AppError as {@link answer} does. */
  load(modelId: string): Promise<void> {
    return this.#turns.run(() => this.#ensureLoaded(modelId, () => undefined))
  }

  unload(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#keeper.running) await this.#keeper.call((client) => client.engine.unload({}))
      this.#loaded = null
      this.#set({ loaded: null, loading: null })
    })
  }

  /**
   * Answers one question after those before it. Stops when the signal fires; the last item is then `end` with reason
   * `stopped`, unless it fired before the engine began: then the generator just ends.
   * @throws AppError no_model, model_missing, model_changed, out_of_memory, engine_died, engine_hung, engine_failed, prompt_too_long
   */
  async *answer({ modelId, prompt }: Question, answerId: string, signal: AbortSignal): AsyncGenerator<RuntimeItem> {
    yield { type: 'stage', stage: 'queued', fraction: 0 }
    let release: () => void = () => undefined
    const turn = new Promise<void>((resolve) => {
      void this.#turns.run(() => {
        resolve()
        return new Promise<void>((done) => (release = done))
      })
    })
    await turn
    try {
      if (signal.aborted) return
      const stages = new Watchable<RuntimeItem | null>(null)
      const loading = this.#ensureLoaded(modelId, (stage, fraction) => stages.set({ type: 'stage', stage, fraction })).finally(
        () => stages.end(),
      )
      loading.catch(() => undefined)
      for await (const stage of stages.watch(signal)) if (stage) yield stage
      await loading
      if (signal.aborted) return
      yield { type: 'stage', stage: 'reading', fraction: 0 }
      const stop = (): void => void this.#keeper.call((client) => client.engine.stop({ answerId })).catch(() => undefined)
      signal.addEventListener('abort', stop, { once: true })
      try {
        yield* this.#keeper.stream((client) => client.engine.answer({ ...prompt, answerId }))
      } finally {
        signal.removeEventListener('abort', stop)
      }
    } finally {
      release()
    }
  }

  /** What a prompt would cost with the model in memory; null when there is none, or it is not this one, or it is at work. */
  async count(modelId: string | null, prompt: Pick<EngineQuestion, 'messages' | 'reserveTokens' | 'leftOutBefore'>) {
    if (!this.#loaded || this.#loaded.modelId !== modelId || !this.#keeper.running) return null
    return this.#keeper.call((client) => client.engine.count(prompt))
  }

  async #ensureLoaded(modelId: string, onStage: (stage: AnswerStage, fraction: number) => void): Promise<void> {
    const { settings, models } = this.#options
    const wishedTokens = settings.values.contextTokens
    const wishedThreads = settings.values.threads || chooseThreads()
    const { path, header } = await models.fileToRun(modelId)
    const isLoaded =
      this.#loaded?.modelId === modelId &&
      this.#loaded.wishedTokens === wishedTokens &&
      this.#loaded.wishedThreads === wishedThreads
    if (isLoaded && this.#keeper.running) return
    try {
      if (!this.#keeper.running) {
        this.#set({ engine: this.state.value.trouble ? 'restarting' : 'starting' })
        onStage('starting', 0)
      } else if (this.#loaded) {
        await this.#keeper.call((client) => client.engine.unload({}))
      }
      this.#loaded = null
      this.#set({ loaded: null, loading: { modelId, fraction: 0 } })
      const { contextTokens, totalBytes } = this.#fit(header, wishedTokens)
      onStage('loading', 0)
      for await (const item of this.#keeper.stream((client) =>
        client.engine.load({ path, contextTokens, threads: wishedThreads }),
      )) {
        if (item.type === 'progress') {
          onStage('loading', item.fraction)
          this.#set({ engine: 'ready', loading: { modelId, fraction: item.fraction } })
        } else {
          this.#loaded = { modelId, wishedTokens, wishedThreads }
          models.used(modelId, item.template)
          const loaded = { modelId, contextTokens: item.contextTokens, threads: item.threads, memoryBytes: totalBytes }
          this.#set({ engine: 'ready', loading: null, loaded, trouble: null })
        }
      }
    } catch (error) {
      this.#set({ loading: null, ...(error instanceof AppError ? { trouble: troubleOf(error) } : {}) })
      throw error
    }
  }

  /** The largest context up to the wished one that fits into free memory. @throws AppError out_of_memory {neededBytes, freeBytes} */
  #fit(header: Parameters<typeof estimateMemory>[0], wishedTokens: number): { contextTokens: number; totalBytes: number } {
    const { freeBytes } = this.#options.readMemory()
    const wished = Math.min(wishedTokens, header.trainedContextTokens)
    const tries = [wished, ...smallerContexts.filter((tokens) => tokens < wished)]
    for (const contextTokens of tries) {
      const { totalBytes } = estimateMemory(header, contextTokens)
      if (totalBytes + marginBytes <= freeBytes) return { contextTokens, totalBytes }
    }
    const neededBytes = estimateMemory(header, tries.at(-1) ?? wished).totalBytes + marginBytes
    throw new AppError('out_of_memory', 'The model does not fit into free memory', { neededBytes, freeBytes })
  }

  #set(change: Partial<RuntimeState>): void {
    this.state.set({ ...this.state.value, ...change, memory: this.#options.readMemory() })
  }
}

/** An error as it is kept in a state. */
function troubleOf(error: AppError): Trouble {
  return error.data ? { code: error.code, data: error.data } : { code: error.code }
}
