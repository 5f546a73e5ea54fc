/** What the loopback server bears: many connections, slow ones, large ones, and those of another user of the machine. */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { connect } from '../../../contract/link.ts'
import { webSocketPort } from '../../../electron/loopback/web-socket-port.ts'
import { tokenOf } from '../../fixtures/loopback-connection.ts'
import { closing, echo, LoopbackRoom } from '../../fixtures/loopback-room.ts'

let room: LoopbackRoom
beforeEach(async () => {
  room = await LoopbackRoom.open()
})
afterEach(async () => {
  await room.close()
  expect(room.bugs).toEqual([])
})

test('300 refused handshakes hold no descriptor (bug: they held 300 for ever)', async () => {
  const sockets = Array.from({ length: 300 }, () => {
    // Half-open: it never closes its own side.
    const socket = connectSocket({ host: '127.0.0.1', port: Number(new URL(room.server.origin).port), allowHalfOpen: true })
    socket.on('error', () => undefined)
    socket.write('GET /link HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    return socket
  })
  await expect.poll(() => room.server.connections()).toBe(0)
  for (const socket of sockets) socket.destroy()
})

test('connections are counted: the sixty-fifth waits for nothing and is closed', async () => {
  const { port } = new URL(room.server.origin)
  const sockets = Array.from({ length: 80 }, () =>
    connectSocket({ host: '127.0.0.1', port: Number(port) }).on('error', () => undefined),
  )
  await expect.poll(() => room.server.connections()).toBe(64)
  await expect.poll(() => sockets.filter((socket) => socket.closed).length).toBe(16)
  for (const socket of sockets) socket.destroy()
})

test('who sends headers drop by drop, or nothing at all, is let go: slowloris', async () => {
  await room.restart({ patienceMs: 300 })
  const { port } = new URL(room.server.origin)
  const sockets = Array.from({ length: 20 }, () =>
    connectSocket({ host: '127.0.0.1', port: Number(port) }).on('error', () => undefined),
  )
  for (const socket of sockets.slice(10)) socket.write('GET / HTTP/1.1\r\nHost: ')
  const dripping = setInterval(() => sockets.slice(10).forEach((socket) => socket.write('x')), 50)
  await expect.poll(() => room.server.connections()).toBe(0)
  clearInterval(dripping)
  for (const socket of sockets) socket.destroy()
})

test('headers larger than a browser sends are refused', async () => {
  expect((await room.ask('/', { headers: { 'x-much': 'x'.repeat(20_000) } })).status).toBe(431)
})

test('a page that opens a line and does not prove itself is let go, and eight of them keep nobody out', async () => {
  await room.restart({ patienceMs: 300 })
  const silent = Array.from(
    { length: 8 },
    () => new WebSocket(`ws://${room.authority}/link`, { headers: { origin: room.origin } }),
  )
  await Promise.all(silent.map((socket) => new Promise((resolve) => socket.on('open', resolve))))
  expect(await room.tried('token', tokenOf(room.server.newAddress()))).toBe(503)
  expect(await Promise.all(silent.map(closing))).toEqual(silent.map(() => 4401))
  expect(await room.tried('token', tokenOf(room.server.newAddress()))).toBe('in')
})

test('before the proof a page may send 4,096 bytes; then its line is cut', async () => {
  const socket = new WebSocket(`ws://${room.authority}/link`, { headers: { origin: room.origin } })
  await new Promise((resolve) => socket.on('open', resolve))
  const closed = closing(socket)
  socket.on('error', () => undefined)
  socket.send('x'.repeat(1024 * 1024))
  expect(await closed).toBe(1006)
  await expect.poll(() => room.server.connections()).toBe(0)
})

test('a page that floods its line is slowed down, not believed to be dead, and loses nothing', async () => {
  const socket = await room.openLine()
  const client = connect(webSocketPort(socket), echo)
  const began = performance.now()
  const said = await Promise.all(Array.from({ length: 5000 }, (_, index) => client.echo.say({ text: String(index) })))
  expect(said.at(-1)).toBe('4999')
  // 1,000 at once and 1,000 a second after that.
  expect(performance.now() - began).toBeGreaterThan(1000)
  socket.close()
})

test('four files at a time: a fifth is told to wait', async () => {
  const { welcome } = await room.letIn()
  const { hostname, port } = new URL(room.server.origin)
  const headers = { origin: room.origin, 'x-alambic-ticket': welcome.ticket }
  const begun = Array.from({ length: 4 }, () => {
    const options = {
      hostname,
      port,
      path: '/upload?name=a.gguf',
      method: 'POST',
      headers: { ...headers, 'content-length': '1000' },
    }
    const request = httpRequest(options)
    request.on('error', () => undefined)
    request.write('x')
    return request
  })
  await expect.poll(() => readdirSync(join(room.folder, 'incoming')).length).toBe(4)
  const fifth = await room.ask('/upload?name=a.gguf', { method: 'POST', headers, body: 'x' })
  expect([fifth.status, JSON.parse(fifth.body)]).toMatchObject([429, { code: 'busy' }])
  for (const request of begun) request.destroy()
  await expect.poll(() => readdirSync(join(room.folder, 'incoming'))).toEqual([])
  expect((await room.ask('/upload?name=a.gguf', { method: 'POST', headers, body: 'x' })).status).toBe(200)
})

const onLinuxAsRoot = process.platform === 'linux' && process.getuid?.() === 0

test.runIf(onLinuxAsRoot)('a program of another user reaches nothing, by either family of addresses', async () => {
  const { port } = new URL(room.server.origin)
  const asks = (user: number, host: string): Promise<string> =>
    new Promise((resolve) => {
      const script = `exec 3<>/dev/tcp/${host}/${port}; printf 'GET / HTTP/1.1\\r\\nHost: 127.0.0.1:${port}\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3`
      const child = spawn('bash', ['-c', script], { uid: user, gid: user, cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] })
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)))
      child.on('close', () => resolve(text))
    })
  for (const host of ['127.0.0.1', '::ffff:127.0.0.1']) {
    expect(await asks(0, host)).toContain('the page')
    expect(await asks(65_534, host)).toBe('')
  }
})
