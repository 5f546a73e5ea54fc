/** The loopback server over real sockets: who gets in, who does not, and what is left behind. */
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { call, connect, serve, stream, type Port } from '../../../contract/link.ts'
import { References } from '../../../electron/host/desktop.ts'
import { IncomingDocuments } from '../../../electron/host/incoming-documents.ts'
import { readPageFiles } from '../../../electron/host/page-files.ts'
import { LoopbackServer } from '../../../electron/loopback/loopback-server.ts'
import { webSocketPort } from '../../../electron/loopback/web-socket-port.ts'

const echo = {
  echo: {
    say: call(z.object({ text: z.string() }), z.string()),
    never: stream(z.object({}), z.number()),
  },
}

let folder: string
let server: LoopbackServer
let references: References
let bugs: unknown[]
let left: number
let incomingDocuments: IncomingDocuments

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alambic-loopback-'))
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(join(folder, 'page', 'assets', 'index-1a2b.js'), 'export const page = true')
  writeFileSync(join(folder, 'page', 'assets', 'index-1a2b.js.map'), '{}')
  writeFileSync(join(folder, 'secret.txt'), 'outside the page')
  mkdirSync(join(folder, 'incoming'))
  writeFileSync(join(folder, 'incoming', 'left-by-a-crash'), 'x')
  references = new References()
  incomingDocuments = new IncomingDocuments({ folder: join(folder, 'incoming-documents'), references })
  bugs = []
  left = 0
  server = await start()
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
  expect(bugs).toEqual([])
})

