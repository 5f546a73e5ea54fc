/**
 * The script of the reader's window: starts the reader in a worker, where there is no document, no frame, no window to open and no WebRTC, and
 * hands it the line. The program comes as text with the line: this page has no origin, and could fetch none.
 */
const script = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))

/** A worker of modules does not start from a page without an origin; one that imports a module does. The line may come before the module. */
const starting = (program: string): string => `
const line = new Promise((resolve) => addEventListener('message', ({ ports: [line] }) => resolve(line), { once: true }))
import('${program}').then(async ({ startInWorker }) => startInWorker(await line)).catch(() => close())`

window.addEventListener(
  'message',
  ({ data, ports }) => {
    const worker = new Worker(script(starting(script(String(data)))), { name: 'reader' })
    worker.postMessage(null, [...ports])
  },
  { once: true },
)
