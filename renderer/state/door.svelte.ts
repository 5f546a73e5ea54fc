/** The door to the network: who is being talked to, and its ledger. */
import type { DoorState as DoorFacts } from '../../contract/entities.ts'

/** Entries of the ledger that the page shows; the host keeps more. */
export const shownEntries = 200

export class DoorState {
  #facts = $state.raw<DoorFacts | null>(null)

  /** Null until the host has said. */
  get facts(): DoorFacts | null {
    return this.#facts
  }

  apply(facts: DoorFacts): void {
    this.#facts = facts
  }

  forget(): void {
    this.#facts = null
  }
}