function start(pingMs?: number): Promise<LoopbackServer> {
  return LoopbackServer.start({
    host: {
      references,
      incomingDocuments,
      serve: (port: Port) => {
        port.onClose(() => left++)
        return serve(
          port,
          echo,
          {
            echo: {
              say: ({ text }) => text,

              async *never(_none, { signal }) {
                await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
              },
            },
          },
          () => 'bug',
        )
      },
    },
    pageFiles: readPageFiles(join(folder, 'page')),
    uploadFolder: join(folder, 'incoming'),
    port: 0,
    onBug: (error) => bugs.push(error),
    ...(pingMs === undefined ? {} : { pingMs }),
  })
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

function ask(
  target: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(server.address)
  return new Promise((resolve, reject) => {
    // `path` is sent as it is: no client in between tidies dots and percent signs away.
    const request = httpRequest({ hostname, port, path: target, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    request.on('error', reject).end(body)
  })
}

function authority(): string {
  return new URL(server.address).host
}

function origin(): string {
  return `http://${authority()}`
}

/** Opens the printed address as a browser does, and keeps its cookie. */
async function letIn(): Promise<string> {
  const { pathname, search } = new URL(server.address)
  const { headers } = await ask(pathname + search)
  return (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? ''
}

/** What a WebSocket handshake came to: `open`, or the status it was refused with. */
function knock(headers: Record<string, string>, path = '/link'): Promise<'open' | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${authority()}${path}`, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve('open')
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', (error) => (/Unexpected server response/.test(error.message) ? undefined : reject(error)))
  })
}

test('the printed address lets one browser in: the token becomes a cookie and leaves the address', async () => {
  const { pathname, search } = new URL(server.address)
  const entered = await ask(pathname + search)
  expect(entered.status).toBe(303)
  expect(entered.headers.location).toBe('/')
  expect(entered.headers['set-cookie']).toHaveLength(1)
  expect(entered.headers['set-cookie']?.[0]).toMatch(
    new RegExp(`^alambic-${new URL(server.address).port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/; Max-Age=\\d+$`),
  )
  const page = await ask('/', { headers: { cookie: (entered.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '' } })
  expect(page.status).toBe(200)
  expect(page.body).toContain('the page')
})

test('a token that was used is refused, and so are guesses: somebody reading the terminal later gets nothing', async () => {
  const { pathname, search } = new URL(server.address)
  expect((await ask('/?token=')).status).toBe(403)
  expect((await ask(`${pathname}${search}x`)).status).toBe(403)
  expect((await ask(pathname + search)).status).toBe(303)
  const replayed = await ask(pathname + search)
  expect(replayed.status).toBe(403)
  expect(replayed.headers['set-cookie']).toBeUndefined()
  expect(server.address).not.toContain('token')
})

test('the person who opens the printed address a second time comes to the page', async () => {
  const { pathname, search } = new URL(server.address)
  const cookie = await letIn()
  const again = await ask(pathname + search, { headers: { cookie } })
  expect([again.status, again.headers.location]).toEqual([303, '/'])
})

test('a preview of the address, or a HEAD request, does not use the token up', async () => {
  const { pathname, search } = new URL(server.address)
  expect((await ask(pathname + search, { headers: { 'sec-purpose': 'prefetch;prerender' } })).status).toBe(403)
  expect((await ask(pathname + search, { method: 'HEAD' })).status).toBe(403)
  expect((await ask(pathname + search)).status).toBe(303)
})

test('a second browser profile, without the cookie, gets nothing at all', async () => {
  const cookie = await letIn()
  const name = cookie.split('=')[0] ?? ''
  const stranger = [
    {},
    { cookie: `${name}=` },
    { cookie: `${name}=${'A'.repeat(43)}` },
    { cookie: `other=1; ${name}=${cookie.split('=')[1]?.slice(1)}` },
  ]
  for (const headers of stranger) {
    for (const path of ['/', '/index.html', '/assets/index-1a2b.js', '/link', '/no-such-file', '/?token=x']) {
      const refused = await ask(path, { headers })
      expect([path, refused.status]).toEqual([path, 403])
      expect(refused.body).not.toContain('the page')
    }
    expect(
      (await ask('/upload?name=a.gguf', { method: 'POST', headers: { ...headers, origin: origin() }, body: 'GGUF' })).status,
    ).toBe(403)
    expect(await knock({ ...headers, origin: origin() })).toBe(403)
  }
  expect(readdirSync(join(folder, 'incoming'))).toEqual([])
  expect((await ask('/')).body).toMatch(/address that Alambic printed[^]*adresse qu’Alambic a affichée/)
})

test('the right cookie is found beside one of the same name that another server of this machine set', async () => {
  const cookie = await letIn()
  const name = cookie.split('=')[0] ?? ''
  expect((await ask('/', { headers: { cookie: `${name}=planted; ${cookie}` } })).status).toBe(200)
})

test('any Host but our own is refused, cookie or not: DNS rebinding', async () => {
  const cookie = await letIn()
  const { port } = new URL(server.address)
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    `localhost:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port}0`,
    `127.0.0.1.:${port}`,
    `0.0.0.0:${port}`,
  ]) {
    expect([host, (await ask('/', { headers: { host, cookie } })).status]).toEqual([host, 421])
    expect(await knock({ host, cookie, origin: `http://${host}` })).toBe(403)
    expect(await knock({ host, cookie, origin: origin() })).toBe(403)
  }
})

test('the token is not exchanged under another name: DNS rebinding before the first visit', async () => {
  const { pathname, search, port } = new URL(server.address)
  expect((await ask(pathname + search, { headers: { host: `evil.example:${port}` } })).headers['set-cookie']).toBeUndefined()
  expect((await ask(pathname + search)).status).toBe(303)
})

test('another site opens no WebSocket and posts nothing with our cookie: cross-site hijacking', async () => {
  const cookie = await letIn()
  const elsewhere = [
    'https://evil.example',
    'null',
    `https://${authority()}`,
    `http://127.0.0.1:1`,
    `http://localhost:${new URL(server.address).port}`,
    '',
  ]
  for (const from of elsewhere) {
    expect([from, await knock({ cookie, origin: from })]).toEqual([from, 403])
    expect((await ask('/upload?name=a', { method: 'POST', headers: { cookie, origin: from }, body: 'x' })).status).toBe(403)
  }
  expect(await knock({ cookie })).toBe(403)
  expect((await ask('/upload?name=a', { method: 'POST', headers: { cookie }, body: 'x' })).status).toBe(403)
  expect(await knock({ cookie, origin: origin() }, '/other')).toBe(403)
  expect(await knock({ cookie, origin: origin() })).toBe('open')
})

test('a page on another port, which SameSite counts as the same site, reads nothing', async () => {
  const cookie = await letIn()
  for (const site of ['same-site', 'cross-site', 'nonsense']) {
    expect((await ask('/', { headers: { cookie, 'sec-fetch-site': site } })).status).toBe(403)
    expect(await knock({ cookie, origin: origin(), 'sec-fetch-site': site })).toBe(403)
  }
  for (const site of ['same-origin', 'none'])
    expect((await ask('/', { headers: { cookie, 'sec-fetch-site': site } })).status).toBe(200)
})

test('no path leads out of the page', async () => {
  const cookie = await letIn()
  const attempts = [
    ...['/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%2e%2e%2fsecret.txt'],
    ...['/..\\secret.txt', '//secret.txt', '/assets//index-1a2b.js', '/index.html%00.js', '/./index.html', '/assets', '/assets/'],
    ...['/assets/index-1a2b.js.map', '/__proto__', '/constructor', 'http://evil.example/index.html'],
  ]
  for (const path of attempts) {
    const answer = await ask(path, { headers: { cookie } })
    expect([path, answer.status, answer.body]).toEqual([path, 404, ''])
  }
})

test('every answer carries the closing headers, refusals too', async () => {
  const cookie = await letIn()
  for (const answer of [await ask('/', { headers: { cookie } }), await ask('/'), await ask('/none', { headers: { cookie } })]) {
    const policy = answer.headers['content-security-policy'] ?? ''
    expect(policy).toContain(`default-src 'none'; script-src 'self'; style-src 'self';`)
    expect(policy).toContain(`connect-src 'self' ws://${authority()};`)
    expect(policy).toContain(`require-trusted-types-for 'script'`)
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*|https?:/)
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect(answer.headers['cache-control']).toBe('no-store')
  }
})

