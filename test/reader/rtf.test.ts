/** RTF: letters of fonts with a character set, what was deleted or hidden, notes, tables, lists and fields. */
import { afterAll, expect, test } from 'vitest'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const raw = String.raw
const texts = async (body: string): Promise<string[]> =>
  (await readDocument(keeper, 'a.rtf', raw`{\rtf1\ansi\ansicpg1252 ${body}}`)).blocks.map(({ text }) => text)

test('letters are those of the font’s character set (bug: all were windows-1252)', async () => {
  const fonts = raw`{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset238 Arial CE;}{\f3\fcharset128 MS Mincho;}{\f4\fcharset2 Symbol;}{\f5\fcharset161 Arial Greek;}}`
  expect(
    await texts(
      raw`${fonts}\f0 Caf\'e9 \f1 \'c4\'ee\'e3\'ee\'e2\'ee\'f0 {\f2 \'b3\'f3d\'9f}\par \f3\'8c\'5f\'96\'f1 \f0\'a7 5 {\f4 a\u-3913 ?} \f5\'e1\plain \'e9\par`,
    ),
  ).toEqual(['Café Договор łódź', '契約 § 5 α• αé'])
})

test('code pages of other systems', async () => {
  expect((await readDocument(keeper, 'a.rtf', raw`{\rtf1\mac \'8e\'88\par}`)).blocks[0]?.text).toBe('éà')
  expect((await readDocument(keeper, 'a.rtf', raw`{\rtf1\pc \'82\'85\par}`)).blocks[0]?.text).toBe('éà')
  expect((await readDocument(keeper, 'a.rtf', raw`{\rtf1\ansi\ansicpg936 \'ba\'cf\'cd\'ac\par}`)).blocks[0]?.text).toBe('合同')
})

test('deleted and hidden words are not there, struck-out ones are marked', async () => {
  expect(
    await texts(
      raw`The price is {\deleted\revauthdel1 100}{\revised 250} euros.\par Visible{\v  secret words} text\v  no\v0 .\par Was {\strike 100} now 200.\par Sum\u8364\'80 5 {\uc0\u8364}7 \u-10179 ?\u-8704 ?{\uc2\u8364 ab}{\xe Price index}{\tc Contents entry}.\par`,
    ),
  ).toEqual(['The price is 250 euros.', 'Visible text.', 'Was ~~100~~ now 200.', 'Sum€ 5 €7 😀€.'])
})

test('a note, a comment and a box stand behind their sentence, which stays whole', async () => {
  expect(
    await texts(
      raw`{\header Firm}Body{\super 1}{\footnote\pard {\super 1} Note text.} goes{\*\annotation Check this.} on{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt In a box\par}}{\shprslt{\*\do{\dptxbxtext Again\par}}}}.\par{\header Firm}{\footer Page}Fee 1,200{\super 2} and x{\sub 1}{\up6 3}.\par`,
    ),
  ).toEqual(['Firm', 'Body¹ goes on.', '¹ Note text.', 'Check this.', 'In a box', 'Page', 'Fee 1,200² and x₁³.'])
})

test('cells over several rows and columns leave the others in their columns', async () => {
  const above = raw`\trowd\clvmgf\cellx1000\cellx2000\cellx3000 `
  const below = raw`\trowd\clvmrg\cellx1000\cellx2000\cellx3000 `
  expect(
    await texts(
      raw`\trowd\cellx1000\cellx2000\cellx3000\intbl Region\cell Product\cell Units\cell\row ${above}North\cell Valve\par second\cell 31\cell\row ${below}\cell Pump\cell 17\cell\row \trowd\cellx2000\cellx3000 Total\cell 48\cell\row\pard End\par`,
    ),
  ).toEqual(['Region\tProduct\tUnits\nNorth\tValve second\t31\nNorth\tPump\t17\nTotal\t\t48', 'End'])
})

test('a table in a cell is words of that cell', async () => {
  expect(
    await texts(
      raw`\trowd\cellx1000\cellx2000\pard\intbl Party\cell Amount\cell\row\pard\intbl Anna\cell\pard\intbl\itap2 Rent\nestcell{\nonesttables\par}700\nestcell{\*\nesttableprops\trowd\cellx500\cellx900\nestrow}{\nonesttables\par}Water\nestcell 50\nestcell{\*\nesttableprops\trowd\cellx500\nestrow}\pard\intbl a month\cell\row Bob\cell 900\cell\row\pard After\par`,
    ),
  ).toEqual(['Party\tAmount\nAnna\tRent 700; Water 50 a month\nBob\t900', 'After'])
})

test('lists keep their numbers, fields show their results, words given twice are read once', async () => {
  const { begin, blocks } = await readDocument(
    keeper,
    'a.rtf',
    raw`{\rtf1\ansi{\info{\title Lease}{\author Ann}}{\listtext\pard\plain 2.1\tab}First\par{\listtext\'95\tab}Dot\par{\pntext a)\tab}Old\par {\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}} {\field{\*\fldinst FORMCHECKBOX{\*\formfield{\fftype1\ffres25\ffdefres1}}}{\fldrslt}} {\field{\*\fldinst FORMDROPDOWN{\*\formfield{\fftype2\ffres1{\*\ffl Lyon}{\*\ffl Paris}}}}{\fldrslt}}{\upr{L?dz}{\*\ud \u321?\'f3d\'9f}}\par}`,
  )
  expect(begin.title).toBe('Lease')
  expect(blocks.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'list_item 2.1 First',
    'list_item Dot',
    'list_item a) Old',
    'paragraph link ☑ ParisŁódŸ',
  ])
  expect(blocks.map(({ places }) => places[0]?.place)).toEqual(
    [1, 2, 3, 4].map((paragraph) => ({ kind: 'paragraph', paragraph })),
  )
})

test.each([
  ['cells without an end', raw`\trowd${raw`\cellx1`.repeat(300_000)}${raw`x\cell`.repeat(2000)}\row y\par`],
  [
    'rows of edges that are all different',
    Array.from({ length: 3000 }, (_, at) => raw`\trowd\cellx${at * 100}\cellx${at * 100 + 50} x\cell y\cell\row `).join(''),
  ],
  ['notes within notes', `${raw`{\footnote y`.repeat(1500)}${'}'.repeat(1500)}`],
  ['numbers of nothing', raw`\u99999999999999999999 ?\f99999999999\uc99999999 y\bin99999999999 z`.repeat(100)],
])('%s are read in bounded time', async (_what, body) => {
  expect(await texts(body)).not.toEqual([])
})

test('notes have the numbers that lead to them', async () => {
  const note = String.raw`{\super\chftn}{\footnote\pard\plain{\super\chftn} Net of tax.}`
  const last = String.raw`{\super\chftn}{\footnote\ftnalt\pard\plain{\super\chftn} See there.}`
  const rtf = String.raw`{\rtf1\ansi The fee is 1,200${note} a year${last}${note}.\par}`
  expect((await readDocument(keeper, 'a.rtf', rtf)).blocks.map(({ text }) => text)).toEqual([
    ...['The fee is 1,200 a year.', '1 Net of tax.', 'i See there.', '2 Net of tax.'],
  ])
})
