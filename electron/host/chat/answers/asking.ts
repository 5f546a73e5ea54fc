/**
 * What is needed to ask a model, in one place: with which instructions, sampling and room, and what the passport of the answer says of it.
 * Conversations, comparisons, tests of questions and the budget ask through it, so that none of them forgets a workspace's instructions.
 */
import { randomInt } from 'node:crypto'
import type { AnswerPassport, Sampling } from '../../../../contract/conversation.ts'
import type { Thinking } from '../../../../contract/entities.ts'
import type { WorkerWalls } from '../../base/worker-walls.ts'
import type { Models } from '../../models/models.ts'
import type { OpenQuestion, Runtime } from '../../runtime/runtime.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import type { Presets } from '../conversations/presets.ts'
import { usualReserveTokens } from '../conversations/prompt-messages.ts'
import type { AnswerMaker } from './answer-writer.ts'

/** How a model answers: the instructions of the workspace and of the style as one, and the sampling. */
export interface AnswerStyle {
  presetId: string
  presetName: string
  systemPrompt: string
  sampling: Sampling
  /** What the model is told of thinking; absent leaves it to the model. */
  thinking?: Thinking | undefined
}

/** A question as it can be put, and who is asked, for the answer's facts. */
export interface PreparedQuestion {
  maker: AnswerMaker
  question: OpenQuestion
}

export interface AskingOptions {
  workspaces: Pick<Workspaces, 'get'>
  presets: Pick<Presets, 'get'>
  models: Pick<Models, 'identity' | 'get'>
  runtime: Pick<Runtime, 'engineFacts'>
  settings: Pick<SettingsArea, 'policiesHash'>
  walls: Pick<WorkerWalls, 'state'>
}

export class Asking {
  readonly #options: AskingOptions

  constructor(options: AskingOptions) {
    this.#options = options
  }

  /** The style of an answer in a workspace. @throws AppError not_found */
  style(workspaceId: string, presetId: string): AnswerStyle {
    const { workspaces, presets } = this.#options
    const { id, name, systemPrompt, sampling, thinking } = presets.get(presetId)
    const parts = [workspaces.get(workspaceId).instructions, systemPrompt].filter((part) => part.trim() !== '')
    return { presetId: id, presetName: name, systemPrompt: parts.join('\n\n'), sampling, thinking }
  }

  /** The style with its seed drawn, so that the answer can be made again. @param seed instead of one by chance */
  seeded(style: AnswerStyle, seed?: number): AnswerStyle {
    const { sampling } = style
    return { ...style, sampling: { ...sampling, seed: seed ?? sampling.seed ?? randomInt(2 ** 32 - 1) } }
  }

  /**
   * @param style a seeded one
   * @param memory of the conversation that it belongs to; null when nothing of it is to be kept
   * @throws AppError model_missing
   */
  prepare(
    modelId: string,
    style: AnswerStyle,
    {
      opening = null,
      leftOutBefore = 0,
      memory = null,
    }: Partial<Pick<OpenQuestion['prompt'], 'opening' | 'leftOutBefore'>> & Partial<Pick<OpenQuestion, 'memory'>> = {},
  ): PreparedQuestion {
    const { thinking, ...said } = style
    const { sampling } = said
    return {
      maker: { ...this.#options.models.identity(modelId), ...said, passport: () => this.#passport(modelId) },
      question: {
        modelId,
        memory,
        prompt: {
          opening,
          sampling: { ...sampling, seed: sampling.seed ?? 0 },
          reserveTokens: this.reserveTokens(style),
          leftOutBefore,
          thinking,
        },
      },
    }
  }

  /** Tokens that are kept free for an answer. */
  reserveTokens({ sampling }: Pick<AnswerStyle, 'sampling'>): number {
    return sampling.maxTokens ?? usualReserveTokens
  }

  /** By what it was made, as far as it is known at the end of the answer. */
  #passport(modelId: string): AnswerPassport {
    const { models, runtime, settings, walls } = this.#options
    const { adapter, template } = models.get(modelId)
    return {
      template: adapter ? models.get(adapter.baseId).template : template,
      engine: runtime.engineFacts(modelId),
      walls: walls.state.value.workers.find(({ worker }) => worker === 'engine')?.walls ?? null,
      policiesSha256: settings.policiesHash,
    }
  }
}
