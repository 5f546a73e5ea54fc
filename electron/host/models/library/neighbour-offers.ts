/** What other programs have, as the page may name it: a reference for each file, the same one at every look. */
import type { Neighbour } from '../../../../contract/entities.ts'
import type { References } from '../../desktop.ts'
import { runnableNeighbours, type NeighbourPlace } from './neighbours.ts'

export class NeighbourOffers {
  readonly #places: readonly NeighbourPlace[]
  readonly #issued: References
  /** By path. */
  readonly #references = new Map<string, string>()

  constructor({ neighbourPlaces, references }: { neighbourPlaces: readonly NeighbourPlace[]; references: References }) {
    this.#places = neighbourPlaces
    this.#issued = references
  }

  /** Whether a reference is another program's file. */
  has(reference: string): boolean {
    return [...this.#references.values()].includes(reference)
  }

  /** @param used paths of those that are used where they are */
  async find(used: ReadonlySet<string>): Promise<Neighbour[]> {
    const found: Neighbour[] = []
    for (const { path, fileName, ...facts } of await runnableNeighbours(this.#places, used)) {
      const reference = this.#references.get(path) ?? this.#issued.issue(path, fileName)
      this.#references.set(path, reference)
      found.push({ reference, ...facts })
    }
    return found
  }
}
