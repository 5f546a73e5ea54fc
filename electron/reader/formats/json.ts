/** JSON, alone or a value a line, as a person sees it in a viewer; what is broken is read as the text that it is. */
import { dataBlocks } from '../data-blocks.ts'
import type { DataNode } from '../data-tree.ts'
import { parseJson } from '../json-tree.ts'
import { textCharacters } from '../limits.ts'
import { plainText } from '../plain-text.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'
import { readText } from './text.ts'

export const readJson: FormatReader = async function* (file, reading) {
  const text = plainText(file.bytes, reading)
  await reading.turn()
  const tree = parseJson(text, text.length >= textCharacters)
  if (!tree) {
    yield* readText(file, reading)
    return
  }
  if (tree.isCut) reading.leaveOut('cells')
  await reading.turn()
  yield beginning('json')
  const [only, ...more] = tree.roots
  const root: DataNode = only !== undefined && more.length === 0 ? only : { kind: 'list', items: tree.roots }
  const style = { name: file.name.replace(/\.\w+$/, ''), isProse: () => false, titles: new Set<string>() }
  for (const item of inItems(dataBlocks(root, style))) {
    await reading.turn()
    yield item
  }
}
