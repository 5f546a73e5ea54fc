/** Plain text: paragraphs between empty lines. */
import { paragraphBlocks, plainText } from '../plain-text.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'

export const readText: FormatReader = async function* ({ bytes }, reading) {
  const text = plainText(bytes, reading)
  await reading.turn()
  yield beginning('text')
  yield* inItems(paragraphBlocks(text, (paragraph) => ({ kind: 'paragraph', paragraph })))
}
