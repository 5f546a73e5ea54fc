/**
 * The engine itself: models, the students on them, and one answer at a time, over node-llama-cpp. It knows nothing of
 * conversations, of the vault or of the page.
 */
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp'
import { AppError } from '../../contract/errors.ts'
import { isSameFile, type FileIdentity } from '../../contract/file-identity.ts'
import { oneLine } from '../../contract/one-line.ts'
import { writeAnswer } from './answer.ts'
import type { AnswerItem, Backend, CheckedPath, CountedPrompt, EngineHandlers, EngineQuestion } from './contract.ts'
import { Embedder } from './embedder.ts'
import { keepState, recallState } from './kept-state.ts'
import { vocabularyOf } from './llama-vocabulary.ts'
import { batchTokens, type LoadedModel, type WarmStudent } from './loaded-model.ts'
import { OpenedFile } from './opened-file.ts'
import { StudentDraft } from './student-draft.ts'
import { probeBackend } from './probe.ts'
import { ChatTemplate } from './prompt/chat-template.ts'
import { fitMessages, type FittedPrompt } from './prompt/fit-messages.ts'
import { promptTokens } from './prompt/prompt-tokens.ts'
import { tryThreads, type ThreadSpeeds } from './thread-trial.ts'
import { openContext } from './threads.ts'
import { readAhead } from './read-ahead.ts'
import { usedMemory } from './used-memory.ts'

/** Pictures of a state that cannot be taken back are few: no estimate counts their memory, of which one takes up to tens of megabytes. */
const checkpoints = { max: 4, maxMemory: 256_000_000 }

export class LlamaEngine {
  #llama: Llama | null = null
  /** The last lines that llama.cpp complained with: its exceptions seldom say why. */
  #complaints: string[] = []
  /** Settles when no model is being read. */
  #reading: Promise<void> = Promise.resolve()
  readonly #models = new Map<string, LoadedModel>()
  readonly #students = new Map<string, WarmStudent>()
  readonly #embedders = new Map<string, Embedder>()
  readonly #stops = new Map<string, AbortController>()

