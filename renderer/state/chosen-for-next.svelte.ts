/** What a person has chosen for the next question and nothing has kept yet: of a conversation to come, or for one answer alone. */
import type { Scope } from '../../contract/sources.ts'
import type { Thinking } from '../../contract/entities.ts'
import { initialPresetId } from './presets.svelte.ts'

export class ChosenForNext {
  /** What a new conversation will be asked with. */
  presetId = $state(initialPresetId)
  modelId = $state<string | null>(null)
  scope = $state.raw<Scope | null>(null)
  /** The student that answers the next question alone; null when the conversation's own does. */
  onceModelId = $state<string | null>(null)

  /** What the model is told of thinking until it is chosen otherwise; null for what its preset says. */
  thinking = $state<Thinking | null>(null)

  choose(change: { presetId?: string; modelId?: string; scope?: Scope }): void {
    this.presetId = change.presetId ?? this.presetId
    this.modelId = change.modelId ?? this.modelId
    this.scope = change.scope ?? this.scope
  }

  /** As the host takes it: of a conversation to come, everything; of one that is there, who answers this once. */
  for(conversationId: string | null): {
    presetId?: string
    modelId?: string
    scope?: Scope
    onceModelId?: string
    thinking?: Thinking
  } {
    const once = {
      ...(this.onceModelId ? { onceModelId: this.onceModelId } : {}),
      ...(this.thinking ? { thinking: this.thinking } : {}),
    }
    return conversationId === null ? { ...this.begun, ...once } : once
  }

  /** What a conversation begins with. */
  get begun(): { presetId: string; modelId?: string; scope?: Scope } {
    return {
      presetId: this.presetId,
      ...(this.modelId ? { modelId: this.modelId } : {}),
      ...(this.scope ? { scope: this.scope } : {}),
    }
  }

  /** Another workspace has other students and documents. */
  leaveWorkspace(): void {
    this.modelId = null
    this.scope = null
  }

  forget(): void {
    this.presetId = initialPresetId
    this.onceModelId = null
    this.thinking = null
    this.leaveWorkspace()
  }
}
