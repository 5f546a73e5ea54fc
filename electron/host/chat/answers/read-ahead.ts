/**
 * Reads the documents of a workspace ahead of the first question, where they go in whole: instructions and documents are what every new
 * conversation begins with. What was read is kept as an encrypted state, and goes when the documents change.
 */
import type { Scope } from '../../../../contract/sources.ts'
import type { ConversationMemory } from '../../runtime/kept-contexts.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ConversationStates } from '../conversations/conversation-states.ts'
import type { SourcedAnswers } from '../sources/sourced-answers.ts'
import type { Asking } from './asking.ts'

export interface ReadAheadOptions {
  asking: Pick<Asking, 'style' | 'seeded' | 'prepare'>
  runtime: Pick<Runtime, 'readAhead' | 'hasRead'>
  states: Pick<ConversationStates, 'ofBeginning' | 'beginningsChanged'>
  sourced: Pick<SourcedAnswers, 'asks' | 'beginning'>
}

export class ReadAhead {
  readonly #options: ReadAheadOptions

  /** What was read last, by workspace. */
  readonly #read = new Map<string, { modelId: string; presetId: string; memory: ConversationMemory }>()

  constructor(options: ReadAheadOptions) {
    this.#options = options
  }

  /** Whether it was read, and is still there. */
  hasRead(workspaceId: string, modelId: string, presetId: string): boolean {
    const read = this.#read.get(workspaceId)
    return read?.modelId === modelId && read.presetId === presetId && this.#options.runtime.hasRead(modelId, read.memory)
  }

  /**
   * Reads for new conversations of a workspace, with a student that is in memory; does nothing with one that is not, or where everything
   * was read. Stops soon after the signal fires, and goes on from there the next time.
   * @param scope that a new conversation has
   * @param presetId by which it would be answered
   * @throws AppError cancelled, not_found, locked, and what the engine says
   */
  async run(
    { workspaceId, modelId, scope, presetId }: { workspaceId: string; modelId: string; scope: Scope; presetId: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { asking, runtime, states, sourced } = this.#options
    this.#read.delete(workspaceId)
    if (!sourced.asks({ workspaceId, conversationId: null }, { ...scope, strict: false })) {
      states.beginningsChanged(workspaceId, null)
      return
    }
    const style = asking.seeded(asking.style(workspaceId, presetId))
    const { question } = asking.prepare(modelId, style)
    const beginning = await sourced.beginning({ scope, systemPrompt: style.systemPrompt, question }, workspaceId)
    if (!beginning || signal.aborted) return
    const { messages, digest } = beginning
    states.beginningsChanged(workspaceId, digest)
    const memory = states.ofBeginning(workspaceId, digest)
    const { thinking } = question.prompt
    if (memory && (await runtime.readAhead({ modelId, messages, thinking, beginning: memory }, signal)))
      this.#read.set(workspaceId, { modelId, presetId, memory })
  }
}
