/** Web pages: the article where there clearly is one, else all of the page's text. */
import { inLine } from '../blocks.ts'
import { HtmlBlocks } from '../html-blocks.ts'
import { readHtml } from '../markup.ts'
import { beginning, inItems, type FormatReader, type Reading } from '../reading.ts'
import { declaredEncoding, decodeText } from '../text-encoding.ts'
import type { TextBlock } from '../blocks.ts'

/** Characters of a page whose article is looked for; a longer one is a report, and looking takes minutes. */
const articleCharacters = 1_000_000
/** How much of the page's text an article must have: less means that the page is more than an article. */
const articleShare = 0.5

export const readHtmlPage: FormatReader = async function* ({ bytes }, reading) {
  const html = decodeText(bytes, declaredEncoding(bytes))
  const whole = await htmlBlocks(html, reading)
  yield beginning('html', inLine(whole.title) || null)
  yield* inItems((await articleBlocks(html, lengthOf(whole.blocks), reading)) ?? whole.blocks)
}

async function htmlBlocks(html: string, reading: Reading): Promise<HtmlBlocks> {
  const blocks = new HtmlBlocks((paragraph) => ({ kind: 'paragraph', paragraph }), { numbers: true, navigation: true })
  await readHtml(html, blocks)
  blocks.finish(reading)
  return blocks
}

async function articleBlocks(html: string, wholeLength: number, reading: Reading): Promise<TextBlock[] | null> {
  if (html.length > articleCharacters) return null
  const { parseHTML } = await import('linkedom/worker')
  const { Readability, isProbablyReaderable } = await import('@mozilla/readability')
  let content: string | null | undefined
  try {
    // A document of its own: the type that is asked for is a browser's, which is not known here.
    const { document } = parseHTML(html) as { document: never }
    if (!isProbablyReaderable(document)) return null
    content = new Readability(document).parse()?.content
  } catch {
    // Both recurse over the tree; a page they cannot take is read as a whole.
    return null
  }
  if (!content) return null
  const { blocks } = await htmlBlocks(content, reading)
  return lengthOf(blocks) >= wholeLength * articleShare ? blocks : null
}

function lengthOf(blocks: readonly TextBlock[]): number {
  return blocks.reduce((sum, { text }) => sum + text.length, 0)
}
