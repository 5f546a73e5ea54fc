/** Names that strangers gave – in headers, cards, files, workspaces – as people may see them: the one rule for all of them. */
import { isOneLine, mostNameCharacters, oneLine } from '../../../contract/one-line.ts'

/** The name, if it is fit to be shown as it is; null when it is empty, too long, of several lines or hides something. */
export function fitName(name: string | null | undefined): string | null {
  const trimmed = name?.trim() ?? ''
  return trimmed !== '' && trimmed.length <= mostNameCharacters && isOneLine(trimmed) ? trimmed : null
}

/** The name if it is fit to be shown, else another one – mostly its file's – made fit. Empty only when nothing of that can be seen either. */
export function foreignName(name: string | null | undefined, otherwise: string): string {
  return fitName(name) ?? oneLine(otherwise)
}

/** A file's name as it is shown; what it ends with stays. */
export function shownFileName(name: string): string {
  return oneLine(name, 'end')
}
