/** Splits a found snippet at the host's marks, so that it is shown as text and never as HTML. Pure. */

/** The host marks found words between these private-use characters. */
const marks = /\uE000([^\uE001]*)\uE001?/g

/** The parts of a snippet in order. */
export function markedParts(snippet: string): { text: string; marked: boolean }[] {
  const parts: { text: string; marked: boolean }[] = []
  let at = 0
  for (const found of snippet.matchAll(marks)) {
    if (found.index > at) parts.push({ text: snippet.slice(at, found.index), marked: false })
    parts.push({ text: found[1] ?? '', marked: true })
    at = found.index + found[0].length
  }
  if (at < snippet.length) parts.push({ text: snippet.slice(at), marked: false })
  return parts
}
