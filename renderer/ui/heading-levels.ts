/** Levels of a document's headings below one of ours: in whatever order they come, none skips one, which a screen reader would miss. Pure. */

/**
 * @param headings in order, each with a key of its own; 1 is the highest of their levels
 * @param above the level of our own heading that they stand under
 * @returns the level to be said, by key
 */
export function headingLevels(headings: readonly { key: number; level: number }[], above: number): Map<number, number> {
  const open: { level: number; said: number }[] = []
  return new Map(
    headings.map(({ key, level }) => {
      while ((open.at(-1)?.level ?? 0) >= level) open.pop()
      const said = Math.min(6, (open.at(-1)?.said ?? above) + 1)
      open.push({ level, said })
      return [key, said]
    }),
  )
}
