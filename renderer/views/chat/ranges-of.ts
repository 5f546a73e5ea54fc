/** Where words stand in a part of the document, without regard to case and accents. */

/** At most this many hits are painted. */
const most = 500

/** The ranges of every occurrence; a hit lies within one run of text. */
export function rangesOf(root: HTMLElement, query: string): Range[] {
  const wanted = folded(query.trim()).letters
  if (wanted === '') return []
  const ranges: Range[] = []
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent ?? ''
    const { letters, places } = folded(text)
    for (let at = letters.indexOf(wanted); at >= 0; at = letters.indexOf(wanted, at + wanted.length)) {
      if (ranges.length === most) return ranges
      const range = document.createRange()
      range.setStart(node, places[at] ?? 0)
      range.setEnd(node, places[at + wanted.length] ?? text.length)
      ranges.push(range)
    }
  }
  return ranges
}

/** Lower case without accents, and where in the text each of its letters stands. */
function folded(text: string): { letters: string; places: number[] } {
  const places: number[] = []
  let letters = ''
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at).normalize('NFD').charAt(0).toLowerCase().charAt(0)
    if (/\p{M}/u.test(letter)) continue
    letters += letter
    places.push(at)
  }
  return { letters, places }
}
