/** OpenDocument: notes and boxes beside their sentence, tables in cells, repeated rows, numbers of lists, and nothing that is hidden. */
import { afterAll, describe, expect, test } from 'vitest'
import { makeOpenDocument } from '../fixtures/documents/packed-documents.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const read = async (body: string, before = '', styles = '') =>
  readDocument(keeper, 'a.odt', makeOpenDocument('text', body, { automaticStyles: before, styles }))
const texts = async (body: string, before = '', styles = ''): Promise<string[]> =>
  (await read(body, before, styles)).blocks.map(({ text }) => text)
const sheet = async (rows: string, more = ''): Promise<string[]> => {
  const body = `<table:table table:name="S">${rows}</table:table>`
  const { blocks } = await readDocument(keeper, 'a.ods', makeOpenDocument('spreadsheet', body, { automaticStyles: more }))
  return blocks.map(({ text }) => text)
}
const p = (text: string): string => `<text:p>${text}</text:p>`
const cell = (text: string, attributes = ''): string => `<table:table-cell ${attributes}>${p(text)}</table:table-cell>`
const row = (...cells: string[]): string => `<table:table-row>${cells.map((text) => cell(text)).join('')}</table:table-row>`

test('a note, a comment and a box stand behind their sentence, which stays whole', async () => {
  const note = `<text:note><text:note-citation>1</text:note-citation><text:note-body>${p('Net of tax.')}</text:note-body></text:note>`
  const comment = `<office:annotation><dc:creator>Ann</dc:creator><dc:date>2026-01-01</dc:date>${p('Check.')}</office:annotation>`
  const box = `<draw:frame><draw:text-box>${p('Certified copy')}</draw:text-box></draw:frame>`
  const { blocks } = await read(
    `${p(`The fee is 1,200${note} within 30 days${comment} of delivery.`)}${p(`Seal${box} of the notary.`)}`,
  )
  expect(blocks.map(({ text }) => text)).toEqual([
    ...['The fee is 1,200 within 30 days of delivery.', '1 Net of tax.', 'Check.', 'Seal of the notary.', 'Certified copy'],
  ])
  expect(blocks.map(({ places }) => places[0]?.place)).toEqual(
    [1, 2, 3, 4, 5].map((paragraph) => ({ kind: 'paragraph', paragraph })),
  )
})

test('a table in a cell is words of that cell, and the outer one goes on', async () => {
  const inner = `<table:table>${row('Rent', '700')}${row('Water', '50')}</table:table>`
  const body = `<table:table>${row('Party', 'Amount')}<table:table-row>${cell('Anna')}<table:table-cell>${inner}<text:p/></table:table-cell></table:table-row>${row('Bob', '900')}</table:table>${p('End')}`
  expect(await texts(body)).toEqual(['Party\tAmount\nAnna\tRent 700; Water 50\nBob\t900', 'End'])
})

test('cells over several rows and columns leave the others in their columns', async () => {
  const covered = '<table:covered-table-cell/>'
  const body = `<table:table>${row('Region', 'Product', 'Units')}<table:table-row>${cell('North', 'table:number-rows-spanned="2"')}${cell('Valve')}${cell('31')}</table:table-row><table:table-row>${covered}${cell('Pump')}${cell('17')}</table:table-row><table:table-row>${cell('Total', 'table:number-columns-spanned="2"')}${covered}${cell('48')}</table:table-row></table:table>`
  expect(await texts(body)).toEqual(['Region\tProduct\tUnits\nNorth\tValve\t31\nNorth\tPump\t17\nTotal\t\t48'])
})

test('rows and columns that are repeated are there as often, and values without a text too (bug: one payment of three)', async () => {
  const payments = `${row('Day', 'Amount', 'Paid')}<table:table-row table:number-rows-repeated="3">${cell('2 March')}<table:table-cell office:value-type="currency" office:value="3.5" office:currency="EUR"/><table:table-cell office:value-type="percentage" office:value="0.25"/></table:table-row><table:table-row>${cell('Total')}<table:table-cell office:value-type="float" office:value="10.5" table:number-columns-repeated="2"/></table:table-row>`
  expect(await sheet(payments)).toEqual([`Day\tAmount\tPaid\n${'2 March\t3.5 EUR\t25%\n'.repeat(3)}Total\t10.5\t10.5`])
})

test('hidden rows, columns, sheets, sections and words are not there', async () => {
  const rows = `<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>${row('A', 'no', 'B')}<table:table-row table:visibility="filter">${cell('no')}</table:table-row>${row('1', 'no', '2')}`
  expect(await sheet(rows)).toEqual(['A\tB\n1\t2'])
  const styles =
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style><style:style style:name="HC" style:family="text" style:parent-style-name="H"/>'
  const body = `${p('Visible<text:span text:style-name="HC"> secret</text:span>.')}<text:section text:display="none">${p('no')}</text:section>${p('<text:hidden-paragraph text:is-hidden="true"/>no')}${p('<text:hidden-text text:is-hidden="true">no</text:hidden-text>yes')}`
  expect(await texts(body, styles)).toEqual(['Visible.', 'yes'])
})

