/** Mails as they are found: out of a box of mails, and invitations. */
import { afterAll, expect, test } from 'vitest'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const head =
  'From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: Hearing\r\nMIME-Version: 1.0\r\nMessage-ID: <1@example.org>\r\n'
const event =
  'BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Paris:20260312T143000\r\nDTEND;TZID=Europe/Paris:20260312T160000\r\nSUMMARY:Hearing Martin v. Durand\r\nLOCATION:Court of Lyon\\, room 4\r\nDESCRIPTION:Bring the statement of the exper\r\n t witness.\r\nBEGIN:VALARM\r\nDESCRIPTION:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
const invitation = [
  'Hearing Martin v. Durand',
  'When: 2026-03-12 14:30 (Europe/Paris) – 2026-03-12 16:00 (Europe/Paris)',
  'Where: Court of Lyon, room 4',
  'Bring the statement of the expert witness.',
]

test('a mail that begins with the line of its box is a mail, its letters undone', async () => {
  const content = `From ann@example.org Mon Mar  3 10:00:00 2025\r\n${head}Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nVGhlIHJlbnQu\r\n`
  const { begin, blocks } = await readDocument(keeper, 'a.txt', content)
  expect(begin).toMatchObject({ format: 'eml', title: 'Hearing' })
  expect(blocks.at(-1)?.text).toBe('The rent.')
})

test('an invitation says what, when and where (bug: a nameless attachment, and nothing of it in the mail)', async () => {
  const both = `${head}Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease come.\r\n--b\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n${event}--b--\r\n`
  const alone = `${head}Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n${event}`
  for (const [content, before] of [
    [both, ['Please come.']],
    [alone, []],
  ] as const) {
    const { blocks, attachments } = await readDocument(keeper, 'a.eml', content)
    expect(blocks.slice(3).map(({ text }) => text)).toEqual([...before, ...invitation])
    expect(attachments).toEqual([])
  }
})

test('files in winmail.dat are attachments, a package that is cut gives what is whole', async () => {
  const packed =
    'eJ8+IgEAAQaQCAAEAAAAAAABAAEAAgKQBgAOAAAAAQD/////AAAAAAAAAAD9AwIQgAEACgAAAHRlcm1zLnR4dAC5AwIPgAYAIgAAAFRoZSBwZW5hbHR5IGlzIDQwMCBldXJvIHBlciBkYXkuDQrTCg=='
  const mail = (base64: string): string =>
    `${head}Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--q\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Disposition: attachment; filename=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n--q--\r\n`
  const { blocks, attachments } = await readDocument(keeper, 'a.eml', mail(packed))
  expect(attachments.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
    ['terms.txt', 'The penalty is 400 euro per day.\r\n'],
  ])
  expect(blocks.map(({ text }) => text)).toContain('Attachments: terms.txt')
  expect((await readDocument(keeper, 'a.eml', mail(packed.slice(0, 120)))).attachments).toEqual([])
})

test('text that flows is put together, with the spaces between its words', async () => {
  const content = `${head}Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\nThe notice pe \r\nriod is three \r\n months.\r\n`
  expect((await readDocument(keeper, 'a.eml', content)).blocks.at(-1)?.text).toBe('The notice period is three months.')
})
