/** Turns text into vectors, in an engine process of its own that knows no conversation, and gives way to answers. */
import { chosenEmbedder, chosenReranker } from '../../../contract/embedder-choice.ts'
import type { Model } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { EngineClient } from '../../engine/contract.ts'
import { inBackground, tellFailure } from '../base/background.ts'
import { untilAborted } from '../base/until-aborted.ts'
import { Watchable } from '../base/watchable.ts'
import { watchAny } from '../base/watch-any.ts'
import { estimateMemory } from '../models/gguf/memory-estimate.ts'
import type { Models } from '../models/models.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import { WorkerKeeper, type WorkerLimits } from '../base/worker-keeper.ts'
import type { WorkerProcess } from '../base/worker-process.ts'
import { loadModel } from './checked-loading.ts'
import { engineLimits, engineWorker, type EngineKeeper } from './engine-worker.ts'
import type { EngineFiles } from './fork-engine.ts'
import { chooseThreads, type MemoryReading } from './memory.ts'
import { SeenFiles } from './seen-files.ts'
import { TwoLanes } from './two-lanes.ts'

/** How often it is looked whether the process has nothing to do, in milliseconds. */
const idleCheckMs = 30_000

/** What embeds. `id` is the SHA-256 of its file. */
export interface EmbedderFacts {
  id: string
  name: string
  dimensions: number
}

export interface EmbedderOptions {
  models: Models
  settings: SettingsArea
  launchEngine: (opens: EngineFiles) => WorkerProcess
  /** Folders that its engine sees: of models. */
  engineFiles?: EngineFiles
  readMemory: () => MemoryReading
  /** Waits until no answer is being written. @throws AppError cancelled */
  quiet: (signal: AbortSignal) => Promise<void>
  now: () => number
  /** How often it is looked whether the process has nothing to do, in milliseconds. */
  idleCheckMs?: number
  limits?: WorkerLimits
  /** Told of what fails where nobody waits. */
  onBug: (error: unknown) => void
}

/** `earlier`: the embedder before a change, for questions, as long as its vectors serve. */
type Purpose = 'embedder' | 'earlier' | 'reranker'

export class Embedder {
  /** The embedder in use; null when none is installed. */
  readonly state = new Watchable<EmbedderFacts | null>(null)
  /** The reranker in use; null when none is. */
  readonly reranker = new Watchable<{ id: string; name: string } | null>(null)
  readonly #options: EmbedderOptions
  readonly #keeper: EngineKeeper
  readonly #seen: SeenFiles
  readonly #lanes = new TwoLanes()
  readonly #closing = new AbortController()
  readonly #idleTimer: ReturnType<typeof setInterval>
  readonly #dimensions = new Map<string, number>()
  /** Who is in the process's memory. */
  readonly #loaded = new Map<Purpose, string>()
  #threads = 0
  #usedAt = 0

