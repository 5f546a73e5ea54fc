/** Messages as a page is shown them, which is not always as they are kept. Pure. */
import type { Message } from '../../../../contract/conversation.ts'
import type { AnswerWriter } from './answer-writer.ts'
import { leftTrouble } from './left-answers.ts'

/** With the answer being written as far as it is in memory; one that nobody writes has failed. */
export function shownMessages(stored: readonly Message[], writer: AnswerWriter | undefined): Message[] {
  return stored.map((message): Message => {
    if (message.id === writer?.messageId) return { ...message, text: writer.text, thought: writer.thought }
    return !writer && message.state === 'writing' ? { ...message, state: 'failed', trouble: leftTrouble } : message
  })
}
