/** Names that were stored may be anybody's by now: one is joined to a folder only when it is a name that we make. */
import { join } from 'node:path'

/** The path of a stored name in a folder; null when it is no name of this shape, and then there is nothing of ours. @param shape of whole names, without separators */
export function ownFile(folder: string, name: string, shape: RegExp): string | null {
  return shape.test(name) && !/[/\\]|^\.\.?$/.test(name) ? join(folder, name) : null
}