test('raised numbers and struck-out words are marked, readings follow their text', async () => {
  const look = (name: string, properties: string): string =>
    `<style:style style:name="${name}" style:family="text"><style:text-properties ${properties}/></style:style>`
  const styles = `${look('U', 'style:text-position="super 58%"')}${look('D', 'style:text-position="-33% 58%"')}${look('S', 'style:text-line-through-style="solid"')}`
  const span = (name: string, text: string): string => `<text:span text:style-name="${name}">${text}</text:span>`
  expect(
    await texts(
      p(
        `1,200${span('U', '2')} at 10${span('U', '-3')} H${span('D', '2')}O ${span('S', '100')} 200 <text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby>です`,
      ),
      styles,
    ),
  ).toEqual(['1,200² at 10⁻³ H₂O ~~100~~ 200 東京です (とうきょう)'])
})

test('lists and headings have the numbers that are shown', async () => {
  const level = (number: number, more: string): string =>
    `<text:list-level-style-number text:level="${number}" style:num-format="1" ${more}/>`
  const list = `<text:list-style style:name="L">${level(1, 'style:num-suffix="."')}${level(2, 'style:num-suffix=")" text:display-levels="2"')}<text:list-level-style-bullet text:level="3" text:bullet-char="•"/></text:list-style>`
  const outline = `<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-prefix="Article "/><text:outline-level-style text:level="2" style:num-format=""/></text:outline-style>`
  const item = (inside: string): string => `<text:list-item>${inside}</text:list-item>`
  const body = `<text:h text:outline-level="1">Term</text:h><text:h text:outline-level="2">Plain</text:h><text:h text:outline-level="1">Notice</text:h>
    <text:list text:style-name="L">${item(`${p('one')}${p('more')}`)}${item(`${p('two')}<text:list>${item(p('deep'))}${item(`${p('deeper')}<text:list>${item(p('dot'))}</text:list>`)}</text:list>`)}</text:list>${p('between')}
    <text:list text:style-name="L" text:continue-numbering="true">${item(p('three'))}</text:list><text:list text:style-name="L">${item(p('again'))}</text:list>`
  expect(await texts(body, list, outline)).toEqual([
    ...['Article I Term', 'Plain', 'Article II Notice', '1. one', 'more', '2. two', '2.1) deep', '2.2) deeper', 'dot', 'between'],
    ...['3. three', '1. again'],
  ])
})

test('controls show what is chosen in them, and pages what is at their top and foot', async () => {
  const forms = `<office:forms><form:form><form:checkbox form:id="a" form:current-state="checked" form:label="Agreed"/><form:checkbox form:id="b" form:label="Refused"/><form:listbox form:id="c"><form:option form:label="Lyon"/><form:option form:label="Paris" form:current-selected="true"/></form:listbox><form:text form:id="d" form:current-value="Jane"/></form:form></office:forms>`
  const control = (id: string): string => `<draw:control draw:control="${id}"/>`
  const page = `<style:master-page><style:header>${p('The firm')}</style:header><style:footer>${p('In confidence')}</style:footer></style:master-page><style:master-page><style:header>${p('The firm')}</style:header></style:master-page>`
  expect(await texts(`${forms}${p(`${control('a')}${control('b')} ${control('c')} ${control('d')}`)}`, '', page)).toEqual([
    ...['The firm', '☑ Agreed ☐ Refused Paris Jane', 'In confidence'],
  ])
})

test.each([
  ['a row repeated two billion times', `<table:table-row table:number-rows-repeated="2147483648">${cell('x')}</table:table-row>`],
  [
    'a long text in a million rows',
    `<table:table-row table:number-rows-repeated="1048576">${cell('w'.repeat(10_000))}</table:table-row>`,
  ],
  [
    'a value in a billion columns of a million rows',
    `<table:table-row table:number-rows-repeated="1048576">${cell('x', 'table:number-columns-repeated="1000000000"')}</table:table-row>`,
  ],
])('%s is read up to a limit', async (_what, rows) => {
  const body = `<table:table table:name="S">${rows}</table:table>`
  const { blocks, end } = await readDocument(keeper, 'a.ods', makeOpenDocument('spreadsheet', body))
  expect(blocks.length).toBeGreaterThan(0)
  expect(end.cut.length).toBeGreaterThan(0)
})

test('lists and notes a thousand deep are read', async () => {
  const lists = `${'<text:list><text:list-item>'.repeat(800)}${p('deep')}${'</text:list-item></text:list>'.repeat(800)}`
  const notes = `${'<text:p>a<text:note><text:note-body>'.repeat(500)}${p('deep')}`
  expect(await texts(lists)).toEqual(['deep'])
  expect((await texts(notes)).length).toBe(501)
})

