/** How fast a model reads prompts on this machine, as well as it is known: as measured in answers, as tried, else as reckoned. */
import type { Backend } from '../../../contract/entities.ts'
import type { Models } from '../models/models.ts'
import type { Measurements } from './measurements.ts'
import { chooseThreads, type Cores } from './memory.ts'

/**
 * What a thread computes in a second, in floating-point operations: cautiously, so that a first question waits rather less than was wished.
 * Measured: 51 thousand million with a quantised model of 494 million parameters (52 tokens/s) on one AVX2 core of a server.
 */
const operationsPerThread = 30e9
/** A token takes a multiplication and an addition for each parameter. */
const operationsPerParameter = 2

export interface ReadingSpeedOptions {
  models: Pick<Models, 'headerOf' | 'state'>
  measurements: Pick<Measurements, 'get'>
  /** What models run on. */
  backend: () => Backend
  /** How many threads a person fixed; 0 for none. */
  fixedThreads: () => number
  cores?: Cores
}

export class ReadingSpeed {
  readonly #options: ReadingSpeedOptions
  /** Parameters by the model's id, which stands for the same bytes always; 0 where the file does not say. */
  readonly #parameters = new Map<string, number>()

  constructor(options: ReadingSpeedOptions) {
    this.#options = options
  }

  /** Tokens a second as answers have shown or a trial has; undefined where neither was. */
  measured(studentId: string): number | undefined {
    const { measurements, fixedThreads } = this.#options
    const { promptTokensPerSecond } = measurements.get(studentId)
    if (promptTokensPerSecond !== undefined) return promptTokensPerSecond
    const { threads } = measurements.get(this.#baseOf(studentId))
    return threads?.tried.find((speed) => speed.threads === (fixedThreads() || threads.reading))?.reading
  }

  /** The same, or as reckoned; undefined where nobody can know: on a graphics card that was never measured, or without the model's file. */
  async of(studentId: string): Promise<number | undefined> {
    const { backend, fixedThreads, cores } = this.#options
    const measured = this.measured(studentId)
    if (measured !== undefined || backend() !== 'cpu') return measured
    const parameters = await this.#parametersOf(this.#baseOf(studentId))
    const used = fixedThreads() || chooseThreads(cores)
    return parameters > 0 ? (used * operationsPerThread) / (operationsPerParameter * parameters) : undefined
  }

  #baseOf(studentId: string): string {
    const { models } = this.#options
    return models.state.value.models.find(({ id }) => id === studentId)?.adapter?.baseId ?? studentId
  }

  async #parametersOf(modelId: string): Promise<number> {
    const known = this.#parameters.get(modelId)
    if (known !== undefined) return known
    const header = await this.#options.models.headerOf(modelId)
    if (!header) return 0
    this.#parameters.set(modelId, header.parameters)
    return header.parameters
  }
}
