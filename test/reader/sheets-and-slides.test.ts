/** Excel and PowerPoint files: values as the sheet shows them, and all that stands beside cells and on slides. */
import { afterAll, describe, expect, test } from 'vitest'
import { shownInFormat, textInFormat } from '../../electron/reader/number-format.ts'
import { makeSheet, makeSlide, pack, type PartBeside } from '../fixtures/documents/packed-documents.ts'
import { newKeeper, readDocument, type Block } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const shape = (blocks: readonly Block[]): string[] => blocks.map(({ kind, level, text }) => `${kind}${level || ''} ${text}`)
const cellsOf = (blocks: readonly Block[]) =>
  blocks.map(({ places: [first] }) => (first?.place.kind === 'sheet' ? first.place.cells : null))
const inline = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`
const chart = `<c:chartSpace><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Revenue by year</a:t></a:r></a:p></c:rich></c:tx></c:title><c:ser>
  <c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>2024</c:v></c:pt></c:strCache></c:strRef></c:cat>
  <c:val><c:numRef><c:numCache><c:formatCode>#,##0 "€"</c:formatCode><c:pt idx="0"><c:v>4711</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser></c:chart></c:chartSpace>`

test.each<[value: number, format: string, shown: string]>([
  [1250, '#,##0.00\\ "€"', '1,250.00 €'],
  [1250, '[$$-409]#,##0.00', '$1,250.00'],
  [1250.5, '[$CHF-807]\\ #,##0.00', 'CHF 1,250.50'],
  [-1250, '_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-', '-1,250.00 €'],
  [36.5 / 24, '[h]:mm', '36:30'],
  [1, '[h]:mm', '24:00'],
  [1067, '00000', '01067'],
  [123456789, '000-00-0000', '123-45-6789'],
  [0.3229166666666667, 'h:mm:ss', '7:45:00'],
  [-0.075, '0.0%', '-7.5%'],
  [44621.5, 'd-mmm-yy h:mm AM/PM', '1-Mar-22 12:00 PM'],
  [44621, '[$-40C]d mmmm yyyy', '1 mars 2022'],
  [-5, '0;(0)', '(5)'],
  [5, ';;;', ''],
  [1.25, '# ?/?', '1 1/4'],
  [12345678, '0.0,,"M"', '12.3M'],
  [150, '[<100]"low "0;[>=100]"high "0', 'high 150'],
  [12345, '0.00E+00', '1.23E+04'],
  [1.005, '0.00', '1.01'],
  [5, '0" m²"', '5 m²'],
  [1 / 3, 'General', '0.333333333'],
])('%f in the format %s', (value, format, shown) => {
  expect(shownInFormat(value, format, false)).toBe(shown)
})

test('a format says something of texts too', () => {
  expect(textInFormat('Miller', '0;0;0;"Mr "@')).toBe('Mr Miller')
})