test('hashed files may be kept by the browser for ever, with the right kind', async () => {
  const cookie = await letIn()
  const { headers, body } = await ask('/assets/index-1a2b.js', { headers: { cookie } })
  expect(headers['cache-control']).toBe('private, max-age=31536000, immutable')
  expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(body).toBe('export const page = true')
  const head = await ask('/assets/index-1a2b.js', { method: 'HEAD', headers: { cookie } })
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '24', ''])
})

test('other methods are refused', async () => {
  const cookie = await letIn()
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST']) {
    expect([method, (await ask('/', { method, headers: { cookie, origin: origin() } })).status]).toEqual([method, 405])
  }
})

test('it listens on 127.0.0.1 and on no other address of this machine', async () => {
  const { port } = new URL(server.address)
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => address !== '127.0.0.1')
  for (const { address, scopeid } of [...others, { address: '127.0.0.2', scopeid: undefined }]) {
    const host = scopeid ? `${address}%${scopeid}` : address
    const reached = await new Promise<string>((resolve) => {
      const socket = connectSocket({ host, port: Number(port) }, () => {
        socket.destroy()
        resolve('reached')
      })
      socket.on('error', () => resolve('not reached'))
    })
    expect([host, reached]).toEqual([host, 'not reached'])
  }
})

