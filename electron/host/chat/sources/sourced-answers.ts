/**
 * An answer from documents: searching, the prompt with its sources, the answer with its marks, and the check. One object an answer; the
 * writer runs it. What was given is kept with the answer before the model says a word.
 */
import { createHash } from 'node:crypto'
import type { Message, Place } from '../../../../contract/conversation.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { AnswerSources, GivenSource, Scope, SearchReport, SourceFrame } from '../../../../contract/sources.ts'
import type { PromptMessage } from '../../../engine/contract.ts'
import type { Documents } from '../../workspaces/documents/documents.ts'
import type { Retrieval } from '../../workspaces/index/retrieval.ts'
import type { OpenQuestion, Runtime, RuntimeItem } from '../../runtime/runtime.ts'
import type { ConversationMemory } from '../../runtime/kept-contexts.ts'
import type { ReadingSpeed } from '../../runtime/reading-speed.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import { marked, onlySupported } from '../support/checked-text.ts'
import { CitationMarks } from './citation-marks.ts'
import { Likeness, type SentenceEmbedder } from '../support/likeness.ts'
import type { ConversationStates } from '../conversations/conversation-states.ts'
import { promptMessages } from '../conversations/prompt-messages.ts'
import { asItWas, EarlierTurns, nextNumber, type TurnMessage } from './earlier-turns.ts'
import { checkAgainst, sourcesOfEdited } from './edited-sources.ts'
import { searchQuery } from './search-query.ts'
import { SourceChoice, type ChosenSources } from './source-choice.ts'
import { fenceTokens, fewestPieces, fewestTokens, partIn, passageTokens, tokensInTime } from './reading-time.ts'
import { frameOf, newFrame, sourcedQuestion, sourceRules, sourcesBefore } from './source-prompt.ts'

/** UTF-16 units of a token where nothing is loaded to count them: fewer than in prose, since tables and figures take more. */
const cautiousUnitsPerToken = 2.5
/** While this part of the room for a prompt is free for new sources, no turn is left out. */
const leastPart = 0.25
/** Where turns must go, this part is made free in one step, so that the turns which follow find everything where it was. */
const freedPart = 0.5
/** Twelve pieces with their neighbours are seldom more passages. */
const mostPassages = 20
/** Tokens of slack for what templates put around a message. */
const slackTokens = 48
/** With less room than this, in tokens, it is worth loading the student to know: three passages are seldom longer. */
const littleRoom = 1500

export type SourcedItem =
  | RuntimeItem
  | { type: 'sources'; sources: AnswerSources; found: SearchReport | null }
  /** Strict mode, and nothing was found: nobody is asked. */
  | { type: 'declined' }

export interface SourcedAnswersOptions {
  documents: Pick<Documents, 'all' | 'wholeText' | 'places'>
  retrieval: Pick<Retrieval, 'search'>
  embedder: SentenceEmbedder
  runtime: Pick<Runtime, 'answer' | 'count' | 'load' | 'state' | 'hasRead'>
  /** How fast models read here. Without it nothing is limited by time. */
  speeds?: Pick<ReadingSpeed, 'of'>
  settings: Pick<SettingsArea, 'values'>
  /** What was read ahead of workspaces' documents. Without it nothing is. */
  states?: Pick<ConversationStates, 'ofBeginning'>
}

/** What the prompts of new conversations begin with. */
export interface Beginning {
  messages: PromptMessage[]
  digest: string
}

export interface SourcedQuestion {
  place: Place
  answerId: string
  scope: Scope
  systemPrompt: string
  /** The branch up to the question. */
  branch: readonly Message[]
  question: OpenQuestion
  /** Of an answer that is gone on with: it keeps them. */
  kept: AnswerSources | null
  /** How sources are set off in this conversation; null where none were yet. */
  frame: SourceFrame | null
  /** See SourceQuery. */
  isJudged?: boolean
}

/** What was written; `isWhole` when the model came to its end. */
export interface WrittenAnswer {
  text: string
  thought: string
  isWhole: boolean
}

/** What the writer makes of an answer when no more comes. */
export interface CheckedAnswer {
  text: string
  thought: string
  sources: AnswerSources
}

