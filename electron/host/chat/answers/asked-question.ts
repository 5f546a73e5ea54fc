/** What a page hands over of a question: to be answered, or to be counted. */
import type { Message, Place } from '../../../../contract/conversation.ts'
import type { Scope } from '../../../../contract/sources.ts'
import type { Thinking } from '../../../../contract/entities.ts'

/** A question that is typed. Without a conversation it is of the one to come, which has no preset, model and scope but these. */
export interface TypedQuestion {
  workspaceId: string
  conversationId: string | null
  presetId?: string | undefined
  modelId?: string | undefined
  /** Answers this one alone. */
  onceModelId?: string | undefined
  scope?: Scope | undefined
  /** What the model is told of thinking, instead of what the preset says. */
  thinking?: Thinking | undefined
}

/** One that is asked. */
export interface AskedQuestion extends TypedQuestion {
  text: string
  parentId?: string | null | undefined
  /** The question that was edited, whose draft this is. */
  editedId?: string | undefined
}

/** An answer that is to be written, to a question that is stored. */
export interface AnswerWish {
  place: Place
  answerId: string
  questionId: string
  modelId: string
  thinking: Thinking | undefined
  /** The last message that stands as it was. */
  afterId: string | null
  /** The answer as it is, when it goes on. */
  continued: Message | null
}
