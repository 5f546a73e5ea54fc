/**
 * Which conversation each warm student has in its context, and what becomes of it when another comes: kept, encrypted, so that
 * going back evaluates nothing again. Where the files lie and which keys they have, the conversations' owner says.
 */
import type { EngineKeeper } from './engine-worker.ts'

/** What is in a context and is nobody's to keep. */
const notKept = { memory: null, tokens: 0, isKept: true } as const
/** A short conversation is read again faster than its state from a disk. */
const leastTokens = 256

/** Where a state lies, and the key that opens it, as 64 hexadecimal digits. */
export interface KeptState {
  path: string
  key: string
}

/** The kept states of one conversation, or of a beginning that many share, one for each student. */
export interface ConversationMemory {
  /** Of a beginning it is an id of its own, which no conversation has. */
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
  /** Whose words it is; null for words that are not to be kept. */
  memory: ConversationMemory | null
  /** What its prompt begins with; null where that was not read ahead. */
  beginningId: string | null
  tokens: number
  isKept: boolean
}

export class KeptContexts {
  readonly #keeper: EngineKeeper
  readonly #inContext = new Map<string, InContext>()

  constructor(keeper: EngineKeeper) {
    this.#keeper = keeper
  }

  /**
   * Puts a conversation into a student's context, after keeping the one before; null for words that are not to be kept. One that was not
   * kept goes on from the beginning that was read ahead for it.
   * @param label says which model, build and place of computing it is of
   */
  async turnTo(
    studentId: string,
    label: string,
    memory: ConversationMemory | null,
    beginning: ConversationMemory | null = null,
  ): Promise<void> {
    const present = this.#inContext.get(studentId)
    if (memory && present?.memory?.conversationId === memory.conversationId) return
    await this.keep(studentId, label)
    this.#inContext.delete(studentId)
    const beginningId = beginning?.conversationId ?? null
    if (memory && (await this.#recall(studentId, label, memory, beginningId))) return
    if (!beginning) return
    if (present?.beginningId === beginningId) this.#inContext.set(studentId, { ...notKept, beginningId })
    else await this.#recall(studentId, label, beginning, beginningId)
  }

  async #recall(studentId: string, label: string, memory: ConversationMemory, beginningId: string | null): Promise<boolean> {
    const found = memory.find(studentId, label)
    if (!found) return false
    try {
      const { tokens } = await this.#keeper.call((client) => client.engine.recall({ studentId, label, ...found }))
      this.#inContext.set(studentId, { memory, beginningId, tokens, isKept: true })
      return true
    } catch {
      memory.drop(studentId)
      return false
    }
  }

  /** A conversation has grown in a student's context. */
  answered(
    studentId: string,
    memory: ConversationMemory | null,
    tokens: number,
    beginning: ConversationMemory | null = null,
  ): void {
    const beginningId = beginning?.conversationId ?? null
    this.#inContext.set(studentId, memory ? { memory, beginningId, tokens, isKept: false } : { ...notKept, beginningId })
  }

  /** A beginning was read ahead in a student's context, whole or as far as it came: half of one is nobody's, and stays for as long as nothing else comes. */
  began(studentId: string, beginning: ConversationMemory, { read, tokens }: { read: number; tokens: number }): void {
    if (read >= tokens) this.answered(studentId, beginning, read, beginning)
    else this.#inContext.delete(studentId)
  }

  /** Whether a beginning need not be read any more: what is in the context goes on from it, or it is kept. */
  hasBegun(studentId: string, label: string, beginning: ConversationMemory): boolean {
    const present = this.#inContext.get(studentId)?.beginningId
    return present === beginning.conversationId || beginning.find(studentId, label) !== null
  }

  /** Keeps what is in a student's context, unless it is short or kept already. What cannot be kept is evaluated again, no more. */
  async keep(studentId: string, label: string): Promise<void> {
    const present = this.#inContext.get(studentId)
    if (!present?.memory || present.isKept || present.tokens < leastTokens) return
    const { memory } = present
    const state = memory.place()
    try {
      const sizes = await this.#keeper.call((client) => client.engine.keep({ studentId, label, ...state }))
      memory.kept(studentId, label, state, sizes)
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
