/** With how many threads each model runs, and which of them is still to be tried. The trial itself is another's business. */
import type { Backend } from '../../../contract/entities.ts'
import { estimateMemory } from '../models/gguf/memory-estimate.ts'
import type { Models } from '../models/models.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import type { Measurements } from './measurements.ts'
import { marginBytes } from './memory-plan.ts'
import { chooseThreads, type Cores } from './memory.ts'
import { trialContextTokens } from './thread-trial.ts'

export interface ThreadChoiceOptions {
  models: Pick<Models, 'headerOf'>
  settings: Pick<SettingsArea, 'values'>
  measurements: Pick<Measurements, 'get'>
  /** The llama.cpp that a model in memory runs on, and what it computes on; null for one that is not there. */
  buildOf: (modelId: string) => string | null
  cores: Cores | undefined
}

export class ThreadChoice {
  readonly #options: ThreadChoiceOptions

  constructor(options: ThreadChoiceOptions) {
    this.#options = options
  }

  /** With how many a model reads and writes: as a person said, else as was tried here, else as is usual. */
  of(baseId: string): { reading: number; writing: number } {
    const { settings, measurements, buildOf, cores } = this.#options
    const fixed = settings.values.threads
    if (fixed > 0) return { reading: fixed, writing: fixed }
    const { threads } = measurements.get(baseId)
    if (threads && threads.build === buildOf(baseId)) return { reading: threads.reading, writing: threads.writing }
    const usual = chooseThreads(cores)
    return { reading: usual, writing: usual }
  }

  /** The model, when it is in memory and its best numbers are not known; null when there is nothing to try. On a graphics card they hardly matter. */
  triable(baseId: string | undefined, backend: Backend): { modelId: string; build: string } | null {
    const { settings, measurements, buildOf } = this.#options
    if (baseId === undefined || settings.values.threads > 0 || backend !== 'cpu') return null
    const build = buildOf(baseId)
    return build === null || measurements.get(baseId).threads?.build === build ? null : { modelId: baseId, build }
  }

  /** Whether a trial's context fits. */
  async fitsTrial(modelId: string, freeBytes: number): Promise<boolean> {
    const header = await this.#options.models.headerOf(modelId)
    if (!header) return false
    const { cacheBytes, computeBytes } = estimateMemory(header, trialContextTokens)
    return cacheBytes + computeBytes + marginBytes <= freeBytes
  }
}
