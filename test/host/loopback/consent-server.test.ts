// The page that asks for consent in a browser. The bugs it would catch: the assistant's page, another site or another server of this machine that answers in the person's place.
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConsentAnswer, ConsentQuestion } from '../../../electron/host/consent.ts'
import { ConsentServer } from '../../../electron/loopback/consent-server.ts'

const question: ConsentQuestion = {
  purpose: 'model_download',
  host: 'hub.example:8443',
  address: 'https://hub.example:8443/<script>alert(1)</script>',
  language: 'en',
}
let shown: URL
let leave: AbortController
let answer: Promise<ConsentAnswer>
let answered: ConsentAnswer | null

beforeEach(async () => {
  answered = null
  leave = new AbortController()
  shown = await new Promise<URL>((resolve) => {
    answer = new ConsentServer({ show: (address) => resolve(new URL(address)) }).ask(question, leave.signal)
    void answer.then((given) => (answered = given))
  })
})
afterEach(() => leave.abort())

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}
function ask(
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port: shown.port, path, method, headers: { host: shown.host, ...headers } },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
      },
    )
    asking.on('error', reject).end(body)
  })
}
const tokenIn = (body: string): string => /name="token" value="([\w-]{43})"/.exec(body)?.[1] ?? ''
const form = (token: string, word = 'always') => ({
  method: 'POST',
  headers: { origin: shown.origin, 'content-type': 'application/x-www-form-urlencoded' },
  body: `token=${token}&answer=${word}`,
})

test('it says in plain words what is asked, runs and loads nothing, and no page may frame it', async () => {
  expect(shown.hostname).toBe('127.0.0.1')
  expect(shown.pathname).toMatch(/^\/[\w-]{43}$/)
  const { status, headers, body } = await ask(shown.pathname)
  expect(status).toBe(200)
  expect(body).toContain('Download models from hub.example:8443?')
  expect(body).not.toContain('<script')
  expect(body).toContain('https://hub.example:8443/&#60;script&#62;')
  expect(headers['content-security-policy']).toMatch(/default-src 'none';.*form-action 'self'; frame-ancestors 'none'/)
  expect(headers['content-security-policy']).not.toContain('unsafe')
  expect(headers).toMatchObject({
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  })
  expect(headers).not.toHaveProperty('access-control-allow-origin')
  expect(headers).not.toHaveProperty('set-cookie')
  // No answer has the focus, and the safe one comes first.
  expect(body).not.toContain('autofocus')
  expect(body.indexOf('value="no"')).toBeLessThan(body.indexOf('value="always"'))
})

test('a person who allows is heard once, and the listener goes away', async () => {
  const { body } = await ask(shown.pathname)
  expect((await ask(shown.pathname, form(tokenIn(body)))).status).toBe(200)
  expect(await answer).toBe('always')
  await expect
    .poll(
      () =>
        ask(shown.pathname).then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 60_000 },
    )
    .toBe('gone')
})

test('whoever does not know the address learns nothing', async () => {
  for (const path of ['/', '/favicon.ico', `${shown.pathname}x`, shown.pathname.slice(0, -1), `${shown.pathname}?x`])
    expect(await ask(path)).toMatchObject({ status: 404, body: '' })
})

test('no page can answer in the person’s place, though it knew the address', async () => {
  const { body } = await ask(shown.pathname)
  const token = tokenIn(body)
  const good = form(token)
  const tries: Parameters<typeof ask>[1][] = [
    // Without having read the page.
    form(''),
    form('x'.repeat(43)),
    // From another site, from another server of this machine, from a frame without an origin.
    ...['https://evil.example', 'http://127.0.0.1:1', `http://localhost:${shown.port}`, 'null'].map((origin) => ({
      ...good,
      headers: { ...good.headers, origin },
    })),
    { ...good, headers: { 'content-type': good.headers['content-type'] } },
    { ...good, headers: { ...good.headers, 'sec-fetch-site': 'same-site' } },
    // By a script, or in a frame.
    { ...good, headers: { ...good.headers, 'sec-fetch-mode': 'cors' } },
    { ...good, headers: { ...good.headers, 'sec-fetch-dest': 'iframe' } },
    // Under a name that was made to resolve to 127.0.0.1.
    { ...good, headers: { ...good.headers, host: `rebound.example:${shown.port}` } },
    { ...good, method: 'PUT' },
    form(token, 'whatever'),
  ]
  for (const attempt of tries)
    expect([attempt, (await ask(shown.pathname, attempt)).status]).toEqual([attempt, expect.toBeOneOf([403, 404])])
  await expect(ask(shown.pathname, { ...good, body: 'x'.repeat(100_000) })).rejects.toThrow()
  for (const dest of ['iframe', 'image', 'script', 'empty'])
    expect((await ask(shown.pathname, { headers: { 'sec-fetch-dest': dest } })).status).toBe(404)
  expect(answered).toBeNull()
  expect((await ask(shown.pathname, good)).status).toBe(200)
  expect(await answer).toBe('always')
})

test('a question that is taken away is a no, and its page says that it is over', async () => {
  await ask(shown.pathname)
  leave.abort()
  expect(await answer).toBe('no')
  await expect
    .poll(
      () =>
        ask(shown.pathname).then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 60_000 },
    )
    .toBe('gone')
})
