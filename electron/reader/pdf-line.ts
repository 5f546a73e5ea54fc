/**
 * The line between pdf.js and its worker, which run in one thread here. pdf.js has such a line too, which copies each message; this one hands
 * over pieces of text as they are: they are most of what is said, and whoever sends them keeps none.
 */

type Listener = (event: { data: unknown }) => void

/** What pdf.js uses of a worker's port. Both ends share it, as each message names whom it is for. */
export class PdfLine {
  readonly #listeners = new Set<Listener>()

  postMessage(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    const event = { data: isFlat(message) ? message : (textIn(message) ?? structuredClone(message, { transfer })) }
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener(event)
    })
  }

  addEventListener(_type: 'message', listener: Listener, options?: { signal?: AbortSignal }): void {
    this.#listeners.add(listener)
    options?.signal?.addEventListener('abort', () => this.#listeners.delete(listener), { once: true })
  }

  removeEventListener(_type: 'message', listener: Listener): void {
    this.#listeners.delete(listener)
  }
}

/** Nothing in it could be changed by its sender. */
function isFlat(message: unknown): boolean {
  return Object.values(message ?? {}).every((value) => value === null || typeof value !== 'object')
}

/** A message with a part of what a page says, `items` and `styles`; what holds them is filled again by whoever sends it. */
function textIn(message: unknown): object | null {
  if (typeof message !== 'object' || message === null || !('chunk' in message)) return null
  const { chunk } = message
  const isText = typeof chunk === 'object' && chunk !== null && 'items' in chunk && 'styles' in chunk
  return isText ? { ...message, chunk: { ...chunk } } : null
}
