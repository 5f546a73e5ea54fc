/** Which way up a page is: how it is turned to be tried, and where on the page as it lies what was then found stands. */
import type { Box } from './blocks.ts'

/** Quarters of a turn to the right. */
export type Turn = 0 | 1 | 2 | 3

/** In the order in which they are tried: text on its side is read either way up, so that a half turn rights most of it. */
export const otherTurns: readonly Turn[] = [2, 1, 3]

/** What EXIF calls a picture that is turned by so much more, each a quarter further; the second of pictures that are mirrored. */
const orientations = [
  [1, 6, 3, 8],
  [2, 7, 4, 5],
] as const

/** @param orientation of EXIF, 1 to 8 */
export function turnedOrientation(orientation: number, turn: Turn): number {
  const known = orientations.find((each) => each.some((one) => one === orientation)) ?? orientations[0]
  return (
    known[
      (Math.max(
        0,
        known.findIndex((one) => one === orientation),
      ) +
        turn) %
        4
    ] ?? 1
  )
}

/** Where a box of the turned page lies on the page itself. */
export function unturned({ x, y, width, height }: Box, turn: Turn): Box {
  switch (turn) {
    case 0:
      return { x, y, width, height }
    case 1:
      return { x: y, y: 1 - x - width, width: height, height: width }
    case 2:
      return { x: 1 - x - width, y: 1 - y - height, width, height }
    case 3:
      return { x: 1 - y - height, y: x, width: height, height: width }
  }
}

/** Where a box of the page lies when it is turned. */
export function turned(box: Box, turn: Turn): Box {
  return unturned(box, ((4 - turn) % 4) as Turn)
}
