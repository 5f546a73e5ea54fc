/** Turns a branch of a conversation into what goes into the prompt. */
import type { Message } from '../../../../contract/conversation.ts'
import type { PromptMessage } from '../../../engine/contract.ts'

/** A budget or answer keeps this many tokens free where the preset sets no lower limit; the engine never takes more than a quarter of the context for it. */
export const usualReserveTokens = 1024

/**
 * The system prompt and the turns. An answer that failed before its first word is left out, and questions that then stand
 * one after the other become one, since templates refuse two questions in a row.
 */
export function promptMessages(
  systemPrompt: string,
  messages: readonly Pick<Message, 'role' | 'text' | 'thought'>[],
): PromptMessage[] {
  const prompt: PromptMessage[] = []
  if (systemPrompt.trim() !== '') prompt.push({ role: 'system', content: systemPrompt })
  for (const { role, text, thought } of messages) {
    if (role === 'assistant' && text === '') continue
    const last = prompt.at(-1)
    if (last && last.role === 'user' && role === 'user') last.content += `\n\n${text}`
    else prompt.push({ role, content: text, ...(thought === '' ? {} : { thought }) })
  }
  return prompt
}

/** What the last answer of this branch left out of its prompt. */
export function leftOutOf(branch: readonly Message[]): number {
  return branch.findLast((message) => message.facts !== null)?.facts?.leftOut ?? 0
}

/** A branch without the questions that strict mode declined: nobody answered them, and they are not to be answered now. */
export function withoutDeclined(messages: readonly Message[]): Message[] {
  const declined = new Set(messages.flatMap(({ sources, parentId }) => (sources?.declined ? (parentId ?? []) : [])))
  return messages.filter(({ id, sources }) => !sources?.declined && !declined.has(id))
}
