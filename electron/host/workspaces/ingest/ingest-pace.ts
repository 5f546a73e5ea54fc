/** How fast reading, recognising and embedding went in this session, for an honest word about the time that is left. */

/** What is still to be done, and what is known of what was done. */
export interface WorkLeft {
  bytes: number
  pages: number
  passages: number
  /** Of what has been read: how many passages so many bytes became. */
  readBytes: number
  readPassages: number
}

/** Before so much work was timed, in milliseconds, nothing is said. */
const soonestMs = 2000

type Kind = 'bytes' | 'pages' | 'passages'

export class IngestPace {
  readonly #worked: Record<Kind, { amount: number; ms: number }> = {
    bytes: { amount: 0, ms: 0 },
    pages: { amount: 0, ms: 0 },
    passages: { amount: 0, ms: 0 },
  }

  worked(kind: Kind, amount: number, ms: number): void {
    this.#worked[kind].amount += amount
    this.#worked[kind].ms += ms
  }

  /** Milliseconds until it is done; null when it is too early to say. Reading and embedding go on side by side. */
  leftMs(left: WorkLeft, embeds: boolean): number | null {
    if (left.bytes > 0 && left.readBytes === 0) return null
    const toCome = left.readBytes > 0 ? (left.bytes * left.readPassages) / left.readBytes : 0
    const reading = this.#needs('bytes', left.bytes)
    const recognising = this.#needs('pages', left.pages)
    const embedding = embeds ? this.#needs('passages', left.passages + toCome) : 0
    if (reading === null || recognising === null || embedding === null) return null
    return Math.round(Math.max(reading + recognising, embedding))
  }

  #needs(kind: Kind, amount: number): number | null {
    if (amount === 0) return 0
    const worked = this.#worked[kind]
    return worked.ms < soonestMs || worked.amount === 0 ? null : (amount * worked.ms) / worked.amount
  }
}
