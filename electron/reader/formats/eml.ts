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
  const mail = await PostalMime.parse(withoutBoxLine(bytes), { attachmentEncoding: 'arraybuffer', forceRfc822Attachments: true })
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

function shown(addresses: readonly Address[] | undefined): string {
  return (addresses ?? [])
    .flatMap((one) => ('group' in one && one.group ? one.group : [one]))
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : (address ?? name)))
    .join(', ')
}
