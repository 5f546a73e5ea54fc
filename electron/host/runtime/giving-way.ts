/** Work that nobody waits for gives way to answers. */
import { AppError } from '../../../contract/errors.ts'
import { inBackground } from '../base/background.ts'
import { untilAborted } from '../base/until-aborted.ts'
import type { Watchable } from '../base/watchable.ts'

/**
 * Does it when no answer is being written. When somebody asks meanwhile its signal fires, and it is done anew afterwards.
 * @param onWait told when it begins to wait, and when it goes on
 * @throws AppError cancelled when the signal fires, locked, and what the work throws
 */
export async function givingWay<T>(
  answering: Watchable<boolean>,
  { signal, onWait }: { signal: AbortSignal; onWait: (waits: boolean) => void },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (;;) {
    if (answering.value) {
      onWait(true)
      for await (const isAnswering of answering.watch(signal)) if (!isAnswering) break
      onWait(false)
    }
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
    const asked = new AbortController()
    const over = new AbortController()
    inBackground(abortOnAnswer(answering, asked, over.signal), () => undefined)
    try {
      // An answer waits for its end; who stops it, or locks, does not.
      const result = await untilAborted(signal, work(AbortSignal.any([signal, asked.signal])))
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
      if (!asked.signal.aborted) return result
    } catch (error) {
      if (signal.aborted || !asked.signal.aborted) throw error
    } finally {
      over.abort()
    }
  }
}

async function abortOnAnswer(answering: Watchable<boolean>, asked: AbortController, over: AbortSignal): Promise<void> {
  for await (const isAnswering of answering.watch(over)) if (isAnswering) return asked.abort()
}
