/** Stopping an answer in whatever state it is: who stops it does not wait for what is under way beneath. */

/** After Stop the last words may still come for so long, in milliseconds; an engine in the middle of a long batch takes seconds. */
const graceMs = 150

/**
 * The items, until a moment after the signal fires. What is beneath is told by the same signal and runs to its end, unheard: cutting it off in
 * the middle would leave an engine with a half-read prompt.
 */
export async function* untilLeft<T>(items: AsyncGenerator<T> | AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<null>((resolve) => {
    const begin = (): void => {
      timer = setTimeout(() => resolve(null), graceMs)
    }
    if (signal.aborted) begin()
    else signal.addEventListener('abort', begin, { once: true })
  })
  try {
    for (;;) {
      const next = iterator.next()
      const result: IteratorResult<T> | null = await Promise.race([next, over])
      if (result === null) {
        // Its failure is nobody's any more: the answer has settled.
        drain(iterator, next).catch(() => undefined)
        return
      }
      if (result.done) return
      yield result.value
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Listens to the end, so that what is beneath ends in its own order. */
async function drain<T>(iterator: AsyncIterator<T>, pending: Promise<IteratorResult<T>>): Promise<void> {
  for (let result = await pending; !result.done; result = await iterator.next());
}
