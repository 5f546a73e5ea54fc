/** How things of a workspace are called on the screen. Pure. */
import type { Workspace } from '../../../contract/entities.ts'
import type { Dictionary } from '../../i18n/en.ts'

/** Personal is called in the person's language; the others as they were named. */
export function nameOf(workspace: Pick<Workspace, 'name' | 'personal'>, text: Dictionary): string {
  return workspace.personal ? text.chat.list.personal : workspace.name
}
