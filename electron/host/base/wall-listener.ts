/**
 * Listens on 127.0.0.1 for one moment and hears whether a worker that tries to leave gets through. It is the only listener below the skins:
 * it answers nothing, reads one short word and goes away.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/** Whoever has not come by then does not come, in milliseconds. */
const longestMs = 10_000

export class WallListener {
  /** What a worker says to be known. */
  readonly nonce: string
  readonly #server: Server
  readonly #timer: NodeJS.Timeout
  #heard = false

  /** Null where no listener can be opened. */
  static open(): Promise<WallListener | null> {
    return new Promise((resolve) => {
      const server = createServer({ allowHalfOpen: false })
      server.once('error', () => resolve(null))
      server.listen(0, '127.0.0.1', () => resolve(new WallListener(server)))
    })
  }

  private constructor(server: Server) {
    this.nonce = randomBytes(16).toString('hex')
    this.#server = server
    server.maxConnections = 4
    server.unref()
    server.on('connection', (socket) => {
      let said = ''
      socket.setEncoding('latin1').on('data', (text: string) => {
        said = (said + text).slice(0, 64)
        if (said === this.nonce) this.#heard = true
      })
      socket.on('error', () => undefined)
      socket.setTimeout(1_000, () => socket.destroy())
    })
    this.#timer = setTimeout(() => this.close(), longestMs).unref()
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Whether the worker got through. */
  get heard(): boolean {
    return this.#heard
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#server.close()
  }
}
