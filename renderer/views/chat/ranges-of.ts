/** Where words stand in a part of the document, without regard to case and accents. */

/** At most this many hits are painted. */
const most = 500

/** The ranges of every occurrence; a hit lies within one run of text. */
export function rangesOf(root: HTMLElement, query: string): Range[] {
  const wanted = folded(query.trim())
  if (wanted.length === 0) return []
  const ranges: Range[] = []
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node && ranges.length < most; node = walker.nextNode()) {
    const text = folded(node.textContent ?? '')
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + wanted.length)
      ranges.push(range)
    }
  }
  return ranges
}

/** Lower case without accents, letter by letter, so that places in it are places in the text. */
function folded(text: string): string {
  return Array.from({ length: text.length }, (_, at) => text.charAt(at).normalize('NFD').charAt(0).toLowerCase().charAt(0)).join(
    '',
  )
}
