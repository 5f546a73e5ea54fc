/** The plainest file of a picture that there is (PGM): a line of text, then the pixels. */
import { joined } from './bytes.ts'
import type { GreyPicture } from './page-picture.ts'

export function greyFile({ width, height, pixels }: GreyPicture): Uint8Array {
  return joined([new TextEncoder().encode(`P5 ${width} ${height} 255\n`), pixels])
}
