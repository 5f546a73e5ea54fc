/** The line to the host in a window: a MessagePort that the preload hands over. */
import { AppError } from '../../contract/errors.ts'
import type { Frame, Port } from '../../contract/link.ts'

/** Milliseconds that the preload has to answer. */
const patienceMs = 5_000

/** @throws AppError `disconnected` when no host answers. */
export function windowPort(): Promise<Port> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new AppError('disconnected', 'The host did not answer'))), patienceMs)
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
