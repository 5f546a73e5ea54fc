/**
 * The engine itself: one model, one context, one answer at a time, over node-llama-cpp. It knows nothing of
 * conversations, files of the vault or the page.
 */
import { getLlama, type Llama, type LlamaModel } from 'node-llama-cpp'
import { AppError } from '../../contract/errors.ts'
import { writeAnswer } from './answer.ts'
import type { AnswerItem, EngineHandlers, EngineQuestion } from './contract.ts'
import { vocabularyOf } from './llama-vocabulary.ts'
import { batchTokens, type LoadedModel } from './loaded-model.ts'
import { ChatTemplate } from './prompt/chat-template.ts'
import { fitMessages, type FittedPrompt } from './prompt/fit-messages.ts'
import { promptTokens } from './prompt/prompt-tokens.ts'

export class LlamaEngine {
  #llama: Llama | null = null
  #loaded: LoadedModel | null = null
  #lastLog = ''
  readonly #stops = new Map<string, AbortController>()

  /** The engine's side of its contract. */
  readonly handlers: EngineHandlers = {
    engine: {
      pulse: (_input, { signal }) => pulse(signal),
      load: (input) => this.#load(input),
      unload: () => this.#unload(),
      count: ({ messages, reserveTokens, leftOutBefore }) => {
        const loaded = this.#needModel()
        const { tokens, leftOut } = fit(loaded, messages, reserveTokens, leftOutBefore)
        return { promptTokens: tokens.length, leftOut, contextTokens: loaded.context.contextSize }
      },
      answer: (question) => this.#answer(question),
      stop: ({ answerId }) => this.#stops.get(answerId)?.abort(),
    },
  }

  #needModel(): LoadedModel {
    if (!this.#loaded) throw new AppError('no_model', 'No model is loaded')
    return this.#loaded
  }

  async *#load(input: { path: string; contextTokens: number; threads: number }): ReturnType<EngineHandlers['engine']['load']> {
    await this.#unload()
    this.#llama ??= await getLlama({
      gpu: false,
      build: 'never',
      skipDownload: true,
      maxThreads: input.threads,
      logger: (_level, message) => (this.#lastLog = message.trim() || this.#lastLog),
    })
    let progress = 0
    let wake: () => void = () => undefined
    const work = this.#open(this.#llama, input, (fraction) => {
      progress = fraction
      wake()
    })
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
    const loaded = await work
    this.#loaded = loaded
    yield {
      type: 'loaded',
      contextTokens: loaded.context.contextSize,
      threads: input.threads,
      template: loaded.template.kind,
      templateReason: loaded.template.reason,
    }
  }

  async #open(
    llama: Llama,
    input: { path: string; contextTokens: number; threads: number },
    onProgress: (fraction: number) => void,
  ): Promise<LoadedModel> {
    let model: LlamaModel | null = null
    try {
      model = await llama.loadModel({ modelPath: input.path, onLoadProgress: onProgress })
      const { vocabulary, templateSource } = vocabularyOf(model)
      const context = await model.createContext({
        contextSize: Math.min(input.contextTokens, model.trainContextSize),
        batchSize: batchTokens,
        threads: input.threads,
      })
      const spell = (token: number | null): string => (token === null ? '' : (vocabulary.pieces[token] ?? ''))
      const template = new ChatTemplate({
        source: templateSource,
        bosToken: spell(vocabulary.bos),
        eosToken: spell(vocabulary.eos),
        now: Date.now,
      })
      return { model, context, sequence: context.getSequence(), vocabulary, template }
    } catch (error) {
      await model?.dispose()
      const detail = this.#lastLog || (error instanceof Error ? error.message : '')
      throw new AppError('engine_failed', 'llama.cpp refused the model', { detail: detail.slice(0, 300) }, { cause: error })
    }
  }

  async #unload(): Promise<void> {
    const loaded = this.#loaded
    this.#loaded = null
    for (const stop of this.#stops.values()) stop.abort()
    await loaded?.model.dispose()
  }

  async *#answer(question: EngineQuestion): AsyncGenerator<AnswerItem> {
    const loaded = this.#needModel()
    const stop = new AbortController()
    this.#stops.set(question.answerId, stop)
    try {
      const { messages, reserveTokens, leftOutBefore } = question
      const fitted = fit(loaded, messages, reserveTokens, leftOutBefore)
      yield* writeAnswer(loaded, fitted, question, stop.signal)
    } finally {
      this.#stops.delete(question.answerId)
    }
  }
}

function fit(
  loaded: LoadedModel,
  messages: EngineQuestion['messages'],
  reserveTokens: number,
  leftOutBefore: number,
): FittedPrompt {
  const room = loaded.context.contextSize - reserveTokens
  return fitMessages(messages, room, leftOutBefore, (some) => promptTokens(loaded.vocabulary, loaded.template, some))
}

async function* pulse(signal: AbortSignal): AsyncGenerator<{ at: number }> {
  while (!signal.aborted) {
    yield { at: Date.now() }
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}