test('a port that is taken is said, not shared', async () => {
  const { port } = new URL(server.address)
  const second = LoopbackServer.start({
    host: { references, incomingDocuments, serve: () => () => undefined },
    pageFiles: readPageFiles(join(folder, 'page')),
    uploadFolder: join(folder, 'incoming'),
    port: Number(port),
    onBug: (error) => bugs.push(error),
  })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

// ---- the line

async function openLine(): Promise<WebSocket> {
  const cookie = await letIn()
  const socket = new WebSocket(`ws://${authority()}/link`, { headers: { cookie, origin: origin() } })
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return socket
}

function closing(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', resolve))
}

test('calls travel over the line, long ones with letters of several bytes too', async () => {
  const socket = await openLine()
  const client = connect(webSocketPort(socket), echo)
  const text = 'é😀'.repeat(100_000)
  expect(await client.echo.say({ text })).toBe(text)
  socket.close()
})

test('what is no frame, is no text or is too large ends the line and not the host', async () => {
  for (const [data, code] of [
    ['no json', 1007],
    ['null', 1007],
    ['{"t":"open","id":1}', 1007],
    [Buffer.from([1, 2]), 1007],
    ['x'.repeat(9 * 1024 * 1024), 1009],
  ] as const) {
    server = await restarted()
    const socket = await openLine()
    const closed = closing(socket)
    socket.send(data)
    expect(await closed).toBe(code)
    expect((await ask('/')).status).toBe(403)
  }
})

async function restarted(pingMs?: number): Promise<LoopbackServer> {
  await server.close()
  return start(pingMs)
}

test('a page that went away without a word is noticed', async () => {
  server = await restarted(50)
  const socket = await openLine()
  socket.pause()
  await expect.poll(() => left, { timeout: 3000 }).toBe(1)
  socket.terminate()
})

test('a page that answers pings stays, however quiet it is', async () => {
  server = await restarted(50)
  const socket = await openLine()
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(left).toBe(0)
  socket.close()
})

test('closing says goodbye to pages, and does not wait for one that does not answer', async () => {
  const socket = await openLine()
  const closed = closing(socket)
  await server.close()
  expect(await closed).toBe(1001)
  server = await start()
  const silent = await openLine()
  silent.pause()
  // Comes back, and while the page is still silent.
  await server.close()
  silent.terminate()
  server = await start()
})

// ---- uploads

test('an upload becomes a reference to the same bytes, readable by this user alone', async () => {
  expect(readdirSync(join(folder, 'incoming'))).toEqual([])
  const cookie = await letIn()
  const body = 'GGUF'.repeat(300_000)
  const name = encodeURIComponent('../../étudiant\u202e.gguf')
  const { status, body: json } = await ask(`/upload?name=${name}`, {
    method: 'POST',
    headers: { cookie, origin: origin() },
    body,
  })
  expect(status).toBe(200)
  const uploaded = z.strictObject({ reference: z.uuid(), name: z.string(), sizeBytes: z.number() }).parse(JSON.parse(json))
  expect(uploaded).toMatchObject({ name: 'étudiant.gguf', sizeBytes: body.length })
  const path = references.resolve(uploaded.reference)
  expect(readFileSync(path, 'utf8')).toBe(body)
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(json).not.toContain(folder)
})

test('a document is encrypted from its first byte on the disk, and has no path that could be named', async () => {
  const cookie = await letIn()
  const body = 'Nobody may read this. '.repeat(100_000)
  const { status, body: json } = await ask(`/upload?kind=document&name=${encodeURIComponent('a/b/avis.pdf')}`, {
    method: 'POST',
    headers: { cookie, origin: origin() },
    body,
  })
  expect(status).toBe(200)
  const uploaded = z.strictObject({ reference: z.uuid(), name: z.string(), sizeBytes: z.number() }).parse(JSON.parse(json))
  expect(uploaded).toMatchObject({ name: 'avis.pdf', sizeBytes: body.length })
  expect(readdirSync(join(folder, 'incoming'))).toEqual([])
  const [file = ''] = readdirSync(join(folder, 'incoming-documents'))
  expect(readFileSync(join(folder, 'incoming-documents', file)).includes('Nobody')).toBe(false)
  expect(() => references.resolve(uploaded.reference)).toThrow('path')
  const parts: Buffer[] = []
  for await (const part of references.find(uploaded.reference).sealed?.open() ?? []) parts.push(part)
  expect(Buffer.concat(parts).toString()).toBe(body)
  references.release(uploaded.reference)
  await expect.poll(() => readdirSync(join(folder, 'incoming-documents'))).toEqual([])
})

test('a document that is given up leaves nothing', async () => {
  const cookie = await letIn()
  const { hostname, port } = new URL(server.address)
  const headers = { cookie, origin: origin(), 'content-length': '1000000' }
  const request = httpRequest({ hostname, port, path: '/upload?kind=document&name=a.pdf', method: 'POST', headers })
  request.on('error', () => undefined)
  request.write('x'.repeat(500_000))
  await expect.poll(() => readdirSync(join(folder, 'incoming-documents')).length).toBe(1)
  request.destroy()
  await expect.poll(() => readdirSync(join(folder, 'incoming-documents')).length).toBe(0)
})

test('an upload that is given up leaves nothing', async () => {
  const cookie = await letIn()
  const { hostname, port } = new URL(server.address)
  const headers = { cookie, origin: origin(), 'content-length': '1000000000' }
  const request = httpRequest({ hostname, port, path: '/upload?name=a.gguf', method: 'POST', headers })
  request.on('error', () => undefined)
  request.write('x'.repeat(500_000))
  await expect.poll(() => readdirSync(join(folder, 'incoming')).length).toBe(1)
  request.destroy()
  await expect.poll(() => readdirSync(join(folder, 'incoming')).length).toBe(0)
})

test('an upload under way when the server closes leaves nothing', async () => {
  const cookie = await letIn()
  const { hostname, port } = new URL(server.address)
  const headers = { cookie, origin: origin(), 'content-length': '1000000000' }
  const request = httpRequest({ hostname, port, path: '/upload?name=a.gguf', method: 'POST', headers })
  request.on('error', () => undefined)
  request.write('x'.repeat(500_000))
  await expect.poll(() => readdirSync(join(folder, 'incoming')).length).toBe(1)
  await server.close()
  expect(readdirSync(join(folder, 'incoming'))).toEqual([])
  server = await start()
})

test('an upload that would fill the disk, or does not say how long it is, is refused before it is written', async () => {
  const cookie = await letIn()
  const { hostname, port } = new URL(server.address)
  for (const [length, status] of [
    [{ 'content-length': String(2 ** 50) }, 507],
    [{ 'transfer-encoding': 'chunked' }, 411],
  ] as const) {
    const answer = await new Promise<number>((resolve, reject) => {
      const headers = { cookie, origin: origin(), ...length }
      const request = httpRequest({ hostname, port, path: '/upload?name=a.gguf', method: 'POST', headers }, (response) => {
        resolve(response.statusCode ?? 0)
        response.resume()
        request.destroy()
      })
      request.on('error', reject)
      request.write('x')
    })
    expect(answer).toBe(status)
  }
  expect(readdirSync(join(folder, 'incoming'))).toEqual([])
})
