/** A passphrase being made up: how hard it is to guess and why, and whether it was typed twice alike. Kept nowhere. */

import type { Judge, Judgement, Score } from './passphrase-judge.ts'

/** The host refuses fewer characters. */
const leastCharacters = 8

interface NewPassphraseOptions {
  /** The least score that the host takes. */
  least: () => Score
  /** Names that others know and it should not be made of. */
  known: () => readonly string[]
}

/** The two fields of a new passphrase. */
export class NewPassphrase {
  value = $state('')
  repeated = $state('')
  readonly #options: NewPassphraseOptions
  #checked = $state(false)
  #judge = $state.raw<Judge | null>(null)

  readonly #judgement = $derived.by(() => (this.value === '' ? null : (this.#judge?.(this.value, this.#options.known()) ?? null)))

  constructor(options: NewPassphraseOptions) {
    this.#options = options
  }

  /** Loads what judges: two megabytes that the rest of the page does not need. Until they are there, the host alone decides. */
  async prepare(): Promise<void> {
    this.#judge ??= (await import('./passphrase-judge.ts')).newJudge()
  }

  /** How many characters are missing. */
  get missing(): number {
    return Math.max(0, leastCharacters - [...this.value].length)
  }

  /** Null while it is empty, and until the judge is there. */
  get judgement(): Judgement | null {
    return this.#judgement
  }

  get least(): Score {
    return this.#options.least()
  }

  /** What to say under the first field, once it was tried to go on. */
  get isTooShort(): boolean {
    return this.#checked && this.missing > 0
  }

  /** What to say under the first field, once it was tried to go on. */
  get isTooWeak(): boolean {
    return this.#checked && this.missing === 0 && this.#judgement !== null && this.#judgement.score < this.least
  }

  /** What to say under the second field, once it was tried to go on. */
  get differs(): boolean {
    return this.#checked && this.missing === 0 && this.value !== this.repeated
  }

  /** Whether one can go on; from now on what is wrong is said. */
  check(): boolean {
    this.#checked = true
    return !this.isTooShort && !this.isTooWeak && !this.differs
  }
}
