/** What the engine is doing: loading, loaded, how much memory there is, and why it last failed. */
import type { HardwareState, RuntimeState as RuntimeFacts } from '../../contract/entities.ts'
import type { Client } from '../../contract/contract.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

export class RuntimeState implements Area {
  #facts = $state.raw<RuntimeFacts | null>(null)
  #hardware = $state.raw<HardwareState | null>(null)
  readonly #client: Client
  readonly loading = new Task()
  readonly trying = new Task()
  /** The model that was last asked for: what failed belongs to it. */
  #askedId = $state<string | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get facts(): RuntimeFacts | null {
    return this.#facts
  }

  /** What this machine computes on; null until the host has said. */
  get hardware(): HardwareState | null {
    return this.#hardware
  }

  applyHardware(hardware: HardwareState): void {
    this.#hardware = hardware
  }

  /** Tries every backend again. */
  tryHardware(): Promise<boolean> {
    return this.trying.once(() => this.#client.runtime.tryHardware({}))
  }

  get askedId(): string | null {
    return this.#askedId
  }

  onUnlock({ follow }: Life): void {
    follow(this.#client.runtime.state, (facts) => this.apply(facts))
    follow(this.#client.runtime.hardware, (hardware) => this.applyHardware(hardware))
  }

  apply(facts: RuntimeFacts): void {
    this.#facts = facts
  }

  forget(): void {
    this.#facts = null
    this.#askedId = null
    this.loading.forget()
    this.trying.forget()
    this.#hardware = null
  }

  /** The context of a student while it is in memory. */
  warm(modelId: string | undefined): RuntimeFacts['warm'][number] | null {
    return this.#facts?.warm.find((student) => student.modelId === modelId) ?? null
  }

  /** @param insist loads it even where it does not fit */
  load(modelId: string, insist = false): Promise<boolean> {
    this.#askedId = modelId
    return this.loading.run(() => this.#client.runtime.load({ modelId, insist }))
  }

  measureAgain(modelId: string): Promise<boolean> {
    return this.loading.run(() => this.#client.runtime.measureAgain({ modelId }))
  }

  unload(modelId: string): Promise<boolean> {
    return this.loading.run(() => this.#client.runtime.unload({ modelId }))
  }
}
