/** The text of a file that is nothing else, as much of it as is read. */
import { textBlock, type TextBlock, type TextPlace } from './blocks.ts'
import { textCharacters } from './limits.ts'
import type { Reading } from './reading.ts'
import { decodeText } from './text-encoding.ts'

/** Its lines end with `\n`. */
export function plainText(bytes: Uint8Array, reading: Reading): string {
  // One unit of text takes four bytes at most.
  const some = bytes.subarray(0, textCharacters * 4)
  const text = decodeText(some)
  if (some.length < bytes.length || text.length > textCharacters) reading.leaveOut('text')
  return text.slice(0, textCharacters).replace(/\r\n?/g, '\n')
}

/** Paragraphs between empty lines, one at a time. @param place of the paragraph with this number, counted from 1 */
export function* paragraphBlocks(text: string, place: (number: number) => TextPlace): Generator<TextBlock | null> {
  let number = 0
  for (const paragraph of paragraphsOf(text)) yield textBlock('paragraph', paragraph, place(++number))
}

/** Where nobody leaves a line empty, each line is a paragraph when lines are long, and all are one when they are short. */
function* paragraphsOf(text: string): Generator<string> {
  const gap = /[\n\f][ \t]*[\n\f]\s*/g
  let from = 0
  for (let found = gap.exec(text); found; found = gap.exec(text)) {
    yield* linesOf(text.slice(from, found.index))
    from = gap.lastIndex
  }
  yield* linesOf(text.slice(from))
}

function* linesOf(part: string): Generator<string> {
  let lines = 1
  for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) lines++
  if (part.length / lines > 120) yield* part.split('\n')
  else yield part
}
