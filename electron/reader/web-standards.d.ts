// The few platform globals that a process and a window's worker both have. What is not here cannot be used in the reader's pure part.
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
}
declare function setTimeout(callback: (nothing: void) => void, delayMs: number): number
declare function queueMicrotask(callback: () => void): void
declare function clearTimeout(timer: number): void
declare const console: Record<'log' | 'warn' | 'error', (...words: unknown[]) => void>
interface MessageEvent {
  readonly data: unknown
  readonly ports: readonly MessagePort[]
}
declare class MessagePort {
  postMessage(message: unknown): void
  addEventListener(type: 'message' | 'close', listener: (event: MessageEvent) => void): void
  start(): void
  close(): void
}
declare class MessageChannel {
  readonly port1: MessagePort
  readonly port2: MessagePort
}

/** A copy with all that is in it. What is handed over is no longer the giver's. */
declare function structuredClone(value: unknown, options?: { transfer?: readonly ArrayBuffer[] }): unknown
