/**
 * The loopback skin: the page, its line to the host and its uploads, on 127.0.0.1 and nowhere else. Who is let in is
 * decided by origin-guard.ts.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { AppError } from '../../contract/errors.ts'
import type { Port } from '../../contract/link.ts'
import type { References } from '../host/desktop.ts'
import type { IncomingDocuments } from '../host/incoming-documents.ts'
import { pageHeaders, type PageFiles } from '../host/page-files.ts'
import { IncomingFiles } from './incoming-files.ts'
import { Gate, isFromElsewhere, isFromOurPage, isPrefetch, isToUs } from './origin-guard.ts'
import { refusalPage } from './refusal-page.ts'
import { webSocketPort } from './web-socket-port.ts'

/** What this skin needs of the host. */
export interface LoopbackHost {
  readonly references: References
  readonly incomingDocuments: Pick<IncomingDocuments, 'receive'>
  /** Answers the contract over a port; returns the way to stop. */
  serve(port: Port): () => void
}

export interface LoopbackOptions {
  host: LoopbackHost
  pageFiles: PageFiles
  /** Where uploads are put; emptied at start. */
  uploadFolder: string
  /** 0 takes any free one. */
  port: number
  /** Told of everything thrown here that is not an AppError. */
  onBug: (error: unknown) => void
  /** Milliseconds between two pings; a socket that misses one is dropped. 15,000 unless a test is in a hurry. */
  pingMs?: number
}

/** Bytes of the largest frame: a question may have 200,000 characters, of four bytes at most, escaped. */
const largestFrameBytes = 8 * 1024 * 1024
/** An upload that sends nothing for so many milliseconds is given up. */
const uploadIdleMs = 30_000
/** Milliseconds that a page has to answer the closing of its socket. */
const goodbyeMs = 500