test('a note has the number that leads to it, in front of its first paragraph', async () => {
  const note = (mark: string, body: string): string =>
    `<text:note><text:note-citation>${mark}</text:note-citation><text:note-body>${body}</text:note-body></text:note>`
  expect(await texts(p(`A${note('1', p('One.') + p('More.'))} b${note('ii', p('Two.'))}.`) + p('C'))).toEqual([
    ...['A b.', '1 One.', 'More.', 'ii Two.', 'C'],
  ])
  expect(await texts(p(`A${note('1', '')}.`) + p('C'))).toEqual(['A.', 'C'])
})

test('what hangs on an empty line stands there (bug: it came behind the next line with words)', async () => {
  const box = `<draw:frame><draw:text-box>${p('Certified copy')}</draw:text-box></draw:frame>`
  expect(await texts(`${p('One')}${p(box)}${p('Two')}`)).toEqual(['One', 'Certified copy', 'Two'])
})

describe('objects', () => {
  const frame = (href: string): string =>
    `<draw:frame><draw:object xlink:href="./${href}"/><draw:image xlink:href="./ObjectReplacements/${href}"/></draw:frame>`
  const withObjects = (
    kind: 'text' | 'presentation' | 'spreadsheet',
    body: string,
    objects: Record<string, string>,
  ): Uint8Array =>
    makeOpenDocument(kind, body, {
      parts: Object.fromEntries(Object.entries(objects).map(([folder, xml]) => [`${folder}/content.xml`, xml])),
    })
  const values = (...cells: [type: string, value: string][]): string =>
    `<table:table-row>${cells
      .map(
        ([type, value]) => `<table:table-cell office:value-type="${type}" office:value="${value}">${p(value)}</table:table-cell>`,
      )
      .join('')}</table:table-row>`
  const chart = `<office:document-content><office:body><office:chart><chart:chart><chart:title>${p('Rent by year')}</chart:title><chart:plot-area><chart:axis><chart:title>${p('Euro')}</chart:title></chart:axis></chart:plot-area>
    <table:table table:name="local-table"><table:table-header-rows>${row('', 'Flat')}</table:table-header-rows><table:table-rows>${values(['string', '2024'], ['float', '700'])}${values(['string', '2025'], ['float', 'NaN'])}</table:table-rows></table:table></chart:chart></office:chart></office:body></office:document-content>`
  const formula = `<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>F</mi>\n<mo>=</mo><mfrac><mi>a</mi><mi>b</mi></mfrac></mrow><annotation encoding="StarMath 5.0">F = a over b</annotation></semantics></math>`

  test('a chart says its titles and numbers, a formula stands in its sentence (bug: neither was there)', async () => {
    const body = `${p(`The fee is ${frame('Object 2')} per share.`)}${p(frame('Object 1'))}${p('End')}`
    const { blocks, end } = await readDocument(
      keeper,
      'a.odt',
      withObjects('text', body, { 'Object 1': chart, 'Object 2': formula }),
    )
    expect(blocks.map(({ text }) => text)).toEqual([
      ...['The fee is F=a/b per share.', 'Rent by year', 'Euro', '\tFlat\n2024\t700\n2025\t', 'End'],
    ])
    expect(end.cut).toEqual([])
  })

  test('a sheet on a slide is told in its place, and so is what is inside it', async () => {
    const inner = `<office:document-content><office:body><office:spreadsheet><table:table table:name="T">${row('Rent', '700')}<table:shapes>${frame('Object 9')}</table:shapes></table:table></office:spreadsheet></office:body></office:document-content>`
    const { blocks } = await readDocument(
      keeper,
      'a.odp',
      withObjects('presentation', `<draw:page/><draw:page>${frame('Object 1')}</draw:page>`, {
        'Object 1': inner,
        'Object 1/Object 9': chart,
      }),
    )
    expect(blocks.map(({ text }) => text)).toEqual(['Rent\t700', 'Rent by year', 'Euro', '\tFlat\n2024\t700\n2025\t'])
    for (const { places } of blocks) expect(places[0]?.place).toEqual({ kind: 'slide', slide: 2 })
  })

  test('objects without end, or that hold themselves, are bounded and named', async () => {
    const itself = `<office:document-content><office:body><office:text>${p('x')}${p(frame('../Object 1'))}${p(frame('Object 1'))}</office:text></office:body></office:document-content>`
    const many = Object.fromEntries(Array.from({ length: 1200 }, (_, at) => [`Object ${at}`, itself]))
    const { blocks, end } = await readDocument(keeper, 'a.odt', withObjects('text', p(frame('Object 1')), many))
    expect(blocks.map(({ text }) => text)).toEqual(['x'])
    expect(end.cut).toEqual(['text'])
    const deep = { 'a/b/c/d/e/f/g': itself }
    expect((await readDocument(keeper, 'a.odt', withObjects('text', p('y'), deep))).end.cut).toEqual(['text'])
  })

  test('an object of another program, of which there is a picture alone, is named', async () => {
    const ole =
      '<draw:frame><draw:object-ole xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/></draw:frame>'
    expect((await read(p(ole))).end.cut).toEqual(['text'])
  })
})
