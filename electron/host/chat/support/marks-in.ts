/** Where the citation marks of a finished text stand: `[1]`, as `chat/sources/citation-marks.ts` leaves them. */

/** The marks of a text in order, where they stand. */
export function marksIn(text: string): { start: number; end: number; number: number }[] {
  return [...text.matchAll(/\[(\d{1,3})\]/g)].map((found) => ({
    start: found.index,
    end: found.index + found[0].length,
    number: Number(found[1]),
  }))
}
