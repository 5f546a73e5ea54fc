/**
 * Asks for consent behind the loopback skin: on a page of the host's own under another port, and so another origin, which the
 * assistant's page neither knows nor can read, frame or post to. It listens only while a question is open, each time on another port.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Consent, ConsentAnswer, ConsentQuestion } from '../host/consent.ts'
import { consentHeaders, consentPage, endingPage } from './consent-page.ts'
import { isSame, newSecret } from './gate.ts'
import { isOwnUser } from './peer-user.ts'

/** Bytes of the form, which holds a token and a word. */
const mostFormBytes = 1024
/** Connections at once; a browser opens a few. */
const mostConnections = 16

export class ConsentServer implements Consent {
  readonly where = 'browser'
  readonly #show: (address: string) => void

  /** @param show shows the page at this address to the person: whoever knows it may answer */
  constructor({ show }: { show: (address: string) => void }) {
    this.#show = show
  }

  async ask(question: ConsentQuestion, signal: AbortSignal): Promise<ConsentAnswer> {
    if (signal.aborted) return 'no'
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 })
    server.maxConnections = mostConnections
    // Another user of the machine may have read the address off a screen.
    server.on('connection', (socket) => {
      if (!isOwnUser(socket)) socket.destroy()
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve)
    })
    try {
      return await new Promise<ConsentAnswer>((resolve) => {
        const open = new OpenQuestion(question, server, resolve)
        signal.addEventListener('abort', () => resolve('no'), { once: true })
        this.#show(open.address)
      })
    } finally {
      server.close()
      // The answer's own page is still on its way.
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 1_000).unref()
    }
  }
}

/** One question, while it is open. */
class OpenQuestion {
  readonly address: string
  readonly #question: ConsentQuestion
  readonly #resolve: (answer: ConsentAnswer) => void
  readonly #authority: string
  /** In the path: only whom the host showed the address can read the page. */
  readonly #path = `/${newSecret()}`
  /** In the form: only whoever read the page can answer. */
  readonly #token = newSecret()
  #isAnswered = false

  constructor(question: ConsentQuestion, server: Server, resolve: (answer: ConsentAnswer) => void) {
    const { port } = server.address() as AddressInfo
    this.#question = question
    this.#resolve = resolve
    this.#authority = `127.0.0.1:${port}`
    this.address = `http://${this.#authority}${this.#path}`
    server.on('request', (request, response) => void this.#answer(request, response).catch(() => response.destroy()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers, url = '' } = request
    const { language } = this.#question
    // Another name for 127.0.0.1, a frame, a script's request: none of them is a person before a page.
    const isNavigation = [undefined, 'navigate'].includes(one(headers['sec-fetch-mode']))
    const isDocument = [undefined, 'document'].includes(one(headers['sec-fetch-dest']))
    if (headers.host !== this.#authority || !isNavigation || !isDocument || !isSame(url, this.#path))
      return send(response, 404, '')
    if (this.#isAnswered) return send(response, 410, endingPage(language, false))
    if (method === 'GET') return send(response, 200, consentPage(this.#question, this.#token))
    const site = one(headers['sec-fetch-site'])
    const isOurs = headers.origin === `http://${this.#authority}` && [undefined, 'same-origin'].includes(site)
    if (method !== 'POST' || !isOurs) return send(response, 403, '')
    const form = new URLSearchParams(await read(request))
    const answer = answerOf(form.get('answer'))
    if (!isSame(form.get('token') ?? '', this.#token) || answer === null) return send(response, 403, '')
    // Two windows may have sent it while its bytes came.
    if (this.#isAnswered) return send(response, 410, endingPage(language, false))
    this.#isAnswered = true
    send(response.setHeader('Connection', 'close'), 200, endingPage(language, true))
    this.#resolve(answer)
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    ...consentHeaders,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** The form's text. @throws Error when it is longer than a form of ours */
async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostFormBytes) throw new Error('The form is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answerOf(text: string | null): ConsentAnswer | null {
  return text === 'no' || text === 'once' || text === 'always' ? text : null
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
