/** The line to the host behind loopback: a WebSocket, and a place to send files to. In a window there is window-port.ts. */
import { ticketHeader } from '../../contract/admission.ts'
import { AppError, errorCodes, type Failure } from '../../contract/errors.ts'
import type { Frame, Port } from '../../contract/link.ts'
import type { PagePass } from './page-pass.ts'
import { prove } from './prove.ts'

/** Milliseconds that the server has to answer. */
const patienceMs = 5_000

/** A file that the host received, named as the contract names files. */
export interface UploadedFile {
  reference: string
  name: string
  sizeBytes: number
}

export class LoopbackLink {
  readonly #pass: PagePass
  readonly #host: string
  readonly #onRefused: () => void
  #ticket = ''
  #wasIn = false

  /**
   * @param host where the page came from, e.g. `127.0.0.1:8080`
   * @param onRefused called when the host is there and nothing that this page has lets it in; not for a page that was in once: what stands
   *   on it stays, and it waits for a new address, or for another tab that has one
   */
  constructor(pass: PagePass, host: string, onRefused: () => void) {
    this.#pass = pass
    this.#host = host
    this.#onRefused = onRefused
  }

  /** @throws AppError `disconnected` when no host answers, or when it does not let us in. */
  async openPort(): Promise<Port> {
    for await (const credential of this.#pass.credentials()) {
      const socket = await this.#openSocket()
      const timer = setTimeout(() => socket.close(), patienceMs)
      const welcome = await prove(socket, credential).finally(() => clearTimeout(timer))
      if (welcome) {
        this.#wasIn = true
        this.#pass.keep(welcome.pass)
        this.#ticket = welcome.ticket
        return portOf(socket)
      }
      socket.close()
      this.#pass.drop(credential)
    }
    // Whether anybody is there is to be known first: a host that is only starting refuses nobody.
    ;(await this.#openSocket()).close()
    if (!this.#wasIn) this.#onRefused()
    throw noHost()
  }

  /**
   * Sends a file that the person chose, in the loopback skin; in a window the host opens a dialog instead.
   * @param onProgress told the fraction sent, from 0 to 1.
   * @param kind a `document` is never on the host's disk in clear, not even on its way; a plain `file` is a model or is encrypted by itself.
   * @throws AppError `cancelled`, `disk_full`, `disconnected`, `file_unreadable`, `busy`.
   */
  uploadFile(
    file: File,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
    kind: 'file' | 'document' = 'file',
  ): Promise<UploadedFile> {
    return new Promise((resolve, reject) => {
      const cancelled = (): void => reject(new AppError('cancelled', 'The upload was stopped'))
      if (signal.aborted) return cancelled()
      // Not fetch: it tells no progress of what is sent.
      const request = new XMLHttpRequest()
      const stop = (): void => request.abort()
      signal.addEventListener('abort', stop, { once: true })
      request.addEventListener('loadend', () => signal.removeEventListener('abort', stop))
      request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0))
      request.addEventListener('abort', cancelled)
      request.addEventListener('error', () => {
        // A browser does not say which end broke: the host is not there, or the file changed or is gone.
        file
          .slice(0, 1)
          .arrayBuffer()
          .then(
            () => reject(noHost()),
            () => reject(new AppError('file_unreadable', 'The file changed or is gone')),
          )
      })
      request.addEventListener('load', () => {
        if (request.status === 200) resolve(request.response as UploadedFile)
        else reject(isFailure(request.response) ? AppError.fromFailure(request.response) : noHost())
      })
      request.open('POST', `/upload?name=${encodeURIComponent(file.name)}${kind === 'document' ? '&kind=document' : ''}`)
      request.setRequestHeader(ticketHeader, this.#ticket)
      request.responseType = 'json'
      request.send(file)
    })
  }

  #openSocket(): Promise<WebSocket> {
    const socket = new WebSocket(`ws://${this.#host}/link`)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => socket.close(), patienceMs)
      // A refused socket closes without having opened; once it is open this changes nothing any more.
      socket.addEventListener('close', () => reject(noHost()), { once: true })
      socket.addEventListener(
        'open',
        () => {
          clearTimeout(timer)
          resolve(socket)
        },
        { once: true },
      )
    })
  }
}

function portOf(socket: WebSocket): Port {
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    onFrame: (listener) => socket.addEventListener('message', ({ data }) => listener(JSON.parse(String(data)) as Frame)),
    onClose: (listener) => socket.addEventListener('close', () => listener()),
    close: () => socket.close(),
  }
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null || !('code' in value)) return false
  return errorCodes.some((code) => code === value.code)
}

function noHost(): AppError {
  return new AppError('disconnected', 'The host did not answer')
}
