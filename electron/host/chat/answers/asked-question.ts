/** What a page hands over of a question: to be answered, or to be counted. */
import type { Scope } from '../../../../contract/sources.ts'

/** A question that is typed. Without a conversation it is of the one to come, which has no preset, model and scope but these. */
export interface TypedQuestion {
  workspaceId: string
  conversationId: string | null
  presetId?: string | undefined
  modelId?: string | undefined
  /** Answers this one alone. */
  onceModelId?: string | undefined
  scope?: Scope | undefined
}

/** One that is asked. */
export interface AskedQuestion extends TypedQuestion {
  text: string
  parentId?: string | null | undefined
  /** The question that was edited, whose draft this is. */
  editedId?: string | undefined
}
