/**
 * One answer being written. It belongs to the host: windows come and go, the answer goes on. It is saved at least every
 * second, and whatever happens to the engine, what was written stays.
 */
import type { AnswerFacts, AnswerPassport, AnswerStage, ChatUpdate, MessageState } from '../../../../contract/conversation.ts'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { AnswerItem } from '../../../engine/contract.ts'
import type { AnswerSources, SearchReport } from '../../../../contract/sources.ts'
import { untilLeft } from './until-left.ts'
import type { Settlement } from '../conversations/conversation-store.ts'
import type { CheckedAnswer, SourcedItem, WrittenAnswer } from '../sources/sourced-answers.ts'

/** Longest time in milliseconds that text stays unsaved; a kill loses no more. */
const saveMs = 800

/** Where an answer is kept while it is written and afterwards: with its conversation, or with its comparison. */
export interface AnswerKeeper {
  /** Keeps what it says so far. */
  saveWriting(answerId: string, text: string, thought: string): void
  settle(answerId: string, settlement: Settlement): void
}

/** Who is asked and how, for the passport of the answer. */
export type AnswerMaker = Pick<
  AnswerFacts,
  'modelId' | 'modelName' | 'base' | 'presetId' | 'presetName' | 'sampling' | 'systemPrompt'
> & {
  /** By what it is made; asked when the answer has ended. */
  passport: () => AnswerPassport
}

export interface AnswerWriterOptions {
  messageId: string
  store: AnswerKeeper
  maker: AnswerMaker
  /** Text and facts that the answer had before it is continued. */
  opening: { text: string; thought: string; facts: AnswerFacts | null }
  /** Of an answer from documents. */
  sourced?: {
    /** Its words are shown, and kept, only when they are checked. */
    strict: boolean
    check(written: WrittenAnswer, signal: AbortSignal): Promise<CheckedAnswer | null>
    /** Keeps what it is made from, and tells. */
    keep(sources: AnswerSources, found: SearchReport | null): void
  }
  now: () => number
  say: (update: ChatUpdate) => void
  /** Tells the whole answer as it stands: what was said of it is another now. */
  retell: () => void
  onBug: (error: unknown) => string
}

export class AnswerWriter {
  readonly messageId: string
  readonly #options: AnswerWriterOptions
  readonly #abort = new AbortController()
  #text: string
  #thought: string
  #stage: { stage: AnswerStage; fraction: number; since: number }
  #saveTimer: ReturnType<typeof setTimeout> | null = null
  #stopReason: 'stopped' | 'interrupted' = 'stopped'
  #saveTrouble: Trouble | null = null
  /** What of it is on the disk. */
  #saved: { text: string; thought: string }
  #isLeft = false

  constructor(options: AnswerWriterOptions) {
    this.#options = options
    this.messageId = options.messageId
    this.#text = options.opening.text
    this.#thought = options.opening.thought
    this.#saved = { text: this.#text, thought: this.#thought }
    this.#stage = { stage: 'queued', fraction: 0, since: options.now() }
  }

  /** What of it may be shown: in strict mode nothing but what was checked before. */
  get text(): string {
    return this.#holds ? this.#options.opening.text : this.#text
  }

  get thought(): string {
    return this.#holds ? this.#options.opening.thought : this.#thought
  }

