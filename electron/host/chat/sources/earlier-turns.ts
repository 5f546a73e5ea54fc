/**
 * The turns before a question as they stand in its prompt. What earlier questions brought stays where it stood, so that a model reads it
 * once: a prompt only grows.
 */
import type { Message } from '../../../../contract/conversation.ts'
import type { Document } from '../../../../contract/document.ts'
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

/** Whether the document of a source is asked, and has the text that it had: neither did its file change nor was it read anew. */
export function asItWas(asked: readonly Document[]): (source: GivenSource) => boolean {
  const documents = new Map(asked.map((document) => [document.id, document]))
  return ({ documentId, changedAt, reading }) => {
    const document = documents.get(documentId)
    return document !== undefined && document.changedAt === changedAt && document.reading === reading
  }
}

/** Marks have three digits at most, since four are a year; a stranger's file may number as it likes. */
const largestNumber = 900

/** The number that the next source of a branch has: one that nothing of it has, until there were so many that the first ones are long out of sight. */
export function nextNumber(branch: readonly Message[]): number {
  const numbers = branch.flatMap(({ sources }) => sources?.given.map(({ number }) => number) ?? [])
  const counted = numbers.filter((number) => number <= largestNumber)
  const most = counted.reduce((one, other) => Math.max(one, other), 0)
  return most < largestNumber ? most + 1 : ((counted.at(-1) ?? 0) % largestNumber) + 1
}

/** The answer that a branch has after a question, unless it says nothing: then its question has nothing before it either. */
function answerOf(messages: readonly Message[], at: number): Message | null {
  const next = messages[at + 1]
  return next?.role === 'assistant' && next.text !== '' ? next : null
}
