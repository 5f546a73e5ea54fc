/** What the gate says of a file that it does not let in. */
import { AppError } from '../../../../contract/errors.ts'

/** @param message for logs; it names tables and columns and never a value */
export function malformed(message: string, cause?: unknown): AppError {
  return new AppError('workspace_file_malformed', message, undefined, { cause })
}
