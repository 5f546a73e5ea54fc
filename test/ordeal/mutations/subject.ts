/** Something that parses what strangers made, as the mutations meet it. */
import { AppError } from '../../../contract/errors.ts'
import type { Chance } from '../chance.ts'

export interface Subject {
  readonly name: string
  /** How many of a hundred cases are its own. */
  readonly share: number
  /**
   * Has one case.
   * @returns what it came to, for counting
   * @throws Error when it came to what must not be
   */
  run: (chance: Chance) => Promise<string>
  close?: () => Promise<void>
}

/** What becomes of the work: `taken`, or the code that it was refused with. @throws what is no refusal */
export async function taken(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'taken'
  } catch (error) {
    if (error instanceof AppError && error.code !== 'internal') return 'refused'
    throw error
  }
}
