/** The engine's user side: which students are in memory, who is answered next, and what the page may know of it. */
import { randomUUID } from 'node:crypto'
import type { AnswerPassport, AnswerStage } from '../../../contract/conversation.ts'
import type { Backend, RuntimeState } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { AnswerItem, CountedPrompt, EngineQuestion } from '../../engine/contract.ts'
import { inBackground } from '../base/background.ts'
import { Watchable } from '../base/watchable.ts'
import type { Models } from '../models/models.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import { WorkerKeeper, type WorkerLimits } from '../base/worker-keeper.ts'
import { engineLimits, engineWorker, type EngineKeeper } from './engine-worker.ts'
import type { WorkerProcess } from '../base/worker-process.ts'
import type { EngineFiles } from './fork-engine.ts'
import { withCard, type MemoryReading } from './memory.ts'
import { KeptContexts, type ConversationMemory } from './kept-contexts.ts'
import type { Measurements } from './measurements.ts'
import { SeenFiles } from './seen-files.ts'
import { ThreadChoice } from './thread-choice.ts'
import { ThreadTrials, type ThreadTrialsOptions } from './thread-trial.ts'
import { TwoLanes } from './two-lanes.ts'
import { WarmStudents } from './warm-students.ts'

/** While somebody looks, free memory is read again this often, in milliseconds. */
const memoryMs = 4000
/** After so long without a question what is in the contexts is kept, in milliseconds. */
const keepAfterMs = 2000
/** How often idle models are looked for, in milliseconds. */
const idleCheckMs = 30_000
/** The vault does not wait longer than this for contexts to be kept when it locks, in milliseconds. */
const keepAtMostMs = 1500

export interface RuntimeOptions {
  models: Models
  settings: SettingsArea
  measurements: Measurements
  launchEngine: (opens: EngineFiles) => WorkerProcess
  /** Folders that the engine sees: of models, and of kept contexts. */
  engineFiles?: EngineFiles
  readMemory: () => MemoryReading
  /** Memory of the graphics card that is used, as it was before the engine held anything. */
  card: () => MemoryReading | null
  /** What is computed on, as the hardware's keeper chose. */
  backend: () => Backend
  now: () => number
  /** How often idle models are looked for, in milliseconds. */
  idleCheckMs?: number
  limits?: WorkerLimits
  /** How numbers of threads are tried; tests are quicker. */
  threadTrials?: Partial<Pick<ThreadTrialsOptions, 'cores' | 'afterMs' | 'isQuiet'>>
  /** Told of what fails where nobody waits. */
  onBug: (error: unknown) => void
}

/** A question with everything the engine needs to know, for one student: a model, or an adapter on one. */
export interface Question {
  modelId: string
  prompt: Omit<EngineQuestion, 'answerId' | 'studentId' | 'threads'>
  /** Of the conversation that it belongs to; null when nothing of it is to be kept. */
  memory: ConversationMemory | null
  /** What its prompt begins with, where that may have been read ahead. */
  beginning?: ConversationMemory | null
  /** Nobody waits for it: it does not count as an answer that others give way to. See {@link givingWay}. */
  isPatient?: boolean
}

/** A question whose messages are still to be chosen. */
export type OpenQuestion = Omit<Question, 'prompt'> & { prompt: Omit<Question['prompt'], 'messages'> }

/** What questions to come begin with. */
type BeginningToRead = Pick<EngineQuestion, 'messages' | 'thinking'> & { modelId: string; beginning: ConversationMemory }

/** What happens while a question is answered: first where it waits, then what the engine says. */
export type RuntimeItem = AnswerItem | { type: 'stage'; stage: AnswerStage; fraction: number }

