/** Who follows which conversation, and what is told to them. */
import type { ChatUpdate, Place } from '../../../../contract/conversation.ts'
import type { AppError } from '../../../../contract/errors.ts'
import { Broadcast } from '../../base/broadcast.ts'
import { mergeText } from './merge-text.ts'

export class Followers {
  readonly #conversations = new Map<string, { workspaceId: string; updates: Broadcast<ChatUpdate> }>()

  /** Those of one conversation. */
  of({ workspaceId, conversationId }: Place): Broadcast<ChatUpdate> {
    const existing = this.#conversations.get(conversationId)
    if (existing) return existing.updates
    const updates = new Broadcast<ChatUpdate>(mergeText)
    this.#conversations.set(conversationId, { workspaceId, updates })
    return updates
  }

  /** A conversation was deleted. */
  gone(conversationId: string): void {
    const updates = this.#conversations.get(conversationId)?.updates
    updates?.say({ type: 'gone' })
    updates?.end()
    this.#conversations.delete(conversationId)
  }

  /** A workspace was closed, and may be opened again. */
  leave(workspaceId: string, why: AppError): void {
    for (const [conversationId, thread] of this.#conversations) {
      if (thread.workspaceId !== workspaceId) continue
      thread.updates.end(why)
      this.#conversations.delete(conversationId)
    }
  }

  /** Nobody can follow anything from here on. */
  end(why: AppError): void {
    for (const { updates } of this.#conversations.values()) updates.end(why)
  }
}
