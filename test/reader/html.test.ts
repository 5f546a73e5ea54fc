/** Pages and books: what a browser shows of tables, lists, forms, raised numbers and readings, and nothing that it hides. */
import { afterAll, expect, test } from 'vitest'
import { pack } from '../fixtures/documents/packed-documents.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const texts = async (body: string): Promise<string[]> =>
  (await readDocument(keeper, 'a.html', `<!doctype html><title>T</title>${body}`)).blocks.map(({ text }) => text)

test('a cell over two rows leaves the cells below it in their columns (bug: they moved to the left)', async () => {
  const rows =
    '<tr><th>Region<th>Product<th>Units<tr><td rowspan="2">North<td>Valve<td>31<tr><td>Pump<td>17<tr><td>South<td>Valve<td>5'
  expect(await texts(`<table>${rows}</table>`)).toEqual([
    'Region\tProduct\tUnits\nNorth\tValve\t31\nNorth\tPump\t17\nSouth\tValve\t5',
  ])
  const both = '<tr><td rowspan=2 colspan=2>A<td>1<td rowspan=0>R<tr><td>2<tr><td>x<td>y<td>3'
  expect(await texts(`<table>${both}</table>`)).toEqual(['A\t\t1\tR\nA\t\t2\tR\nx\ty\t3\tR'])
})

test('a table in a cell of a table of values is words of that cell', async () => {
  const inner = '<table><tr><td>Rent<td>700<tr><td>Water<td>50</table>'
  expect(await texts(`<table><tr><td>Party<td>Amount<tr><td>Anna<td>${inner}<tr><td>Bob<td>900</table>`)).toEqual([
    'Party\tAmount\nAnna\tRent 700; Water 50\nBob\t900',
  ])
})

test('a raised number is not swallowed by the one before it, and what is struck out is marked', async () => {
  expect(
    await texts(
      '<p>Dose 10<sup>-3</sup> mg, fee 1,200<sup>2</sup> euros, H<sub>2</sub>O, the 1<sup>er</sup> and 2<sup>nd</sup>.<p><sup>2</sup>Net of tax.<p>Now <del>100</del> <s>200</s> <span style="text-decoration: line-through">250</span> 300.',
    ),
  ).toEqual(['Dose 10⁻³ mg, fee 1,200² euros, H₂O, the 1er and 2nd.', '² Net of tax.', 'Now ~~100~~ ~~200~~ ~~250~~ 300.'])
})

test('fields show what is in them: boxes, values, the chosen entries; a password does not', async () => {
  expect(
    await texts(
      '<ul><li><input type=checkbox checked> Surgery<li><input type=checkbox> Transfusion</ul><p>Smoker: <input type=radio checked>yes<input type=radio>no<p>Name <input value="Jane Doe"> <input type=password value=secret><input type=hidden value=token>, <select><option>Lyon<option selected>Paris</select><textarea>By hand</textarea><p><select multiple><option>A<option selected>B</select><img alt="Logo of the firm" src=x>',
    ),
  ).toEqual(['☑ Surgery', '☐ Transfusion', 'Smoker: ☑ yes ☐ no', 'Name Jane Doe , Paris By hand', '☐ A ☑ B Logo of the firm'])
})

test('entries of lists have the numbers that a browser gives them', async () => {
  expect(await texts('<ol start=3 type=a><li>one<li value=9>two<ol type=I><li>deep</ol><li>three</ol><ul><li>dot</ul>')).toEqual([
    'c. one',
    'i. two',
    'I. deep',
    'j. three',
    'dot',
  ])
})

test('readings above words part no words: they follow the text', async () => {
  expect(await texts('<p>住所は<ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rt>きょう</rt></ruby>です。')).toEqual([
    '住所は東京です。 (とうきょう)',
  ])
})