describe('Excel', () => {
  test('sheets of other programs, whose elements have a prefix', async () => {
    const x = (xml: string): string =>
      `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>${xml}</x:sheetData></x:worksheet>`
    const sheet = x(
      '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>Flat</x:t></x:is></x:c><x:c r="B1" t="inlineStr"><x:is><x:t>Rent</x:t></x:is></x:c></x:row><x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>Third floor</x:t></x:is></x:c><x:c r="B2"><x:v>1187</x:v></x:c></x:row>',
    )
    const { begin, blocks } = await readDocument(keeper, 'a', makeSheet(sheet))
    expect(begin.format).toBe('xlsx')
    expect(blocks).toMatchObject([{ text: 'Flat\tRent\nThird floor\t1187', places: [{ place: { cells: 'A1:B2' } }] }])
  })

  test('values as they are shown; a formula that nobody calculated is named', async () => {
    const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[h]:mm"/><numFmt numFmtId="165" formatCode="00000"/></numFmts>
      <fonts><font/><font><strike/></font></fonts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="0" fontId="1"/></cellXfs></styleSheet>`
    const rich =
      '<c t="inlineStr"><is><r><t>1,200</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r><rPh><t>x</t></rPh></is></c>'
    const sheet = `<worksheet><sheetData><row><c s="1"><v>1.520833333333333</v></c><c s="2"><v>1067</v></c>${rich}<c t="b"><v>1</v></c></row>
      <row><c s="3"><v>900</v></c><c t="str"><f>A1</f><v>one_x000D_two</v></c><c t="e"><v>#DIV/0!</v></c><c><f>E2*2</f><v></v></c></row></sheetData></worksheet>`
    const { blocks, end } = await readDocument(keeper, 'a', makeSheet(sheet, styles))
    expect(blocks.map(({ text }) => text)).toEqual(['36:30\t01067\t1,200²\tTRUE\n~~900~~\tone two\t#DIV/0!\t'])
    expect(end.cut).toEqual(['formulas'])
  })

  test('cells over several rows say it of each; hidden rows, columns and sheets are not shown', async () => {
    const sheet = `<worksheet><cols><col min="3" max="3" hidden="1"/></cols><sheetData><row r="1">${inline('North')}${inline('Valve')}${inline('cost')}${inline('31')}</row>
      <row r="2"><c r="B2" t="inlineStr"><is><t>Pump</t></is></c><c r="D2"><v>17</v></c></row><row r="3" hidden="1">${inline('gone')}</row></sheetData>
      <mergeCells><mergeCell ref="A1:A3"/></mergeCells></worksheet>`
    const names = '<sheet name="S" r:id="rId1"/><sheet name="T" state="hidden" r:id="rId3"/>'
    const { begin, blocks } = await readDocument(keeper, 'a', makeSheet(sheet, undefined, [], names))
    expect(begin.pages).toBe(1)
    expect(blocks.map(({ text }) => text)).toEqual(['North\tValve\t31\nNorth\tPump\t17'])
  })

  test('comments, boxes and charts with their cells', async () => {
    const drawing = `<xdr:wsDr><xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:row>4</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>Estimate only</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>
      <xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>9</xdr:row></xdr:from><xdr:graphicFrame><c:chart r:id="c1"/></xdr:graphicFrame></xdr:twoCellAnchor></xdr:wsDr>`
    const bytes = makeSheet(`<worksheet><sheetData><row>${inline('x')}</row></sheetData></worksheet>`, undefined, [
      [
        'k',
        'comments',
        'k.xml',
        '<comments><commentList><comment ref="B2"><text><r><t>Ann: </t></r><r><t>too high</t></r></text></comment></commentList></comments>',
      ],
      ['d', 'drawing', 'd.xml', drawing],
      ['c', 'x', '_rels/d.xml.rels', '<Relationships><Relationship Id="c1" Type="t/chart" Target="chart.xml"/></Relationships>'],
      ['e', 'x', 'chart.xml', chart],
    ])
    const { blocks } = await readDocument(keeper, 'a', bytes)
    expect(shape(blocks)).toEqual([
      'table x',
      'paragraph Ann: too high',
      'paragraph Estimate only',
      'paragraph Revenue by year',
      'table 2024\t4,711 €',
    ])
    expect(cellsOf(blocks)).toEqual(['A1', 'B2', 'D5', 'A10', 'A10'])
  })
})

