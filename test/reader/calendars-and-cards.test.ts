/** Calendars and cards as documents of their own, and within mails: folded lines, old encodings, rules in words, hostile ones bounded. */
import { afterAll, expect, test } from 'vitest'
import { newKeeper, readDocument, type Block } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`
const texts = (blocks: readonly Block[]): string[] => blocks.map(({ text }) => text)
const event = (...all: string[]): string => lines('BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...all, 'END:VEVENT', 'END:VCALENDAR')

test('a calendar gives each event as a section: what, when, how often, where, who, notes', async () => {
  const content = lines(
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'X-WR-CALNAME:Hearings', 'BEGIN:VTIMEZONE', 'TZID:Europe/Paris', 'BEGIN:STANDARD'],
    ...['DTSTART:19701025T030000', 'RRULE:FREQ=YEARLY;BYMONTH=10', 'END:STANDARD', 'END:VTIMEZONE', 'BEGIN:VEVENT'],
    ...['DTSTART;TZID=Europe/Paris:20260312T143000', 'DTEND;TZID=Europe/Paris:20260312T160000', 'SUMMARY:Hearing Mar'],
    ...[' tin\\, Durand', 'RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU,-1FR;UNTIL=20261231T225959Z'],
    ...['EXDATE;TZID=Europe/Paris:20260512T143000,20260714T143000', 'LOCATION:Court of Lyon\\, room 4'],
    ...['ORGANIZER;CN="Dr. Ann: Lee":mailto:ann@example.org', 'ATTENDEE;PARTSTAT=DECLINED;CN=Bob:mailto:bob@example.org'],
    ...['ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:eve@example.org', 'DESCRIPTION:Bring the statement.\\nAnd the file.'],
    ...[
      'BEGIN:VALARM',
      'DESCRIPTION:not shown',
      'END:VALARM',
      'END:VEVENT',
      'BEGIN:VTODO',
      'SUMMARY:Pay',
      'DUE:20260401T120000Z',
    ],
    ...['END:VTODO', 'END:VCALENDAR'],
  )
  for (const name of ['a.ics', 'a.txt']) {
    const { begin, blocks, end } = await readDocument(keeper, name, content)
    expect(begin).toMatchObject({ format: 'calendar', title: 'Hearings' })
    expect(texts(blocks)).toEqual([
      'Hearing Martin, Durand',
      'When: 2026-03-12 14:30 (Europe/Paris) – 2026-03-12 16:00 (Europe/Paris)',
      'Repeats: monthly, every 2 months, on the 2nd Tuesday, the last Friday, until 2026-12-31 22:59 UTC',
      'Not on: 2026-05-12 14:30 (Europe/Paris), 2026-07-14 14:30 (Europe/Paris)',
      'Where: Court of Lyon, room 4',
      'From: Dr. Ann: Lee',
      'With: Bob (declined), eve@example.org',
      'Bring the statement.',
      'And the file.',
      'Pay',
      'When: 2026-04-01 12:00 UTC',
    ])
    expect(blocks.at(-1)?.places[0]?.place).toEqual({ kind: 'section', section: 2, title: 'Pay' })
    expect(blocks[0]?.kind).toBe('heading')
    expect(end.cut).toEqual([])
  }
})

test.each([
  ['days end with the last one', ['DTSTART;VALUE=DATE:20260312', 'DTEND;VALUE=DATE:20260315'], 'When: 2026-03-12 – 2026-03-14'],
  ['one day is one day', ['DTSTART;VALUE=DATE:20260312', 'DTEND;VALUE=DATE:20260313'], 'When: 2026-03-12'],
  ['a length', ['DTSTART:20260312T143000', 'DURATION:PT1H30M'], 'When: 2026-03-12 14:30, 1 h 30 min'],
  ['a count', ['RRULE:FREQ=WEEKLY;COUNT=10;BYDAY=MO,WE;WKST=SU'], 'Repeats: weekly, 10 times, on Monday, Wednesday'],
])('moments and rules as calendars show them: %s', async (_what, more, shown) => {
  expect(texts((await readDocument(keeper, 'a.ics', event(...more))).blocks)).toEqual([shown])
})

test('a fold within the bytes of a letter, and the quoted letters of vCalendar, are undone', async () => {
  const [before, after] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]
  const [head = '', tail = ''] = event('SUMMARY:R@@union').split('@@')
  const folded = Buffer.concat([Buffer.from(head), before, Buffer.from('\r\n '), after, Buffer.from(tail)])
  expect(texts((await readDocument(keeper, 'a.ics', folded)).blocks)).toEqual(['Réunion'])
  const old = event('SUMMARY;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:R=E9union de=', ' chantier')
  expect(texts((await readDocument(keeper, 'a.vcs', old)).blocks)).toEqual(['Réunion de chantier'])
})

test('a card of 2.1 with quoted and folded lines, and one of 4.0 with types and labels', async () => {
  const content = lines(
    ...['BEGIN:VCARD', 'VERSION:2.1', 'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Zo=', '=C3=AB;;Dr.'],
    ...[
      'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Dr. Zo=C3=AB M=C3=BCller',
      'ORG:Lindt & Co;Purchasing',
      'TEL;WORK;VOICE:+33 1 23 45 67 89',
    ],
    ...[
      'ADR;HOME:;;12 rue du Lac;Annecy;;74000;France',
      'NOTE:Prefers calls',
      ' in the morning',
      'PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQ',
    ],
    ...[
      ' SkZJRgABAQ',
      '',
      'END:VCARD',
      'BEGIN:VCARD',
      'VERSION:4.0',
      'FN:Bob Stone',
      'N:Stone;Robert;;;',
      'item1.TEL;VALUE=uri;TYPE="cell,text":tel:+4930901820',
    ],
    ...[
      'item1.X-ABLabel:_$!<Boat>!$_',
      'EMAIL;TYPE=work:bob@exa',
      ' mple.org',
      'BDAY:19850412',
      'NOTE:One\\, two\\nThree',
      'END:VCARD',
    ],
  )
  const { begin, blocks } = await readDocument(keeper, 'people.vcf', content)
  expect(begin.format).toBe('card')
  expect(texts(blocks)).toEqual([
    ...['Dr. Zoë Müller', 'Organisation: Lindt & Co, Purchasing', 'Phone (work): +33 1 23 45 67 89'],
    ...['Address (home): 12 rue du Lac, Annecy, 74000, France', 'Note: Prefers calls in the morning', 'Bob Stone'],
    ...['Name: Robert Stone', 'Phone (Boat, cell): +4930901820', 'E-mail (work): bob@example.org', 'Birthday: 1985-04-12'],
    ...['Note: One, two', 'Three'],
  ])
  expect(blocks.at(-1)?.places[0]?.place).toEqual({ kind: 'section', section: 2, title: 'Bob Stone' })
})

test('in a mail a card without a name is shown, one with a name is a file of its own', async () => {
  const card = lines('BEGIN:VCARD', 'VERSION:3.0', 'FN:Ann Lee', 'TEL:+44 20 7946', ' 0018', 'END:VCARD')
  const part = (name: string): string => `--q\r\nContent-Type: text/vcard; charset=utf-8${name}\r\n\r\n${card}`
  const mail = `From: a@example.org\r\nSubject: Cards\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nHello.\r\n${part('')}${part('; name=ann.vcf')}--q\r\nContent-Type: text/csv\r\nContent-Disposition: attachment\r\n\r\nFlat;Rent\r\n1;2\r\n--q--\r\n`
  const { blocks, attachments } = await readDocument(keeper, 'a.eml', mail)
  expect(texts(blocks).slice(-3)).toEqual(['Hello.', 'Ann Lee', 'Phone: +44 20 79460018'])
  expect(attachments.map(({ name }) => name)).toEqual(['ann.vcf', '3.csv'])
})

test('hostile calendars and cards end, in bounded memory', async () => {
  const many = event('SUMMARY:x', 'ATTENDEE:mailto:a@example.org\r\n'.repeat(200_000))
  const { blocks } = await readDocument(keeper, 'a.ics', many)
  expect(blocks[1]?.text.split(', ')).toHaveLength(1000)
  const folded = event(
    `SUMMARY;ENCODING=QUOTED-PRINTABLE:${'x=\r\n'.repeat(1_000_000)}y`,
    `X${';A="'.repeat(100_000)}:z`,
    'DTEND:99999999',
  )
  expect((await readDocument(keeper, 'a.ics', folded)).blocks[0]?.text.length).toBe(1_000_001)
  const nested = 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n'.repeat(100_000)
  expect((await readDocument(keeper, 'a.ics', nested)).blocks).toEqual([])
  const events = `BEGIN:VCALENDAR\r\n${'BEGIN:VEVENT\r\nSUMMARY:a\r\nEND:VEVENT\r\n'.repeat(310_000)}`
  const cut = await readDocument(keeper, 'a.ics', events)
  expect([cut.blocks.length, cut.end.cut]).toEqual([300_000, ['text']])
  expect((await readDocument(keeper, 'a.vcf', `BEGIN:VCARD\r\n${'TEL:1\r\n'.repeat(100_000)}`)).blocks.length).toBeLessThan(5002)
})
