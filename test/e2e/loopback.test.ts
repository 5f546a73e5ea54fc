// Who comes in by a browser and who does not: the person with reloads and tabs, another profile, and a hostile server on another port of 127.0.0.1.
import { mkdirSync, readdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOpeningPage } from '../../electron/loopback/opening-page.ts'
import { openBrowser, serveAlambic, type Served } from '../fixtures/browser.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'

const folder = temporaryFolder()
const dataFolder = join(folder, 'data')
let served: Served
let browser: Browser
let context: BrowserContext
let page: Page
let hostile: Server
/** Everything that browsers sent to the hostile server. */
const overheard: IncomingMessage['headers'][] = []

const isIn = (shown: Page): Promise<void> => shown.getByRole('heading').first().waitFor({ timeout: 120_000 })

beforeAll(async () => {
  served = await serveAlambic(dataFolder)
  hostile = createServer((request, response) => {
    overheard.push(request.headers)
    response.setHeader('Set-Cookie', 'alambic=planted; Path=/').end('<!doctype html><title>elsewhere</title><body></body>')
  })
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve))
  browser = await openBrowser([`--host-resolver-rules=MAP rebound.test 127.0.0.1`])
  context = await browser.newContext()
  page = await context.newPage()
})
afterAll(async () => {
  await browser.close()
  hostile.close()
  expect(await served.stop()).toBe(0)
})

test('the browser is opened on a file, comes to the page, and the secret leaves the address', async () => {
  mkdirSync(join(folder, 'run'))
  const opening = writeOpeningPage(join(folder, 'run'), served.url)
  await page.goto(opening.url)
  await isIn(page)
  expect(page.url()).not.toContain('enter')
  expect(new URL(page.url()).origin).toBe(new URL(served.url).origin)
  expect(await context.cookies()).toEqual([])
  opening.remove()
  expect(readdirSync(join(folder, 'run'))).toEqual([])
})

test('a reload and a second tab need no address; the one that was used lets nobody in', async () => {
  await page.reload()
  await isIn(page)
  const second = await context.newPage()
  await second.goto(new URL(served.url).origin)
  await isIn(second)
  await second.close()
  const stranger = await browser.newContext()
  const elsewhere = await stranger.newPage()
  await elsewhere.goto(served.url)
  await elsewhere.getByText('this browser has not been let in').waitFor()
  await elsewhere.goto(await served.newAddress())
  await isIn(elsewhere)
  await stranger.close()
})

test('when every tab is closed, a new address is needed', async () => {
  await page.close()
  page = await context.newPage()
  await page.goto(new URL(served.url).origin)
  await page.getByText('this browser has not been let in').waitFor()
  await page.goto(await served.newAddress())
  await isIn(page)
})

test('a page of another server of this machine tries everything that a browser sends, and gets nothing', async () => {
  const origin = new URL(served.url).origin
  const elsewhere = await context.newPage()
  await elsewhere.goto(`http://127.0.0.1:${(hostile.address() as AddressInfo).port}/`)
  const got = await elsewhere.evaluate(async (target) => {
    const tries: Record<string, unknown> = {}
    const failed = (): string => 'refused'
    const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
    const read = (path: string, init?: RequestInit): Promise<unknown> =>
      fetch(target + path, { credentials: 'include', ...init }).then(async (answer) => (await answer.text()) || 'nothing', failed)
    tries['read'] = await read('/')
    tries['opaque'] = await read('/', { mode: 'no-cors' })
    tries['post'] = await read('/upload?name=a.gguf', { method: 'POST', mode: 'no-cors', body: 'GGUF' })
    tries['ticket'] = await read('/upload?name=a.gguf', {
      method: 'POST',
      headers: { 'x-alambic-ticket': 'A'.repeat(43) },
      body: 'GGUF',
    })
    tries['socket'] = await new Promise((resolve) => {
      const socket = new WebSocket(`${target.replace('http', 'ws')}/link`)
      socket.onopen = () => resolve('open')
      socket.onerror = () => resolve('refused')
    })
    const load = (element: HTMLElement & { src: string }, path: string): Promise<string> =>
      new Promise((resolve) => {
        element.onload = () => resolve('loaded')
        element.onerror = () => resolve('refused')
        element.src = target + path
        document.body.append(element)
      })
    tries['picture'] = await load(document.createElement('img'), '/still.svg')
    tries['script'] = await load(document.createElement('script'), '/index.html')
    const frame = document.createElement('iframe')
    frame.name = 'frame'
    await load(frame, '/')
    const form = document.createElement('form')
    Object.assign(form, {
      method: 'post',
      action: `${target}/upload?name=a.gguf`,
      target: 'frame',
      enctype: 'multipart/form-data',
    })
    document.body.append(form)
    form.submit()
    const opened = window.open(`${target}/`)
    await soon(1500)
    try {
      tries['window'] = opened === null || opened.closed ? 'no handle' : opened.document.title
    } catch {
      tries['window'] = 'handle'
    }
    const channel = new BroadcastChannel('alambic')
    channel.onmessage = ({ data }: MessageEvent<unknown>) => (tries['channel'] = data)
    channel.postMessage('pass?')
    await soon(500)
    tries['stored'] = sessionStorage.length + localStorage.length
    return tries
  }, origin)
  expect(got).toEqual({
    read: 'refused',
    opaque: 'refused',
    post: 'refused',
    ticket: 'refused',
    socket: 'refused',
    picture: 'refused',
    script: 'refused',
    window: 'no handle',
    stored: 0,
  })
  expect(readdirSync(join(dataFolder, 'incoming'))).toEqual([])
  // What the browser sends to that server by itself is what that server gave it, and nothing of ours.
  await elsewhere.reload()
  expect(overheard.length).toBeGreaterThan(1)
  expect(overheard.map(({ cookie }) => cookie ?? '').every((cookie) => cookie === '' || cookie === 'alambic=planted')).toBe(true)
  expect(JSON.stringify(overheard)).not.toMatch(/[\w-]{43}/)
  await elsewhere.close()
})

test('a name that was made to lead to this machine is not ours: DNS rebinding', async () => {
  const rebound = await context.newPage()
  const answer = await rebound.goto(`http://rebound.test:${new URL(served.url).port}/`)
  expect(answer?.status()).toBe(421)
  expect(await rebound.content()).not.toContain('<script')
  await rebound.close()
})

test('a page that was in stays as it is when the host ends: nobody who takes the port over is believed', async () => {
  const port = Number(new URL(served.url).port)
  await served.stop()
  const said: string[] = []
  // It talks as our server does, as far as it can: the page asks it to prove that it knows the pass.
  const { WebSocketServer } = await import('ws')
  const impostor = new WebSocketServer({ port, host: '127.0.0.1' })
  impostor.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      said.push(String(data))
      socket.send(JSON.stringify({ t: 'challenge', nonce: 'n'.repeat(22), mac: 'm'.repeat(43) }))
    })
  })
  await expect.poll(() => said.length).toBeGreaterThan(0)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(said.every((text) => /^\{"t":"knock","by":"pass","nonce":"[\w-]{22}"\}$/.test(text))).toBe(true)
  expect(new URL(page.url()).pathname).toBe('/')
  for (const socket of impostor.clients) socket.terminate()
  await new Promise((resolve) => impostor.close(resolve))
  served = await serveAlambic(join(folder, 'other data'))
})
