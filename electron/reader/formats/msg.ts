/** Mails as Outlook saves them, by msgreader. A mail inside a mail is an attachment. */
import type { FieldsData } from '@kenjiuno/msgreader'
import { AppError } from '../../../contract/errors.ts'
import { byteText } from '../bytes.ts'
import { rtfBytes, unpackedRtf } from '../compressed-rtf.ts'
import { mailItems, type Mail } from '../mail.ts'
import type { FormatReader, Reading } from '../reading.ts'
import { signedContent } from '../signed-content.ts'
import { declaredEncoding, decodeText } from '../text-encoding.ts'
import { parsedMail } from './eml.ts'

export const readMsg: FormatReader = async function* ({ bytes }, reading) {
  const { default: module } = await import('@kenjiuno/msgreader')
  // A CommonJS module that says it is none.
  const MsgReader = 'default' in module ? (module as unknown as { default: typeof module }).default : module
  const reader = new MsgReader(Uint8Array.from(bytes).buffer)
  const mail = reader.getFileData()
  if (mail.error) throw new AppError('document_broken', 'No message')
  const attachments = (mail.attachments ?? []).map((attachment) => ({
    name: nameOf(attachment),
    bytes: reader.getAttachment(attachment).content,
  }))
  const rtf = mail.compressedRtf ? unpackedRtf(mail.compressedRtf) : null
  if (rtf !== null && rtf.length >= rtfBytes) reading.leaveOut('text')
  const signed = await signedMail(attachments, reading)
  const given = signed?.attachments ?? attachments
  const head = [
    ['From', [mail.senderName, mail.senderSmtpAddress ?? mail.senderEmail].filter(Boolean).join(' ')],
    ['To', recipients(mail, 'to')],
    ['Cc', recipients(mail, 'cc')],
    ['Date', mail.messageDeliveryTime ?? mail.clientSubmitTime ?? ''],
    ['Attachments', given.map(({ name }) => name).join(', ')],
  ] as const
  yield* mailItems(
    {
      format: 'msg',
      subject: mail.subject ?? '',
      head: head.filter(([, value]) => value !== '').map((line) => line.join(': ')),
      html: signed?.html ?? mail.bodyHtml ?? (mail.html ? decodeText(mail.html, declaredEncoding(mail.html)) : null),
      text: signed?.text ?? mail.body ?? null,
      rtf,
      attachments: given,
    },
    reading,
  )
}

/** What Outlook keeps of a signed message: the whole of it as it came, in one file. Null for any other. */
async function signedMail(
  [file, ...others]: Mail['attachments'],
  reading: Reading,
): Promise<Pick<Mail, 'html' | 'text' | 'attachments'> | null> {
  if (!file || others.length > 0 || !/\.p7[ms]$/i.test(file.name)) return null
  const wrapped = signedContent(file.bytes)
  if (wrapped?.kind === 'encrypted') reading.leaveOut('encrypted')
  const isMessage = /^(?:[\w-]+:[^\n]*\n[ \t]*)*content-type:/i.test(byteText(file.bytes.subarray(0, 1024)))
  const message = wrapped?.kind === 'signed' ? wrapped.content : isMessage ? file.bytes : null
  if (!message) return null
  const { html, text, all } = await parsedMail(message, reading, 0)
  return { html, text, attachments: all.filter(({ isNamed }) => isNamed) }
}

function recipients({ recipients: all = [] }: FieldsData, type: string): string {
  return all
    .filter(({ recipType }) => (recipType ?? 'to') === type)
    .map(({ name, smtpAddress, email }) => [name, smtpAddress ?? email].filter(Boolean).join(' '))
    .join(', ')
}

function nameOf({ fileName, name, innerMsgContent }: FieldsData): string {
  const given = fileName ?? name ?? ''
  return innerMsgContent && !given.endsWith('.msg') ? `${given || 'message'}.msg` : given
}
