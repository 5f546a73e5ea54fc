/** The title that an Office file has been given by its author. */
import { inLine } from './blocks.ts'
import { readXml } from './markup.ts'
import type { ZipFile } from './zip-file.ts'

export async function coreTitle(zip: ZipFile): Promise<string | null> {
  for (const part of ['docProps/core.xml', 'meta.xml']) {
    if (!zip.has(part)) continue
    let inside = false
    let title = ''
    await readXml(zip.pieces(part), {
      open: (name) => (inside = name === 'dc:title'),
      close: () => (inside = false),
      text: (text) => (title += inside ? text : ''),
    })
    return inLine(title) || null
  }
  return null
}
