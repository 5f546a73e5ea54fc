/** What mails of both kinds have in common: a head, a body, and files that came with it. */
import { textBlock, type TextBlock, type TextPlace } from './blocks.ts'
import { base64Of } from './bytes.ts'
import type { ReadItem } from './contract.ts'
import { encapsulatedHtml, isEncapsulated } from './encapsulated-html.ts'
import { HtmlBlocks } from './html-blocks.ts'
import { attachmentBytes, attachments as mostAttachments } from './limits.ts'
import { readHtml } from './markup.ts'
import { paragraphBlocks } from './plain-text.ts'
import { inItems, type Reading } from './reading.ts'

export interface Mail {
  format: 'eml' | 'msg'
  subject: string
  /** Lines of the head as they are shown, without the subject. */
  head: string[]
  html: string | null
  text: string | null
  /** Where it is the only body: each byte as the character of its number. */
  rtf?: string | null
  attachments: { name: string; bytes: Uint8Array }[]
  /** What invitations and cards within say, line by line. */
  entries?: string[]
}

export async function* mailItems(
  { format, subject, head, html, text, rtf = null, attachments, entries = [] }: Mail,
  reading: Reading,
): AsyncGenerator<ReadItem> {
  yield { type: 'begin', format, pages: null, pageKind: null, title: subject || null }
  const top = { kind: 'section' as const, section: 1, title: '' }
  yield* inItems([textBlock('heading', subject, top, 1), ...head.map((line) => textBlock('paragraph', line, top))])
  await reading.turn()
  yield* inItems(await body({ html, text, rtf, title: subject }, reading))
  const within = { kind: 'section' as const, section: 2, title: subject }
  yield* inItems(entries.map((line) => textBlock('paragraph', line, within)))
  for (const [at, { name, bytes }] of attachments.entries()) {
    if (at >= mostAttachments || bytes.length > attachmentBytes) reading.leaveOut('attachments')
    else if (bytes.length > 0) yield { type: 'attachment', name: name || `${at + 1}`, base64: base64Of(bytes) }
  }
}

async function body(
  { html, text, rtf, title }: { html: string | null; text: string | null; rtf: string | null; title: string },
  reading: Reading,
): Promise<Iterable<TextBlock | null>> {
  const place = { kind: 'section' as const, section: 2, title }
  const markup = html ?? (rtf !== null && isEncapsulated(rtf) ? encapsulatedHtml(rtf) : null)
  if (markup) {
    const blocks = new HtmlBlocks(() => place, { numbers: true, navigation: true })
    await readHtml(markup, blocks)
    const found = blocks.finish(reading)
    if (found.length > 0) return found
  }
  if (rtf !== null && (text ?? '').trim() === '') return placed(await rtfBlocks(rtf, reading), place)
  return paragraphBlocks((text ?? '').replace(/\r\n?/g, '\n'), () => place)
}

async function rtfBlocks(rtf: string, reading: Reading): Promise<TextBlock[]> {
  const { RtfText } = await import('./formats/rtf.ts')
  return new RtfText(reading).read(rtf)
}

function placed(blocks: readonly TextBlock[], place: TextPlace): TextBlock[] {
  return blocks.map((block) => ({ ...block, places: [{ start: 0, place }] }))
}
