/** The loopback server over real sockets: who gets in, who does not, and what is left behind. Its caps: loopback-caps.test.ts. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { provenText } from '../../../contract/admission.ts'
import { connect } from '../../../contract/link.ts'
import { readPageFiles } from '../../../electron/host/page-files.ts'
import { signed } from '../../../electron/loopback/gate.ts'
import { LoopbackServer } from '../../../electron/loopback/loopback-server.ts'
import { webSocketPort } from '../../../electron/loopback/web-socket-port.ts'
import { tokenOf } from '../../fixtures/loopback-connection.ts'
import { closing, echo, LoopbackRoom, type Answer } from '../../fixtures/loopback-room.ts'

let room: LoopbackRoom
beforeEach(async () => {
  room = await LoopbackRoom.open()
})
afterEach(async () => {
  await room.close()
  expect(room.bugs).toEqual([])
})

const guess = 'A'.repeat(43)

test('the printed address lets one page in, and its secret stands in the part that no browser sends', async () => {
  const address = new URL(room.server.newAddress())
  expect([address.pathname, address.search]).toEqual(['/open', ''])
  expect(address.hash).toMatch(/^#enter=[\w-]{43}$/)
  const page = await room.ask('/open')
  expect([page.status, page.headers['set-cookie'], page.headers['clear-site-data']]).toEqual([200, undefined, '"cache"'])
  expect(page.body).toContain('the page')
  const { socket, welcome } = await room.letIn(address.href)
  expect(await room.tried('pass', welcome.pass)).toBe('in')
  socket.terminate()
})

test('a token that was used is refused, and so are guesses: somebody who reads it later gets nothing', async () => {
  const token = tokenOf(room.server.newAddress())
  expect(await room.tried('token', guess)).toBe(4401)
  expect(await room.tried('pass', guess)).toBe(4401)
  expect(await room.tried('pass', token)).toBe(4401)
  expect(await room.tried('token', token)).toBe('in')
  expect(await room.tried('token', token)).toBe(4401)
})

test('a token lives for a minute of a clock that nobody sets; a new address ends the one before', async () => {
  const late = tokenOf(room.server.newAddress())
  room.passedMs += 60_000
  expect(await room.tried('token', late)).toBe(4401)
  const [first, second] = [tokenOf(room.server.newAddress()), tokenOf(room.server.newAddress())]
  room.passedMs += 59_000
  expect(await room.tried('token', first)).toBe(4401)
  expect(await room.tried('token', second)).toBe('in')
})

test('of two pages that knock with one token, one comes in', async () => {
  const token = tokenOf(room.server.newAddress())
  const both = await Promise.all([room.tried('token', token), room.tried('token', token)])
  expect(both.sort()).toEqual([4401, 'in'])
})

test('the host proves itself too: whoever took the port over is not believed, and learns no secret', async () => {
  const { welcome } = await room.letIn()
  const socket = new WebSocket(`ws://${room.authority}/link`, { headers: { origin: room.origin } })
  await new Promise((resolve) => socket.on('open', resolve))
  const nonce = 'n'.repeat(22)
  const said = new Promise<string>((resolve) => socket.on('message', (data: Buffer) => resolve(String(data))))
  socket.send(JSON.stringify({ t: 'knock', by: 'pass', nonce }))
  const challenge = JSON.parse(await said) as { nonce: string; mac: string }
  expect(challenge.mac).toBe(signed(welcome.pass, provenText('host', nonce, challenge.nonce)))
  // Its own proof sent back is not the page's.
  const closed = closing(socket)
  socket.send(JSON.stringify({ t: 'answer', mac: challenge.mac }))
  expect(await closed).toBe(4401)
})

test('cookies count for nothing, whatever another server of this machine has set', async () => {
  const { welcome } = await room.letIn()
  const cookie = `alambic=${welcome.pass}; pass=${welcome.pass}; token=${welcome.ticket}`
  expect(await room.tried('pass', guess, { cookie })).toBe(4401)
  const headers = { cookie, origin: room.origin }
  expect((await room.ask('/upload?name=a.gguf', { method: 'POST', headers, body: 'GGUF' })).status).toBe(403)
  expect((await room.ask('/', { headers: { cookie } })).headers['set-cookie']).toBeUndefined()
})

test('a page that was not let in gets the program and nothing of anybody: no line, no upload', async () => {
  expect((await room.ask('/')).body).toContain('the page')
  for (const ticket of [undefined, '', guess]) {
    const headers = { origin: room.origin, ...(ticket === undefined ? {} : { 'x-alambic-ticket': ticket }) }
    expect((await room.ask('/upload?name=a.gguf', { method: 'POST', headers, body: 'GGUF' })).status).toBe(403)
  }
  expect(readdirSync(join(room.folder, 'incoming'))).toEqual([])
  expect((await room.ask('/refused')).body).toMatch(/address that Alambic printed[^]*adresse qu’Alambic a affichée/)
})

test('a ticket is good as long as its line stands', async () => {
  const { socket, welcome } = await room.letIn()
  const post = (): Promise<Answer> =>
    room.ask('/upload?name=a', {
      method: 'POST',
      headers: { origin: room.origin, 'x-alambic-ticket': welcome.ticket },
      body: 'x',
    })
  expect((await post()).status).toBe(200)
  socket.terminate()
  await expect.poll(async () => (await post()).status).toBe(403)
})

test('any Host but our own is refused, with the right secret too: DNS rebinding', async () => {
  const { welcome } = await room.letIn()
  const { port } = new URL(room.server.origin)
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    `localhost:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port}0`,
    `127.0.0.1.:${port}`,
    `0.0.0.0:${port}`,
  ]) {
    expect([host, (await room.ask('/', { headers: { host } })).status]).toEqual([host, 421])
    expect(await room.tried('pass', welcome.pass, { host, origin: `http://${host}` })).toBe(403)
    expect(await room.tried('pass', welcome.pass, { host })).toBe(403)
  }
})

test('another site opens no WebSocket and posts nothing: cross-site hijacking', async () => {
  const { welcome } = await room.letIn()
  const elsewhere = [
    'https://evil.example',
    'null',
    `https://${room.authority}`,
    `http://127.0.0.1:1`,
    `http://localhost:${new URL(room.server.origin).port}`,
    '',
  ]
  const ticket = { 'x-alambic-ticket': welcome.ticket }
  for (const from of elsewhere) {
    expect([from, await room.tried('pass', welcome.pass, { origin: from })]).toEqual([from, 403])
    expect((await room.ask('/upload?name=a', { method: 'POST', headers: { ...ticket, origin: from }, body: 'x' })).status).toBe(
      403,
    )
  }
  expect((await room.ask('/upload?name=a', { method: 'POST', headers: ticket, body: 'x' })).status).toBe(403)
})

test('a page on another port, which SameSite counts as the same site, reads nothing; a person may come from anywhere', async () => {
  const { welcome } = await room.letIn()
  for (const site of ['same-site', 'cross-site', 'nonsense']) {
    for (const path of ['/', '/open', '/assets/index-1a2b.js']) {
      expect((await room.ask(path, { headers: { 'sec-fetch-site': site } })).status).toBe(403)
      const framed = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
      expect((await room.ask(path, { headers: framed })).status).toBe(403)
    }
    const comes = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await room.ask('/open', { headers: comes })).status).toBe(200)
    expect((await room.ask('/assets/index-1a2b.js', { headers: comes })).status).toBe(403)
    expect(await room.tried('pass', welcome.pass, { 'sec-fetch-site': site })).toBe(403)
  }
  for (const site of ['same-origin', 'none'])
    expect((await room.ask('/', { headers: { 'sec-fetch-site': site } })).status).toBe(200)
})

test('no path leads out of the page', async () => {
  const attempts = [
    ...['/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%2e%2e%2fsecret.txt'],
    ...['/..\\secret.txt', '//secret.txt', '/assets//index-1a2b.js', '/index.html%00.js', '/./index.html', '/assets', '/assets/'],
    ...['/assets/index-1a2b.js.map', '/__proto__', '/constructor', 'http://evil.example/index.html'],
  ]
  for (const path of attempts) {
    const answer = await room.ask(path)
    expect([path, answer.status, answer.body]).toEqual([path, 404, ''])
  }
})

test('every answer carries the closing headers, refusals too', async () => {
  const fromElsewhere = await room.ask('/', { headers: { 'sec-fetch-site': 'same-site' } })
  for (const answer of [await room.ask('/'), await room.ask('/refused'), await room.ask('/none'), fromElsewhere]) {
    const policy = answer.headers['content-security-policy'] ?? ''
    expect(policy).toContain(`default-src 'none'; script-src 'self'; style-src 'self';`)
    expect(policy).toContain(`connect-src 'self' ws://${room.authority};`)
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
  const { headers, body } = await room.ask('/assets/index-1a2b.js')
  expect(headers['cache-control']).toBe('private, max-age=31536000, immutable')
  expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(body).toBe('export const page = true')
  const head = await room.ask('/assets/index-1a2b.js', { method: 'HEAD' })
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '24', ''])
})

test('other methods are refused', async () => {
  const { welcome } = await room.letIn()
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST']) {
    expect([
      method,
      (await room.ask('/', { method, headers: { 'x-alambic-ticket': welcome.ticket, origin: room.origin } })).status,
    ]).toEqual([method, 405])
  }
})

test('it listens on 127.0.0.1 and on no other address of this machine', async () => {
  const { port } = new URL(room.server.origin)
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
  const { port } = new URL(room.server.origin)
  const second = LoopbackServer.start({
    host: { references: room.references, incomingDocuments: room.incomingDocuments, serve: () => () => undefined },
    pageFiles: readPageFiles(join(room.folder, 'page')),
    uploadFolder: join(room.folder, 'incoming'),
    port: Number(port),
    onBug: (error) => room.bugs.push(error),
  })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

// ---- the line

test('calls travel over the line, long ones with letters of several bytes too', async () => {
  const socket = await room.openLine()
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
    await room.restart()
    const socket = await room.openLine()
    const closed = closing(socket)
    socket.send(data)
    expect(await closed).toBe(code)
    expect((await room.ask('/')).status).toBe(200)
  }
})

test('a page that went away without a word is noticed', async () => {
  await room.restart({ pingMs: 50 })
  const socket = await room.openLine()
  socket.pause()
  await expect.poll(() => room.left).toBe(1)
  socket.terminate()
})

test('a page that answers pings stays, however quiet it is', async () => {
  await room.restart({ pingMs: 50 })
  const socket = await room.openLine()
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(room.left).toBe(0)
  socket.close()
})

test('closing says goodbye to pages, and does not wait for one that does not answer', async () => {
  const socket = await room.openLine()
  const closed = closing(socket)
  await room.server.close()
  expect(await closed).toBe(1001)
  await room.start()
  const silent = await room.openLine()
  silent.pause()
  // Comes back, and while the page is still silent.
  await room.server.close()
  silent.terminate()
  await room.start()
})

// ---- uploads

test('an upload becomes a reference to the same bytes, readable by this user alone', async () => {
  expect(readdirSync(join(room.folder, 'incoming'))).toEqual([])
  const { welcome } = await room.letIn()
  const body = 'GGUF'.repeat(300_000)
  const name = encodeURIComponent('../../étudiant\u202e.gguf')
  const { status, body: json } = await room.ask(`/upload?name=${name}`, {
    method: 'POST',
    headers: { 'x-alambic-ticket': welcome.ticket, origin: room.origin },
    body,
  })
  expect(status).toBe(200)
  const uploaded = z.strictObject({ reference: z.uuid(), name: z.string(), sizeBytes: z.number() }).parse(JSON.parse(json))
  expect(uploaded).toMatchObject({ name: 'étudiant.gguf', sizeBytes: body.length })
  const path = room.references.resolve(uploaded.reference)
  expect(readFileSync(path, 'utf8')).toBe(body)
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(json).not.toContain(room.folder)
})

test('a document is encrypted from its first byte on the disk, and has no path that could be named', async () => {
  const { welcome } = await room.letIn()
  const body = 'Nobody may read this. '.repeat(100_000)
  const { status, body: json } = await room.ask(`/upload?kind=document&name=${encodeURIComponent('a/b/avis.pdf')}`, {
    method: 'POST',
    headers: { 'x-alambic-ticket': welcome.ticket, origin: room.origin },
    body,
  })
  expect(status).toBe(200)
  const uploaded = z.strictObject({ reference: z.uuid(), name: z.string(), sizeBytes: z.number() }).parse(JSON.parse(json))
  expect(uploaded).toMatchObject({ name: 'avis.pdf', sizeBytes: body.length })
  expect(readdirSync(join(room.folder, 'incoming'))).toEqual([])
  const [file = ''] = readdirSync(join(room.folder, 'incoming-documents'))
  expect(readFileSync(join(room.folder, 'incoming-documents', file)).includes('Nobody')).toBe(false)
  expect(() => room.references.resolve(uploaded.reference)).toThrow('path')
  const parts: Buffer[] = []
  for await (const part of room.references.find(uploaded.reference).sealed?.open() ?? []) parts.push(part)
  expect(Buffer.concat(parts).toString()).toBe(body)
  room.references.release(uploaded.reference)
  await expect.poll(() => readdirSync(join(room.folder, 'incoming-documents'))).toEqual([])
})

test('a document that is given up leaves nothing', async () => {
  const { welcome } = await room.letIn()
  const { hostname, port } = new URL(room.server.origin)
  const headers = { 'x-alambic-ticket': welcome.ticket, origin: room.origin, 'content-length': '1000000' }
  const request = httpRequest({ hostname, port, path: '/upload?kind=document&name=a.pdf', method: 'POST', headers })
  request.on('error', () => undefined)
  request.write('x'.repeat(500_000))
  await expect.poll(() => readdirSync(join(room.folder, 'incoming-documents')).length).toBe(1)
  request.destroy()
  await expect.poll(() => readdirSync(join(room.folder, 'incoming-documents')).length).toBe(0)
})

test('an upload that is given up leaves nothing', async () => {
  const { welcome } = await room.letIn()
  const { hostname, port } = new URL(room.server.origin)
  const headers = { 'x-alambic-ticket': welcome.ticket, origin: room.origin, 'content-length': '1000000000' }
  const request = httpRequest({ hostname, port, path: '/upload?name=a.gguf', method: 'POST', headers })
  request.on('error', () => undefined)
  request.write('x'.repeat(500_000))
  await expect.poll(() => readdirSync(join(room.folder, 'incoming')).length).toBe(1)
  request.destroy()
  await expect.poll(() => readdirSync(join(room.folder, 'incoming')).length).toBe(0)
})

test('an upload under way when the server closes leaves nothing', async () => {
  const { welcome } = await room.letIn()
  const { hostname, port } = new URL(room.server.origin)
  const headers = { 'x-alambic-ticket': welcome.ticket, origin: room.origin, 'content-length': '1000000000' }
  const request = httpRequest({ hostname, port, path: '/upload?name=a.gguf', method: 'POST', headers })
  request.on('error', () => undefined)
  request.write('x'.repeat(500_000))
  await expect.poll(() => readdirSync(join(room.folder, 'incoming')).length).toBe(1)
  await room.server.close()
  expect(readdirSync(join(room.folder, 'incoming'))).toEqual([])
  await room.start()
})

test('an upload that would fill the disk, or does not say how long it is, is refused before it is written', async () => {
  const { welcome } = await room.letIn()
  const { hostname, port } = new URL(room.server.origin)
  for (const [length, status] of [
    [{ 'content-length': String(2 ** 38) }, 507],
    [{ 'content-length': String(2 ** 50) }, 413],
    [{ 'transfer-encoding': 'chunked' }, 411],
  ] as const) {
    const answer = await new Promise<number>((resolve, reject) => {
      const headers = { 'x-alambic-ticket': welcome.ticket, origin: room.origin, ...length }
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
  expect(readdirSync(join(room.folder, 'incoming'))).toEqual([])
})
