/** Mails as the internet sends them, by postal-mime. A mail inside a mail is an attachment. */
import type { Address } from 'postal-mime'
import { mailItems } from '../mail.ts'
import type { FormatReader } from '../reading.ts'

export const readEml: FormatReader = async function* ({ bytes }, reading) {
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(bytes, { attachmentEncoding: 'arraybuffer', forceRfc822Attachments: true })
  const head = [
    ['From', shown(mail.from ? [mail.from] : [])],
    ['To', shown(mail.to)],
    ['Cc', shown(mail.cc)],
    ['Date', mail.date ?? ''],
    [
      'Attachments',
      mail.attachments
        .map(({ filename }) => filename ?? '')
        .filter(Boolean)
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
      attachments: mail.attachments.map(({ filename, mimeType, content }, at) => ({
        name: filename ?? `${at + 1}${mimeType === 'message/rfc822' ? '.eml' : ''}`,
        bytes: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content as ArrayBuffer),
      })),
    },
    reading,
  )
}

function shown(addresses: readonly Address[] | undefined): string {
  return (addresses ?? [])
    .flatMap((one) => ('group' in one && one.group ? one.group : [one]))
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : (address ?? name)))
    .join(', ')
}
