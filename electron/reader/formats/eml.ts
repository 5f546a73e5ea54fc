/** Mails as the internet sends them, by postal-mime. A mail inside a mail is an attachment. */
import type { Address, Email } from 'postal-mime'
import { byteText } from '../bytes.ts'
import { calendarEntries } from '../calendar.ts'
import { cardEntries } from '../cards.ts'
import { contentText } from '../content-lines.ts'
import { mailItems } from '../mail.ts'
import { filesOfOutlook, isOutlookPackage } from '../outlook-package.ts'
import type { FormatReader, Reading } from '../reading.ts'
import { signedContent } from '../signed-content.ts'

export const readEml: FormatReader = async function* ({ bytes }, reading) {
  const { mail, html, text, all } = await parsedMail(withSpaces(withoutBoxLine(bytes)), reading, 0)
  const parts = all.flatMap((part): Part[] =>
    isOutlookPackage(part.bytes)
      ? filesOfOutlook(part.bytes).map((file) => ({ ...file, isNamed: file.name !== '', kind: null }))
      : [part],
  )
  const head = [
    ['From', shown(mail.from ? [mail.from] : [])],
    ['To', shown(mail.to)],
    ['Cc', shown(mail.cc)],
    ['Date', mail.date ?? ''],
    [
      'Attachments',
      parts
        .filter(({ isNamed }) => isNamed)
        .map(({ name }) => name)
        .join(', '),
    ],
  ] as const
  yield* mailItems(
    {
      format: 'eml',
      subject: mail.subject ?? '',
      head: head.filter(([, value]) => value !== '').map((line) => line.join(': ')),
      html,
      text,
      entries: parts.flatMap(({ kind, bytes: part }) => (kind ? entryLines(kind, part, reading) : [])),
      // A calendar or a card without a name is the message itself.
      attachments: parts.filter(({ kind, isNamed }) => isNamed || !kind),
    },
    reading,
  )
}

interface Part {
  name: string
  isNamed: boolean
  kind: 'calendar' | 'card' | null
  bytes: Uint8Array
}

interface ParsedMail {
  mail: Email
  html: string | null
  text: string | null
  all: Part[]
}

/** Messages inside their signature, one in the other. */
const deepestSigned = 4

/** A mail with its parts. What is wrapped in a signature is a part of the mail; what is encrypted is named. */
export async function parsedMail(bytes: Uint8Array, reading: Reading, depth: number): Promise<ParsedMail> {
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(bytes, { attachmentEncoding: 'arraybuffer', forceRfc822Attachments: true })
  const parsed: ParsedMail = { mail, html: mail.html ?? null, text: mail.text ?? null, all: [] }
  for (const [at, { filename, mimeType, content }] of mail.attachments.entries()) {
    const part = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content as ArrayBuffer)
    const wrapped = isWrapped(mimeType, filename) ? signedContent(part) : null
    if (wrapped?.kind === 'signed' && depth < deepestSigned) {
      const inside = await parsedMail(wrapped.content, reading, depth + 1)
      parsed.html ??= inside.html
      parsed.text ??= inside.text
      parsed.all.push(...inside.all)
      continue
    }
    if (wrapped) reading.leaveOut(wrapped.kind === 'encrypted' ? 'encrypted' : 'text')
    parsed.all.push({
      name: filename || `${at + 1}${endings[mimeType.toLowerCase()] ?? ''}`,
      isNamed: Boolean(filename),
      kind: kindOf(mimeType, Boolean(filename)),
      bytes: part,
    })
  }
  return parsed
}

/** Whether a part may be a message inside a signature, or an encrypted one. Signatures beside a message (`.p7s`) hold none. */
function isWrapped(mimeType: string, filename: string | null | undefined): boolean {
  return /^application\/(?:x-)?pkcs7-mime$/i.test(mimeType) || /\.p7m$/i.test(filename ?? '')
}

/** What a part without a name is called by, where its bytes alone would not tell what it is. */
const endings: Readonly<Record<string, string>> = {
  'message/rfc822': '.eml',
  'text/csv': '.csv',
  'text/tab-separated-values': '.tsv',
  'text/markdown': '.md',
  'text/html': '.html',
}

/** Invitations are shown in the mail whatever their name is; cards with a name are files that came with it. */
function kindOf(mimeType: string, isNamed: boolean): 'calendar' | 'card' | null {
  if (/^(?:text\/(?:x-v?)?calendar|application\/ics)$/i.test(mimeType)) return 'calendar'
  return !isNamed && /^text\/(?:x-)?(?:vcard|directory)$/i.test(mimeType) ? 'card' : null
}

/** Events and cards of one part that are shown in a mail. */
const mostEntries = 2000

function entryLines(kind: 'calendar' | 'card', bytes: Uint8Array, reading: Reading): string[] {
  const text = contentText(bytes, reading)
  const lines: string[] = []
  let count = 0
  for (const { title, lines: more } of kind === 'calendar' ? calendarEntries(text) : cardEntries(text)) {
    if (++count > mostEntries) {
      reading.leaveOut('text')
      break
    }
    if (title !== '') lines.push(title)
    // Not spread: a note may have more lines than a call takes.
    for (const line of more) lines.push(line)
  }
  return lines
}

/** A mail out of a box of mails begins with a line of the box's own. */
function withoutBoxLine(bytes: Uint8Array): Uint8Array {
  if (!byteText(bytes.subarray(0, 5)).startsWith('From ')) return bytes
  return bytes.subarray(bytes.indexOf(0x0a) + 1)
}

/** How much of a mail is looked through for lines that flow. */
const flowedBytes = 16 * 1024 * 1024

/**
 * Text that flows (RFC 3676, `delsp=yes`) goes on in the next line, and the space at the end goes. Where that line begins with one, which many
 * a writer means as the space between words, it is said twice: the first goes as the sign of a line that begins with a space.
 */
function withSpaces(bytes: Uint8Array): Uint8Array {
  if (bytes.length > flowedBytes || !/delsp="?yes/i.test(byteText(bytes))) return bytes
  const space = 0x20
  const kept: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    kept.push(byte)
    if (byte !== 0x0a || bytes[at + 1] !== space || bytes[at + 2] === space) continue
    if (bytes[bytes[at - 1] === 0x0d ? at - 2 : at - 1] === space) kept.push(space)
  }
  return Uint8Array.from(kept)
}

function shown(addresses: readonly Address[] | undefined): string {
  return (addresses ?? [])
    .flatMap((one) => ('group' in one && one.group ? one.group : [one]))
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : (address ?? name)))
    .join(', ')
}
