/**
 * Whose requests the loopback server answers at all. Each check stops one attack:
 * Host: a web site whose name is made to resolve to 127.0.0.1 (DNS rebinding). Origin: a web site, or another server of this machine, that
 * opens a WebSocket to us or posts to us. Sec-Fetch-Site: a page elsewhere that wants our files as pictures, scripts or frames.
 * None of them lets anybody in: that takes a proof (gate.ts, admission.ts), and nothing that a browser sends by itself is one.
 */
import type { IncomingHttpHeaders } from 'node:http'

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

/** Whether a person comes here from another page, e.g. from the file that the launcher opens: a whole tab goes to our address. */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}
