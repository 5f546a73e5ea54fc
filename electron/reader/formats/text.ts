/** Plain text: paragraphs between empty lines. */
import { textBlock } from '../blocks.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'
import { decodeText } from '../text-encoding.ts'

export const readText: FormatReader = async function* ({ bytes }, reading) {
  const text = decodeText(bytes)
  await reading.turn()
  yield beginning('text')
  yield* inItems(paragraphsOf(text).map((part, at) => textBlock('paragraph', part, { kind: 'paragraph', paragraph: at + 1 })))
}

/** Where nobody leaves a line empty, each line is a paragraph when lines are long, and all are one when they are short. */
export function paragraphsOf(text: string): string[] {
  const parts = text.split(/(?:\r\n|\r|\n|\f)[ \t]*(?:\r\n|\r|\n|\f)\s*/)
  return parts.flatMap((part) => {
    const lines = part.split(/\r\n|\r|\n/)
    return part.length / lines.length > 120 ? lines : [part]
  })
}
