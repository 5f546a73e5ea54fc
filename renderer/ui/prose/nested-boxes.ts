/** Gives code and tables that stand inside of lists and quotes the boxes that those on their own have. */

/** What is put in the place of a code, before it; returns what takes it away. */
export type PlaceCode = (code: { code: string; language: string }, before: Element) => () => void

/**
 * @param root a block, as it was drawn; only what lies deeper in it is touched, since Svelte holds on to what stands in it directly.
 * @param label how a table is named to who cannot see it.
 * @returns takes the boxes of code away; what they replaced does not come back.
 */
export function placeBoxes(root: Element, label: string, placeCode: PlaceCode): () => void {
  const undo = [...root.querySelectorAll(':is(li, blockquote) pre')].map((pre) => {
    const language = /(?:^|\s)language-(\S+)/.exec(pre.querySelector('code')?.className ?? '')?.[1] ?? ''
    const take = placeCode({ code: (pre.textContent ?? '').replace(/\n$/, ''), language }, pre)
    pre.remove()
    return take
  })
  for (const table of root.querySelectorAll(':is(li, blockquote) table')) {
    const box = document.createElement('div')
    box.className = 'table-box'
    box.tabIndex = 0
    box.setAttribute('role', 'region')
    box.setAttribute('aria-label', label)
    table.replaceWith(box)
    box.append(table)
  }
  return () => undo.forEach((take) => take())
}
