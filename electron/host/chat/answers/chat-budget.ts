/** What the next question would cost of the context. */
import type { Budget, Conversation } from '../../../../contract/conversation.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { Scope } from '../../../../contract/sources.ts'
import { leftOutOf, promptMessages, withoutDeclined } from '../conversations/prompt-messages.ts'
import type { Preparing } from './preparing.ts'
import type { Asking } from './asking.ts'
import { tokensInTime } from '../sources/reading-time.ts'
import type { ReadingSpeed } from '../../runtime/reading-speed.ts'
import type { SourcedAnswers } from '../sources/sourced-answers.ts'

/** Rough tokens of a text when no model is loaded to count them: four characters each. */
const charactersPerToken = 4

export interface ChatBudgetOptions {
  asking: Asking
  runtime: Runtime
  settings: SettingsArea
  sourced: SourcedAnswers
  speeds: Pick<ReadingSpeed, 'of' | 'measured'>
  preparing: Pick<Preparing, 'hasReadAhead'>
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
    const { asking, runtime, settings, sourced, speeds, preparing } = this.#options
    const style = asking.style(workspaceId, input.presetId)
    const draft = input.draft.trim() === '' ? [] : [{ role: 'user' as const, text: input.draft, thought: '' }]
    const place = { workspaceId, conversationId: conversation?.id ?? null }
    const branch = conversation?.messages ?? []
    const isSourced = sourced.asks(place, scope)
    const earlier = sourced.earlier(place, scope, branch)
    const before = isSourced ? earlier.after(0).messages : withoutDeclined(branch)
    const messages = promptMessages(style.systemPrompt, [...before, ...draft])
    const reserveTokens = asking.reserveTokens(style)
    const leftOutBefore = leftOutOf(branch)
    const counted =
      messages.length === 0
        ? null
        : await runtime.count(modelId, { messages, reserveTokens, leftOutBefore, thinking: style.thinking })
    const warm = runtime.state.value.warm.find((student) => student.modelId === modelId)
    const size = counted?.contextTokens ?? warm?.contextTokens ?? settings.values.contextTokens
    const reserved = Math.min(reserveTokens, Math.floor(size / 4))
    const estimate = Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / charactersPerToken)
    const said = counted?.promptTokens ?? estimate
    // Sources are chosen when somebody asks; until then this is what they usually take.
    const tokensPerSecond = modelId === null ? undefined : await speeds.of(modelId)
    const isFirst = branch.length === 0
    // A conversation that begins has its instructions and question read too.
    const fresh = isFirst ? said : 0
    const readable = tokensInTime(settings.values.readingTime, { isFirst, tokensPerSecond }) - fresh
    const sources = sourced.roughTokens(place, scope, { earlier, room: size - reserved - said, readable })
    // What was read ahead takes no time, and nobody has to be told of it.
    const measured = modelId === null ? undefined : speeds.measured(modelId)
    const isRead = isFirst && modelId !== null && preparing.hasReadAhead(workspaceId, modelId, input.presetId)
    return {
      ...(measured === undefined || sources.count === 0 || isRead
        ? {}
        : { reads: { what: sources.what, count: sources.count, seconds: (sources.tokens + fresh) / measured } }),
      used: said + sources.tokens,
      ...{ size, reserved, wouldLeaveOut: counted?.leftOut ?? 0 },
      exact: sources.tokens === 0 && (counted !== null || messages.length === 0),
    }
  }
}
