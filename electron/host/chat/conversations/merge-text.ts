/** What a page hears of an answer that is being written, as little of it as says the same. */
import type { ChatUpdate } from '../../../../contract/conversation.ts'

/** Two updates as one; null where both must be said. */
export function mergeText(last: ChatUpdate, next: ChatUpdate): ChatUpdate | null {
  if (last.type === 'text' && next.type === 'text' && last.messageId === next.messageId) {
    return { ...next, text: last.text + next.text, thought: last.thought + next.thought }
  }
  if (last.type === 'stage' && next.type === 'stage') return next
  return null
}
