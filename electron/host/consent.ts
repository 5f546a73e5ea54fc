/**
 * A person's word, given where the page cannot give it: in a dialog of the system, or on a page of the host's own under another
 * origin. One question at a time; whoever says no again and again is left in peace for a while.
 */
import type { NetworkPurpose } from '../../contract/network.ts'
import { AppError } from '../../contract/errors.ts'
import type { Language } from '../../contract/settings.ts'
import { Watchable } from './base/watchable.ts'

export interface ConsentQuestion {
  purpose: NetworkPurpose
  /** Host, and the port where it is not the usual one. */
  host: string
  /** The whole address, as it is shown. */
  address: string
  language: Language
}

/** `once` is for this time, `always` is remembered; a question about a link has all three, every other only `no` and `always`. */
export type ConsentAnswer = 'no' | 'once' | 'always'

/** Puts questions to the person. The two implementations are the skins' own. */
export interface Consent {
  readonly where: 'dialog' | 'browser'
  /** Resolves with `no` when it was closed, or when the signal fires. */
  ask(question: ConsentQuestion, signal: AbortSignal): Promise<ConsentAnswer>
}

/** A question that nobody answers for so long is a no. */
const patienceMs = 5 * 60_000
/** After the second no in a row nothing is asked for so long, after each further one for twice as long, up to ten minutes. */
const firstQuietMs = 5_000
const longestQuietMs = 10 * 60_000

export class ConsentDesk {
  /** What is being asked now. */
  readonly asking = new Watchable<ConsentQuestion | null>(null)
  readonly #consent: Consent
  readonly #elapsed: () => number
  #open: { key: string; answer: Promise<ConsentAnswer>; leave: AbortController } | null = null
  #refusals = 0
  #quietUntil = 0

  /** @param elapsed milliseconds that pass evenly, whatever is done to the clock */
  constructor({ consent, elapsed }: { consent: Consent; elapsed: () => number }) {
    this.#consent = consent
    this.#elapsed = elapsed
  }

  get where(): Consent['where'] {
    return this.#consent.where
  }

  /** The same question, asked twice at once, is one. @throws AppError busy while another one is open */
  async ask(question: ConsentQuestion): Promise<ConsentAnswer> {
    const key = `${question.purpose} ${question.address}`
    if (this.#open?.key === key) return this.#open.answer
    if (this.#open) throw new AppError('busy', 'Another question is open')
    if (this.#elapsed() < this.#quietUntil) return 'no'
    const leave = new AbortController()
    const answer = this.#put(question, leave)
    this.#open = { key, answer, leave }
    return answer
  }

  /** Answers what is open with no. */
  leave(): void {
    this.#open?.leave.abort()
  }

  async #put(question: ConsentQuestion, leave: AbortController): Promise<ConsentAnswer> {
    const patience = setTimeout(() => leave.abort(), patienceMs)
    this.asking.set(question)
    try {
      const answer = await this.#consent.ask(question, leave.signal)
      // A question that went away with its asker is nobody's no.
      if (leave.signal.aborted) return 'no'
      this.#note(answer)
      return answer
    } finally {
      clearTimeout(patience)
      this.#open = null
      this.asking.set(null)
    }
  }

  #note(answer: ConsentAnswer): void {
    this.#refusals = answer === 'no' ? this.#refusals + 1 : 0
    const quietMs = this.#refusals < 2 ? 0 : Math.min(longestQuietMs, firstQuietMs * 2 ** (this.#refusals - 2))
    this.#quietUntil = this.#elapsed() + quietMs
  }
}
