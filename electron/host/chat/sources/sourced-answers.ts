/**
 * An answer from documents: searching, the prompt with its sources, the answer with its marks, and the check. One object an answer; the
 * writer runs it. What was given is kept with the answer before the model says a word.
 */
import type { Message, Place } from '../../../../contract/conversation.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { AnswerSources, Scope, SearchReport } from '../../../../contract/sources.ts'
import type { PromptMessage } from '../../../engine/contract.ts'
import type { Documents } from '../../workspaces/documents/documents.ts'
import type { Retrieval } from '../../workspaces/index/retrieval.ts'
import type { OpenQuestion, Runtime, RuntimeItem } from '../../runtime/runtime.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import { marked, onlySupported } from '../support/checked-text.ts'
import { CitationMarks } from './citation-marks.ts'
import { Likeness, type SentenceEmbedder } from '../support/likeness.ts'
import { promptMessages, withoutDeclined } from '../conversations/prompt-messages.ts'
import { searchQuery } from './search-query.ts'
import { SourceChoice, type ChosenSources } from './source-choice.ts'
import { sourcedQuestion, sourceRules } from './source-prompt.ts'
import { SupportCheck } from '../support/support-check.ts'

/** UTF-16 units of a token where nothing is loaded to count them: fewer than in prose, since tables and figures take more. */
const cautiousUnitsPerToken = 2.5
/** Of the room for a prompt, what sources have at least, however long the conversation is: its oldest turns give way. */
const leastPart = 0.5
/** Tokens of slack for what templates put around a message. */
const slackTokens = 48
/** With less room than this, in tokens, it is worth loading the student to know: a passage is seldom longer. */
const littleRoom = 480

export type SourcedItem =
  | RuntimeItem
  | { type: 'sources'; sources: AnswerSources; found: SearchReport | null }
  /** Strict mode, and nothing was found: nobody is asked. */
  | { type: 'declined' }

export interface SourcedAnswersOptions {
  documents: Pick<Documents, 'all' | 'wholeText' | 'text'>
  retrieval: Pick<Retrieval, 'search'>
  embedder: SentenceEmbedder
  runtime: Pick<Runtime, 'answer' | 'count' | 'load' | 'state'>
  settings: Pick<SettingsArea, 'values'>
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
    return new SourcedAnswer(question, { ...this.#options, choice: this.choice, likeness: this.#likeness })
  }

  /** Tokens that the sources of the next question would take, roughly. `room` as for the question itself. */
  roughTokens(place: { workspaceId: string; conversationId: string | null }, scope: Scope, room: number): number {
    const asked = this.choice.asked({ ...place, scope })
    // A passage is about 140 words and some 200 tokens; twelve pieces with neighbours are seldom more than 20 of them.
    const tokens = asked.reduce((sum, { passages }) => sum + passages * 200, 0)
    return Math.min(tokens, 20 * 200, Math.max(0, room))
  }
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
  readonly #options: SourcedAnswersOptions & { choice: SourceChoice; likeness: Likeness }
  #sources: AnswerSources | null

  constructor(asked: SourcedQuestion, options: SourcedAnswersOptions & { choice: SourceChoice; likeness: Likeness }) {
    this.#asked = asked
    this.#options = options
    this.#sources = asked.kept
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
      if (!sources) {
        yield { type: 'stage', stage: 'searching', fraction: 0 }
        const chosen = await this.#choose(attempt, signal)
        found = chosen.found
        sources = { ...chosen.sources, strict: this.strict, declined: false, checks: null }
      }
      if (sources.given.length === 0 && this.strict) {
        this.#sources = { ...sources, declined: true, checks: [] }
        yield { type: 'sources', sources: this.#sources, found }
        yield { type: 'declined' }
        return
      }
      this.#sources = sources
      yield { type: 'sources', sources, found }
      const marks = new CitationMarks(new Set(sources.given.map(({ number }) => number)))
      const prompt = { ...question.prompt, messages: this.#messages(sources) }
      try {
        yield* withMarks(this.#options.runtime.answer({ ...question, prompt }, answerId, signal), marks)
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
    const check = new SupportCheck(
      text,
      sources.given.map(({ number, text, documentName, headings }) => ({
        number,
        text,
        context: [documentName, ...headings].join(' ; '),
      })),
    )
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

  #messages({ given }: Pick<AnswerSources, 'given'>): PromptMessage[] {
    const { branch, systemPrompt } = this.#asked
    const question = branch.at(-1)
    if (!question) return []
    const earlier = withoutDeclined(branch.slice(0, -1))
    const rules = [systemPrompt, sourceRules(question.text)].filter((part) => part.trim() !== '').join('\n\n')
    return promptMessages(rules, [...earlier, { ...question, text: sourcedQuestion(question.text, given) }])
  }

  async #choose(attempt: number, signal: AbortSignal): Promise<ChosenSources> {
    const { place, scope, branch } = this.#asked
    const questions = branch.filter(({ role }) => role === 'user').map(({ text }) => text)
    let counts = this.#counting()
    let room = await this.#room(counts)
    if (room < littleRoom && !counts.isExact) {
      await this.#options.runtime.load(this.#asked.question.modelId, { signal })
      counts = this.#counting()
      room = await this.#room(counts)
    }
    const chosen = await this.#options.choice.choose(
      {
        ...{ ...place, scope, query: searchQuery(questions) },
        // The second time less is taken, so that no third is needed.
        room: Math.floor(Math.max(0, room) / attempt),
        count: (text) => counts.of([{ role: 'user', content: text }]),
      },
      signal,
    )
    // Not the documents are silent.
    if (chosen.sources.given.length === 0 && chosen.sources.leftOut > 0)
      throw new AppError('prompt_too_long', 'There is no room for any source', await this.#alone(counts))
    return chosen
  }

  /** Tokens that sources may take beside the conversation. */
  async #room(counts: Counting): Promise<number> {
    const { promptTokens, room } = await this.#alone(counts)
    const all = await counts.of(this.#messages({ given: [] }))
    return Math.max(room - all, Math.floor((room - promptTokens) * leastPart)) - slackTokens
  }

  /** Tokens of the question with its instructions alone, and of the room for a prompt. */
  async #alone(counts: Counting): Promise<{ promptTokens: number; room: number }> {
    const frame = this.#messages({ given: [] })
    const last = [...frame.filter(({ role }) => role === 'system'), ...frame.slice(-1)]
    return { promptTokens: await counts.of(last), room: counts.size - counts.reserve }
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
          const counted = await runtime.count(modelId, { messages, reserveTokens: prompt.reserveTokens, leftOutBefore: 0 })
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
        const text = marks.push(item.text)
        if (text !== '' || item.thought !== '') yield { ...item, text }
      }
    }
  } catch (error) {
    // What was held back was said all the same.
    const rest = marks.flush()
    if (rest !== '') yield { type: 'text', text: rest, thought: '' }
    throw error
  }
}
