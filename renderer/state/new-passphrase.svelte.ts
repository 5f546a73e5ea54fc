/** A passphrase being made up: how strong it looks, and whether it was typed twice alike. Kept nowhere. */

/** The host refuses fewer characters. */
export const leastCharacters = 8

/** How strong a passphrase looks. A hint, not a promise: only length and variety are seen, not words of a dictionary. */
export type Strength = 'weak' | 'fair' | 'strong'

/**
 * Guesses the strength from length, kinds of characters and repetition: bits of a random text of that shape, with
 * repeated characters counted once in four.
 */
export function strengthOf(passphrase: string): Strength {
  const characters = [...passphrase]
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(passphrase)).length
  const distinct = characters
    .map((character) => character.toLowerCase())
    .filter((letter, at, all) => all.indexOf(letter) === at).length
  const bits = (distinct + (characters.length - distinct) / 4) * (2.5 + kinds * 0.5)
  return bits < 34 ? 'weak' : bits < 48 ? 'fair' : 'strong'
}

/** The two fields of a new passphrase. */
export class NewPassphrase {
  value = $state('')
  repeated = $state('')
  #checked = $state(false)

  /** How many characters are missing. */
  get missing(): number {
    return Math.max(0, leastCharacters - [...this.value].length)
  }

  get strength(): Strength {
    return strengthOf(this.value)
  }

  /** What to say under the first field, once it was tried to go on. */
  get isTooShort(): boolean {
    return this.#checked && this.missing > 0
  }

  /** What to say under the second field, once it was tried to go on. */
  get differs(): boolean {
    return this.#checked && this.missing === 0 && this.value !== this.repeated
  }

  /** Whether one can go on; from now on what is wrong is said. */
  check(): boolean {
    this.#checked = true
    return !this.isTooShort && !this.differs
  }
}