test('what a style sheet hides is not there, what it hides on paper alone is', async () => {
  const style =
    '<style>/* .all{display:none} */ @media print{.paper{display:none}} @media screen{.secret, div.two{color:red; display : none !important}} #three{visibility:hidden}</style>'
  expect(
    await texts(
      `${style}<p class="a secret">no<div class=two>no</div><p id=three>no<p hidden>no<dialog>no</dialog><p class=all>all<p class=paper>paper<details><summary>More</summary>inside</details>`,
    ),
  ).toEqual(['all', 'paper', 'More', 'inside'])
})

test('a title or a script that closes itself takes nothing with it', async () => {
  const page = '<html><head><title/><script src="a.js"/></head><body><p>The rent is 700 euros.</body></html>'
  expect((await readDocument(keeper, 'a.html', page)).blocks.map(({ text }) => text)).toEqual(['The rent is 700 euros.'])
  const chapter = (head: string, text: string): string =>
    `<html xmlns="http://www.w3.org/1999/xhtml"><head>${head}</head><body><nav><ol><li>Contents</li></ol></nav><h1>${text}</h1><div class="x"/><p>In <a id="n"/>${text}.</p></body></html>`
  const book = pack({
    'META-INF/container.xml': '<c><rootfile full-path="a.opf"/></c>',
    'a.opf': `<package><manifest>${['a', 'b', 'c'].map((id) => `<item id="${id}" href="${id}.xhtml"/>`).join('')}</manifest><spine><itemref idref="c"/><itemref idref="a"/><itemref idref="b"/></spine></package>`,
    'a.xhtml': chapter('<title/>', 'One'),
    'b.xhtml': chapter('<title>B</title><script src="a.js"/>', 'Two'),
    'c.xhtml': chapter('<title>C</title><style/>', 'Three'),
    mimetype: 'application/epub+zip',
  })
  expect((await readDocument(keeper, 'a.epub', book)).blocks.map(({ text }) => text)).toEqual([
    ...['Three', 'In Three.', 'One', 'In One.', 'Two', 'In Two.'],
  ])
})

test('words of a drawing and of a formula are there', async () => {
  expect(
    await texts(
      '<p>Half <math><mfrac><mi>a</mi><mi>b</mi></mfrac><msup><mi>x</mi><mn>2</mn></msup><annotation>\\frac</annotation></math> <svg><title>no</title><style>no</style><text>North</text> <g><text>South</text></g></svg>',
    ),
  ).toEqual(['Half a/bx² North South'])
})

test.each([
  [
    'a cell that claims a billion rows and columns',
    `<table><tr>${'<td rowspan=1000000000 colspan=1000000000>x'.repeat(300)}${'<tr><td>y'.repeat(5_000)}</table>`,
  ],
  [
    'cells of many words over all rows',
    `<table><tr>${`<td rowspan=60000>${'w'.repeat(190)}`.repeat(200)}${'<tr>'.repeat(20_000)}</table>`,
  ],
  ['style sheets of nothing but beginnings', `<style>${'{/*@media print'.repeat(100_000)}</style><p>y`],
  ['lists of a thousand depths', '<ol><li>y'.repeat(900)],
])('%s is read in bounded time and memory', async (_what, body) => {
  const all = (await texts(body)).join('\n')
  expect(all.length).toBeLessThan(3_000_000)
  expect(all).toMatch(/[yw]/)
})

test('a page is all that it shows, not its article alone (bug: what stood beside half of the text was gone)', async () => {
  const prose =
    'The tenant pays the rent on the first day of each month, without being asked, to the account that the landlord names. '
  const article = `<article>${`<p>${prose.repeat(4)}</p>`.repeat(6)}</article>`
  const shown = await texts(
    `<nav><a href=x>Contracts</a></nav>${article}<aside class=sidebar><p>Office hours: 9 to 12</aside><footer class=footer>Call 0470 11 22 33</footer>`,
  )
  expect(shown[0]).toBe('Contracts')
  expect(shown.slice(-2)).toEqual(['Office hours: 9 to 12', 'Call 0470 11 22 33'])
})
