/** What an exported workspace is called, and why its folder does not take it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../contract/errors.ts'
import { localDay } from '../base/local-day.ts'

/** A name that says nothing of the matter: it lies on USB drives and in mailboxes. */
export function freeExportName(folder: string, now: number): string {
  const day = localDay(now)
  for (let turn = 1; ; turn++) {
    const name = `alambic-workspace-${day}${turn === 1 ? '' : `-${turn}`}.alambic`
    if (!existsSync(join(folder, name))) return name
  }
}

/** A folder that does not take the export, in our words. */
export function unwritable(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'SQLITE_CANTOPEN'].includes(code))
    throw new AppError('place_unwritable', 'The folder cannot be written', undefined, { cause: error })
  throw error
}
