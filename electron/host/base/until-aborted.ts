/** Waiting for what may not hear a signal: whoever is told to stop leaves at once, and what is beneath runs to its own end, unheard. */
import { AppError } from '../../../contract/errors.ts'

/** What the work gives. @throws AppError cancelled as soon as the signal fires, and what the work throws */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  // Nobody hears how it ends when the signal was first.
  work.catch(() => undefined)
  let leave: () => void = () => undefined
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(new AppError('cancelled', 'Cancelled'))
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, left])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
