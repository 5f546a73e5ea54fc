/**
 * Which conversation each warm student has in its context, and what becomes of it when another comes: kept, encrypted, so that
 * going back evaluates nothing again. Where the files lie and which keys they have, the conversations' owner says.
 */
import type { EngineKeeper } from './engine-worker.ts'

/** A short conversation is read again faster than its state from a disk. */
const leastTokens = 256

/** Where a state lies, and the key that opens it, as 64 hexadecimal digits. */
export interface KeptState {
  path: string
  key: string
}

/** The kept states of one conversation, one for each student. */
export interface ConversationMemory {
  conversationId: string
  /** What was kept under this label; null when nothing was. */
  find(studentId: string, label: string): KeptState | null
  /** A new place for a state. */
  place(): KeptState
  /** It stands there now, in the place of the one before. */
  kept(studentId: string, label: string, state: KeptState, sizes: { tokens: number; bytes: number }): void
  /** It cannot be taken up any more. */
  drop(studentId: string): void
}

interface InContext {
  memory: ConversationMemory
  tokens: number
  isKept: boolean
}

export class KeptContexts {
  readonly #keeper: EngineKeeper
  readonly #inContext = new Map<string, InContext>()

  constructor(keeper: EngineKeeper) {
    this.#keeper = keeper
  }

  /** Puts a conversation into a student's context, after keeping the one before; null for words that are not to be kept. @param label says which model, build and place of computing it is of */
  async turnTo(studentId: string, label: string, memory: ConversationMemory | null): Promise<void> {
    if (memory && this.#inContext.get(studentId)?.memory.conversationId === memory.conversationId) return
    await this.keep(studentId, label)
    this.#inContext.delete(studentId)
    const found = memory?.find(studentId, label)
    if (!memory || !found) return
    try {
      const { tokens } = await this.#keeper.call((client) => client.engine.recall({ studentId, label, ...found }))
      this.#inContext.set(studentId, { memory, tokens, isKept: true })
    } catch {
      memory.drop(studentId)
    }
  }

  /** A conversation has grown in a student's context. */
  answered(studentId: string, memory: ConversationMemory, tokens: number): void {
    this.#inContext.set(studentId, { memory, tokens, isKept: false })
  }

  /** Keeps what is in a student's context, unless it is short or kept already. What cannot be kept is evaluated again, no more. */
  async keep(studentId: string, label: string): Promise<void> {
    const present = this.#inContext.get(studentId)
    if (!present || present.isKept || present.tokens < leastTokens) return
    const state = present.memory.place()
    try {
      const sizes = await this.#keeper.call((client) => client.engine.keep({ studentId, label, ...state }))
      present.memory.kept(studentId, label, state, sizes)
    } catch {
      // A full disk, a system without files in memory, a vault that was locked meanwhile.
    } finally {
      // Not before: whoever closes waits for what is still being written.
      present.isKept = true
    }
  }

  /** Whether anything is in memory alone. */
  get isPending(): boolean {
    return [...this.#inContext.values()].some(({ isKept, tokens }) => !isKept && tokens >= leastTokens)
  }

  forget(studentId?: string): void {
    if (studentId === undefined) this.#inContext.clear()
    else this.#inContext.delete(studentId)
  }
}