  get #holds(): boolean {
    return this.#options.sourced?.strict ?? false
  }

  /** Where the answer is, for a page that has just come. */
  get writing(): { messageId: string; stage: AnswerStage; fraction: number; since: number } {
    return { messageId: this.messageId, ...this.#stage }
  }

  /** Whether not even its end could be written: then its row still says that it is being written. */
  get isLeft(): boolean {
    return this.#isLeft
  }

  /** Ends the writing; what is there stays. `interrupted` when the application goes away, not the person. */
  stop(reason: 'stopped' | 'interrupted' = 'stopped'): void {
    this.#stopReason = reason
    this.#abort.abort()
  }

  /** Writes to the end and settles. Never throws: how it went is kept with the answer. */
  async run(ask: (signal: AbortSignal) => AsyncIterable<SourcedItem>): Promise<void> {
    let state: MessageState = 'stopped'
    let trouble: Trouble | null = null
    let prompt: Extract<AnswerItem, { type: 'prompt' }> | null = null
    let end: Extract<AnswerItem, { type: 'end' }> | null = null
    let isDeclined = false
    try {
      for await (const item of untilLeft(ask(this.#abort.signal), this.#abort.signal)) {
        if (item.type === 'stage') this.#setStage(item.stage, item.fraction)
        else if (item.type === 'prompt') prompt = item
        else if (item.type === 'reading') this.#setStage('reading', item.fraction)
        else if (item.type === 'text') this.#add(item.text, item.thought, item.turned ?? false)
        else if (item.type === 'sources') this.#options.sourced?.keep(item.sources, item.found)
        else if (item.type === 'declined') isDeclined = true
        else end = item
      }
      if (isDeclined) state = 'finished'
      else state = end === null || end.reason === 'stopped' ? this.#stopReason : end.reason
    } catch (error) {
      state = this.#abort.signal.aborted ? this.#stopReason : 'failed'
      if (state === 'failed') trouble = this.#troubleOf(error)
    }
    const checked = await this.#checked(state === 'finished')
    if (this.#saveTimer) clearTimeout(this.#saveTimer)
    if (this.#saveTrouble && state !== 'failed') {
      state = 'failed'
      trouble = this.#saveTrouble
    }
    const facts = prompt ? this.#facts(prompt, end) : this.#options.opening.facts
    this.#settle({ ...(checked ?? this.#unchecked()), state, trouble, facts })
  }

  /** Where the whole does not fit on the disk any more, what was saved of it stays, and that it failed is written: that is a few bytes. */
  #settle(settlement: Settlement): void {
    const { store, opening, onBug } = this.#options
    try {
      store.settle(this.messageId, settlement)
    } catch (error) {
      try {
        store.settle(this.messageId, { ...this.#saved, state: 'failed', trouble: this.#troubleOf(error), facts: opening.facts })
      } catch (again) {
        this.#isLeft = true
        onBug(again)
      }
    }
  }

  /** What the check makes of it; null for an answer without documents, and where the check failed. */
  async #checked(isWhole: boolean): Promise<CheckedAnswer | null> {
    const { sourced, onBug } = this.#options
    if (!sourced) return null
    if (!this.#abort.signal.aborted) this.#setStage('checking', 0)
    try {
      return await sourced.check({ text: this.#text, thought: this.#thought, isWhole }, this.#abort.signal)
    } catch (error) {
      onBug(error)
      return null
    }
  }

  /** A model that was removed meanwhile has no passport any more, and its answer stands all the same. */
  #passport(passport: () => AnswerPassport): { passport?: AnswerPassport } {
    try {
      return { passport: passport() }
    } catch {
      return {}
    }
  }

  #unchecked(): { text: string; thought: string } {
    return { text: this.text, thought: this.thought }
  }

  #setStage(stage: AnswerStage, fraction: number): void {
    const since = stage === this.#stage.stage ? this.#stage.since : this.#options.now()
    this.#stage = { stage, fraction, since }
    this.#options.say({ type: 'stage', ...this.writing })
  }

  /** @param turned what it said until now was a thought */
  #add(text: string, thought: string, turned: boolean): void {
    if (this.#stage.stage !== 'writing') this.#setStage('writing', 0)
    if (turned) {
      this.#thought += this.#text
      this.#text = ''
    }
    this.#text += text
    this.#thought += thought
    if (this.#holds) return
    if (turned) this.#options.retell()
    else this.#options.say({ type: 'text', messageId: this.messageId, text, thought })
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = null
      this.#save()
    }, saveMs)
  }

  /** A disk that is full stops the answer: words that cannot be kept must not be promised. */
  #save(): void {
    try {
      this.#options.store.saveWriting(this.messageId, this.#text, this.#thought)
      this.#saved = { text: this.#text, thought: this.#thought }
    } catch (error) {
      this.#saveTrouble = this.#troubleOf(error)
      this.#abort.abort()
    }
  }

  #troubleOf(error: unknown): Trouble {
    if (error instanceof AppError) return error.toTrouble()
    return { code: 'internal', data: { reference: this.#options.onBug(error) } }
  }

  #facts(prompt: Extract<AnswerItem, { type: 'prompt' }>, end: Extract<AnswerItem, { type: 'end' }> | null): AnswerFacts {
    const before = this.#options.opening.facts
    const { passport, ...maker } = this.#options.maker
    return {
      ...maker,
      promptTokens: before?.promptTokens ?? prompt.promptTokens,
      evaluatedTokens: (before?.evaluatedTokens ?? 0) + prompt.evaluateTokens,
      answerTokens: (before?.answerTokens ?? 0) + (end?.answerTokens ?? 0),
      firstTokenMs: before?.firstTokenMs ?? end?.firstTokenMs ?? 0,
      tokensPerSecond: end?.tokensPerSecond ?? before?.tokensPerSecond ?? 0,
      leftOut: prompt.leftOut,
      contextTokens: prompt.contextTokens,
      thoughtMs: (before?.thoughtMs ?? 0) + (end?.thoughtMs ?? 0),
      ...(prompt.thinking ? { thinking: prompt.thinking } : {}),
      ...(end?.draft ? { draft: end.draft } : {}),
      ...this.#passport(passport),
    }
  }
}
