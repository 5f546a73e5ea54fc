/** Stopping an answer that has not begun: it need not wait for its turn to be let go. */
import type { RuntimeItem } from '../../runtime/runtime.ts'

/** The items of an answer. Ends at once when it is stopped while others are before it in the queue: their turns may take minutes. */
export async function* unlessLeft(items: AsyncGenerator<RuntimeItem>, signal: AbortSignal): AsyncGenerator<RuntimeItem> {
  const left = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
  let isWaiting = true
  while (!signal.aborted || !isWaiting) {
    const next = items.next()
    const result: IteratorResult<RuntimeItem> | null = isWaiting ? await Promise.race([next, left]) : await next
    if (result === null) {
      // Its turn comes, finds that nobody waits any more, and passes.
      next.catch(() => undefined)
      return
    }
    if (result.done) return
    isWaiting = result.value.type === 'stage' && result.value.stage === 'queued'
    yield result.value
  }
}
