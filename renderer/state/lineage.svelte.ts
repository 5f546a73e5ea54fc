/** Where the models that are here come from, and what their licences ask of whoever uses them. */
import type { Client } from '../../contract/contract.ts'
import type { Lineage } from '../../contract/lineage-card.ts'
import type { Area, Life } from './area.ts'

export class LineageState implements Area {
  #facts = $state.raw<Record<string, Lineage>>({})
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  of(modelId: string): Lineage | null {
    return this.#facts[modelId] ?? null
  }

  /** Ids of the models that ask for "Built with Llama". */
  get withLlama(): string[] {
    return Object.entries(this.#facts)
      .filter(([, { duties }]) => duties.includes('built_with_llama'))
      .map(([id]) => id)
  }

  /** Every notice once, with the ids of the models that it belongs to. */
  get notices(): { notice: string; modelIds: string[] }[] {
    const found: Record<string, string[]> = {}
    for (const [id, { notice }] of Object.entries(this.#facts)) if (notice !== null) (found[notice] ??= []).push(id)
    return Object.entries(found).map(([notice, modelIds]) => ({ notice, modelIds }))
  }

  onUnlock({ follow }: Life): void {
    follow(this.#client.models.lineages, (facts) => this.apply(facts))
  }

  apply(facts: Record<string, Lineage>): void {
    this.#facts = facts
  }

  forget(): void {
    this.#facts = {}
  }
}
