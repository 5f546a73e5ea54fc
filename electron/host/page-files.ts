/**
 * The built page as both skins serve it: a map made once at start, so that no request can name a file on disk, and
 * the headers that keep the page from loading or running anything else.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

/** One file of the page, ready to be sent. */
export interface PageFile {
  body: Buffer<ArrayBuffer>
  contentType: string
  cacheControl: string
}

/** Every file of the page by its path, e.g. `/assets/index-3f2a.js`. `/` is the page itself. */
export type PageFiles = ReadonlyMap<string, PageFile>

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/**
 * Reads the built page. Links are not followed, source maps are left out.
 * @throws Error when the page was not built, or holds a kind of file that has no content type here.
 */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.map')) continue
    const path = join(entry.parentPath, entry.name)
    const name = `/${relative(folder, path).split(sep).join('/')}`
    const contentType = contentTypes[extname(entry.name)]
    if (!contentType) throw new Error(`The page holds a file of unknown kind: ${name}`)
    files.set(name, {
      body: readFileSync(path),
      contentType,
      // The bundler puts the hash of their contents into the names under assets/.
      cacheControl: name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
    })
  }
  const index = files.get('/index.html')
  if (!index) throw new Error('The page is not built: it has no index.html')
  return files.set('/', index)
}

/**
 * The headers of everything that is served to the page.
 * @param connect what the page may talk to: `'self'` and a WebSocket for loopback, `'none'` for a window, whose line is a MessagePort.
 */
export function pageHeaders(connect: string): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(connect),
    // A file is what its content type says, never what its bytes look like.
    'X-Content-Type-Options': 'nosniff',
    // No address of ours, and so no token, in a request of anybody's.
    'Referrer-Policy': 'no-referrer',
    // A page that opened ours, or that ours opened, gets no handle on it.
    'Cross-Origin-Opener-Policy': 'same-origin',
    // Nobody else's page may embed our files, not even as an image or a script.
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Permissions-Policy': closedFeatures.map((feature) => `${feature}=()`).join(', '),
    'X-DNS-Prefetch-Control': 'off',
  }
}

/** What the page never needs; `clipboard-write` and `fullscreen` are absent because it does. */
const closedFeatures = [
  ...[
    'accelerometer',
    'autoplay',
    'browsing-topics',
    'camera',
    'clipboard-read',
    'display-capture',
    'encrypted-media',
    'gamepad',
  ],
  ...['geolocation', 'gyroscope', 'hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment'],
  ...[
    'picture-in-picture',
    'publickey-credentials-get',
    'screen-wake-lock',
    'serial',
    'usb',
    'window-management',
    'xr-spatial-tracking',
  ],
]

function contentSecurityPolicy(connect: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    // Positioned components write style attributes. They can load nothing: pictures are our own or data.
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src ${connect}`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    // Text becomes markup in three places only: the sanitiser, the library it stands on, and Svelte's own templates.
    `require-trusted-types-for 'script'`,
    // The fourth lets one address through: that of our own worker, which reads PDFs.
    `trusted-types alambic alambic-worker dompurify svelte-trusted-html`,
  ].join('; ')
}
