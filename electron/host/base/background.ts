/** Work that nobody waits for. What fails in it is written down, and never ends the host as a rejection that nobody took. */
import { AppError, type ErrorCode } from '../../../contract/errors.ts'

/** How work ends that was left or locked away: no failure. */
const ends = new Set<ErrorCode>(['cancelled', 'locked', 'workspace_archived'])

/**
 * Lets work go on by itself.
 * @param onBug writes down what failed; an AppError too, which nobody else is told of
 */
export function inBackground(work: Promise<unknown>, onBug: (error: unknown) => void): void {
  work.catch((error: unknown) => tellFailure(error, onBug))
}

/** Tells of an error unless it is how work ends that was left. */
export function tellFailure(error: unknown, onBug: (error: unknown) => void): void {
  if (!(error instanceof AppError && ends.has(error.code))) onBug(error)
}