export class Runtime {
  readonly state: Watchable<RuntimeState>
  /** Whether an answer is being written, or waits to be: what is less urgent holds back. */
  readonly answering = new Watchable(false)
  #answers = 0
  readonly #options: RuntimeOptions
  readonly #keeper: EngineKeeper
  readonly #seen: SeenFiles
  readonly #turns = new TwoLanes()
  /** Loads that somebody asked for ahead of a question, by student. */
  readonly #loads = new Map<string, AbortController>()
  readonly #warm: WarmStudents
  readonly #contexts: KeptContexts
  #keepTimer: ReturnType<typeof setTimeout> | null = null
  readonly #idleTimer: ReturnType<typeof setInterval>
  readonly #threads: ThreadChoice
  readonly #trials: ThreadTrials
  #backend: Backend = 'cpu'

  constructor(options: RuntimeOptions) {
    this.#options = options
    this.#seen = new SeenFiles(options.engineFiles ?? { reads: [], writes: [] })
    this.#keeper = new WorkerKeeper({
      kind: engineWorker,
      limits: engineLimits,
      launch: () => options.launchEngine(this.#seen.all),
      ...(options.limits ? { limits: options.limits } : {}),
      onDeath: (error) => {
        this.#warm.forget()
        this.#contexts.forget()
        this.#set({ engine: 'stopped', loading: null, trouble: error.toTrouble() })
      },
    })
    this.#warm = new WarmStudents({
      keeper: this.#keeper,
      measurements: options.measurements,
      readMemory: () => this.#memory(),
      now: options.now,
      onLeave: async ({ studentId, label }) => {
        await this.#contexts.keep(studentId, label)
        this.#contexts.forget(studentId)
      },
    })
    this.#contexts = new KeptContexts(this.#keeper)
    this.#threads = new ThreadChoice({ ...options, cores: options.threadTrials?.cores, buildOf: (id) => this.#warm.buildOf(id) })
    this.#trials = new ThreadTrials({
      ...{ keeper: this.#keeper, measurements: options.measurements, onBug: options.onBug },
      inTurn: (signal, work) => this.#turns.run('patient', signal, work),
      candidate: () => this.#threads.triable(this.#warm.all[0]?.baseId, this.#backend),
      fits: (modelId) => this.#threads.fitsTrial(modelId, this.#memory().freeBytes),
      onKnown: () => this.#set({}),
      ...options.threadTrials,
    })
    this.#idleTimer = setInterval(() => inBackground(this.#unloadIdle(), options.onBug), options.idleCheckMs ?? idleCheckMs)
    this.state = new Watchable<RuntimeState>({
      engine: 'stopped',
      loading: null,
      loaded: null,
      warm: [],
      heldBytes: 0,
      memory: this.#memory(),
      trouble: null,
    })
  }

  #memory(): RuntimeState['memory'] {
    const { readMemory, card } = this.#options
    return withCard(readMemory(), card(), this.#warm.heldBytes)
  }

  /** Frees all memory when nobody has asked anything for as long as the person said. */
  async #unloadIdle(): Promise<void> {
    const { settings, now } = this.#options
    const idleMs = settings.values.unloadMinutes * 60_000
    const isIdle = (): boolean => idleMs > 0 && this.#warm.all[0] !== undefined && now() - this.#warm.all[0].lastUsedAt >= idleMs
    if (!isIdle()) return
    await this.#turns.run('patient', null, async () => {
      // Somebody may have asked while this waited for its turn.
      if (!isIdle()) return
      await this.#warm.unloadAll()
      this.#set({})
    })
  }

  get enginePid(): number | undefined {
    return this.#keeper.pid
  }

  /** What a student in memory is run by, for the passports of its answers; null when it is not in memory. */
  engineFacts(studentId: string): AnswerPassport['engine'] {
    const student = this.#warm.get(studentId)
    const build = student && this.#warm.buildOf(student.baseId)
    if (!student || !build) return null
    return { build, backend: this.#backend, threads: this.#threads.of(student.baseId).writing, draftId: student.draftId }
  }

  /** Whether the weights of a model are in memory. */
  holds(modelId: string): boolean {
    return this.#warm.weightsBytes(modelId) > 0
  }

  /** Keeps what is in the contexts, for a while at most, and ends the engine. */
  async close(): Promise<void> {
    if (this.#keepTimer) clearTimeout(this.#keepTimer)
    clearInterval(this.#idleTimer)
    this.#trials.close()
    if (this.#keeper.running && this.#contexts.isPending) {
      // What cannot be kept is read again the next time; the engine is to end all the same.
      const kept = this.#keepAll().catch(this.#options.onBug)
      await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, keepAtMostMs))])
    }
    await this.#keeper.close()
    this.answering.end(new AppError('locked', 'The vault is locked'))
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

  /**
   * Loads a student ahead of the first question.
   * @param insist loads it even where it does not fit, with the smallest context
   * @param signal ends it
   * @throws AppError as {@link answer} does, and cancelled when it is unloaded or left meanwhile
   */
  async load(modelId: string, { insist = false, signal: left }: { insist?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    const stop = new AbortController()
    const signal = left ? AbortSignal.any([stop.signal, left]) : stop.signal
    this.#loads.set(modelId, stop)
    this.#trials.giveWay()
    try {
      await this.#turns.run('urgent', signal, () => this.#ensureLoaded(modelId, () => undefined, signal, insist))
    } finally {
      if (this.#loads.get(modelId) === stop) this.#loads.delete(modelId)
      this.#trials.soon()
    }
  }

  /** Frees the memory of one student, and of its model when nobody else is on it; without a name of all. One that is being loaded is stopped. */
  unload(modelId?: string): Promise<void> {
    for (const [loadedId, stop] of this.#loads) if (modelId === undefined || loadedId === modelId) stop.abort()
    this.#trials.giveWay()
    return this.#turns.run('urgent', null, async () => {
      const student = modelId === undefined ? undefined : this.#warm.get(modelId)
      if (modelId === undefined) await this.#warm.unloadAll()
      else if (student) {
        const isAlone = this.#warm.all.every((other) => other === student || other.baseId !== student.baseId)
        await (isAlone ? this.#warm.unload(student.baseId) : this.#warm.close(modelId))
      }
      this.#set({ loading: null })
    })
  }

  /** Its next answer measures its speed anew. */
  measureAgain(modelId: string): void {
    this.#options.measurements.forget(modelId)
    this.#trials.forget()
    this.#set({})
  }

  /** Takes a file out of memory that is about to be removed: a student, or a model with all that stand on it. */
  letGo(modelId: string): Promise<void> {
    this.#trials.giveWay()
    return this.#turns.run('urgent', null, async () => {
      if (this.holds(modelId)) await this.#warm.unload(modelId)
      else if (this.#warm.get(modelId)) await this.#warm.close(modelId)
      this.#set({})
    })
  }

  /**
   * Answers one question after those before it. Stops when the signal fires; the last item is then `end` with reason
   * `stopped`, unless it fired before the engine began: then the generator just ends.
   * @throws AppError no_model, model_missing, model_changed, out_of_memory, engine_died, engine_hung, engine_failed, prompt_too_long
   */
  async *answer(question: Question, answerId: string, signal: AbortSignal): AsyncGenerator<RuntimeItem> {
    const counts = question.isPatient !== true
    this.#trials.giveWay()
    if (counts) this.#countAnswers(1)
    try {
      yield* this.#answerInTurn(question, answerId, signal)
    } finally {
      if (counts) this.#countAnswers(-1)
    }
  }

  #countAnswers(change: 1 | -1): void {
    this.#answers += change
    if (this.answering.value !== this.#answers > 0) this.answering.set(this.#answers > 0)
  }

  /** Waits until no answer is being written. @throws AppError cancelled when the signal fires before, locked */
  async quiet(signal: AbortSignal): Promise<void> {
    if (this.answering.value) for await (const answering of this.answering.watch(signal)) if (!answering) break
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
  }

  async *#answerInTurn(
    { modelId, prompt, memory, beginning = null, isPatient }: Question,
    answerId: string,
    signal: AbortSignal,
  ): AsyncGenerator<RuntimeItem> {
    yield { type: 'stage', stage: 'queued', fraction: 0 }
    const release = await this.#turns.enter(isPatient ? 'patient' : 'urgent', signal).catch((error: unknown) => {
      if (signal.aborted) return null
      throw error
    })
    if (release === null) return
    try {
      const stages = new Watchable<RuntimeItem | null>(null)
      const loading = this.#ensureLoaded(
        modelId,
        (stage, fraction) => stages.set({ type: 'stage', stage, fraction }),
        signal,
      ).finally(() => stages.end())
      loading.catch(() => undefined)
      for await (const stage of stages.watch(signal)) if (stage) yield stage
      await loading.catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      if (signal.aborted) return
      yield { type: 'stage', stage: 'reading', fraction: 0 }
      const label = this.#warm.get(modelId)?.label ?? ''
      await this.#contexts.turnTo(modelId, label, memory, beginning)
      const stop = this.#stopper(answerId)
      signal.addEventListener('abort', stop, { once: true })
      try {
        let [tokens, evaluatedTokens] = [0, 0]
        const threads = this.#threads.of(this.#warm.get(modelId)?.baseId ?? modelId)
        for await (const item of this.#keeper.stream((client) =>
          client.engine.answer({ ...prompt, studentId: modelId, answerId, threads }),
        )) {
          if (item.type === 'prompt') {
            tokens = item.promptTokens
            evaluatedTokens = item.evaluateTokens
          } else if (item.type === 'end') {
            tokens += item.answerTokens
            this.#warm.answered(modelId, item.processBytes)
            const draftId = this.#warm.get(modelId)?.draftId
            if (draftId && item.draft) this.#options.measurements.drafted(modelId, draftId, item.draft)
            this.#options.measurements.answered(modelId, { ...item, evaluatedTokens })
          }
          yield item
        }
        this.#contexts.answered(modelId, memory, tokens, beginning)
      } finally {
        signal.removeEventListener('abort', stop)
      }
    } finally {
      this.#warm.used(modelId)
      release()
      this.#keepSoon()
      this.#trials.soon()
    }
  }

  /** Whether a student that is in memory has read a beginning, or finds it kept. */
  hasRead(modelId: string, beginning: ConversationMemory): boolean {
    return this.#contexts.hasBegun(modelId, this.#warm.get(modelId)?.label ?? '', beginning)
  }

  /**
   * Has a student that is in memory read what questions to come begin with, unless it was read before. Stops soon after the signal fires;
   * what was read by then stays.
   * @returns whether all of it is read
   * @throws AppError cancelled when the signal fires before its turn, and what the engine says
   */
  readAhead({ modelId, beginning, ...what }: BeginningToRead, signal: AbortSignal): Promise<boolean> {
    this.#trials.giveWay()
    return this.#turns.run('patient', signal, async () => {
      const student = this.#warm.get(modelId)
      if (!student || !this.#keeper.running) return false
      if (this.#contexts.hasBegun(modelId, student.label, beginning)) return true
      await this.#contexts.turnTo(modelId, student.label, null, beginning)
      const answerId = randomUUID()
      const stop = this.#stopper(answerId)
      signal.addEventListener('abort', stop, { once: true })
      let progress = { read: 0, tokens: 0 }
      try {
        const threads = this.#threads.of(student.baseId).reading
        const reading = this.#keeper.stream((client) => client.engine.read({ ...what, studentId: modelId, answerId, threads }))
        for await (progress of reading) if (signal.aborted) stop()
      } finally {
        signal.removeEventListener('abort', stop)
        this.#contexts.began(modelId, beginning, progress)
        this.#keepSoon()
        this.#trials.soon()
      }
      return progress.read >= progress.tokens
    })
  }

  #stopper(answerId: string): () => void {
    return () =>
      inBackground(
        this.#keeper.call((client) => client.engine.stop({ answerId })),
        () => undefined,
      )
  }

  /** What a prompt would cost with this student; null when it is not in memory. */
  async count(modelId: string | null, prompt: CountedPrompt) {
    if (modelId === null || !this.#warm.get(modelId) || !this.#keeper.running) return null
    return this.#keeper.call((client) => client.engine.count({ ...prompt, studentId: modelId }))
  }

  async #ensureLoaded(
    studentId: string,
    onStage: (stage: AnswerStage, fraction: number) => void,
    signal: AbortSignal | null,
    insist = false,
  ): Promise<void> {
    const { settings, models, measurements } = this.#options
    const files = await models.toRun(studentId, signal)
    const draft = files.draft && measurements.isDraftRefuted(studentId, files.draft.modelId) ? null : files.draft
    const student = { ...files, draft, studentId, wishedTokens: settings.values.contextTokens }
    // llama.cpp's backend is made with it, and so is its view of the files.
    const backend = this.#options.backend()
    const paths = [files.file, files.adapter?.file, draft?.file].flatMap((file) => file?.path ?? [])
    const isGood = this.#seen.add(paths) && this.#backend === backend
    if (this.#keeper.running && !isGood) await this.#stopEngine()
    this.#backend = backend
    if (this.#keeper.running && this.#warm.isReady(student)) {
      this.#warm.used(studentId)
      models.used(studentId)
      this.#set({})
      return
    }
    try {
      if (!this.#keeper.running) {
        this.#warm.forget()
        // Memory is read before the engine is asked: what one that died held must not be missing then.
        await this.#keeper.gone()
        this.#set({ engine: this.state.value.trouble ? 'restarting' : 'starting' })
        onStage('starting', 0)
      }
      this.#set({ loading: { modelId: studentId, fraction: 0 } })
      for await (const item of this.#warm.bringIn(
        student,
        { threads: this.#threads.of(files.baseId).writing, backend, signal },
        insist,
      )) {
        if (item.type === 'stage') {
          onStage(item.stage, item.fraction)
          this.#set({ engine: 'ready', loading: { modelId: studentId, fraction: item.fraction } })
        } else models.rendered(item.modelId, item)
      }
      models.used(studentId)
      this.#set({ engine: 'ready', loading: null, trouble: null })
    } catch (error) {
      const isTrouble = error instanceof AppError && error.code !== 'cancelled'
      this.#set({ loading: null, ...(isTrouble ? { trouble: error.toTrouble() } : {}) })
      throw error
    }
  }

  /** After a while without questions, between two of them. */
  #keepSoon(): void {
    if (this.#keepTimer) clearTimeout(this.#keepTimer)
    this.#keepTimer = setTimeout(() => inBackground(this.#keepAll(), this.#options.onBug), keepAfterMs)
  }

  #keepAll(): Promise<void> {
    return this.#turns.run('patient', null, async () => {
      for (const { studentId, label } of this.#warm.all) await this.#contexts.keep(studentId, label)
    })
  }

  async #stopEngine(): Promise<void> {
    for (const { studentId, label } of this.#warm.all) await this.#contexts.keep(studentId, label)
    await this.#keeper.stop()
    this.#warm.forget()
    this.#contexts.forget()
    this.#set({ engine: 'stopped' })
  }

  #set(change: Partial<RuntimeState>): void {
    const warm = this.#warm.all.map(({ studentId, baseId, contextTokens, bytes, lastUsedAt }) => ({
      modelId: studentId,
      baseId,
      contextTokens,
      memoryBytes: bytes,
      lastUsedAt,
    }))
    const [first] = warm
    const loaded = first && {
      modelId: first.modelId,
      contextTokens: first.contextTokens,
      threads: this.#threads.of(first.baseId).writing,
      memoryBytes: first.memoryBytes + this.#warm.weightsBytes(first.baseId),
    }
    this.state.set({
      ...this.state.value,
      ...change,
      loaded: loaded ?? null,
      warm,
      heldBytes: this.#warm.heldBytes,
      memory: this.#memory(),
    })
  }
}
