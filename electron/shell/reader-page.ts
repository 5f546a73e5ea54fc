/** The page of the reader's window and its policy: one script of ours, a worker, and nothing else whatever a parser tries. */

/** The only address that a reader's window ever loads, and the only one beside it. */
export const readerUrl = 'app://reader/'
const scriptUrl = 'app://reader/start.js'

/**
 * Without `allow-same-origin` the page has no origin of its own, so there is no storage that it or its worker could open: nothing passes from
 * one document to the next. Workers are made of what the page holds in memory, whose address has that origin too.
 */
const policy = [
  `default-src 'none'`,
  `script-src 'self' blob: 'wasm-unsafe-eval'`,
  'worker-src blob:',
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
  'sandbox allow-scripts',
].join('; ')

const headers = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-DNS-Prefetch-Control': 'off',
  'Cache-Control': 'no-store',
}

/** Whether the window may load it: its page, its script, and what it made itself in memory. */
export function mayReaderLoad(address: string): boolean {
  return address === readerUrl || address === scriptUrl || address.startsWith('blob:null/')
}

/** Answers the two addresses. @param script of the page */
export function answerReader(script: string): (request: Request) => Response {
  const page = '<!doctype html><meta charset="utf-8"><title>Alambic</title><script src="/start.js"></script>'
  return ({ method, url }) => {
    if (method !== 'GET') return new Response(null, { status: 405, headers })
    if (url === readerUrl) return new Response(page, { headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' } })
    if (url !== scriptUrl) return new Response(null, { status: 404, headers })
    return new Response(script, { headers: { ...headers, 'Content-Type': 'text/javascript; charset=utf-8' } })
  }
}
