/** XML as a person sees it in a viewer. Entities that the file makes up stay what they are, and nothing that it points to is fetched. */
import { dataBlocks } from '../data-blocks.ts'
import type { DataNode } from '../data-tree.ts'
import { textCharacters } from '../limits.ts'
import { readXmlText } from '../markup.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'
import { declaredEncoding, decodeText } from '../text-encoding.ts'
import { proseCharacters, XmlTree } from '../xml-tree.ts'

/** Elements that are headings of what they stand in. */
const titles: ReadonlySet<string> = new Set(['title', 'head', 'heading'])
/** Elements whose text is a paragraph however short it is. */
const paragraphs = /^(?:p|para|paragraph|simpara|text|body|content|abstract|note|summary|description|title|head|heading)$/i

export const readXmlDocument: FormatReader = async function* ({ bytes, name }, reading) {
  const some = bytes.subarray(0, textCharacters * 4)
  const text = decodeText(some, declaredEncoding(bytes))
  if (some.length < bytes.length || text.length > textCharacters) reading.leaveOut('text')
  const tree = new XmlTree()
  await readXmlText(text.slice(0, textCharacters), tree)
  for (const what of tree.cut) reading.leaveOut(what)
  await reading.turn()
  const root = tree.finish()
  yield beginning('xml', root ? titleOf(root.node) : null)
  if (!root) return
  const style = {
    name: root.name || name.replace(/\.\w+$/, ''),
    isProse: (called: string, words: string) => words.length >= proseCharacters || paragraphs.test(called),
    titles,
  }
  for (const item of inItems(dataBlocks(root.node, style))) {
    await reading.turn()
    yield item
  }
}

function titleOf(root: DataNode): string | null {
  if (typeof root === 'string' || root.kind === 'list') return null
  const title = root.members.find(([name, value]) => titles.has(name) && typeof value === 'string')?.[1]
  return typeof title === 'string' ? title.slice(0, 500) || null : null
}
