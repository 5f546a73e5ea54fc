/** PDF: what is put on top of a page (fields, free text, stamps), layers that are switched off, and files inside. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { drawnLine, drawnStream, drawPdf } from '../fixtures/documents/pdf-writer.ts'
import { newKeeper, readDocument, type Block } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const textOf = (blocks: readonly Block[]): string => blocks.map(({ text }) => text).join('\n')

const appearance = (content: string): string =>
  drawnStream('/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 3 0 R >> >>', content)
const widget = (entries: string, y: number, flags = 4): string =>
  `<< /Type /Annot /Subtype /Widget /F ${flags} /Rect [200 ${y - 4} 400 ${y + 16}] /DA (/F1 12 Tf) ${entries} >>`

test('a filled form: each value beside its label, boxes ticked and not', async () => {
  const bytes = readFileSync(join(import.meta.dirname, '../fixtures/documents/form.pdf'))
  const { blocks } = await readDocument(keeper, 'form.pdf', bytes)
  expect(textOf(blocks)).toBe(
    'Tenancy form. Please fill in every field below.\nName of the tenant: Marguerite Oduya\nMonthly rent in euro: 1187\nPets allowed: ☑\nHeating: district',
  )
  const place = blocks[1]!.places.at(-1)!
  expect(place.start).toBe('Name of the tenant: '.length)
  const [box] = place.place.kind === 'page' ? place.place.boxes : []
  expect(box?.x).toBeCloseTo(200 / 595, 2)
})

test('fields of every kind: as shown rather than as kept, by their display names; hidden ones are not there', async () => {
  const labels = [
    'Notes',
    'Rent',
    'Heating',
    'Pets',
    'Cash',
    'Transfer',
    'Signature',
    'Button',
    'Hidden',
    'Not viewed',
    'Secret',
    'List',
  ]
  const yAt = (at: number): number => 740 - at * 40
  const states = '/AP << /N << /Yes 40 0 R /Off 41 0 R >> >>'
  const fields: Record<number, string> = {
    20: widget('/FT /Tx /Ff 4096 /T (notes) /V (First line\nSecond line)', yAt(0)),
    21: widget('/FT /Tx /T (rent) /V (1187) /AP << /N 42 0 R >>', yAt(1)),
    22: widget('/FT /Ch /Ff 131072 /T (heat) /V (g) /Opt [[(g) (Gas boiler)] [(d) (District heating)]]', yAt(2)),
    23: widget(`/FT /Btn /T (pets) /V /Off /AS /Off ${states}`, yAt(3)),
    24: widget(`/Parent 33 0 R /AS /Off /AP << /N << /cash 40 0 R /Off 41 0 R >> >>`, yAt(4)),
    25: widget(`/Parent 33 0 R /AS /wire /AP << /N << /wire 40 0 R /Off 41 0 R >> >>`, yAt(5)),
    26: widget('/FT /Sig /T (sig) /AP << /N 43 0 R >>', yAt(6)),
    27: widget('/FT /Btn /Ff 65536 /T (push) /MK << /CA (Send it) >> /AP << /N 44 0 R >>', yAt(7)),
    28: widget('/FT /Tx /T (hidden) /V (never shown)', yAt(8), 2),
    29: widget('/FT /Tx /T (noview) /V (never shown)', yAt(9), 32),
    30: widget('/FT /Tx /Ff 8192 /T (secret) /V (hunter2)', yAt(10)),
    31: widget('/FT /Ch /T (list) /V (b) /Opt [[(a) (Cats)] [(b) (Dogs)] [(c) (Birds)]]', yAt(11)),
    33: '<< /FT /Btn /Ff 49152 /T (pay) /V /wire /Kids [24 0 R 25 0 R] >>',
    40: appearance('q Q'),
    41: appearance('q Q'),
    42: appearance(drawnLine('EUR 1,187.00', 2, 5)),
    43: appearance('BT /F1 8 Tf 2 12 Td (Signed by Ada Lovelace) Tj 0 -9 Td (on 4 May 2021) Tj ET'),
    44: appearance(drawnLine('Send it', 2, 5)),
  }
  const numbers = Array.from({ length: 12 }, (_, at) => `${20 + at} 0 R`).join(' ')
  const content = labels.map((label, at) => drawnLine(`${label}:`, 72, yAt(at))).join('')
  const { blocks } = await readDocument(
    keeper,
    'a.pdf',
    drawPdf(
      [{ content, entries: `/Annots [${numbers}]` }],
      fields,
      `/AcroForm << /Fields [${numbers}] /DR << /Font << /F1 3 0 R >> >> >>`,
    ),
  )
  expect(textOf(blocks)).toBe(
    [
      'Notes: First line Second line',
      'Rent: EUR 1,187.00',
      'Heating: Gas boiler',
      'Pets: ☐',
      'Cash: ○',
      'Transfer: ◉',
      'Signature: Signed by Ada Lovelace on 4 May 2021',
      'Button: Send it',
      'Hidden:',
      'Not viewed:',
      'Secret:',
      'List: Cats ☑ Dogs Birds',
    ].join('\n'),
  )
})

test('free text and stamps with words stand where they were put; a link adds nothing', async () => {
  const annotation = (subtype: string, y: number, entries: string): string =>
    `<< /Type /Annot /Subtype /${subtype} /F 4 /Rect [100 ${y} 300 ${y + 20}] ${entries} >>`
  const { blocks } = await readDocument(
    keeper,
    'a.pdf',
    drawPdf(
      [
        {
          content:
            drawnLine('Above the notes there is this line.', 72, 740) + drawnLine('Below them there is that one.', 72, 400),
          entries: '/Annots [20 0 R 21 0 R 22 0 R 24 0 R]',
        },
      ],
      {
        20: annotation('FreeText', 640, '/Contents (Typed upon the page) /DA (/Helv 12 Tf)'),
        21: annotation('Stamp', 540, '/AP << /N 40 0 R >>'),
        22: annotation('Link', 500, '/A << /S /URI /URI (https://example.org) >> /Contents (a link)'),
        24: annotation('FreeText', 600, '/DA (/F1 10 Tf) /Contents (Drawn) /AP << /N 41 0 R >>'),
        40: appearance(drawnLine('APPROVED 4 May', 2, 5)),
        41: appearance(drawnLine('Drawn upon it', 2, 5)),
      },
    ),
  )
  expect(textOf(blocks)).toBe(
    'Above the notes there is this line.\nTyped upon the page\nDrawn upon it\nAPPROVED 4 May\nBelow them there is that one.',
  )
})

test('comments are blocks of their own after the page, with who made them (bug: what was noted was lost)', async () => {
  const annotation = (subtype: string, y: number, entries: string, flags = 4): string =>
    `<< /Type /Annot /Subtype /${subtype} /F ${flags} /Rect [100 ${y} 120 ${y + 20}] ${entries} >>`
  const marked = '/QuadPoints [70 715 150 715 70 697 150 697] /Rect [70 697 150 715]'
  const { blocks } = await readDocument(
    keeper,
    'a.pdf',
    drawPdf(
      [
        {
          content: drawnLine('Either party', 72, 700) + drawnLine('may end the lease.', 72, 660),
          entries: '/Annots [20 0 R 21 0 R 22 0 R 23 0 R 24 0 R 25 0 R 26 0 R 27 0 R 28 0 R]',
        },
      ],
      {
        20: annotation('Text', 640, '/T (Marguerite) /Contents (Is three months right?\nAsk Anna.)'),
        21: annotation('Text', 640, '/T (Anna) /IRT 20 0 R /Contents (Yes, it is.)', 30),
        22: annotation(
          'Text',
          640,
          '/T (Anna) /IRT 20 0 R /StateModel (Review) /State (Accepted) /Contents (Accepted set by Anna)',
          30,
        ),
        23: annotation('Popup', 600, '/Parent 20 0 R /Open true'),
        24: annotation('Text', 560, '/Contents (never shown)', 2),
        25: `<< /Type /Annot /Subtype /Highlight /F 4 ${marked} /Contents (Which one?) >>`,
        26: `<< /Type /Annot /Subtype /Underline /F 4 ${marked} /Contents (Either party) >>`,
        27: annotation('Text', 520, '/Contents ()'),
        28: annotation('Text', 500, '/IRT 24 0 R /Contents (an answer to what is hidden)', 30),
      },
    ),
  )
  expect(blocks.map(({ text }) => text)).toEqual([
    'Either party',
    'may end the lease.',
    'Marguerite: Is three months right? Ask Anna.',
    'Anna: Yes, it is.',
    'Which one?',
  ])
  expect(blocks[2]!.places).toEqual([
    { start: 0, place: { kind: 'page', page: 1, boxes: [expect.objectContaining({ x: expect.closeTo(100 / 612, 3) })] } },
  ])
})

test('annotations are found on whichever page they stand, beside links too', async () => {
  const link = '<< /Type /Annot /Subtype /Link /F 4 /Rect [60 690 200 720] /A << /S /URI /URI (https://example.org) >> >>'
  const typed = '<< /Type /Annot /Subtype /FreeText /F 4 /Rect [60 600 300 620] /Contents (typed upon it) /DA (/Helv 12 Tf) >>'
  const page = (at: number) => ({
    content: drawnLine(`page ${at + 1}`, 72, 700),
    entries: `/Annots [20 0 R ${[0, 51, 99].includes(at) ? '21 0 R' : ''}]`,
  })
  const pages = Array.from({ length: 102 }, (_, at) => page(at))
  const { blocks } = await readDocument(keeper, 'a.pdf', drawPdf(pages, { 20: link, 21: typed }))
  const places = blocks.filter(({ text }) => text === 'typed upon it').map(({ places: [first] }) => first?.place)
  expect(places).toMatchObject([{ page: 1 }, { page: 52 }, { page: 100 }])
})

test('what stands on a layer that is switched off is not there, in a form that is drawn on it neither', async () => {
  const content =
    drawnLine('Always there.', 72, 740) +
    `/OC /on BDC ${drawnLine('On the layer that is shown.', 72, 700)} EMC\n` +
    `/OC /off BDC ${drawnLine('Of the layer that is hidden.', 72, 660)} BT /F1 12 Tf 72 640 Td [(Far) -9000 (apart) -9000 (too)] TJ ET EMC\n` +
    // Two languages on one spot, of which one is shown.
    `/OC /off BDC ${drawnLine('Deutsch', 72, 600)} EMC /OC /on BDC ${drawnLine('English', 72, 600)} EMC\n` +
    '/Fm Do\n' +
    drawnLine('The end.', 72, 500)
  const { blocks } = await readDocument(
    keeper,
    'a.pdf',
    drawPdf(
      [{ content, resources: '/Properties << /on 20 0 R /off 21 0 R >> /XObject << /Fm 22 0 R >>' }],
      {
        20: '<< /Type /OCG /Name (shown) >>',
        21: '<< /Type /OCG /Name (hidden) >>',
        22: drawnStream(
          '/Type /XObject /Subtype /Form /OC 21 0 R /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>',
          drawnLine('Drawn on the hidden one.', 72, 560),
        ),
      },
      '/OCProperties << /OCGs [20 0 R 21 0 R] /D << /ON [20 0 R] /OFF [21 0 R] >> >>',
    ),
  )
  expect(textOf(blocks)).toBe('Always there.\nOn the layer that is shown.\nEnglish\nThe end.')
})

test('files inside are offered as those of a message are, also those that are pinned to a page', async () => {
  const spec = (name: string, number: number): string =>
    `<< /Type /Filespec /F (${name}) /UF (${name}) /EF << /F ${number} 0 R >> >>`
  const { attachments } = await readDocument(
    keeper,
    'a.pdf',
    drawPdf(
      [{ content: drawnLine('See the files.', 72, 740), entries: '/Annots [24 0 R]' }],
      {
        20: spec('invoice.csv', 21),
        21: drawnStream('/Type /EmbeddedFile', 'Item,Price\nRent,1187\n'),
        22: spec('note.txt', 23),
        23: drawnStream('/Type /EmbeddedFile', 'A note.'),
        24: '<< /Type /Annot /Subtype /FileAttachment /Rect [100 700 120 720] /FS 22 0 R /F 4 >>',
      },
      '/Names << /EmbeddedFiles << /Names [(invoice.csv) 20 0 R] >> >>',
    ),
  )
  expect(attachments.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
    ['invoice.csv', 'Item,Price\nRent,1187\n'],
    ['note.txt', 'A note.'],
  ])
})

test('a page that is a picture keeps what is written on it, before it is recognised and after', async () => {
  const picture = '/XObject << /Im 22 0 R >>'
  const file = drawPdf([{ content: 'q 600 0 0 600 0 0 cm /Im Do Q ' + drawnLine('Exhibit 12', 72, 740), resources: picture }], {
    22: drawnStream(
      '/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8',
      '\xff\xff\xff\xff',
    ),
  })
  const before = await readDocument(keeper, 'a.pdf', file)
  expect([textOf(before.blocks), before.end.picturePages]).toEqual(['Exhibit 12', [1]])
  const after = await readDocument(keeper, 'a.pdf', file, {
    recognition: { languages: ['eng'], pages: null, added: [] },
  })
  expect(after.blocks.map(({ text, confidence }) => [text, confidence])).toEqual([['Exhibit 12', 1]])
})

test('letters of which the file does not say what they are are named as lost (bug: called ready, with nothing in it)', async () => {
  const map =
    '/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <41> <5a> [' +
    '<0000> '.repeat(26) +
    '] endbfrange endcmap end'
  const { blocks, end } = await readDocument(
    keeper,
    'a.pdf',
    drawPdf([{ content: drawnLine('THESE ARE LOST and this is not.', 72, 740) }], {
      3: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 20 0 R >>',
      20: drawnStream('', map),
    }),
  )
  expect(end.cut).toEqual(['letters'])
  expect(textOf(blocks)).toBe('and this is not.')
})

test('a form whose pages only its own program makes is named as lost', async () => {
  const page = { content: drawnLine('Please wait... If this message is not eventually replaced', 72, 740) }
  const form = '<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template/></xdp:xdp>'
  const { end } = await readDocument(
    keeper,
    'a.pdf',
    drawPdf([page], { 20: drawnStream('', form) }, '/AcroForm << /Fields [] /XFA 20 0 R >>'),
  )
  expect(end.cut).toEqual(['forms'])
})
