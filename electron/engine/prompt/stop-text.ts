/** Ends an answer where a stop text appears: a model without a template would go on and ask the next question itself. */
export class StopText {
  readonly #stops: readonly string[]
  #held = ''

  /** @param stops none of them is ever shown */
  constructor(stops: readonly string[]) {
    this.#stops = stops
  }

  /** What may be shown of the answer so far held back and of this text; `stopped` once a stop text has come. */
  push(text: string): { text: string; stopped: boolean } {
    this.#held += text
    const found = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((at) => at >= 0)
    if (found.length > 0) {
      const shown = this.#held.slice(0, Math.min(...found)).trimEnd()
      this.#held = ''
      return { text: shown, stopped: true }
    }
    let open = 0
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > open; length--) {
        if (this.#held.endsWith(stop.slice(0, length))) open = length
      }
    }
    const shown = this.#held.slice(0, this.#held.length - open)
    this.#held = this.#held.slice(shown.length)
    return { text: shown, stopped: false }
  }

  /** What was held back when the answer ends by itself. */
  flush(): string {
    const rest = this.#held
    this.#held = ''
    return rest
  }
}
