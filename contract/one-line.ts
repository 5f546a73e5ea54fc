/** What a text from elsewhere must be to be shown as a name: one line, in which nothing is hidden and nothing turns the words around it. */
import { endInSigns, startInSigns } from './graphemes.ts'

/**
 * Control characters, halves of pairs and line separators (Cc, Cs, Zl, Zp); marks of direction (U+061C, U+200E–F, U+202A–E, U+2066–9); what cannot be seen and
 * is no part of a word: soft hyphens, spaces without width, fillers of annotations, tags. Joiners of scripts and pictures stay.
 */
const hidden =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu
/** Characters of a name that is shown. */
export const mostNameCharacters = 200

export function isOneLine(text: string): boolean {
  return text.search(hidden) < 0
}

/** Whether several lines of text hide nothing: as {@link isOneLine}, but for line breaks and tabs. */
export function isPlainText(text: string): boolean {
  return isOneLine(text.replace(/[\t\n\r]/g, ' '))
}

/**
 * The text made fit to be shown in one line: what is hidden is left out, line breaks become spaces, and it has 200 characters at most.
 * @param keep which end stays when it is too long: that of a file's name says what it is
 */
export function oneLine(text: string, keep: 'start' | 'end' = 'start'): string {
  const clean = text
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(hidden, '')
    .trim()
  if (clean.length <= mostNameCharacters) return clean
  return (keep === 'start' ? startInSigns : endInSigns)(clean, mostNameCharacters).trim()
}
