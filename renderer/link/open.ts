/** Finds the host, whichever skin this page runs in. Coming back after the line broke is the business of who opened it. */
import { AppError, errorCodes, type Failure } from '../../contract/errors.ts'
import type { Frame, Port } from '../../contract/link.ts'

/** Milliseconds that the preload, or the server, has to answer. */
const patienceMs = 5_000

/** @throws AppError `disconnected` when no host answers. */
export function openPort(): Promise<Port> {
  return location.protocol === 'app:' ? windowPort() : socketPort()
}

function windowPort(): Promise<Port> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(noHost())), patienceMs)
    function end(settle: () => void): void {
      clearTimeout(timer)
      window.removeEventListener('message', listen)
      settle()
    }
    function listen(event: MessageEvent): void {
      const [port] = event.ports
      if (event.source !== window || event.data !== 'link!' || !port) return
      end(() =>
        resolve({
          send: (frame) => port.postMessage(frame),
          onFrame: (listener) => {
            port.onmessage = (message: MessageEvent<Frame>) => listener(message.data)
          },
          onClose: (listener) => port.addEventListener('close', listener),
          close: () => port.close(),
        }),
      )
    }
    window.addEventListener('message', listen)
    window.postMessage('link?', location.origin)
  })
}

function socketPort(): Promise<Port> {
  const socket = new WebSocket(`ws://${location.host}/link`)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.close(), patienceMs)
    // A refused socket closes without having opened; once it is open this changes nothing any more.
    socket.addEventListener('close', () => reject(noHost()), { once: true })
    socket.addEventListener(
      'open',
      () => {
        clearTimeout(timer)
        resolve({
          send: (frame) => socket.send(JSON.stringify(frame)),
          onFrame: (listener) => socket.addEventListener('message', ({ data }) => listener(JSON.parse(String(data)) as Frame)),
          onClose: (listener) => socket.addEventListener('close', () => listener()),
          close: () => socket.close(),
        })
      },
      { once: true },
    )
  })
}

/** A file that the host received, named as the contract names files. */
export interface UploadedFile {
  reference: string
  name: string
  sizeBytes: number
}

/**
 * Sends a file that the person chose, in the loopback skin; in a window the host opens a dialog instead.
 * @param onProgress told the fraction sent, from 0 to 1.
 * @param kind a `document` is never on the host's disk in clear, not even on its way; a plain `file` is a model or is encrypted by itself.
 * @throws AppError `cancelled`, `disk_full`, `disconnected`, `file_unreadable`.
 */
export function uploadFile(
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
    request.responseType = 'json'
    request.send(file)
  })
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null || !('code' in value)) return false
  return errorCodes.some((code) => code === value.code)
}

function noHost(): AppError {
  return new AppError('disconnected', 'The host did not answer')
}
