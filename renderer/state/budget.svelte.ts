/** How much of the context the next question takes, counted when typing has paused. */
import type { Client } from '../../contract/contract.ts'
import type { Budget } from '../../contract/conversation.ts'
import { AppError } from '../../contract/errors.ts'

/** The budget is asked for when typing has paused this long, in milliseconds. */
const pauseMs = 300

/** What would be asked; as the host takes it. */
export type CountedQuestion = Parameters<Client['chat']['budget']>[0]

export class BudgetState {
  readonly #client: Client
  readonly #question: () => CountedQuestion | null
  #value = $state.raw<Budget | null>(null)
  #timer: ReturnType<typeof setTimeout> | null = null
  #counted = 0

  /** @param question as it stands now; null while there is no place for one */
  constructor(client: Client, question: () => CountedQuestion | null) {
    this.#client = client
    this.#question = question
  }

  /** What the next question costs; null until it was counted. */
  get value(): Budget | null {
    return this.#value
  }

  /** Counts again when typing has paused. */
  countSoon(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#count(), pauseMs)
  }

  forget(): void {
    this.#value = null
  }

  async #count(): Promise<void> {
    const question = this.#question()
    if (!question) return
    const counted = ++this.#counted
    try {
      const budget = await this.#client.chat.budget(question)
      const now = this.#question()
      const left = question.workspaceId !== now?.workspaceId || question.conversationId !== now.conversationId
      // An answer that is late says nothing of what stands there now.
      if (!left && counted === this.#counted) this.#value = budget
    } catch (error) {
      // A count that failed is no news: the meter keeps its last figure, and sending tells what is wrong.
      if (!(error instanceof AppError)) throw error
    }
  }
}
