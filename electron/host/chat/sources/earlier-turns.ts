/**
 * The turns before a question as they stand in its prompt. What earlier questions brought stays where it stood, so that a model reads it
 * once: a prompt only grows.
 */
import type { Message } from '../../../../contract/conversation.ts'
import type { GivenSource, SourceFrame } from '../../../../contract/sources.ts'
import { promptMessages, withoutDeclined } from '../conversations/prompt-messages.ts'
import { sourcedQuestion } from './source-prompt.ts'

/** A message of a branch with what its question brought. */
interface EarlierTurn {
  message: Message
  frame: SourceFrame | null
  given: readonly GivenSource[]
  /** Whether all of these documents was given. */
  isWhole: boolean
}

/** Messages as they go into a prompt, but for the instructions. */
export type TurnMessage = Pick<Message, 'role' | 'text' | 'thought'>

export class EarlierTurns {
  readonly #turns: readonly EarlierTurn[]

  /**
   * @param branch the messages before the question
   * @param stands whether a source may still be read: its document is asked and is what it was
   */
  constructor(branch: readonly Message[], stands: (source: GivenSource) => boolean) {
    const messages = withoutDeclined(branch)
    this.#turns = messages.map((message, at) => {
      const sources = message.role === 'user' ? answerOf(messages, at)?.sources : null
      const frame = sources?.frame ?? null
      const given = frame === null ? [] : (sources?.given ?? []).filter(stands)
      return { message, frame, given, isWhole: sources?.mode === 'whole' }
    })
  }

  /** The frame that its sources stand in; null where none do. */
  get frame(): SourceFrame | null {
    return this.#turns.findLast(({ frame }) => frame !== null)?.frame ?? null
  }

  /** Where turns may be left out before: at questions whose turn before was answered. Zero is the first. */
  get cuts(): number[] {
    return this.#turns.flatMap(({ message }, at) => {
      const before = this.#turns[at - 1]?.message
      return message.role === 'user' && (!before || (before.role === 'assistant' && before.text !== '')) ? [at] : []
    })
  }

  /** How many messages of the prompt a cut leaves out. */
  leftOut(cut: number): number {
    return promptMessages('', this.#messages(0).slice(0, cut)).length
  }

  /** What stands from this cut on. */
  after(cut: number): { messages: TurnMessage[]; carried: GivenSource[]; wholeIds: Set<string> } {
    const turns = this.#turns.slice(cut)
    return {
      messages: this.#messages(cut),
      carried: turns.flatMap(({ given }) => given),
      wholeIds: new Set(turns.flatMap(({ given, isWhole }) => (isWhole ? given.map(({ documentId }) => documentId) : []))),
    }
  }

  #messages(cut: number): TurnMessage[] {
    return this.#turns.slice(cut).map(({ message, frame, given }) => {
      const { role, text, thought } = message
      return { role, thought, text: frame === null ? text : sourcedQuestion(text, given, frame) }
    })
  }
}

/** Marks have four digits at most; a stranger's file may number as it likes. */
const largestNumber = 9000

/** The number that the next source of a branch has: no number of it means two passages. */
export function nextNumber(branch: readonly Message[]): number {
  let last = 0
  for (const { sources } of branch)
    for (const { number } of sources?.given ?? []) if (number < largestNumber) last = Math.max(last, number)
  return last + 1
}

/** The answer that a branch has after a question, unless it says nothing: then its question has nothing before it either. */
function answerOf(messages: readonly Message[], at: number): Message | null {
  const next = messages[at + 1]
  return next?.role === 'assistant' && next.text !== '' ? next : null
}
