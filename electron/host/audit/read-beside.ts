/** Files beside the vault, which somebody else may have put there: read as far as they may be long, and never through a link, a pipe or a device. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** Flags that Windows does not have. */
export const linkless = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW
const unblocked = process.platform === 'win32' ? 0 : constants.O_NONBLOCK

/** Null where there is none that can be read. */
export function readBeside(path: string, mostBytes: number): Buffer | null {
  try {
    const file = openSync(path, constants.O_RDONLY | linkless | unblocked)
    try {
      const facts = fstatSync(file)
      if (!facts.isFile()) return null
      const bytes = Buffer.alloc(Math.min(facts.size, mostBytes))
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0))
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}
