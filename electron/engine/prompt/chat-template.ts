/**
 * Renders a conversation by the model's own template, as a trainer rendered it (Python's jinja2 in transformers), or, when
 * there is none or it cannot be rendered, as a plain transcript. It knows nothing of tokens but the spelling of two.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja'
import type { Thinking } from '../contract.ts'
import type { PromptMessage } from '../contract.ts'
import { pythonMethods, rewritePythonMethods } from './python-methods.ts'
import { strftime } from './strftime.ts'
import { commonMarker, openedThought, thoughtMarkers, type ThoughtMarker } from './thought-markers.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Why the plain transcript is used: the file has no template, it cannot be parsed, or rendering it fails. */
export type PlainReason = 'no_template' | 'template_unreadable' | 'template_fails'

const probe: PromptMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'One?' },
  { role: 'assistant', content: 'First.' },
  { role: 'user', content: 'Two?' },
]

/**
 * What is given for absent tools, in the order of trying. None is what transformers gives; templates made for tools alone
 * (Hermes, Command R+, Functionary) count or walk through them and want an empty list.
 */
const absentTools = [null, []]

/** How templates are told of thinking: Qwen's and most others know the first variable, harmony's (gpt-oss) and some others the second. */
const toldOf: Record<Thinking, Readonly<Record<string, unknown>>> = {
  off: { enable_thinking: false },
  on: { enable_thinking: true },
  brief: { enable_thinking: true, reasoning_effort: 'low' },
  thorough: { enable_thinking: true, reasoning_effort: 'high' },
}
/** What is offered together: where a template makes the same of both, it knows nothing of them. */
const alternatives = [
  ['off', 'on'],
  ['brief', 'thorough'],
] as const

type Parsed = ReturnType<typeof parse>

export interface ChatTemplateOptions {
  /** The Jinja source; null when the model has none. */
  source: string | null
  /** Spellings; empty when the model has no such token. */
  bosToken: string
  eosToken: string
  /** Epoch milliseconds; templates tell models the date. */
  now: () => number
}

interface Examined {
  parsed: Parsed | null
  thinking: readonly Thinking[]
  tools: unknown
  folds: boolean
  reason: PlainReason | null
  detail: string | null
}

export class ChatTemplate {
  /** `own`: the model's template renders. `plain`: a transcript with roles in words is used. */
  readonly kind: 'own' | 'plain'
  readonly reason: PlainReason | null
  /** What the template or its parser said when it could not be used; for the log. */
  readonly detail: string | null
  /** Texts that end an answer: a model without a template does not know when its turn is over. Empty for `own`. */
  readonly stops: readonly string[]
  /** What the model can be told of thinking. */
  readonly thinking: readonly Thinking[]
  readonly #options: ChatTemplateOptions
  readonly #parsed: Parsed | null
  readonly #tools: unknown
  readonly #folds: boolean
  readonly #marker: ThoughtMarker

  constructor(options: ChatTemplateOptions) {
    this.#options = options
    const { source } = options
    this.#marker = thoughtMarkers.find(({ open, close }) => source?.includes(open) && source.includes(close)) ?? commonMarker
    const { parsed, thinking, tools, folds, reason, detail } = this.#examine(source)
    this.#parsed = parsed
    this.thinking = thinking
    this.#tools = tools
    this.#folds = folds
    this.kind = parsed ? 'own' : 'plain'
    this.reason = reason
    this.detail = detail
    this.stops = parsed ? [] : ['\nUser:', '\nSystem:', '\nAssistant:']
  }

