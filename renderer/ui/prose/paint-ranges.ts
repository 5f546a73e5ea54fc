/** Paints stretches of the page by name (CSS Custom Highlight), so that the text is not touched. Several may use one name. */

/** @returns takes the paint away. */
export function paintRanges(name: string, ranges: readonly Range[]): () => void {
  if (ranges.length === 0) return () => undefined
  const highlight = CSS.highlights.get(name) ?? new Highlight()
  CSS.highlights.set(name, highlight)
  for (const range of ranges) highlight.add(range)
  return () => {
    for (const range of ranges) highlight.delete(range)
    if (highlight.size === 0) CSS.highlights.delete(name)
  }
}
