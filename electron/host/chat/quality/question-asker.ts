/** Asks a question of a workspace's test as a conversation would: the same search, the same choice of sources, the same prompt and check. */
import type { Message } from '../../../../contract/conversation.ts'
import type { TestConditions } from '../../../../contract/question.ts'
import type { Scope } from '../../../../contract/sources.ts'
import type { Models } from '../../models/models.ts'
import { givingWay } from '../../runtime/giving-way.ts'
import type { Embedder } from '../../runtime/embedder.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { Documents } from '../../workspaces/documents/documents.ts'
import { initialPresetId } from '../conversations/presets.ts'
import { usualReserveTokens } from '../conversations/prompt-messages.ts'
import type { Asked } from './question-scores.ts'
import { SourcedAnswers, type SourcedAnswersOptions } from '../sources/sourced-answers.ts'
import type { Asking } from '../answers/asking.ts'
import type { StudentChoice } from '../answers/student-choice.ts'

/** The same each time, so that two runs differ by what changed and by nothing else. */
const seed = 1
/** UTF-16 units of a token in prose, where nobody counts them. */
const unitsPerToken = 4
/** No conversation: a test has no attachments and no earlier turns. */
const nowhere = ''
const everything: Scope = { documents: true, strict: false, documentIds: null }

export interface QuestionAskerOptions extends SourcedAnswersOptions {
  asking: Asking
  documents: Pick<Documents, 'all' | 'wholeText' | 'places' | 'standing'>
  embedder: Pick<Embedder, 'state' | 'reranker' | 'embedQuery' | 'rank'>
  runtime: Pick<Runtime, 'answer' | 'answering' | 'count' | 'load' | 'state' | 'hasRead'>
  models: Pick<Models, 'state'>
  students: StudentChoice
  settings: Pick<SettingsArea, 'values'>
  splittingVersion: number
}

export interface TestAsking {
  workspaceId: string
  /** Who answers; null only searches. */
  modelId: string | null
  signal: AbortSignal
  /** Told when it begins to wait for somebody's answer, and when it goes on. */
  onWait: (waits: boolean) => void
}

export class QuestionAsker {
  readonly #options: QuestionAskerOptions
  readonly #sourced: SourcedAnswers

  constructor(options: QuestionAskerOptions) {
    this.#options = options
    const { runtime } = options
    this.#sourced = new SourcedAnswers({
      ...options,
      runtime: {
        state: runtime.state,
        count: (modelId, prompt) => runtime.count(modelId, prompt),
        load: (modelId, how) => runtime.load(modelId, how),
        hasRead: (modelId, beginning) => runtime.hasRead(modelId, beginning),
        answer: (question, answerId, signal) => runtime.answer({ ...question, isPatient: true }, answerId, signal),
      },
    })
  }

  /**
   * What is in force in a workspace. `isSettled` is false while its documents are being read or embedded.
   * @param usualId who answered last: stays where nobody chose a student, so that using another elsewhere changes nothing here
   */
  conditions(workspaceId: string, usualId: string | null): { now: TestConditions; isSettled: boolean } {
    const { documents, embedder, students, splittingVersion } = this.#options
    const { embedderId, isSplit, isSettled } = documents.standing(workspaceId)
    const modelId = students.chosen(workspaceId, null) ?? students.find(workspaceId, usualId)
    return {
      isSettled,
      now: {
        embedder: this.#named(embedderId),
        reranker: embedder.reranker.value,
        model: this.#named(modelId),
        splitting: isSplit ? splittingVersion : splittingVersion - 1,
      },
    }
  }

  /** Gives way to whoever is answered. @throws AppError no_model, cancelled, and what the engine says */
  ask(question: string, { workspaceId, modelId, signal, onWait }: TestAsking): Promise<Asked> {
    return givingWay(this.#options.runtime.answering, { signal, onWait }, (untilAsked) =>
      modelId === null
        ? this.#search(workspaceId, question, untilAsked)
        : this.#answer(workspaceId, modelId, question, untilAsked),
    )
  }

  async #search(workspaceId: string, query: string, signal: AbortSignal): Promise<Asked> {
    const room = Math.floor(this.#options.settings.values.contextTokens * 0.75) - usualReserveTokens / 2
    const { found, sources } = await this.#sourced.choice.choose(
      {
        ...{ workspaceId, conversationId: nowhere, scope: everything, query, room, isJudged: true },
        count: (text) => Promise.resolve(Math.ceil(text.length / unitsPerToken)),
      },
      signal,
    )
    return { found: found.found, given: sources.given, answer: null }
  }

  async #answer(workspaceId: string, modelId: string, text: string, signal: AbortSignal): Promise<Asked> {
    const { asking, runtime } = this.#options
    // In memory before anything is counted: the first question has as much room for sources as those after it.
    if (runtime.state.value.warm.every((student) => student.modelId !== modelId)) await runtime.load(modelId, { signal })
    const style = asking.seeded(asking.style(workspaceId, initialPresetId), seed)
    const sourced = this.#sourced.begin({
      place: { workspaceId, conversationId: nowhere },
      answerId: crypto.randomUUID(),
      scope: everything,
      systemPrompt: style.systemPrompt,
      branch: [asMessage(text)],
      question: asking.prepare(modelId, style).question,
      kept: null,
      frame: null,
      isJudged: true,
    })
    const asked: { found: Asked['found']; given: Asked['given'] } = { found: [], given: [] }
    let answer = ''
    for await (const item of sourced.ask(signal)) {
      if (item.type === 'sources') {
        asked.found = item.found?.found ?? []
        asked.given = item.sources.given
      } else if (item.type === 'text') answer = (item.turned ? '' : answer) + item.text
    }
    const checked = await sourced.check({ text: answer, thought: '', isWhole: true }, signal)
    return { ...asked, answer: { text: checked?.text ?? answer, checks: checked?.sources.checks ?? [] } }
  }

  #named(modelId: string | null): TestConditions['model'] {
    if (modelId === null) return null
    const name = this.#options.models.state.value.models.find(({ id }) => id === modelId)?.name
    return { id: modelId, name: name ?? modelId }
  }
}

function asMessage(text: string): Message {
  return {
    ...{ id: 'question', parentId: null, role: 'user', text, thought: '', state: 'finished', trouble: null },
    ...{ facts: null, sources: null, createdAt: 0, siblings: [] },
  }
}
