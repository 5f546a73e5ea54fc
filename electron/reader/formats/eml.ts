/** Mails as the internet sends them, by postal-mime. A mail inside a mail is an attachment. */
import type { Address } from 'postal-mime'
import { byteText } from '../bytes.ts'
import { calendarLines } from '../calendar.ts'
import { mailItems } from '../mail.ts'
import { filesOfOutlook, isOutlookPackage } from '../outlook-package.ts'
import type { FormatReader } from '../reading.ts'
import { decodeText } from '../text-encoding.ts'

export const readEml: FormatReader = async function* ({ bytes }, reading) {
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(withSpaces(withoutBoxLine(bytes)), {
    attachmentEncoding: 'arraybuffer',
    forceRfc822Attachments: true,
  })
  const all = mail.attachments.map(({ filename, mimeType, content }, at) => ({
    name: filename ?? `${at + 1}${mimeType === 'message/rfc822' ? '.eml' : ''}`,
    isNamed: Boolean(filename),
    isCalendar: /^(text\/calendar|application\/ics)$/i.test(mimeType),
    bytes: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content as ArrayBuffer),
  }))
  const parts = all.flatMap((part) =>
    isOutlookPackage(part.bytes)
      ? filesOfOutlook(part.bytes).map((file) => ({ ...file, isNamed: file.name !== '', isCalendar: false }))
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
      html: mail.html ?? null,
      text: mail.text ?? null,
      calendar: parts.flatMap((part) => (part.isCalendar ? calendarLines(decodeText(part.bytes)) : [])),
      // A calendar without a name is the message itself.
      attachments: parts.filter(({ isCalendar, isNamed }) => isNamed || !isCalendar),
    },
    reading,
  )
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
