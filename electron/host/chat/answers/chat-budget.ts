/** What the next question would cost of the context. */
import type { Budget, Conversation } from '../../../../contract/entities.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { Scope } from '../../../../contract/sources.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import type { Presets } from '../conversations/presets.ts'
import { leftOutOf, promptMessages, usualReserveTokens, withoutDeclined } from '../conversations/prompt-messages.ts'
import type { SourcedAnswers } from '../sources/sourced-answers.ts'

/** Rough tokens of a text when no model is loaded to count them: four characters each. */
const charactersPerToken = 4

export interface ChatBudgetOptions {
  runtime: Runtime
  settings: SettingsArea
  presets: Presets
  workspaces: Workspaces
  sourced: SourcedAnswers
}

export class ChatBudget {
  readonly #options: ChatBudgetOptions

  constructor(options: ChatBudgetOptions) {
    this.#options = options
  }

  /** @param modelId the student that would answer; null for none */
  async of(input: {
    workspaceId: string
    scope: Scope
    conversation: Conversation | null
    presetId: string
    modelId: string | null
    draft: string
  }): Promise<Budget> {
    const { workspaceId, scope, conversation, modelId } = input
    const { runtime, settings, presets, workspaces, sourced } = this.#options
    const preset = presets.get(input.presetId)
    const draft = input.draft.trim() === '' ? [] : [{ role: 'user' as const, text: input.draft, thought: '' }]
    const messages = promptMessages([workspaces.get(workspaceId).instructions, preset.systemPrompt].join('\n\n'), [
      ...withoutDeclined(conversation?.messages ?? []),
      ...draft,
    ])
    const reserveTokens = preset.sampling.maxTokens ?? usualReserveTokens
    const leftOutBefore = leftOutOf(conversation)
    const counted = messages.length === 0 ? null : await runtime.count(modelId, { messages, reserveTokens, leftOutBefore })
    const warm = runtime.state.value.warm.find((student) => student.modelId === modelId)
    const size = counted?.contextTokens ?? warm?.contextTokens ?? settings.values.contextTokens
    const reserved = Math.min(reserveTokens, Math.floor(size / 4))
    const estimate = Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / charactersPerToken)
    const said = counted?.promptTokens ?? estimate
    // Sources are chosen when somebody asks; until then this is what they usually take.
    const place = { workspaceId, conversationId: conversation?.id ?? null }
    const sources = sourced.roughTokens(place, scope, size - reserved - said)
    return {
      used: said + sources,
      ...{ size, reserved, wouldLeaveOut: counted?.leftOut ?? 0 },
      exact: sources === 0 && (counted !== null || messages.length === 0),
    }
  }
}
