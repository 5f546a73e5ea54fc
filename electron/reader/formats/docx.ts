/** Word files, by mammoth: it gets the parts that hold text and no pictures, unpacked within the limits, and its HTML becomes blocks. */
import { AppError } from '../../../contract/errors.ts'
import { HtmlBlocks } from '../html-blocks.ts'
import { refuseUnpacked, wordElements } from '../limits.ts'
import { readHtml, readXml } from '../markup.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'
import { coreTitle } from '../core-title.ts'
import { ZipFile } from '../zip-file.ts'

export const readDocx: FormatReader = async function* ({ bytes }, reading) {
  const zip = await ZipFile.open(bytes)
  await refuseUnbearable(zip)
  const { zipSync } = await import('fflate/browser')
  const text = zip.names.filter(
    (name) => /\.(xml|rels)$/.test(name) && !/^(word\/(media|embeddings|theme|fonts)\/|customXml\/)/.test(name),
  )
  const plain = zipSync(Object.fromEntries(text.map((name) => [name, zip.read(name)])), { level: 0 })
  await reading.turn()
  const { default: mammoth } = await import('mammoth/mammoth.browser.js')
  const { value: html } = await mammoth.convertToHtml(
    { arrayBuffer: Uint8Array.from(plain).buffer },
    { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })), externalFileAccess: false },
  )
  await reading.turn()
  yield beginning('docx', await coreTitle(zip))
  const blocks = new HtmlBlocks((paragraph) => ({ kind: 'paragraph', paragraph }))
  await readHtml(html, blocks)
  yield* inItems(blocks.finish(reading))
}

/** Mammoth holds the whole tree and recurses over it: what nests too deeply or is too large is refused before. */
async function refuseUnbearable(zip: ZipFile): Promise<void> {
  if (!zip.has('word/document.xml')) throw new AppError('document_broken', 'A Word file without its text')
  let elements = 0
  await readXml(zip.pieces('word/document.xml'), {
    open: () => {
      if (++elements > wordElements) refuseUnpacked()
    },
  })
}
