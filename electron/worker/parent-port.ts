/** A worker's end of its line to the host, under Electron (a utility process) and under plain Node (a forked child). */
import type { Frame, Port } from '../../contract/link.ts'

/** The part of Electron's `process.parentPort` that is used here; this folder does not know Electron. */
interface UtilityParent {
  on(event: 'message', listener: (message: { data: unknown }) => void): unknown
  postMessage(message: unknown): void
}

/**
 * The port to whoever started this process. The process ends with its parent.
 * @throws Error when it was started by hand.
 */
export function parentPort(): Port {
  const parent: unknown = Reflect.get(process, 'parentPort')
  if (isUtilityParent(parent)) {
    // Chromium ends a utility process with its browser, so there is no close to hear of.
    return {
      send: (frame) => parent.postMessage(frame),
      onFrame: (listener) => parent.on('message', ({ data }) => listener(data as Frame)),
      onClose: () => undefined,
      close: () => process.exit(0),
    }
  }
  if (!process.send) throw new Error('A worker is started by its host, never by hand')
  // Not process.exit: llama.cpp's threads may be in the middle of a token, and its unloading could crash or wait for them.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // Ctrl+C and a closing terminal reach every process of theirs; it is the host that says when a worker goes.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
  return {
    send: (frame) => {
      if (process.connected) process.send?.(frame, undefined, undefined, () => undefined)
    },
    onFrame: (listener) => process.on('message', (message) => listener(message as Frame)),
    onClose: (listener) => process.on('disconnect', listener),
    close: () => process.disconnect(),
  }
}

function isUtilityParent(value: unknown): value is UtilityParent {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value
}
