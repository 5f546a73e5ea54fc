/**
 * Says that a long answer has ended while another window is in front: through the system where that is allowed, else by the title of the page.
 * Never a word of what was asked or answered, nor where.
 */
import type { ConversationRow } from '../../contract/conversation.ts'

/** An answer that took less was waited for, in milliseconds. */
const longMs = 8000

/** The world around the page. */
export interface NoticeOutside {
  now: () => number
  /** Whether somebody looks at this page. */
  hasFocus: () => boolean
  isWished: () => boolean
  /** Says it through the system; whether that was possible. */
  say: () => boolean
}

export class AnswerNotice {
  readonly #outside: NoticeOutside
  /** Since when answers are being written, by their conversations. */
  #since: Readonly<Record<string, number>> = {}
  #isWaiting = $state(false)

  constructor(outside: NoticeOutside) {
    this.#outside = outside
  }

  /** Whether the title says that something waits here. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** To be told the conversations of the workspace whenever they change; one that is not among them any more has not ended. */
  see(rows: readonly Pick<ConversationRow, 'id' | 'writing'>[]): void {
    const now = this.#outside.now()
    const hasEnded = rows.some(({ id, writing }) => !writing && now - (this.#since[id] ?? now) >= longMs)
    this.#since = Object.fromEntries(rows.filter(({ writing }) => writing).map(({ id }) => [id, this.#since[id] ?? now]))
    if (hasEnded && this.#outside.isWished() && !this.#outside.hasFocus()) this.#isWaiting = !this.#outside.say()
  }

  /** Somebody looks at the page. */
  seen(): void {
    this.#isWaiting = false
  }
}
