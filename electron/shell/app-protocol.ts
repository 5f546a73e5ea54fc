/** The page's own address in a window, app://bundle/, answered from the same map of files as the loopback skin. */
import type { CustomScheme } from 'electron'
import { pageHeaders, type PageFiles } from '../host/page-files.ts'

/** The only address that a window ever shows. */
export const pageUrl = 'app://bundle/'

/** Must be registered before Electron is ready. `standard` and `secure` give the page an origin, so that `'self'` means something. */
export const appScheme: CustomScheme = { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }

/** Whether an address is in our page's origin. The origin of a scheme of our own reads as `null`, so its parts are compared. */
export function isOurUrl(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === 'app:' && url.host === 'bundle' && url.username === '' && url.password === ''
}

/** Answers app://bundle/…; everything else, and every path that is not in the map, is not there. */
export function answerFrom(pageFiles: PageFiles): (request: Request) => Response {
  // A window talks to the host through a MessagePort, so the page may connect to nothing.
  const headers = pageHeaders(`'none'`)
  return ({ method, url }) => {
    const file = isOurUrl(url) ? pageFiles.get(new URL(url).pathname) : undefined
    if (method !== 'GET') return new Response(null, { status: 405, headers })
    if (!file) return new Response(null, { status: 404, headers })
    return new Response(file.body, {
      headers: { ...headers, 'Content-Type': file.contentType, 'Cache-Control': file.cacheControl },
    })
  }
}