  /** The engine's side of its contract. */
  readonly handlers: EngineHandlers = {
    engine: {
      pulse: (_input, { signal }) => pulse(signal),
      load: (input, { signal }) => this.#load(input, signal),
      probe: ({ backend, path }) => probeBackend(backend, path),
      unload: ({ modelId }) => this.#unload(modelId),
      open: (input) => this.#open(input),
      close: ({ studentId }) => this.#close(studentId),
      keep: ({ studentId, path, key, label }) =>
        keepState(this.#student(studentId).sequence, { path, key: Buffer.from(key, 'hex'), label }),
      recall: ({ studentId, path, key, label }) =>
        recallState(this.#student(studentId).sequence, { path, key: Buffer.from(key, 'hex'), label }),
      count: ({ studentId, ...prompt }) => {
        const student = this.#student(studentId)
        const { tokens, leftOut } = fit(student, prompt)
        return { promptTokens: tokens.length, leftOut, contextTokens: student.context.contextSize }
      },
      answer: (question) => this.#answer(question),
      tryThreads: ({ trialId, modelId, threads }) => this.#tryThreads(trialId, modelId, threads),
      read: (beginning) => this.#readAhead(beginning),
      stop: ({ answerId }) => this.#stops.get(answerId)?.abort(),
      openEmbedder: ({ modelId, purpose }) => this.#openEmbedder(modelId, purpose),
      embed: (input, { signal }) => this.#embed(input, signal),
      rank: (input, { signal }) => this.#rank(input, signal),
    },
  }

  #student(studentId: string): WarmStudent {
    const student = this.#students.get(studentId)
    if (!student) throw new AppError('no_model', 'This student has no context')
    return student
  }

  async *#load(
    input: {
      modelId: string
      path: string
      threads: number
      backend: Backend
    },
    signal: AbortSignal,
  ): ReturnType<EngineHandlers['engine']['load']> {
    // One that was left lets go of its memory first.
    await this.#reading
    const { getLlama } = await import('node-llama-cpp')
    this.#llama ??= await getLlama({
      gpu: input.backend === 'cpu' ? false : input.backend,
      build: 'never',
      skipDownload: true,
      // Without a limit of its own: see threads.ts.
      maxThreads: 0,
      logger: (_level, message) => this.#complain(message),
    })
    const before = await usedMemory(this.#llama)
    let progress = 0
    let wake: () => void = () => undefined
    const work = this.#read(this.#llama, input, signal, (fraction) => {
      progress = fraction
      wake()
    })
    this.#reading = work.then(
      () => undefined,
      () => undefined,
    )
    let ended = false
    const end = work.then(
      () => (ended = true),
      () => (ended = true),
    )
    for (let told = -1; ;) {
      if (ended) break
      if (progress !== told) {
        told = progress
        yield { type: 'progress', fraction: told }
        continue
      }
      await Promise.race([end, new Promise<void>((resolve) => (wake = resolve))])
    }
    const { loaded, file } = await work
    this.#models.set(input.modelId, loaded)
    const { kind, reason, thinking } = loaded.template
    yield {
      type: 'loaded',
      template: kind,
      templateReason: reason,
      thinking: [...thinking],
      file,
      grownBytes: (await usedMemory(loaded.model.llama)) - before,
      build: buildOf(loaded.model.llama),
    }
  }

  async #read(
    llama: Llama,
    { path, threads }: { path: string; threads: number },
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<{ loaded: LoadedModel; file: FileIdentity }> {
    let model: LlamaModel | null = null
    let file: OpenedFile | null = null
    try {
      file = new OpenedFile(path)
      // Not mapped: a mapped file can change or shrink while it runs, and its repacked weights stand in memory twice.
      model = await llama.loadModel({ modelPath: file.path, onLoadProgress: onProgress, loadSignal: signal, useMmap: false })
      const { vocabulary, templateSource } = vocabularyOf(model)
      const spell = (token: number | null): string => (token === null ? '' : (vocabulary.pieces[token] ?? ''))
      const template = new ChatTemplate({
        source: templateSource,
        bosToken: spell(vocabulary.bos),
        eosToken: spell(vocabulary.eos),
        now: Date.now,
      })
      return { loaded: { model, vocabulary, template, threads, adapters: [] }, file: file.identity() }
    } catch (error) {
      await model?.dispose()
      if (signal.aborted) throw new AppError('cancelled', 'The loading was left')
      throw this.#refused('llama.cpp refused the model', error)
    } finally {
      file?.close()
    }
  }

  async #open({
    studentId,
    modelId,
    adapterPath,
    contextTokens,
    draftId,
  }: {
    studentId: string
    modelId: string
    adapterPath: CheckedPath | null
    contextTokens: number
    draftId: string | null
  }): Promise<{ contextTokens: number; processBytes: number; adapterFile: FileIdentity | null }> {
    const base = this.#models.get(modelId)
    if (!base) throw new AppError('no_model', 'The model is not loaded')
    await this.#close(studentId)
    const processBytes = await usedMemory(base.model.llama)
    let context: LlamaContext | null = null
    try {
      const adapter = adapterPath === null ? null : openAdapter(base, adapterPath)
      context = await openContext(base, {
        contextSize: Math.min(contextTokens, base.model.trainContextSize),
        batchSize: batchTokens,
        ...(adapter === null ? {} : { lora: { adapters: [{ filePath: adapter.path }] } }),
      })
      const adapterFile = adapter?.identity() ?? null
      const draft = draftId === null ? null : await this.#draft(draftId, context.contextSize)
      this.#students.set(studentId, { base, context, sequence: context.getSequence({ checkpoints }), draft })
      return { contextTokens: context.contextSize, processBytes, adapterFile }
    } catch (error) {
      // Without its draft nobody knows the context, and its memory would be held until the engine ends.
      await context?.dispose()
      throw this.#refused('llama.cpp refused the context', error)
    }
  }

  async #draft(modelId: string, contextSize: number): Promise<NonNullable<WarmStudent['draft']>> {
    const base = this.#models.get(modelId)
    if (!base) throw new AppError('no_model', 'The draft is not loaded')
    const context = await openContext(base, {
      contextSize: Math.min(contextSize, base.model.trainContextSize),
      batchSize: batchTokens,
    })
    try {
      return { context, student: new StudentDraft(context.getSequence()) }
    } catch (error) {
      await context.dispose()
      throw error
    }
  }

  async #close(studentId: string): Promise<void> {
    const student = this.#students.get(studentId)
    this.#students.delete(studentId)
    await student?.context.dispose()
    await student?.draft?.context.dispose()
  }

  async #unload(modelId: string): Promise<void> {
    const base = this.#models.get(modelId)
    this.#models.delete(modelId)
    for (const [studentId, student] of this.#students) if (student.base === base) await this.#close(studentId)
    await this.#closeEmbedder(modelId)
    await base?.model.dispose()
    for (const file of base?.adapters.splice(0) ?? []) file.close()
  }

  async *#answer(question: EngineQuestion): AsyncGenerator<AnswerItem> {
    const student = this.#student(question.studentId)
    const stop = new AbortController()
    this.#stops.set(question.answerId, stop)
    try {
      yield* writeAnswer(student, fit(student, question), question, stop.signal)
    } finally {
      this.#stops.delete(question.answerId)
    }
  }

  async #tryThreads(trialId: string, modelId: string, threads: number): Promise<ThreadSpeeds> {
    const base = this.#models.get(modelId)
    if (!base) throw new AppError('no_model', 'The model is not loaded')
    const stop = new AbortController()
    this.#stops.set(trialId, stop)
    try {
      return await tryThreads(base, threads, stop.signal)
    } catch (error) {
      throw this.#refused('llama.cpp refused the trial', error)
    } finally {
      this.#stops.delete(trialId)
    }
  }

  async *#readAhead({ studentId, answerId, ...beginning }: Parameters<EngineHandlers['engine']['read']>[0]) {
    const stop = new AbortController()
    this.#stops.set(answerId, stop)
    try {
      yield* readAhead(this.#student(studentId), beginning, stop.signal)
    } finally {
      this.#stops.delete(answerId)
    }
  }

  async #openEmbedder(modelId: string, purpose: 'embedder' | 'reranker'): Promise<Pick<Embedder, 'dimensions' | 'mostTokens'>> {
    const loaded = this.#models.get(modelId)
    if (!loaded) throw new AppError('no_model', 'The model is not loaded')
    await this.#closeEmbedder(modelId)
    try {
      const embedder = await Embedder.open(loaded, purpose)
      this.#embedders.set(modelId, embedder)
      const { dimensions, mostTokens } = embedder
      return { dimensions, mostTokens }
    } catch (error) {
      throw this.#refused('llama.cpp refused the embedder', error)
    }
  }

  async #closeEmbedder(modelId: string): Promise<void> {
    const embedder = this.#embedders.get(modelId)
    this.#embedders.delete(modelId)
    await embedder?.close()
  }

  #embedder(modelId: string): Embedder {
    const embedder = this.#embedders.get(modelId)
    if (!embedder) throw new AppError('no_model', 'This model does not embed')
    return embedder
  }

  async *#embed(...[{ modelId, kind, texts }, signal]: EmbeddingWork<'embed'>): AsyncGenerator<{ vector: string }> {
    for (const text of texts) {
      if (signal.aborted) return
      const { buffer } = await this.#embedder(modelId).embed(text, kind)
      yield { vector: Buffer.from(buffer).toString('base64') }
    }
  }

  async *#rank(...[{ modelId, query, texts }, signal]: EmbeddingWork<'rank'>): AsyncGenerator<{ score: number }> {
    for (const text of texts) {
      if (signal.aborted) return
      yield { score: await this.#embedder(modelId).rank(query, text) }
    }
  }

  #complain(message: string): void {
    const line = message.trim()
    if (line !== '') this.#complaints = [...this.#complaints, line].slice(-complaintLines)
  }

  /** The reason is in the log, the last line first; paths in it are nobody's business. */
  #refused(message: string, cause: unknown): AppError {
    if (cause instanceof AppError) return cause
    const said = this.#complaints.findLast((line) => reason.test(line)) ?? this.#complaints.at(-1)
    const detail = (said ?? (cause instanceof Error ? cause.message : '')).replace(reason, '').replace(quotedPath, '…')
    // It may quote the file.
    return new AppError('engine_failed', message, { detail: oneLine(detail) }, { cause })
  }
}