export class LoopbackServer {
  readonly #options: LoopbackOptions
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: largestFrameBytes, perMessageDeflate: false })
  readonly #unanswered = new WeakSet<WebSocket>()
  readonly #uploads = new Set<Promise<unknown>>()
  readonly #incoming: IncomingFiles
  readonly #pinging: NodeJS.Timeout
  readonly #authority: string
  readonly #headers: Record<string, string>
  readonly #gate: Gate

  private constructor(options: LoopbackOptions, server: Server, incoming: IncomingFiles) {
    const { port } = server.address() as AddressInfo
    this.#options = options
    this.#server = server
    this.#incoming = incoming
    this.#authority = `127.0.0.1:${port}`
    this.#headers = pageHeaders(`'self' ws://${this.#authority}`)
    this.#gate = new Gate({ port })
    server.on('request', (request, response) => void this.#answer(request, response))
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#pinging = setInterval(() => this.#ping(), options.pingMs ?? 15_000).unref()
  }

  /** @throws Error with code EADDRINUSE when the port is taken. */
  static async start(options: LoopbackOptions): Promise<LoopbackServer> {
    const incoming = new IncomingFiles({ folder: options.uploadFolder, references: options.host.references })
    await incoming.prepare()
    // No limit on a whole request: a model may take minutes. Its pauses are limited instead.
    const server = createServer({ requestTimeout: 0, headersTimeout: 10_000 })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: '127.0.0.1', port: options.port, exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    return new LoopbackServer(options, server, incoming)
  }

  /** The address to open, with the token as long as it has not been used. */
  get address(): string {
    const { token } = this.#gate
    return `http://${this.#authority}/${token === null ? '' : `?token=${token}`}`
  }

  /** Stops listening, says goodbye to every page, drops what is half sent and removes half an upload. */
  async close(): Promise<void> {
    clearInterval(this.#pinging)
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    // 1001: the server is going away (RFC 6455, 7.4.1).
    for (const socket of this.#sockets.clients) socket.close(1001)
    const goodbye = setTimeout(() => {
      for (const socket of this.#sockets.clients) socket.terminate()
    }, goodbyeMs)
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()))
    clearTimeout(goodbye)
    this.#server.closeAllConnections()
    await closed
    await Promise.allSettled(this.#uploads)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response)
    } catch (error) {
      this.#options.onBug(error)
      if (response.headersSent) response.destroy()
      else this.#send(response, 500, 'application/json', JSON.stringify({ code: 'internal', message: 'Something went wrong' }))
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method } = request
    const { path, query } = splitTarget(request.url)
    if (!isToUs(headers, this.#authority)) return this.#refuse(response, 421)
    const reads = method === 'GET' || method === 'HEAD'
    const admitted = this.#gate.admits(headers)
    const token = query.get('token')
    if (method === 'GET' && path === '/' && token !== null && !isPrefetch(headers)) return this.#enter(response, token, admitted)
    if (!admitted || isFromElsewhere(headers, this.#authority)) return this.#refuse(response, 403)
    if (reads) return this.#sendFile(response, path, method)
    if (!isFromOurPage(headers, this.#authority)) return this.#refuse(response, 403)
    if (method === 'POST' && path === '/upload') return this.#receive(request, response, query)
    this.#send(response.setHeader('Allow', 'GET, HEAD'), 405, 'text/plain', '')
  }

  /** Exchanges the token for the cookie, and takes it out of the address bar, the history and the next Referer. */
  #enter(response: ServerResponse, token: string, admitted: boolean): void {
    const cookie = admitted ? null : this.#gate.redeem(token)
    if (!admitted && cookie === null) return this.#refuse(response, 403)
    if (cookie !== null) response.setHeader('Set-Cookie', cookie)
    this.#send(response.setHeader('Location', '/'), 303, 'text/plain', '')
  }

  #sendFile(response: ServerResponse, path: string, method: string | undefined): void {
    const file = this.#options.pageFiles.get(path)
    if (!file) return this.#send(response, 404, 'text/plain', '')
    response.writeHead(200, {
      ...this.#headers,
      'Content-Type': file.contentType,
      'Content-Length': file.body.length,
      'Cache-Control': file.cacheControl,
    })
    response.end(method === 'HEAD' ? undefined : file.body)
  }

  async #receive(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    // Without a length nobody can say whether it fits, nor whether it arrived whole.
    const sizeBytes = Number(request.headers['content-length'] ?? Number.NaN)
    if (!Number.isSafeInteger(sizeBytes)) return this.#refuse(response, 411)
    request.setTimeout(uploadIdleMs, () => request.destroy())
    // A document must never lie in the clear, as a model's file may.
    const receiver = query.get('kind') === 'document' ? this.#options.host.incomingDocuments : this.#incoming
    const upload = receiver.receive(request, query.get('name') ?? '', sizeBytes)
    this.#uploads.add(upload)
    try {
      this.#send(response, 200, 'application/json', JSON.stringify(await upload))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.#send(response, error.code === 'disk_full' ? 507 : 400, 'application/json', JSON.stringify(error.toFailure()))
    } finally {
      this.#uploads.delete(upload)
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Whoever goes away before the handshake is over is no bug of ours.
    socket.on('error', () => socket.destroy())
    const { headers } = request
    const welcome =
      isToUs(headers, this.#authority) &&
      isFromOurPage(headers, this.#authority) &&
      this.#gate.admits(headers) &&
      splitTarget(request.url).path === '/link'
    if (!welcome) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // A frame that is too large or not UTF-8: ws closes the socket itself, and there is nothing more to do.
      webSocket.on('error', () => undefined)
      webSocket.on('pong', () => this.#unanswered.delete(webSocket))
      this.#options.host.serve(webSocketPort(webSocket))
    })
  }

  /** A browser that was closed by a crash or a sleeping machine says nothing; what waits for it would pile up. */
  #ping(): void {
    for (const socket of this.#sockets.clients) {
      if (this.#unanswered.has(socket)) socket.terminate()
      else {
        this.#unanswered.add(socket)
        socket.ping()
      }
    }
  }

  #refuse(response: ServerResponse, status: number): void {
    // Its body, should it have one, is not waited for.
    this.#send(response.setHeader('Connection', 'close'), status, 'text/html; charset=utf-8', refusalPage)
  }

  #send(response: ServerResponse, status: number, contentType: string, body: string): void {
    response.writeHead(status, {
      ...this.#headers,
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
    })
    response.end(body)
  }
}

/** The path exactly as it was sent, so that nothing is decoded or resolved on its way to the map of files. */
function splitTarget(target = ''): { path: string; query: URLSearchParams } {
  const [path = '', ...query] = target.split('?')
  return { path, query: new URLSearchParams(query.join('?')) }
}
