/**
 * Turns tokens into text as they come. A character may be spread over several tokens: they are held back until it is
 * whole. A greedy random model can loop inside half a character, so no more than eight are ever held.
 */
import type { LlamaModel, Token } from 'node-llama-cpp'

const mostHeld = 8
const context = 8

export class TokenText {
  readonly #model: LlamaModel
  #held: Token[] = []
  #last: Token[] = []

  constructor(model: LlamaModel) {
    this.#model = model
  }

  /** The text that this token completes; empty while a character is still in pieces. */
  push(token: Token): string {
    this.#held.push(token)
    const text = this.#model.detokenize(this.#held, false, this.#last)
    if (text.endsWith('\uFFFD') && this.#held.length < mostHeld) return ''
    this.#last = [...this.#last, ...this.#held].slice(-context)
    this.#held = []
    return text
  }
}
