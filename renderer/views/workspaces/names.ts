/** How things of a workspace are called on the screen. Pure. */
import type { Workspace } from '../../../contract/entities.ts'
import type { TextPlace } from '../../../contract/text-place.ts'
import type { Dictionary } from '../../i18n/en.ts'

/** Personal is called in the person's language; the others as they were named. */
export function nameOf(workspace: Pick<Workspace, 'name' | 'personal'>, text: Dictionary): string {
  return workspace.personal ? text.chat.list.personal : workspace.name
}

/** Where a passage stands, in words: a page, a slide, the cells of a sheet. */
export function placeName(place: TextPlace, text: Dictionary['workspaces']['reader']): string {
  switch (place.kind) {
    case 'page':
      return text.page(place.page)
    case 'slide':
      return text.slide(place.slide)
    case 'sheet':
      return text.sheet(place.sheet, place.cells)
    case 'section':
      return place.title || text.section(place.section)
    case 'paragraph':
      return text.paragraph(place.paragraph)
  }
}
