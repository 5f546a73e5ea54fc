/** Watching a stream from the page: each item is applied as it comes, until the signal fires. Reconnecting is the link's business. */
import { AppError } from '../../contract/errors.ts'

/**
 * Applies every item of a stream.
 * @param onTrouble told when the stream fails for another reason than being left or the vault being locked.
 */
export async function follow<Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  apply: (item: Item) => void,
  signal: AbortSignal,
  onTrouble: (error: AppError) => void,
): Promise<void> {
  try {
    for await (const item of open(signal)) {
      if (signal.aborted) return
      apply(item)
    }
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof AppError)) throw error
    if (error.code !== 'locked' && error.code !== 'cancelled') onTrouble(error)
  }
}