  constructor(options: EmbedderOptions) {
    this.#options = options
    this.#seen = new SeenFiles(options.engineFiles ?? { reads: [], writes: [] })
    this.#keeper = new WorkerKeeper({
      kind: engineWorker,
      limits: engineLimits,
      launch: () => options.launchEngine(this.#seen.all),
      ...(options.limits ? { limits: options.limits } : {}),
      onDeath: () => this.#loaded.clear(),
    })
    this.#idleTimer = setInterval(() => inBackground(this.#stopIdle(), options.onBug), options.idleCheckMs ?? idleCheckMs)
  }

  /** Finds out which embedder and reranker are in use, and keeps that up to date from then on. */
  async open(): Promise<void> {
    await this.#choose()
    inBackground(this.#follow(), this.#options.onBug)
  }

  /** Process number of its engine while that runs. */
  get enginePid(): number | undefined {
    return this.#keeper.pid
  }

  /**
   * A normalised vector; goes before passages that wait.
   * @param embedderId who makes it; by default the one in use
   * @throws AppError no_embedder, engine_*, cancelled, locked, model_*, out_of_memory
   */
  embedQuery(text: string, signal: AbortSignal, embedderId?: string): Promise<Float32Array> {
    return this.#embed('urgent', 'query', text, signal, embedderId)
  }

  /**
   * Normalised vectors, one a text. Between two texts it waits while an answer is being written.
   * @throws AppError no_embedder, engine_*, cancelled, locked, model_*, out_of_memory
   */
  async embedPassages(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
    const vectors: Float32Array[] = []
    for (const text of texts) {
      await this.#options.quiet(AbortSignal.any([signal, this.#closing.signal]))
      vectors.push(await this.#embed('patient', 'passage', text, signal))
    }
    return vectors
  }

  /** How well each text answers the query, higher is better; null when there is no reranker. @throws AppError engine_*, cancelled, locked, model_*, out_of_memory */
  async rank(query: string, texts: readonly string[], signal: AbortSignal): Promise<number[] | null> {
    if (!this.reranker.value) return null
    const scores: number[] = []
    for (const text of texts) {
      const ranked = this.#lanes.run('urgent', signal, async () => {
        const id = this.reranker.value?.id
        if (id === undefined) return null
        await this.#ensureLoaded('reranker', id)
        return this.#first((client) => client.engine.rank({ modelId: id, query, texts: [text] }))
      })
      const found = await untilAborted(signal, ranked)
      if (!found) return null
      scores.push(found.score)
    }
    return scores
  }

  /** Ends what is being embedded; resolves when the process is gone. */
  async close(): Promise<void> {
    this.#closing.abort()
    clearInterval(this.#idleTimer)
    const ended = this.#keeper.close()
    const locked = new AppError('locked', 'The vault is locked')
    this.state.end(locked)
    this.reranker.end(locked)
    await ended
  }

  #embed(
    lane: 'urgent' | 'patient',
    kind: 'query' | 'passage',
    text: string,
    signal: AbortSignal,
    embedderId?: string,
  ): Promise<Float32Array> {
    const embedded = this.#lanes.run(lane, signal, async () => {
      const id = embedderId ?? this.state.value?.id
      if (id === undefined) throw new AppError('no_embedder', 'No embedder is installed')
      await this.#ensureLoaded(id === this.state.value?.id ? 'embedder' : 'earlier', id)
      const { vector } = await this.#first((client) => client.engine.embed({ modelId: id, kind, texts: [text] }))
      // A copy: small buffers share their memory with others, at places where no float may begin.
      return new Float32Array(Uint8Array.from(Buffer.from(vector, 'base64')).buffer)
    })
    // A text that is being embedded is embedded to its end, and keeps the turn; who asked for it leaves.
    return untilAborted(signal, embedded)
  }

  async #first<T>(open: (client: EngineClient) => AsyncIterable<T>): Promise<T> {
    try {
      for await (const item of this.#keeper.stream(open)) return item
    } finally {
      this.#usedAt = this.#options.now()
    }
    throw new AppError('engine_failed', 'The engine said nothing', { detail: '' })
  }

  async #ensureLoaded(purpose: Purpose, id: string): Promise<void> {
    const { models, settings, readMemory } = this.#options
    // llama.cpp's threads are made with it.
    const threads = settings.values.threads || chooseThreads()
    if (this.#keeper.running && this.#threads !== threads) await this.#stop()
    await this.#keeper.gone()
    const part = purpose === 'reranker' ? 'reranker' : 'embedder'
    // What is required may be more than when it was loaded.
    models.refuseToEmbed(id, part)
    if (this.#loaded.get(purpose) === id) return
    // Whoever was the embedder in use, and is now the earlier one or the other way round, is in memory already.
    const other = purpose === 'embedder' ? 'earlier' : 'embedder'
    if (purpose !== 'reranker' && this.#loaded.get(other) === id) {
      const mine = this.#loaded.get(purpose)
      this.#loaded.set(purpose, id)
      if (mine === undefined) this.#loaded.delete(other)
      else this.#loaded.set(other, mine)
      return
    }
    const { file, header } = await models.toEmbed(id, part, this.#closing.signal)
    if (!this.#seen.add([file.path]) && this.#keeper.running) await this.#stop()
    const before = this.#loaded.get(purpose)
    this.#loaded.delete(purpose)
    if (before !== undefined) await this.#keeper.call((client) => client.engine.unload({ modelId: before }))
    const { weightsBytes, computeBytes } = estimateMemory(header, header.trainedContextTokens)
    const neededBytes = weightsBytes + computeBytes
    const { freeBytes } = readMemory()
    if (neededBytes > freeBytes) throw new AppError('out_of_memory', 'The embedder does not fit', { neededBytes, freeBytes })
    this.#threads = threads
    for await (const _item of loadModel(this.#keeper, file, { threads, backend: 'cpu' }));
    await this.#keeper.call((client) => client.engine.openEmbedder({ modelId: id, purpose: part }))
    this.#loaded.set(purpose, id)
    models.used(id)
  }

  #stop(): Promise<void> {
    this.#loaded.clear()
    return this.#keeper.stop()
  }

  /** Ends the process, and so frees all of its memory, when it had nothing to do for as long as the person said. */
  async #stopIdle(): Promise<void> {
    const { settings, now } = this.#options
    const idleMs = settings.values.unloadMinutes * 60_000
    const isIdle = (): boolean => idleMs > 0 && this.#keeper.running && now() - this.#usedAt >= idleMs
    if (!isIdle()) return
    await this.#lanes
      .run('patient', this.#closing.signal, async () => {
        if (isIdle()) await this.#stop()
      })
      .catch(() => undefined)
  }

  async #follow(): Promise<void> {
    const { models, settings, onBug } = this.#options
    for await (const _change of watchAny([models.state, settings.state], this.#closing.signal)) {
      // One file that cannot be read must not end the following.
      await this.#choose().catch((error: unknown) => tellFailure(error, onBug))
    }
  }

  async #choose(): Promise<void> {
    const { models, settings } = this.#options
    const here = models.state.value.models
    const embedder = unlessInTrouble(chosenEmbedder(here, settings.values))
    const reranker = unlessInTrouble(chosenReranker(here, settings.values))
    const dimensions = embedder && (await this.#dimensionsOf(embedder.id))
    const facts = embedder && dimensions !== null ? { id: embedder.id, name: embedder.name, dimensions } : null
    if (!isSame(this.state.value, facts)) this.state.set(facts)
    const ranks = reranker && { id: reranker.id, name: reranker.name }
    if (!isSame(this.reranker.value, ranks)) this.reranker.set(ranks)
  }

  async #dimensionsOf(id: string): Promise<number | null> {
    const known = this.#dimensions.get(id)
    if (known !== undefined) return known
    const header = await this.#options.models.headerOf(id)
    if (header) this.#dimensions.set(id, header.embeddingLength)
    return header?.embeddingLength ?? null
  }
}

/** Where the chosen one's file is in trouble there is none: another would have every document read anew. */
function unlessInTrouble(model: Model | null): Model | null {
  return model?.state === 'ready' || model?.state === 'checking' ? model : null
}

function isSame(one: object | null, other: object | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
