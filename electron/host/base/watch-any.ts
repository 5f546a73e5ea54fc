/** Watching several values at once: an item whenever any of them changed, and one at the beginning. It carries no value. */
import { inBackground } from './background.ts'
import { Watchable } from './watchable.ts'

/** Ends, or fails, with the first of them that does. */
export async function* watchAny(sources: readonly Watchable<unknown>[], signal: AbortSignal): AsyncGenerator<void> {
  const changes = new Watchable(0)
  const left = new AbortController()
  const both = AbortSignal.any([signal, left.signal])
  const follow = async (source: Watchable<unknown>): Promise<void> => {
    try {
      for await (const _value of source.watch(both)) changes.set(changes.value + 1)
      changes.end()
    } catch (error) {
      changes.end(error)
    }
  }
  for (const source of sources) inBackground(follow(source), (error) => changes.end(error))
  try {
    for await (const _count of changes.watch(signal)) yield
  } finally {
    left.abort()
  }
}
