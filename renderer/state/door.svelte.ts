/** The door to the network: who is being talked to, who may be, and its ledger. */
import type { Client } from '../../contract/contract.ts'
import type { DoorState as DoorFacts, NetworkConsent } from '../../contract/network.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

/** Entries of the ledger that the page shows; the host keeps more. */
const shownEntries = 200

export class DoorState implements Area {
  readonly withdrawing = new Task()
  #facts = $state.raw<DoorFacts | null>(null)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get facts(): DoorFacts | null {
    return this.#facts
  }

  /** What a person is being asked on a page of the host's own, which may lie behind this one; null while nothing is. */
  get askingElsewhere(): DoorFacts['asking'] {
    const asking = this.#facts?.asking ?? null
    return asking?.where === 'browser' ? asking : null
  }

  /** Takes a consent back; what goes on under it ends. */
  withdraw({ purpose, address }: NetworkConsent): Promise<boolean> {
    return this.withdrawing.run(() => this.#client.network.withdraw({ purpose, address }))
  }

  /** Answers what is being asked with no. */
  async leaveQuestion(): Promise<void> {
    await this.#client.network.leaveQuestion({})
  }

  onUnlock({ follow }: Life): void {
    follow(
      (_none, options) => this.#client.network.door({ limit: shownEntries }, options),
      (facts) => this.apply(facts),
    )
  }

  apply(facts: DoorFacts): void {
    this.#facts = facts
  }

  forget(): void {
    this.#facts = null
    this.withdrawing.forget()
  }
}
