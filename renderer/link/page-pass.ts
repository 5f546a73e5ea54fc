/**
 * What proves this page to its host behind loopback. It is bound to the page's origin, port included, which no cookie is: kept for the
 * tab (a reload has it again), handed from a living tab to a new one, and worthless when the host has ended.
 */
import { tokenPrefix, type ProvenBy } from '../../contract/admission.ts'

/** A secret and what it is. */
export interface Credential {
  by: ProvenBy
  secret: string
}

/** The browser's sides that are needed here. */
export interface PassPlaces {
  location: Pick<Location, 'hash'>
  history: Pick<History, 'replaceState'>
  /** The tab's own store. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Reaches the other tabs of this origin. */
  channel: Pick<BroadcastChannel, 'postMessage'> & { onmessage: ((event: MessageEvent) => void) | null }
}

const key = 'pass'
const question = 'pass?'
/** Milliseconds that another tab has to answer. */
const answerMs = 300

export class PagePass {
  readonly #places: PassPlaces
  #token: string | null = null
  #told: ((pass: string) => void) | null = null

  constructor(places: PassPlaces) {
    this.#places = places
    places.channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data)
    this.readAddress()
  }

  /** Takes the token out of the address, if there is one: it must not stand there, in the history or in a bookmark. Also for `hashchange`. */
  readAddress(): void {
    const { location, history } = this.#places
    if (!location.hash.startsWith(tokenPrefix)) return
    this.#token = location.hash.slice(tokenPrefix.length)
    history.replaceState(null, '', '/')
  }

  /** What to try, one after the other: the newest first. A living tab is asked only if nothing before let us in. */
  async *credentials(): AsyncGenerator<Credential> {
    if (this.#token !== null) {
      const secret = this.#token
      this.#token = null
      yield { by: 'token', secret }
    }
    const own = this.#places.storage.getItem(key)
    if (own !== null) yield { by: 'pass', secret: own }
    const others = await this.#ask()
    if (others !== null && others !== own) yield { by: 'pass', secret: others }
  }

  /** Keeps what the host gave, and tells tabs of an earlier run of it. */
  keep(pass: string): void {
    const known = this.#places.storage.getItem(key) === pass
    this.#places.storage.setItem(key, pass)
    if (!known) this.#places.channel.postMessage({ pass })
  }

  /** Forgets one that did not let us in. */
  drop({ by, secret }: Credential): void {
    if (by === 'pass' && this.#places.storage.getItem(key) === secret) this.#places.storage.removeItem(key)
  }

  #ask(): Promise<string | null> {
    return new Promise((resolve) => {
      const end = (pass: string | null): void => {
        this.#told = null
        clearTimeout(timer)
        resolve(pass)
      }
      const timer = setTimeout(() => end(null), answerMs)
      this.#told = end
      this.#places.channel.postMessage(question)
    })
  }

  #hear(data: unknown): void {
    const own = this.#places.storage.getItem(key)
    if (data === question) {
      if (own !== null) this.#places.channel.postMessage({ pass: own })
    } else if (typeof data === 'object' && data !== null && 'pass' in data && typeof data.pass === 'string') {
      if (this.#told) this.#told(data.pass)
      // Ours did not work any more, or never did: the next try takes this one.
      else if (own === null) this.#places.storage.setItem(key, data.pass)
    }
  }
}
