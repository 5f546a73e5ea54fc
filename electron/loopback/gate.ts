/** The secrets that let a page in: the token of an address, which works once and for a minute, and the pass of this run that it is exchanged for. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ProvenBy } from '../../contract/admission.ts'

/** How long an address is good for, in milliseconds. */
export const tokenMs = 60_000

export class Gate {
  /** What a page that was let in keeps. It dies with this process. */
  readonly pass = newSecret()
  readonly #now: () => number
  #token: { secret: string; until: number } | null = null

  /** @param now milliseconds of a clock that nobody sets: a token must not live longer because the time was put back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** A new token; the one before is worth nothing from now on. */
  newToken(): string {
    this.#token = { secret: newSecret(), until: this.#now() + tokenMs }
    return this.#token.secret
  }

  /** The secret itself; null for a token that was used, is older than a minute or was never made. */
  secretOf(by: ProvenBy): string | null {
    if (by === 'pass') return this.pass
    return this.#token && this.#now() < this.#token.until ? this.#token.secret : null
  }

  /** To be called once a token has let a page in. */
  spendToken(): void {
    this.#token = null
  }
}

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What proves knowledge of a secret, as the page makes it with Web Crypto. */
export function signed(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

/** Takes the same time wherever two texts differ; hashing makes their lengths equal. */
export function isSame(given: string, right: string): boolean {
  const [a, b] = [given, right].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
