/** A kind of work that is killed again and again over the same files, and looked at after each kill. */
import type { Chance } from '../chance.ts'

export interface Trial {
  readonly name: string
  /** Makes what the work begins with. */
  prepare: () => Promise<void>
  /**
   * One start, one kill at a point that chance chooses, and a look at everything that was acknowledged since the beginning.
   * @returns what was acknowledged before this kill
   * @throws Error saying what was lost, or what does not open
   */
  round: (chance: Chance, round: number) => Promise<number>
  /** A last look, over all rounds. */
  end: () => Promise<void>
}

/** Lets the work go on for a while of its own. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** @throws Error with these words unless it holds */
export function must(holds: boolean, words: string): asserts holds {
  if (!holds) throw new Error(words)
}
