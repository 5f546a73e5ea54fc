/**
 * Reads the documents of a workspace ahead of the first question, where they go in whole: instructions and documents are what every new
 * conversation begins with. What was read is kept as an encrypted state, and goes when the documents change.
 */
import type { Scope } from '../../../../contract/sources.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ConversationStates } from '../conversations/conversation-states.ts'
import { initialPresetId } from '../conversations/presets.ts'
import type { SourcedAnswers } from '../sources/sourced-answers.ts'
import type { Asking } from './asking.ts'

export interface ReadAheadOptions {
  asking: Pick<Asking, 'style' | 'seeded' | 'prepare'>
  runtime: Pick<Runtime, 'readAhead'>
  states: Pick<ConversationStates, 'ofBeginning' | 'beginningsChanged'>
  sourced: Pick<SourcedAnswers, 'asks' | 'beginning'>
}

export class ReadAhead {
  readonly #options: ReadAheadOptions

  constructor(options: ReadAheadOptions) {
    this.#options = options
  }

  /**
   * Reads for new conversations of a workspace, with a student that is in memory; does nothing with one that is not, or where everything
   * was read. Stops soon after the signal fires, and goes on from there the next time.
   * @param scope that a new conversation has
   * @throws AppError cancelled, not_found, locked, and what the engine says
   */
  async run(
    { workspaceId, modelId, scope }: { workspaceId: string; modelId: string; scope: Scope },
    signal: AbortSignal,
  ): Promise<void> {
    const { asking, runtime, states, sourced } = this.#options
    if (!sourced.asks({ workspaceId, conversationId: null }, { ...scope, strict: false })) {
      states.beginningsChanged(workspaceId, null)
      return
    }
    const style = asking.seeded(asking.style(workspaceId, initialPresetId))
    const { question } = asking.prepare(modelId, style)
    const beginning = await sourced.beginning({ scope, systemPrompt: style.systemPrompt, question }, workspaceId)
    if (!beginning || signal.aborted) return
    const { messages, digest } = beginning
    states.beginningsChanged(workspaceId, digest)
    const memory = states.ofBeginning(workspaceId, digest)
    if (memory) await runtime.readAhead({ modelId, messages, beginning: memory }, signal)
  }
}