type EmbeddingWork<Method extends 'embed' | 'rank'> = [Parameters<EngineHandlers['engine'][Method]>[0], AbortSignal]

/** Lines of llama.cpp's log that are kept to find a reason in. */
const complaintLines = 20
/** How llama.cpp begins the line that says why (src/llama-adapter.cpp, src/llama-model-loader.cpp). */
const reason = /^.*(failed to apply lora adapter|error loading model[^:]*): /
const quotedPath = /'[^']*[/\\][^']*'/g

/** The adapter's file, held open as long as its base is in memory; the same file is not opened twice. */
function openAdapter({ adapters }: LoadedModel, path: string): OpenedFile {
  const opened = new OpenedFile(path)
  const identity = opened.identity()
  const known = adapters.find((file) => isSameFile(file.opened, identity))
  if (known) opened.close()
  else adapters.push(opened)
  return known ?? opened
}

function buildOf({ llamaCppRelease, gpu }: Llama): string {
  return `${llamaCppRelease.release} ${gpu === false ? 'cpu' : gpu}`
}

function fit({ base, context }: WarmStudent, { messages, reserveTokens, leftOutBefore, thinking }: CountedPrompt): FittedPrompt {
  const room = context.contextSize - reserveTokens
  return fitMessages(messages, room, leftOutBefore, (some) => promptTokens(base.vocabulary, base.template, some, thinking))
}

async function* pulse(signal: AbortSignal): AsyncGenerator<{ at: number }> {
  while (!signal.aborted) {
    yield { at: Date.now() }
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}
