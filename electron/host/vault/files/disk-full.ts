/** Small files are written without SQLite and fail with the system's own code for a full disk; this gives it ours. */
import { AppError } from '../../../../contract/errors.ts'

/** The error to throw on: AppError disk_full where the disk or the person's quota is full, the same error otherwise. */
export function diskFull(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
    return new AppError('disk_full', 'The disk is full', undefined, { cause: error })
  }
  return error
}

/** Does the work. @throws AppError disk_full; what else the work throws */
export function orDiskFull<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw diskFull(error)
  }
}

/** Does the work, or leaves it where the disk is full: for what is only good to have. @throws what else the work throws */
export function unlessFull(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'disk_full')) throw error
  }
}