export class SourcedAnswers {
  readonly choice: SourceChoice
  readonly #options: SourcedAnswersOptions
  readonly #likeness: Likeness

  constructor(options: SourcedAnswersOptions) {
    this.#options = options
    this.choice = new SourceChoice(options)
    this.#likeness = new Likeness(options.embedder)
  }

  /**
   * Whether a conversation asks documents: where there are some in its scope, or something is attached that has text. In strict mode always:
   * it declines rather than answering from nothing.
   */
  asks(place: { workspaceId: string; conversationId: string | null }, scope: Scope): boolean {
    return scope.strict || this.choice.asked({ ...place, scope }).length > 0
  }

  begin(question: SourcedQuestion): SourcedAnswer {
    const { place, scope, branch, kept } = question
    // One that goes on has before it what it had.
    const had = kept && new Set(kept.earlier)
    const earlier = this.earlier(place, scope, branch.slice(0, -1), ({ number }) => had?.has(number) ?? true)
    return new SourcedAnswer(question, earlier, { ...this.#options, choice: this.choice, likeness: this.#likeness })
  }

  /** See {@link sourcesOfEdited}. */
  edited({ sources }: Message, text: string, branch: readonly Message[], signal: AbortSignal): Promise<AnswerSources | null> {
    return sourcesOfEdited(text, sources, branch, this.#likeness, signal)
  }

  /**
   * What new conversations of a workspace begin with, where its documents go in whole; null where they do not, or where the student is
   * not in memory to say so.
   */
  beginning(asked: Pick<SourcedQuestion, 'scope' | 'systemPrompt' | 'question'>, workspaceId: string): Promise<Beginning | null> {
    const place = { workspaceId, conversationId: nowhere }
    const question = { ...asked, place, answerId: nowhere, branch: [noQuestion], kept: null, frame: null }
    return this.begin(question).beginning()
  }

  /** The turns before a question as its prompt will have them. */
  earlier(
    place: { workspaceId: string; conversationId: string | null },
    scope: Scope,
    branch: readonly Message[],
    among: (source: GivenSource) => boolean = () => true,
  ): EarlierTurns {
    const stands = asItWas(this.choice.asked({ ...place, scope }))
    return new EarlierTurns(branch, (source) => stands(source) && among(source))
  }

  /**
   * What the sources of the next question would be, roughly: whole documents where they fit into the room and the time, else passages.
   * `room` and `readable` as for the question itself.
   */
  roughTokens(
    place: { workspaceId: string; conversationId: string | null },
    scope: Scope,
    { earlier, room, readable }: { earlier: EarlierTurns; room: number; readable: number },
  ): { tokens: number; what: 'passages' | 'documents'; count: number } {
    const { wholeIds } = earlier.after(0)
    const asked = this.choice.asked({ ...place, scope }).filter(({ id }) => !wholeIds.has(id))
    const there = asked.reduce((sum, { passages }) => sum + passages, 0)
    const all = there * passageTokens
    if (there > 0 && all <= Math.min(room, Math.max(readable, fewestTokens)))
      return { what: 'documents', count: asked.length, tokens: all }
    // Whether those of earlier questions are what the next one is about is known only when it is asked.
    const fewest = Math.max(1, fewestPieces - earlier.after(0).carried.length)
    const isShort = readable < fewest * passageTokens
    const piece = isShort ? Math.min(passageTokens, partIn(readable, fewest) + fenceTokens) : passageTokens
    const inTime = isShort ? fewest : Math.floor(readable / passageTokens)
    const passages = Math.min(there, mostPassages, inTime, Math.max(0, Math.floor(room / piece)))
    return { what: 'passages', count: passages, tokens: Math.min(passages * piece, Math.max(0, room)) }
  }
}

const nowhere = ''
/** Stands for a question that nobody has asked yet. */
const noQuestion: Message = {
  ...{ id: '', parentId: null, role: 'user', text: '', thought: '', state: 'finished', trouble: null, facts: null },
  ...{ sources: null, createdAt: 0, siblings: [] },
}

/** How tokens are counted, and how many a student takes in all and keeps for its answer. */
interface Counting {
  isExact: boolean
  size: number
  reserve: number
  of: (messages: PromptMessage[]) => Promise<number>
}

export class SourcedAnswer {
  readonly #asked: SourcedQuestion
  readonly #earlier: EarlierTurns
  readonly #options: SourcedAnswersOptions & { choice: SourceChoice; likeness: Likeness }
  #frame: SourceFrame
  /** Turns are left out before this one. */
  #cut = 0
  #sources: AnswerSources | null

  constructor(
    asked: SourcedQuestion,
    earlier: EarlierTurns,
    options: SourcedAnswersOptions & { choice: SourceChoice; likeness: Likeness },
  ) {
    this.#asked = asked
    this.#earlier = earlier
    this.#options = options
    this.#sources = asked.kept
    this.#frame = asked.kept?.frame ?? earlier.frame ?? asked.frame ?? newFrame(asked.branch.at(-1)?.text ?? '')
  }

  /** Whether its words are shown only when they are checked. */
  get strict(): boolean {
    return this.#asked.kept?.strict ?? this.#asked.scope.strict
  }

  /** @throws AppError as Runtime.answer and Retrieval.search do */
  async *ask(signal: AbortSignal): AsyncGenerator<SourcedItem> {
    const { answerId, question, kept } = this.#asked
    for (let attempt = 1; ; attempt++) {
      let sources = kept ? { ...kept, checks: null, declined: false } : null
      let found: SearchReport | null = null
      if (sources) this.#cut = this.#cutBefore
      else {
        yield { type: 'stage', stage: 'searching', fraction: 0 }
        const chosen = await this.#choose(attempt, signal)
        found = chosen.found
        if (chosen.sources.mode === 'whole' && this.#isFirst) this.#frame = frameOf(chosen.sources.given)
        const earlier = this.#earlier.after(this.#cut).carried.map(({ number }) => number)
        sources = { ...chosen.sources, earlier, frame: this.#frame, strict: this.strict, declined: false, checks: null }
      }
      if (sources.given.length === 0 && (sources.earlier ?? []).length === 0 && this.strict) {
        this.#sources = { ...sources, declined: true, checks: [] }
        yield { type: 'sources', sources: this.#sources, found }
        yield { type: 'declined' }
        return
      }
      this.#sources = sources
      yield { type: 'sources', sources, found }
      const marks = new CitationMarks(new Set(this.#before(sources).map(({ number }) => number)))
      const prompt = { ...question.prompt, messages: this.#messages(sources.given), leftOutBefore: 0 }
      try {
        const asked = { ...question, prompt, beginning: this.#beginningOf(sources) }
        yield* this.#counted(withMarks(this.#options.runtime.answer(asked, answerId, signal), marks))
        return
      } catch (error) {
        // Nothing was loaded to count with before; now it is.
        if (!(error instanceof AppError) || error.code !== 'prompt_too_long' || attempt > 1 || kept) throw error
      }
    }
  }

  /**
   * Checks what was written and changes it as the mode wants. By words alone when the signal has fired. Null when nothing was searched yet.
   */
  async check({ text, thought, isWhole }: WrittenAnswer, signal: AbortSignal): Promise<CheckedAnswer | null> {
    const sources = this.#sources
    if (!sources || sources.declined) return sources && { text: '', thought: '', sources }
    const check = checkAgainst(text, this.#before(sources))
    const meaning = signal.aborted ? () => null : await this.#options.likeness.of(check.wishes(), signal)
    const whole = { text, checks: check.verdicts(meaning) }
    if (!sources.strict) {
      const { text: said, checks } = marked(whole, isWhole)
      return { text: said, thought, sources: { ...sources, checks } }
    }
    const { text: said, checks } = marked(
      onlySupported(whole, (start, end) => check.knows(start, end), isWhole),
      isWhole,
    )
    // What it thought was not checked, and does not stand.
    return { text: said, thought: '', sources: { ...sources, checks, declined: said === '' } }
  }

  /** The sources that the model has before it: what this question brought, and of earlier ones what still stands. */
  #before({ given, earlier = [] }: AnswerSources): GivenSource[] {
    const numbers = new Set(earlier)
    return [...this.#earlier.after(0).carried.filter(({ number }) => numbers.has(number)), ...given]
  }

  /** Whether it brings everything that stands before the model. */
  get #isFirst(): boolean {
    return this.#asked.kept === null && this.#earlier.frame === null
  }

  /** What all new conversations about the same documents begin with. */
  async beginning(): Promise<Beginning | null> {
    const counts = this.#counting()
    if (!counts.isExact) return null
    const { room } = await this.#room(counts)
    const given = await this.#options.choice.whole({
      ...{ ...this.#asked.place, scope: this.#asked.scope, room },
      count: (text) => counts.of([{ role: 'user', content: text }]),
    })
    return given && given.length > 0 ? this.#beginningWith(given, frameOf(given)) : null
  }

  #beginningWith(given: readonly GivenSource[], frame: SourceFrame): Beginning {
    const messages = promptMessages(this.#rules(frame), [{ role: 'user', text: sourcesBefore(given, frame), thought: '' }])
    // Some templates say at the very beginning how to think.
    const { thinking } = this.#asked.question.prompt
    const words = JSON.stringify(thinking === undefined ? messages : [thinking, messages])
    return { messages, digest: createHash('sha256').update(words).digest('hex') }
  }

  /** What may have been read ahead for it. */
  #beginningOf({ mode, given }: AnswerSources): ConversationMemory | null {
    const { states } = this.#options
    if (!states || mode !== 'whole' || given.length === 0 || this.#earlier.frame !== null) return null
    return states.ofBeginning(this.#asked.place.workspaceId, this.#beginningWith(given, this.#frame).digest)
  }

  /** What was left out before this answer counts too. */
  async *#counted(items: AsyncIterable<RuntimeItem>): AsyncGenerator<RuntimeItem> {
    const leftOut = this.#earlier.leftOut(this.#cut)
    for await (const item of items) yield item.type === 'prompt' ? { ...item, leftOut: leftOut + item.leftOut } : item
  }

  #messages(
    given: readonly GivenSource[],
    before: readonly TurnMessage[] = this.#earlier.after(this.#cut).messages,
  ): PromptMessage[] {
    const { branch } = this.#asked
    const question = branch.at(-1)
    if (!question) return []
    return promptMessages(this.#rules(this.#frame), [
      ...before,
      { ...question, text: sourcedQuestion(question.text, given, this.#frame) },
    ])
  }

  #rules(frame: SourceFrame): string {
    return [this.#asked.systemPrompt, sourceRules(frame)].filter((part) => part.trim() !== '').join('\n\n')
  }

  async #choose(attempt: number, signal: AbortSignal): Promise<ChosenSources> {
    const { place, scope, branch, isJudged = false } = this.#asked
    const questions = branch.filter(({ role }) => role === 'user').map(({ text }) => text)
    let counts = this.#counting()
    let { cut, room } = await this.#room(counts)
    const readable = isJudged ? Infinity : await this.#readable(counts)
    if ((room < littleRoom || cut > 0 || readable < room) && !counts.isExact) {
      await this.#options.runtime.load(this.#asked.question.modelId, { signal })
      counts = this.#counting()
      ;({ cut, room } = await this.#room(counts))
    }
    this.#cut = cut
    const { carried, wholeIds } = this.#earlier.after(cut)
    const chosen = await this.#options.choice.choose(
      {
        ...{ ...place, scope, query: searchQuery(questions), isJudged },
        // The second time less is taken, so that no third is needed.
        room: Math.floor(Math.max(0, room) / attempt),
        ...{ readable, isRead: (given: readonly GivenSource[]) => this.#isRead(given) },
        count: (text) => counts.of([{ role: 'user', content: text }]),
        earlier: { carried, wholeIds, firstNumber: nextNumber(branch) },
      },
      signal,
    )
    // Not the documents are silent.
    if (chosen.sources.given.length === 0 && carried.length === 0 && chosen.sources.leftOut > 0)
      throw new AppError('prompt_too_long', 'There is no room for any source', await this.#alone(counts))
    return chosen
  }

  /** Tokens of documents that may be read before the first word. A conversation that begins has its instructions and question read too. */
  async #readable(counts: Counting): Promise<number> {
    const { speeds, settings } = this.#options
    const { branch, question } = this.#asked
    const isFirst = branch.length <= 1
    const tokensPerSecond = await speeds?.of(question.modelId)
    const readable = tokensInTime(settings.values.readingTime, { isFirst, tokensPerSecond })
    return !isFirst || readable === Infinity ? readable : readable - (await this.#alone(counts)).promptTokens
  }

  /** Whether these documents, given whole at the beginning, were read ahead. */
  #isRead(given: readonly GivenSource[]): boolean {
    const { states, runtime } = this.#options
    if (!states || !this.#isFirst) return false
    const { digest } = this.#beginningWith(given, frameOf(given))
    const memory = states.ofBeginning(this.#asked.place.workspaceId, digest)
    return memory !== null && runtime.hasRead(this.#asked.question.modelId, memory)
  }

  /** The cut that the answer before had, where it still is one. */
  get #cutBefore(): number {
    const { leftOutBefore } = this.#asked.question.prompt
    return this.#earlier.cuts.find((cut) => this.#earlier.leftOut(cut) === leftOutBefore) ?? 0
  }

  /** Tokens that new sources may take beside the conversation, and before which turn it is cut for them. */
  async #room(counts: Counting): Promise<{ cut: number; room: number }> {
    const { promptTokens, room } = await this.#alone(counts)
    const spare = room - promptTokens
    const roomAfter = async (cut: number): Promise<number> =>
      room - (await counts.of(this.#messages([], this.#earlier.after(cut).messages))) - slackTokens
    for (const cut of new Set([0, this.#cutBefore])) {
      const left = await roomAfter(cut)
      if (left >= spare * leastPart - slackTokens) return { cut, room: left }
    }
    const { cuts } = this.#earlier
    let low = 0
    let high = cuts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((await roomAfter(cuts[middle] ?? 0)) >= spare * freedPart) high = middle
      else low = middle + 1
    }
    // Past the last cut nothing but the question is left.
    const cut = cuts[low] ?? Infinity
    return { cut, room: await roomAfter(cut) }
  }

  /** Tokens of the question with its instructions alone, and of the room for a prompt. */
  async #alone(counts: Counting): Promise<{ promptTokens: number; room: number }> {
    return { promptTokens: await counts.of(this.#messages([], [])), room: counts.size - counts.reserve }
  }

  /** Counts with the student where it is in memory, else cautiously by length. */
  #counting(): Counting {
    const { runtime, settings } = this.#options
    const { modelId, prompt } = this.#asked.question
    const warm = runtime.state.value.warm.find((student) => student.modelId === modelId)
    const size = warm?.contextTokens ?? settings.values.contextTokens
    const roughly = (messages: PromptMessage[]): number =>
      Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / cautiousUnitsPerToken)
    return {
      isExact: warm !== undefined,
      size,
      reserve: Math.min(prompt.reserveTokens, Math.floor(size / 4)),
      of: async (messages) => {
        if (!warm || messages.length === 0) return roughly(messages)
        try {
          const counted = await runtime.count(modelId, { ...prompt, messages, leftOutBefore: 0 })
          return counted?.promptTokens ?? roughly(messages)
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'prompt_too_long') throw error
          return typeof error.data?.['promptTokens'] === 'number' ? error.data['promptTokens'] : roughly(messages)
        }
      },
    }
  }
}

/** The items of an answer, its marks in one form. */
async function* withMarks(items: AsyncIterable<RuntimeItem>, marks: CitationMarks): AsyncGenerator<RuntimeItem> {
  try {
    for await (const item of items) {
      if (item.type === 'end') {
        const rest = marks.flush()
        if (rest !== '') yield { type: 'text', text: rest, thought: '' }
      }
      if (item.type !== 'text') yield item
      else {
        // What was held back had been said before it turned out to be a thought.
        const thought = (item.turned ? marks.flush() : '') + item.thought
        const text = marks.push(item.text)
        if (text !== '' || thought !== '' || item.turned) yield { ...item, text, thought }
      }
    }
  } catch (error) {
    // What was held back was said all the same.
    const rest = marks.flush()
    if (rest !== '') yield { type: 'text', text: rest, thought: '' }
    throw error
  }
}
