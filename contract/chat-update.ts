/** How what a page hears of a conversation changes what it has of it. */
import type { ChatUpdate, Conversation } from './conversation.ts'

/** The conversation with this update in it; null when it lacks the message that the update follows, and so has to be asked for anew. */
export function withUpdate(conversation: Conversation, update: ChatUpdate): Conversation | null {
  if (update.type === 'conversation') return update.conversation
  if (update.type === 'head') return { ...conversation, ...update.head }
  if (update.type !== 'turns') return conversation
  const at = conversation.messages.findIndex(({ id }) => id === update.afterId)
  if (at < 0 && update.afterId !== null) return null
  return { ...conversation, messages: [...conversation.messages.slice(0, at + 1), ...update.messages] }
}
