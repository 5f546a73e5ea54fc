/**
 * Who may talk to the loopback server. Each check stops one attack:
 * Host: a web site whose name is made to resolve to 127.0.0.1 (DNS rebinding). Origin: a web site that opens a
 * WebSocket to us or posts to us, with which a browser would send our cookie (cross-site request forgery).
 * Sec-Fetch-Site: another server of this machine on another port, which SameSite counts as the same site. Token and
 * cookie: other users and other browser profiles of this machine, who can reach 127.0.0.1 as well.
 */
import { randomBytes, timingSafeEqual, createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** How long the browser keeps the cookie, in seconds. The server forgets it earlier: when it stops. */
const cookieSeconds = 30 * 24 * 3600

/** Whether the request was made to exactly our address, e.g. `127.0.0.1:8080`; `localhost` is not it. */
export function isToUs(headers: IncomingHttpHeaders, authority: string): boolean {
  return headers.host === authority
}

/** Whether a page of ours sent this. For WebSockets and everything that changes something. */
export function isFromOurPage(headers: IncomingHttpHeaders, authority: string): boolean {
  return headers.origin === `http://${authority}` && !isFromElsewhere(headers, authority)
}

/** Whether the browser says that some other page sent this. A person's own navigation counts as ours. */
export function isFromElsewhere(headers: IncomingHttpHeaders, authority: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  return headers.origin !== undefined && headers.origin !== `http://${authority}`
}

/** Whether the browser only tries the address out beforehand, which must not use up the token. */
export function isPrefetch(headers: IncomingHttpHeaders): boolean {
  return /prefetch|prerender|preview/i.test(String(headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz'] ?? ''))
}

/** The one-time token, and the cookie that it becomes. */
export class Gate {
  readonly #cookieName: string
  readonly #cookie = secret()
  #token: string | null = secret()

  /** Cookies are not kept apart by port, so the port is in the name. */
  constructor({ port }: { port: number }) {
    this.#cookieName = `alambic-${port}`
  }

  /** For the printed address. Null once it was used. */
  get token(): string | null {
    return this.#token
  }

  /** The Set-Cookie header that the right token is exchanged for, once; null for any other. */
  redeem(token: string): string | null {
    if (this.#token === null || !isSame(token, this.#token)) return null
    this.#token = null
    return `${this.#cookieName}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${cookieSeconds}`
  }

  /** Whether the cookie is there. Every cookie of the name is looked at: another server of this machine may have set one. */
  admits(headers: IncomingHttpHeaders): boolean {
    return (headers.cookie ?? '').split(';').some((pair) => {
      const [name, value = ''] = pair.trim().split('=', 2)
      return name === this.#cookieName && isSame(value, this.#cookie)
    })
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

/** Takes the same time wherever two texts differ; hashing makes their lengths equal. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [given, right].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