describe('PowerPoint', () => {
  const words = (text: string, properties = ''): string => `<a:p><a:r>${properties}<a:t>${text}</a:t></a:r></a:p>`
  const box = (text: string, type = ''): string =>
    `<p:sp><p:nvSpPr><p:nvPr>${type && `<p:ph type="${type}"/>`}</p:nvPr></p:nvSpPr><p:txBody>${words(text)}</p:txBody></p:sp>`
  const cell = (text: string, spans = ''): string => `<a:tc ${spans}><a:txBody>${words(text)}</a:txBody></a:tc>`

  test('feet, and what layout and master show of themselves, are told with the first slide (bug: nowhere)', async () => {
    const shape = (text: string, type?: string, field = false): string =>
      `<p:sp><p:nvSpPr><p:nvPr>${type === undefined ? '' : `<p:ph type="${type}"/>`}</p:nvPr></p:nvSpPr><p:txBody><a:p>${field ? `<a:fld type="datetime1"><a:t>${text}</a:t></a:fld>` : `<a:r><a:t>${text}</a:t></a:r>`}</a:p></p:txBody></p:sp>`
    const beside = (root: string, shapes: string, more = ''): string =>
      `<p:${root}${more}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:${root}>`
    const feet = shape('Confidential', 'ftr') + shape('4 May 2021', 'dt') + shape('today', 'dt', true) + shape('7', 'sldNum')
    const read = async (more: string): Promise<string[]> => {
      const parts: PartBeside[] = [
        ['l', 'slideLayout', 'layout.xml', beside('sldLayout', shape('Click to add', 'body') + shape('Draft'), more)],
        [
          'x',
          'x',
          '_rels/layout.xml.rels',
          '<Relationships><Relationship Id="m" Type="t/slideMaster" Target="master.xml"/></Relationships>',
        ],
        ['y', 'y', 'master.xml', beside('sldMaster', shape('Master title', 'title') + shape('Oduya Ltd'))],
      ]
      return (await readDocument(keeper, 'a', makeSlide(shape('Results', 'title') + feet, parts))).blocks.map(({ text }) => text)
    }
    expect(await read('')).toEqual(['Results', 'Draft', 'Oduya Ltd', 'Confidential', '4 May 2021'])
    expect(await read(' showMasterSp="0"')).toEqual(['Results', 'Draft', 'Confidential', '4 May 2021'])
  })

  test('a pie shows what part of the whole each value is (bug: the numbers on it were nowhere)', async () => {
    const points = (values: readonly (string | number)[]): string =>
      values.map((value, at) => `<c:pt idx="${at}"><c:v>${value}</c:v></c:pt>`).join('')
    const series = (labels: string): string =>
      `<c:ser><c:tx><c:strRef><c:strCache>${points(['Sales'])}</c:strCache></c:strRef></c:tx>${labels}<c:cat><c:strRef><c:strCache>${points(['Spring', 'Summer', 'Autumn'])}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache><c:formatCode>General</c:formatCode>${points([8.2, 3.2, 1.4])}</c:numCache></c:numRef></c:val></c:ser>`
    const labels = (format: string, shown: number): string =>
      `<c:dLbls><c:numFmt formatCode="${format}" sourceLinked="0"/><c:showVal val="1"/><c:showPercent val="${shown}"/></c:dLbls>`
    const read = async (kind: string, inside: string): Promise<string[]> => {
      const drawn = `<c:chartSpace><c:chart><c:plotArea><c:${kind}>${inside}</c:${kind}></c:plotArea></c:chart></c:chartSpace>`
      const slide = makeSlide('<p:graphicFrame><c:chart r:id="c"/></p:graphicFrame>', [['c', 'chart', 'chart.xml', drawn]])
      return (await readDocument(keeper, 'a', slide)).blocks.map(({ text }) => text)
    }
    const rows = (...shares: string[]): string =>
      ['\tSales', 'Spring\t8.2', 'Summer\t3.2', 'Autumn\t1.4'].map((row, at) => row + (shares[at] ?? '')).join('\n')
    expect(await read('pieChart', series(labels('General', 1)))).toEqual([rows('\t', '\t64%', '\t25%', '\t11%')])
    expect(await read('doughnutChart', series('') + labels('0.0%', 1))).toEqual([rows('\t', '\t64.1%', '\t25.0%', '\t10.9%')])
    expect(await read('pieChart', series(labels('0%', 0)))).toEqual([rows()])
    expect(await read('barChart', series(labels('0%', 1)))).toEqual([rows()])
  })

  test('charts, tables with cells over several rows, and one of two contents', async () => {
    const shapes = `${box('Plain 1')}<mc:AlternateContent><mc:Choice Requires="a14">${box('Twice 2')}</mc:Choice><mc:Fallback>${box('Twice 2')}</mc:Fallback></mc:AlternateContent>
      <p:graphicFrame><a:tbl><a:tr>${cell('North', 'rowSpan="2"')}${cell('Valve')}</a:tr><a:tr>${cell('', 'vMerge="1"')}${cell('Pump')}</a:tr></a:tbl></p:graphicFrame>
      <p:graphicFrame><c:chart r:id="c"/></p:graphicFrame>${box('Results', 'title')}`
    const { blocks } = await readDocument(keeper, 'a', makeSlide(shapes, [['c', 'chart', 'chart.xml', chart]]))
    expect(shape(blocks)).toEqual([
      ...[
        'heading1 Results',
        'paragraph Plain 1',
        'paragraph Twice 2',
        'table North\tValve\nNorth\tPump',
        'paragraph Revenue by year',
      ],
      'table 2024\t4,711 €',
    ])
  })

  test('steps of a diagram are paragraphs, whatever stands in front of them; notes and comments follow', async () => {
    const point = (id: number, text: string): string => `<dgm:pt modelId="${id}"><dgm:t>${words(text)}</dgm:t></dgm:pt>`
    const diagram = `<dgm:dataModel><dgm:ptLst>${point(0, 'File the claim')}${point(1, 'Serve the papers')}${point(2, 'Hearing')}</dgm:ptLst></dgm:dataModel>`
    const shapes = `${box('Procedure', 'title')}<p:graphicFrame><a:graphicData/></p:graphicFrame>${box('7', 'sldNum')}`
    const { blocks } = await readDocument(
      keeper,
      'a',
      makeSlide(
        shapes,
        [
          ['d', 'diagramData', 'data.xml', diagram],
          ['n', 'notesSlide', 'notes.xml', `<p:notes>${box('Say it slowly.', 'body')}</p:notes>`],
          ['k', 'comments', 'comments.xml', '<p:cmLst><p:cm authorId="0"><p:text>Which court?</p:text></p:cm></p:cmLst>'],
        ],
        '<p:cmAuthor id="0" name="Ann"/>',
      ),
    )
    expect(shape(blocks)).toEqual([
      ...['heading1 Procedure', 'paragraph File the claim', 'paragraph Serve the papers', 'paragraph Hearing'],
      ...['list_item Say it slowly.', 'paragraph Ann: Which court?'],
    ])
  })

  test('raised figures, struck-out words and formulas', async () => {
    const text = `<p:sp><p:txBody><a:p><a:r><a:t>1,200</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>2</a:t></a:r><a:r><a:rPr strike="sngStrike"/><a:t> old</a:t></a:r><a:r><a:t> E=</a:t></a:r><m:oMath><m:r><m:t>mc</m:t></m:r></m:oMath></a:p></p:txBody></p:sp>`
    expect((await readDocument(keeper, 'a', makeSlide(text))).blocks.map((block) => block.text)).toEqual(['1,200² ~~old~~ E=mc'])
  })

  test('numbered lists have their numbers', async () => {
    const item = (text: string, level: number, scheme: string): string =>
      `<a:p><a:pPr lvl="${level}">${scheme && `<a:buAutoNum type="${scheme}"/>`}</a:pPr><a:r><a:t>${text}</a:t></a:r></a:p>`
    const list = [
      item('one', 0, 'arabicPeriod'),
      item('a', 1, 'alphaLcParenR'),
      item('b', 1, 'alphaLcParenR'),
      item('two', 0, 'arabicPeriod'),
      item('none', 0, ''),
      item('again', 0, 'romanUcPeriod'),
    ]
    const { blocks } = await readDocument(keeper, 'a', makeSlide(`<p:sp><p:txBody>${list.join('')}</p:txBody></p:sp>`))
    expect(blocks.map(({ text }) => text)).toEqual(['1. one', 'a) a', 'b) b', '2. two', 'none', 'I. again'])
  })

  test('a presentation is told by its main part', async () => {
    const rels = '<Relationships><Relationship Id="a" Type="t/officeDocument" Target="x.xml"/></Relationships>'
    const { begin } = await readDocument(keeper, 'a', pack({ '_rels/.rels': rels, 'x.xml': '<p:presentation/>' }))
    expect(begin.format).toBe('pptx')
  })
})
