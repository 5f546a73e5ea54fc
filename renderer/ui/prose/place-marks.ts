/**
 * Puts marks in the place of their numbers in what the sanitiser let through. It reads text and never HTML, so that nothing a
 * model writes can make a mark other than a number that was given; code, formulas and links stay as they are.
 */
import { markParts } from './citation-marks.ts'

/** Where a number in brackets is no mark. */
const elsewhere = 'code, pre, a, math, button'

/**
 * @param root a block; text that stands in it directly is left, since Svelte holds on to it.
 * @param place puts the mark of a number before a node, and returns what takes it away.
 * @returns takes all marks away; the text that they replaced does not come back.
 */
export function placeMarks(
  root: Element,
  given: ReadonlySet<number>,
  place: (number: number, before: Text) => () => void,
): () => void {
  const undo: (() => void)[] = []
  for (const node of given.size > 0 ? textsIn(root) : []) {
    if (node.parentElement === root || node.parentElement?.closest(elsewhere)) continue
    const parts = markParts(node.data, given)
    if (!parts.some((part) => typeof part === 'number')) continue
    for (const [index, part] of parts.entries()) {
      if (typeof part === 'number') undo.push(place(part, node))
      // A mark stands close to the word before it.
      else node.before(typeof parts[index + 1] === 'number' ? part.trimEnd() : part)
    }
    // Kept, though empty: the marks were put before it.
    node.data = ''
  }
  return () => undo.forEach((take) => take())
}

/** The texts of an element in order, taken before anything is changed. */
export function textsIn(root: Element): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node instanceof Text) texts.push(node)
  return texts
}
