/** Mails as Outlook saves them, by msgreader. A mail inside a mail is an attachment. */
import type { FieldsData } from '@kenjiuno/msgreader'
import { AppError } from '../../../contract/errors.ts'
import { mailItems } from '../mail.ts'
import type { FormatReader } from '../reading.ts'

export const readMsg: FormatReader = async function* ({ bytes }, reading) {
  const { default: module } = await import('@kenjiuno/msgreader')
  // A CommonJS module that says it is none.
  const MsgReader = 'default' in module ? (module as unknown as { default: typeof module }).default : module
  const reader = new MsgReader(Uint8Array.from(bytes).buffer)
  const mail = reader.getFileData()
  if (mail.error) throw new AppError('document_broken', 'No message')
  const head = [
    ['From', [mail.senderName, mail.senderSmtpAddress ?? mail.senderEmail].filter(Boolean).join(' ')],
    ['To', recipients(mail, 'to')],
    ['Cc', recipients(mail, 'cc')],
    ['Date', mail.messageDeliveryTime ?? mail.clientSubmitTime ?? ''],
    ['Attachments', (mail.attachments ?? []).map(nameOf).join(', ')],
  ] as const
  yield* mailItems(
    {
      format: 'msg',
      subject: mail.subject ?? '',
      head: head.filter(([, value]) => value !== '').map((line) => line.join(': ')),
      html: mail.bodyHtml ?? (mail.html ? new TextDecoder().decode(mail.html) : null),
      text: mail.body ?? null,
      attachments: (mail.attachments ?? []).map((attachment) => ({
        name: nameOf(attachment),
        bytes: reader.getAttachment(attachment).content,
      })),
    },
    reading,
  )
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
