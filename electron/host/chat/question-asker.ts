/** Asks a question of a workspace's test as a conversation would: the same search, the same choice of sources, the same prompt and check. */
import type { Message } from '../../../contract/entities.ts'
import type { Scope } from '../../../contract/sources.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { initialPresetId, type Presets } from './presets.ts'
import { usualReserveTokens } from './prompt-messages.ts'
import type { Asked } from './question-scores.ts'
import type { TestConditions } from './questions.ts'
import { SourcedAnswers, type SourcedAnswersOptions } from './sourced-answers.ts'
import type { StudentChoice } from './student-choice.ts'

/** The same each time, so that two runs differ by what changed and by nothing else. */
const seed = 1
/** UTF-16 units of a token in prose, where nobody counts them. */
const unitsPerToken = 4
/** No conversation: a test has no attachments and no earlier turns. */
const nowhere = ''
const everything: Scope = { documents: true, strict: false, documentIds: null }

export interface QuestionAskerOptions extends SourcedAnswersOptions {
  workspaces: Workspaces
  presets: Presets
  students: StudentChoice
  settings: Pick<SettingsArea, 'values'>
  modelName: (modelId: string) => string
  splittingVersion: number
}

export class QuestionAsker {
  readonly #options: QuestionAskerOptions
  readonly #sourced: SourcedAnswers

  constructor(options: QuestionAskerOptions) {
    this.#options = options
    this.#sourced = new SourcedAnswers(options)
  }

  /** What is in force in a workspace; null while its documents are still being read or embedded. */
  conditions(workspaceId: string): TestConditions | null {
    const { documents, embedder, students, modelName, splittingVersion } = this.#options
    const here = documents.all({ workspaceId, conversationId: null, documents: true })
    const isMoving = here.some(({ stage }) => ['waiting', 'reading', 'recognising', 'embedding'].includes(stage))
    if (isMoving) return null
    const modelId = students.find(workspaceId, null)
    return {
      embedderName: embedder.state.value?.name ?? null,
      modelName: modelId === null ? null : modelName(modelId),
      splitting: splittingVersion,
    }
  }

  /** @throws AppError no_model, cancelled, and what the engine says */
  ask(workspaceId: string, question: string, answers: boolean, signal: AbortSignal): Promise<Asked> {
    return answers ? this.#answer(workspaceId, question, signal) : this.#search(workspaceId, question, signal)
  }

  async #search(workspaceId: string, query: string, signal: AbortSignal): Promise<Asked> {
    const room = Math.floor(this.#options.settings.values.contextTokens * 0.75) - usualReserveTokens / 2
    const { found } = await this.#sourced.choice.choose(
      {
        ...{ workspaceId, conversationId: nowhere, scope: everything, query, room },
        count: (text) => Promise.resolve(Math.ceil(text.length / unitsPerToken)),
      },
      signal,
    )
    return { found: found.found, answer: null }
  }

  async #answer(workspaceId: string, text: string, signal: AbortSignal): Promise<Asked> {
    const { presets, students, workspaces } = this.#options
    const preset = presets.get(initialPresetId)
    const modelId = students.need(workspaceId, null)
    const sourced = this.#sourced.begin({
      place: { workspaceId, conversationId: nowhere },
      answerId: crypto.randomUUID(),
      scope: everything,
      systemPrompt: [workspaces.get(workspaceId).instructions, preset.systemPrompt]
        .filter((part) => part.trim() !== '')
        .join('\n\n'),
      branch: [asMessage(text)],
      question: {
        modelId,
        memory: null,
        prompt: {
          opening: null,
          sampling: { ...preset.sampling, seed },
          reserveTokens: preset.sampling.maxTokens ?? usualReserveTokens,
          leftOutBefore: 0,
        },
      },
      kept: null,
    })
    let found: Asked['found'] = []
    let answer = ''
    for await (const item of sourced.ask(signal)) {
      if (item.type === 'sources') found = item.found?.found ?? []
      else if (item.type === 'text') answer += item.text
    }
    const checked = await sourced.check({ text: answer, thought: '', isWhole: true }, signal)
    return { found, answer: { text: checked?.text ?? answer, checks: checked?.sources.checks ?? [] } }
  }
}

function asMessage(text: string): Message {
  return {
    ...{ id: 'question', parentId: null, role: 'user', text, thought: '', state: 'finished', trouble: null },
    ...{ facts: null, sources: null, createdAt: 0, siblings: [] },
  }
}
