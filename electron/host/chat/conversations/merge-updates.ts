/** What a page that is behind is told of an answer being written: several pieces as one. */
import type { ChatUpdate } from '../../../../contract/conversation.ts'

/** Both as one update; null where each has to be told. */
export function mergeUpdates(last: ChatUpdate, next: ChatUpdate): ChatUpdate | null {
  if (last.type === 'text' && next.type === 'text' && last.messageId === next.messageId) {
    return { ...next, text: last.text + next.text, thought: last.thought + next.thought }
  }
  if (last.type === 'stage' && next.type === 'stage') return next
  return null
}
