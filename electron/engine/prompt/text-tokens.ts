/** Plain text to tokens inside a prompt: no special token can come of it, and no space is added where pieces are joined. */
import { SpecialTokens, type Vocabulary } from './vocabulary.ts'

export class TextTokens {
  readonly special: SpecialTokens
  readonly #vocabulary: Vocabulary
  /** SentencePiece vocabularies put a space before every text; this is what comes before the text itself when a line break leads it. */
  readonly #lead: readonly number[] | null

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.special = new SpecialTokens(vocabulary)
    const lead = vocabulary.tokenize('\n', false)
    const led = vocabulary.tokenize('\na', false)
    const cuts = lead.length > 0 && lead.every((token, index) => led[index] === token)
    const addsSpace = vocabulary.tokenize('a', false).join() !== led.slice(lead.length).join()
    this.#lead = cuts && addsSpace ? lead : null
  }

  /** Tokens of a text that follows something, without a space of their own. @param special whether spellings of special tokens become them */
  following(text: string, special: boolean): number[] {
    if (text === '') return []
    const lead = this.#lead
    if (lead) {
      const led = this.#vocabulary.tokenize(`\n${text}`, special)
      if (lead.every((token, index) => led[index] === token)) return led.slice(lead.length)
    }
    return this.#vocabulary.tokenize(text, special)
  }

  /** Tokens of somebody's text, none of them special. */
  plain(text: string): number[] {
    const tokens = this.following(text, false)
    if (!tokens.some((token) => this.special.has(token))) return tokens
    // llama.cpp reads user-defined tokens even where special ones are off, and merges may spell one: so cut it apart.
    const [first = '', ...rest] = text
    return rest.length === 0 ? tokens : [...this.plain(first), ...this.plain(rest.join(''))]
  }

  /** As {@link plain}, for a text of any length: only spellings of special tokens are cut. */
  content(text: string): number[] {
    const { spelling } = this.special
    if (!spelling) return this.following(text, false)
    const tokens: number[] = []
    let done = 0
    for (const match of text.matchAll(spelling)) {
      tokens.push(...this.following(text.slice(done, match.index), false), ...this.plain(match[0]))
      done = match.index + match[0].length
    }
    tokens.push(...this.following(text.slice(done), false))
    return tokens
  }
}
