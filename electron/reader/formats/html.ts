/** Web pages: all that a browser shows of them, what leads elsewhere too. */
import { inLine } from '../blocks.ts'
import { HtmlBlocks } from '../html-blocks.ts'
import { readHtml } from '../markup.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'
import { declaredEncoding, decodeText } from '../text-encoding.ts'

export const readHtmlPage: FormatReader = async function* ({ bytes }, reading) {
  const blocks = new HtmlBlocks((paragraph) => ({ kind: 'paragraph', paragraph }), { numbers: true, navigation: true })
  await readHtml(decodeText(bytes, declaredEncoding(bytes)), blocks)
  const found = blocks.finish(reading)
  await reading.turn()
  yield beginning('html', inLine(blocks.title) || null)
  yield* inItems(found)
}
