/** Books: chapters in the order of their spine, each a section with the title that it gives itself. */
import { AppError } from '../../../contract/errors.ts'
import { inLine } from '../blocks.ts'
import { HtmlBlocks } from '../html-blocks.ts'
import { pages as mostPages } from '../limits.ts'
import { readHtml, readXml } from '../markup.ts'
import { resolvePart } from '../office-parts.ts'
import { inItems, type FormatReader } from '../reading.ts'
import { declaredEncoding, decodeText } from '../text-encoding.ts'
import { ZipFile } from '../zip-file.ts'

export const readEpub: FormatReader = async function* ({ bytes }, reading) {
  const zip = await ZipFile.open(bytes)
  await refuseProtected(zip)
  const { title, chapters } = await bookOf(zip)
  yield { type: 'begin', format: 'epub', pages: chapters.length, pageKind: 'section', title }
  if (chapters.length > mostPages) reading.leaveOut('pages')
  for (const [at, part] of chapters.slice(0, mostPages).entries()) {
    await reading.turn()
    const bytesOf = zip.read(part)
    const html = new HtmlBlocks(() => ({ kind: 'section', section: at + 1, title: '' }), { numbers: true, navigation: false })
    await readHtml(decodeText(bytesOf, declaredEncoding(bytesOf)), html)
    const blocks = html.finish(reading)
    const name = blocks.find(({ kind }) => kind === 'heading')?.text ?? inLine(html.title)
    const place = { kind: 'section' as const, section: at + 1, title: name }
    yield* inItems(blocks.map((block) => ({ ...block, places: [{ start: 0, place }] })))
    yield { type: 'progress', done: at + 1, total: Math.min(chapters.length, mostPages) }
  }
}

async function bookOf(zip: ZipFile): Promise<{ title: string | null; chapters: string[] }> {
  let book = ''
  await readXml(zip.pieces('META-INF/container.xml'), {
    open: (name, attributes) => {
      if (name.endsWith('rootfile')) book ||= attributes['full-path'] ?? ''
    },
  })
  const parts = new Map<string, string>()
  const order: string[] = []
  let title = ''
  let inTitle = false
  await readXml(zip.pieces(book), {
    open: (name, { id = '', href = '', idref = '' }) => {
      if (/(^|:)item$/.test(name)) parts.set(id, resolvePart(book, unescape(href)))
      else if (/(^|:)itemref$/.test(name)) order.push(idref)
      inTitle = name === 'dc:title'
    },
    close: () => (inTitle = false),
    text: (text) => (title += inTitle ? text : ''),
  })
  const chapters = order.map((id) => parts.get(id) ?? '').filter((part) => zip.has(part))
  if (chapters.length === 0) throw new AppError('document_broken', 'A book without chapters')
  return { title: inLine(title) || null, chapters }
}

function unescape(href: string): string {
  try {
    return decodeURIComponent(href.replace(/#.*$/, ''))
  } catch {
    return href
  }
}

/** Fonts may be scrambled; text that is, is protected. */
async function refuseProtected(zip: ZipFile): Promise<void> {
  if (!zip.has('META-INF/encryption.xml')) return
  let found = false
  await readXml(zip.pieces('META-INF/encryption.xml'), {
    open: (name, { URI = '' }) => (found ||= name.endsWith('CipherReference') && /\.x?html?$/i.test(URI)),
  })
  if (found) throw new AppError('document_protected', 'A protected book')
}
