/** Starts the reader in the worker of its own window: takes the line to the host, and throws away what else a worker could speak with. */
import type { Frame, Port } from '../../contract/link.ts'
import { startReader } from './core.ts'

/**
 * Not a wall, which is the browser's: the page's policy, the window's guards and the system's sandbox. But a parser that finds nothing to
 * speak with has to look for more than a name. `postMessage` and `Worker` are also what pdf.js would make threads with.
 */
const tongues = [
  ...['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport', 'importScripts', 'postMessage'],
  ...['Worker', 'SharedWorker', 'BroadcastChannel', 'indexedDB', 'caches', 'cookieStore', 'Notification', 'FontFace', 'fonts'],
]

/** A worker's own scope, as far as it is used here. */
interface WorkerScope {
  addEventListener(type: 'error' | 'unhandledrejection', listener: () => void): void
  close(): void
}

/** @param line to the host */
export function startInWorker(line: MessagePort): void {
  const scope = globalThis as unknown as WorkerScope
  const close = scope.close.bind(scope)
  for (const name of tongues) forget(name)
  const end = (): void => {
    line.close()
    close()
  }
  // As a process does: what nobody caught ends it, and the host starts another.
  scope.addEventListener('error', end)
  scope.addEventListener('unhandledrejection', end)
  const turns = new Turns()
  startReader(portOf(line, end), {
    turn: () => turns.next(),
    // The host asks the system for it: a window is not told.
    residentBytes: () => 0,
    complain: (text) => console.error(text),
  })
  line.start()
}

/** Some stand on the scope itself, others on what it inherits. */
function forget(name: string): void {
  for (let holder: object | null = globalThis; holder; holder = Reflect.getPrototypeOf(holder))
    Reflect.deleteProperty(holder, name)
}

function portOf(line: MessagePort, end: () => void): Port {
  return {
    send: (frame) => line.postMessage(frame),
    onFrame: (listener) => line.addEventListener('message', ({ data }) => listener(data as Frame)),
    onClose: (listener) => line.addEventListener('close', listener),
    close: end,
  }
}

/** Turns of the event loop. A timer would be made to wait four milliseconds after a few, which are seconds for a long document. */
class Turns {
  readonly #channel = new MessageChannel()
  readonly #waiting: (() => void)[] = []

  constructor() {
    this.#channel.port1.addEventListener('message', () => this.#waiting.shift()?.())
    this.#channel.port1.start()
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#channel.port2.postMessage(null)
    })
  }
}