  /**
   * The prompt's text, ending where the model's answer begins. A template that refuses or drops a system message gets it as
   * the beginning of the first question instead. Two turns of one role in a row, which many refuse, become one. What is refused all
   * the same becomes a plain transcript.
   * @param options.thinking what the model is told; nothing, where it cannot be told that
   */
  render(messages: readonly PromptMessage[], options: { addGenerationPrompt: boolean; thinking?: Thinking | undefined }): string {
    if (this.#parsed) {
      const folded = foldSystem(messages)
      for (const attempt of [...(this.#folds ? [] : [messages]), folded, mergeTurns(folded)]) {
        try {
          return this.#renderOwn(this.#parsed, attempt, this.#tools, options)
        } catch {
          continue
        }
      }
    }
    return this.#options.bosToken + plainTranscript(messages, options.addGenerationPrompt)
  }

  /** Whether a prompt of these tokens ends inside a thought, which the answer then continues. */
  opensThought(tokens: readonly number[], vocabulary: Pick<Vocabulary, 'detokenize'>): boolean {
    // A mark may be spelled by many tokens, and line breaks may follow it.
    return openedThought(vocabulary.detokenize(tokens.slice(-32), true)) !== null
  }

  /**
   * The marks that this model writes when an answer is begun for it: before its thought, and between that and the answer proper.
   * @param opened the prompt has opened a thought
   * @param thinks there is a thought
   * @param speaks the answer proper has begun
   */
  thoughtMarks(opened: boolean, thinks: boolean, speaks: boolean): { before: string; between: string } {
    const { before, between, without } = this.#marker.written
    const thought = thinks || opened
    return { before: thinks && !opened ? before : '', between: speaks ? (thought ? between : without) : '' }
  }

  #examine(source: string | null): Examined {
    const plain = (reason: PlainReason, error: unknown): Examined => ({
      ...{ parsed: null, thinking: [], tools: null, folds: false, reason },
      detail: error instanceof Error ? error.message : null,
    })
    if (source === null || source.trim() === '') return plain('no_template', null)
    let parsed: Parsed
    try {
      // trim_blocks and lstrip_blocks are how transformers sets jinja2 up.
      parsed = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }))
      rewritePythonMethods(parsed)
    } catch (error) {
      return plain('template_unreadable', error)
    }
    let failure: unknown
    for (const tools of absentTools) {
      for (const folds of [false, true]) {
        const conversation = folds ? foldSystem(probe) : probe
        try {
          const text = this.#renderOwn(parsed, conversation, tools, { addGenerationPrompt: true })
          // What a template drops, the model never hears.
          if (conversation.every(({ content }) => text.includes(content))) {
            const thinking = this.#thinkingOf(parsed, conversation, tools)
            return { parsed, thinking, tools, folds, reason: null, detail: null }
          }
          failure ??= new Error('The template leaves messages out')
        } catch (error) {
          failure ??= error
        }
      }
    }
    return plain('template_fails', failure)
  }

  /** Of what a model can be told, that of which its template makes something. */
  #thinkingOf(parsed: Parsed, messages: readonly PromptMessage[], tools: unknown): Thinking[] {
    const rendered = (told: Readonly<Record<string, unknown>>): string | null => {
      try {
        return this.#renderOwn(parsed, messages, tools, { addGenerationPrompt: true }, told)
      } catch {
        return null
      }
    }
    return alternatives.flatMap(([one, other]): Thinking[] => {
      const texts = [rendered(toldOf[one]), rendered(toldOf[other])]
      return texts.includes(null) || texts[0] === texts[1] ? [] : [one, other]
    })
  }

  #renderOwn(
    parsed: Parsed,
    messages: readonly PromptMessage[],
    tools: unknown,
    { addGenerationPrompt, thinking }: { addGenerationPrompt: boolean; thinking?: Thinking | undefined },
    told = thinking && this.thinking.includes(thinking) ? toldOf[thinking] : {},
  ): string {
    const { bosToken, eosToken, now } = this.#options
    const at = now()
    const variables = {
      ...{ true: true, false: false, none: null, True: true, False: false, None: null },
      ...pythonMethods,
      range,
      raise_exception: (message: unknown): never => {
        throw new Error(String(message))
      },
      // Not the package's own: that speaks the machine's language.
      strftime_now: (format: unknown): string => strftime(at, String(format)),
      date_string: strftime(at, '%d %b %Y'),
      messages: messages.map(({ role, content, thought }) => ({
        role,
        content,
        ...(thought ? { reasoning_content: thought } : {}),
      })),
      tools,
      documents: null,
      bos_token: bosToken,
      eos_token: eosToken,
      add_generation_prompt: addGenerationPrompt,
      ...told,
    }
    const environment = new Environment()
    for (const [name, value] of Object.entries(variables)) environment.set(name, value)
    const { value } = new Interpreter(environment).run(parsed)
    if (typeof value !== 'string') throw new TypeError('The template rendered no text')
    return value
  }
}

/** Python's range, bounded: a template is somebody else's program. */
function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop]
  const length = Math.max(0, Math.ceil((to - from) / step))
  if (!(length <= 100_000)) throw new RangeError('Too long a range')
  return Array.from({ length }, (_, index) => from + index * step)
}

/** The system message as the beginning of the first question. */
function foldSystem(messages: readonly PromptMessage[]): PromptMessage[] {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  const turns = messages.filter(({ role }) => role !== 'system')
  const first = turns.findIndex(({ role }) => role === 'user')
  if (system.length === 0 || first < 0) return turns
  return turns.map((turn, index) => (index === first ? { ...turn, content: [...system, turn.content].join('\n\n') } : turn))
}

function mergeTurns(messages: readonly PromptMessage[]): PromptMessage[] {
  const merged: PromptMessage[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    if (last?.role === message.role) last.content = `${last.content}\n\n${message.content}`
    else merged.push({ ...message })
  }
  return merged
}

const roleWords = { system: 'System', user: 'User', assistant: 'Assistant' } as const

/** A transcript that any model trained on text can continue. */
function plainTranscript(messages: readonly PromptMessage[], addGenerationPrompt: boolean): string {
  const turns = messages.map(({ role, content }) => `${roleWords[role]}: ${content}`)
  return [...turns, ...(addGenerationPrompt ? ['Assistant:'] : [])].join('\n\n')
}
