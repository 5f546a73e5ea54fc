/** Word files: all that Word shows is read, in its order, and nothing that it does not show. */
import { afterAll, describe, expect, test } from 'vitest'
import { makeDocx, makeWord, pack } from '../fixtures/documents/packed-documents.ts'
import { newKeeper, readDocument, type Block } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const shape = (blocks: readonly Block[]): string[] => blocks.map(({ kind, level, text }) => `${kind}${level || ''} ${text}`)
const texts = async (bytes: Uint8Array): Promise<string[]> =>
  (await readDocument(keeper, 'a.docx', bytes)).blocks.map(({ text }) => text)
const run = (text: string, properties = ''): string =>
  `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`
const paragraph = (content: string, properties = ''): string =>
  `<w:p>${properties && `<w:pPr>${properties}</w:pPr>`}${content}</w:p>`
const line = (text: string, properties = ''): string => paragraph(run(text), properties)
const inList = (list: number, level: number): string => `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr>`
const styled = (style: string): string => `<w:pStyle w:val="${style}"/>`
const level = (at: number, format: string, text: string, more = ''): string =>
  `<w:lvl w:ilvl="${at}"><w:start w:val="1"/><w:numFmt w:val="${format}"/>${more}<w:lvlText w:val="${text}"/></w:lvl>`
const list = (id: number, kind: number, more = ''): string =>
  `<w:num w:numId="${id}"><w:abstractNumId w:val="${kind}"/>${more}</w:num>`
const kindOfList = (id: number, ...levels: string[]): string =>
  `<w:abstractNum w:abstractNumId="${id}">${levels.join('')}</w:abstractNum>`
const numbering = (...content: string[]): string => `<w:numbering>${content.join('')}</w:numbering>`

describe('automatic numbers', () => {
  test('articles and clauses have the numbers that Word shows (bug: nobody could ask for clause 2.1)', async () => {
    const { blocks } = await readDocument(
      keeper,
      'a.docx',
      makeWord(
        line('Parties', styled('Heading1') + inList(1, 0)) +
          line('The landlord is a company.', inList(1, 1)) +
          line('Termination', styled('Heading1') + inList(1, 0)) +
          line('Either party may end it.', inList(1, 1)),
        {
          numbering: numbering(kindOfList(0, level(0, 'decimal', 'Article %1'), level(1, 'decimal', '%1.%2')), list(1, 0)),
          styles: '<w:styles><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>',
        },
      ),
    )
    expect(shape(blocks)).toEqual([
      'heading1 Article 1 Parties',
      'list_item 1.1 The landlord is a company.',
      'heading1 Article 2 Termination',
      'list_item 2.1 Either party may end it.',
    ])
  })

  test('fields that number by themselves count in their list, or in that of their paragraph (bug: no number at all)', async () => {
    const field = (code: string): string =>
      `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> LISTNUM ${code}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
    const text = (words: string): string => `<w:r><w:t xml:space="preserve">${words}</w:t></w:r>`
    const paragraph = (inside: string, properties = ''): string => `<w:p><w:pPr>${properties}</w:pPr>${inside}</w:p>`
    const clause = `${field('')}${text(' the rent, and ')}${field('')}${text(' the costs.')}`
    const body = [
      ...[paragraph(text('pays ') + clause, inList(1, 0)), paragraph(text('keeps ') + clause, inList(1, 0))],
      paragraph(
        `${field('NumberDefault \\l 1')}${text(' x ')}${field('"NumberDefault" \\l 2')}${text(' y ')}${field('NumberDefault \\l 2 \\s 5')}`,
      ),
      paragraph(
        `${field('LegalDefault')}${text(' x ')}${field('LegalDefault \\l 2')}${text(' y ')}${field('OutlineDefault \\l 2')}`,
      ),
      ...[paragraph(clause), paragraph(text('\ufdd0\ufdef'))],
    ]
    const { blocks } = await readDocument(
      keeper,
      'a.docx',
      makeWord(body.join(''), {
        numbering: numbering(kindOfList(0, level(0, 'decimal', '%1.'), level(1, 'lowerLetter', '%1(%2)')), list(1, 0)),
      }),
    )
    expect(blocks.map(({ text: words }) => words)).toEqual([
      ...['1. pays 1(a) the rent, and 1(b) the costs.', '2. keeps 2(a) the rent, and 2(b) the costs.'],
      ...['1) x a) y e)', '1. x 1.1. y A.', '2) the rent, and 3) the costs.'],
    ])
  })

  test('notes have the numbers that lead to them (bug: nobody could ask for footnote 2)', async () => {
    const mark = (kind: string, id: number, more = ''): string => `<w:r><w:${kind}Reference w:id="${id}"${more}/></w:r>`
    const note = (
      kind: string,
      id: number,
      words: string,
      sign = `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:${kind}Ref/></w:r>`,
    ): string => `<w:${kind} w:id="${id}"><w:p>${sign}<w:r><w:t>${words}</w:t></w:r></w:p></w:${kind}>`
    const body = `<w:p><w:r><w:t>The fee is 1,200</w:t></w:r>${mark('footnote', 9)}<w:r><w:t xml:space="preserve"> a year</w:t></w:r>${mark('endnote', 5)}${mark('footnote', 4)}${mark('footnote', 6, ' w:customMarkFollows="1"')}<w:r><w:t>*</w:t></w:r></w:p>`
    const footnotes = `<w:footnotes>${note('footnote', 4, 'Second.')}${note('footnote', 6, '* Own.', '')}${note('footnote', 9, 'First.')}</w:footnotes>`
    const endnotes = `<w:endnotes>${note('endnote', 5, 'Last.')}</w:endnotes>`
    const read = async (settings: string): Promise<string[]> =>
      (await readDocument(keeper, 'a.docx', makeWord(body, { footnotes, endnotes, settings }))).blocks.map(({ text }) => text)
    const sentence = 'The fee is 1,200 a year*'
    expect(await read('<w:settings/>')).toEqual([sentence, '1 First.', '2 Second.', '* Own.', 'i Last.'])
    const own = '<w:settings><w:footnotePr><w:numFmt w:val="lowerLetter"/><w:numStart w:val="3"/></w:footnotePr></w:settings>'
    expect(await read(own)).toEqual([sentence, 'c First.', 'd Second.', '* Own.', 'i Last.'])
  })

  test('lists go on, begin anew and count as their levels say', async () => {
    const levels = kindOfList(
      0,
      level(0, 'upperRoman', '%1.'),
      level(1, 'lowerLetter', '(%2)'),
      level(2, 'decimal', '%1.%3', '<w:isLgl/>'),
    )
    const body = [
      ...[line('one', inList(1, 0)), line('a', inList(1, 1)), line('b', inList(1, 1)), line('deep', inList(1, 2))],
      ...[line('two', inList(1, 0)), line('a again', inList(1, 1))],
      // A list of the same kind goes on; one that is told to begins anew.
      ...[line('three', inList(2, 0)), line('from five', inList(3, 0)), line('six', inList(3, 0))],
      ...[line('no number', '<w:numPr><w:numId w:val="0"/></w:numPr>'), line('bullet', inList(4, 0)), line('box', inList(5, 0))],
    ]
    const again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    const found = await texts(
      makeWord(body.join(''), {
        numbering: numbering(
          levels,
          kindOfList(1, level(0, 'bullet', '\uf0b7')),
          kindOfList(2, level(0, 'bullet', '\uf0a8', '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>')),
          ...[list(1, 0), list(2, 0), list(3, 0, again), list(4, 1), list(5, 2)],
        ),
      }),
    )
    expect(found).toEqual([
      ...['I. one', '(a) a', '(b) b', '1.1 deep', 'II. two', '(a) a again', 'III. three', 'V. from five', 'VI. six'],
      ...['no number', 'bullet', '☐ box'],
    ])
  })

  test.each([
    ['decimalZero', 3, '03'],
    ['lowerRoman', 9, 'ix'],
    ['upperLetter', 28, 'BB'],
    ['ordinal', 22, '22nd'],
    ['ordinalText', 21, 'Twenty-first'],
    ['cardinalText', 105, 'One hundred five'],
    ['decimalEnclosedCircle', 2, '②'],
    ['chineseCountingThousand', 21, '二十一'],
    ['russianLower', 3, 'в'],
    ['hebrew1', 15, 'טו'],
    ['somethingNew', 7, '7'],
  ])('the format %s', async (format, start, shown) => {
    const kind = kindOfList(
      0,
      `<w:lvl w:ilvl="0"><w:start w:val="${start}"/><w:numFmt w:val="${format}"/><w:lvlText w:val="%1)"/></w:lvl>`,
    )
    expect(await texts(makeWord(line('x', inList(1, 0)), { numbering: numbering(kind, list(1, 0)) }))).toEqual([`${shown}) x`])
  })

  test('styles number paragraphs, also behind a style of lists, and headings are told by outline and in other languages', async () => {
    const styles = `<w:styles>
      <w:style w:type="paragraph" w:styleId="Titre2"><w:name w:val="Titre 2"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
      <w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
      <w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/><w:basedOn w:val="Titre2"/><w:pPr><w:outlineLvl w:val="3"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>
      <w:style w:type="numbering" w:styleId="Firm"><w:name w:val="Firm"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style></w:styles>`
    const { blocks } = await readDocument(
      keeper,
      'a.docx',
      makeWord(line('Loyer', styled('Titre2')) + line('Il est payable.', styled('Clause')) + line('Charges', styled('Sub')), {
        styles,
        numbering: numbering(
          '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="Firm"/></w:abstractNum>',
          kindOfList(
            1,
            level(0, 'decimal', '§ %1', '<w:pStyle w:val="Titre2"/>'),
            level(1, 'decimal', '%1.%2', '<w:pStyle w:val="Clause"/>'),
          ),
          ...[list(1, 0), list(2, 1)],
        ),
      }),
    )
    expect(shape(blocks)).toEqual(['heading2 § 1 Loyer', 'list_item 1.1 Il est payable.', 'heading4 Charges'])
  })
})

describe('changes and what is hidden', () => {
  test('what was added and where it was moved to is there, what was deleted and where it was moved from is not', async () => {
    const body =
      `<w:p><w:moveTo>${run('The penalty is 400 euro.')}</w:moveTo></w:p>${line('Middle.')}<w:p><w:moveFrom>${run('The penalty is 400 euro.')}</w:moveFrom></w:p>` +
      `<w:p>${run('Term: ')}<w:del><w:r><w:delText>12 months</w:delText></w:r></w:del><w:ins>${run('24 months')}</w:ins></w:p>` +
      // The end of a paragraph was deleted: it goes on with the next.
      paragraph(run('The rent is '), '<w:rPr><w:del/></w:rPr>') +
      line('900 euro.') +
      '<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>gone</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>' +
      paragraph('<w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>Seen.</w:t></w:r>')
    expect(await texts(makeWord(body))).toEqual([
      ...['The penalty is 400 euro.', 'Middle.', 'Term: 24 months', 'The rent is 900 euro.', 'Seen.'],
    ])
  })

  test('hidden text is not there, by itself or by a style; struck-out words are marked', async () => {
    const styles = `<w:styles><w:style w:type="character" w:styleId="H"><w:name w:val="H"/><w:rPr><w:vanish/></w:rPr></w:style>
      <w:style w:type="paragraph" w:styleId="P"><w:name w:val="P"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>`
    const body =
      paragraph(run('The price is 100 euros.') + run(' Say 1 euro.', '<w:vanish/>') + run(' Say 2.', '<w:rStyle w:val="H"/>')) +
      line('Nobody sees this.', styled('P')) +
      paragraph(run('Seen.', '<w:vanish w:val="0"/>'), styled('P')) +
      paragraph(run('Due in ') + run('12', '<w:strike/>') + run(' months ', '<w:dstrike/>') + run('24 months.'))
    expect(await texts(makeWord(body, { styles }))).toEqual([
      'The price is 100 euros.',
      'Seen.',
      'Due in ~~12 months~~ 24 months.',
    ])
  })
})

describe('words inside other things', () => {
  test('formulas stand in their sentence', async () => {
    const m = (text: string): string => `<m:r><m:t>${text}</m:t></m:r>`
    const formula = [
      `<m:f><m:num>${m('a+b')}</m:num><m:den>${m('2')}</m:den></m:f>${m('=')}`,
      `<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/><m:e><m:sSup><m:e>${m('x')}</m:e><m:sup>${m('2')}</m:sup></m:sSup>${m('+1')}</m:e></m:rad>${m('+')}`,
      `<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>${m('i=1')}</m:sub><m:sup>${m('n')}</m:sup><m:e><m:sSub><m:e>${m('k')}</m:e><m:sub>${m('i')}</m:sub></m:sSub></m:e></m:nary>`,
    ]
    const body =
      `<w:p>${run('The fee is ')}<m:oMath>${m('F=0.35·S')}</m:oMath>${run(' per share.')}</w:p><m:oMathPara><m:oMath>${m('E=12+4k')}</m:oMath></m:oMathPara>` +
      `<w:p><m:oMath>${formula.join('')}</m:oMath></w:p>`
    expect(await texts(makeWord(body))).toEqual(['The fee is F=0.35·S per share.', 'E=12+4k', '(a+b)/2=√(x²+1)+∑_(i=1)ⁿ k_i'])
  })

  test('readings above the line are left out; directions, markup of others and fields keep their words', async () => {
    const field = (instruction: string, result: string): string =>
      `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>${instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>`
    const body =
      `<w:p>${run('住所は')}<w:r><w:ruby><w:rubyPr/><w:rt>${run('とうきょう')}</w:rt><w:rubyBase>${run('東京')}</w:rubyBase></w:ruby></w:r>${run('です。')}</w:p>` +
      `<w:p>${run('Total: ')}<w:bdo w:val="ltr">${run('1,250 EUR')}</w:bdo><w:dir w:val="rtl">${run(' שלום')}</w:dir></w:p>` +
      `<w:p><w:customXml>${run('Custom 77')}</w:customXml><w:smartTag>${run(' Smart 88')}</w:smartTag><w:fldSimple w:instr="REF x">${run(' Field 99')}</w:fldSimple></w:p>` +
      `<w:p>${field('IF x = 1 "yes" "no"', 'yes')}${run('; ')}<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>MACROBUTTON Go [Click here]</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>` +
      `<w:p><w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>owner</w:t><w:cr/><w:t>of</w:t><w:tab/><w:t>it</w:t><w:br/><w:t>in</w:t><w:softHyphen/><w:t>deed</w:t><w:sym w:font="Wingdings" w:char="F0E0"/></w:r></w:p>`
    expect(await texts(makeWord(body))).toEqual([
      ...[
        '住所は東京です。',
        'Total: 1,250 EUR שלום',
        'Custom 77 Smart 88 Field 99',
        'yes; [Click here]',
        'co‑owner of it indeed→',
      ],
    ])
  })

  test('a field that never ends takes no words away', async () => {
    const body = `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>${run('Here.')}</w:p>${line('And here.')}`
    expect(await texts(makeWord(body))).toEqual(['Here.', 'And here.'])
  })

  test('boxes to tick and lists to choose from, of forms and of controls', async () => {
    const form = (name: string, data: string): string =>
      `<w:r><w:fldChar w:fldCharType="begin"><w:ffData>${data}</w:ffData></w:fldChar></w:r><w:r><w:instrText> ${name} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
    const control = (ticked: number): string =>
      `<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="${ticked}"/></w14:checkbox></w:sdtPr><w:sdtContent>${run(ticked ? '☒' : '☐')}</w:sdtContent></w:sdt>`
    const list = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Lyon"/><w:listEntry w:val="Paris"/></w:ddList>'
    const body =
      `<w:p>${control(1)}${run(' consents ')}${control(0)}${run(' refuses')}</w:p>` +
      `<w:p>${form('FORMCHECKBOX', '<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>')}${run(' yes ')}${form('FORMCHECKBOX', '<w:checkBox><w:default w:val="0"/></w:checkBox>')}${run(' no')}</w:p>` +
      `<w:p>${run('Court: ')}${form('FORMDROPDOWN', list)}</w:p>` +
      `<w:p>${run('City: ')}<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="Lyon"/></w:dropDownList></w:sdtPr><w:sdtContent>${run('Lyon')}</w:sdtContent></w:sdt></w:p>`
    expect(await texts(makeWord(body))).toEqual(['☑ consents ☐ refuses', '☑ yes ☐ no', 'Court: Paris', 'City: Lyon'])
  })

  test('boxes of text once, with or without what older programs show; words drawn as pictures', async () => {
    const box = (text: string): string => `<w:txbxContent>${line(text)}</w:txbxContent>`
    const body =
      `<w:p>${run('Beside.')}<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>${box('A box')}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>${box('A box')}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>` +
      `<w:p><w:r><mc:AlternateContent><mc:Choice xmlns:new="urn:new" Requires="new"><w:t>new</w:t></mc:Choice><mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>` +
      `<w:p><w:r><w:pict><v:shape><v:textpath string="CONFIDENTIAL"/></v:shape></w:pict></w:r></w:p>`
    expect(await texts(makeWord(body))).toEqual(['Beside.', 'A box', 'old', 'CONFIDENTIAL'])
  })

  test('a number never swallows what is raised', async () => {
    const raised = (text: string): string => run(text, '<w:vertAlign w:val="superscript"/>')
    const lowered = (text: string): string => run(text, '<w:vertAlign w:val="subscript"/>')
    const body =
      paragraph(run('The fee is 1,200') + raised('2') + run(' euros; 85 m') + raised('2') + run('; 10') + raised('-3')) +
      paragraph(run('On the 1') + raised('st') + run(' of 40') + raised('a') + run(', CO') + lowered('2'))
    expect(await texts(makeWord(body))).toEqual(['The fee is 1,200² euros; 85 m²; 10⁻³', 'On the 1st of 40ᵃ, CO₂'])
  })
})

describe('tables', () => {
  const cell = (content: string, properties = ''): string => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`
  const row = (...cells: string[]): string => `<w:tr>${cells.join('')}</w:tr>`
  const table = (...rows: string[]): string => `<w:tbl>${rows.join('')}</w:tbl>`

  test('cells over several rows and columns (bug: the row below moved to the left)', async () => {
    const body = table(
      row(cell(line('Region')), cell(line('Product'), '<w:gridSpan w:val="2"/>'), cell(line('Units'))),
      row(cell(line('North'), '<w:vMerge w:val="restart"/>'), cell(line('Valve')), cell(line('steel')), cell(line('31'))),
      row(cell('<w:p/>', '<w:vMerge/>'), cell(line('Pump')), cell(line('brass')), cell(line('17'))),
      `<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>${cell(line('Tap'))}${cell('<w:p/>')}${cell(line('5'))}</w:tr>`,
    )
    expect(await texts(makeWord(body))).toEqual([
      'Region\tProduct\t\tUnits\nNorth\tValve\tsteel\t31\nNorth\tPump\tbrass\t17\n\tTap\t\t5',
    ])
  })

  test('small tables within cells stay in their rows, large ones are tables of their own', async () => {
    const inner = table(row(cell(line('Rent')), cell(line('700'))), row(cell(line('Deposit')), cell(line('900'))))
    const long = table(...Array.from({ length: 40 }, (_, at) => row(cell(line(`Flat ${at}`)), cell(line(`${at}00`)))))
    const small = table(row(cell(line('Anna')), cell(`${inner}<w:p/>`)), row(cell(line('Bob')), cell(line('900'))))
    expect(await texts(makeWord(small))).toEqual(['Anna\tRent 700; Deposit 900\nBob\t900'])
    const found = await texts(makeWord(table(row(cell(line('Left')), cell(`${long}<w:p/>`)))))
    expect(found).toEqual(['Left', expect.stringMatching(/^Flat 0\t000\nFlat 1\t100\n/)])
  })

  test('columns of numbers, controls and notes in cells', async () => {
    const body = table(
      row(cell(paragraph('', inList(1, 0))), `<w:sdt><w:sdtContent>${cell(line('in a control'))}</w:sdtContent></w:sdt>`),
      row(cell(paragraph('', inList(1, 0))), cell(`<w:p>${run('noted')}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>`)),
    )
    const parts = {
      numbering: numbering(kindOfList(0, level(0, 'decimal', '%1.')), list(1, 0)),
      footnotes: `<w:footnotes><w:footnote w:id="2">${line('In cash.')}</w:footnote></w:footnotes>`,
    }
    expect(await texts(makeWord(body, parts))).toEqual(['1.\tin a control\n2.\tnoted', 'In cash.'])
  })
})

describe('what stands elsewhere in the file', () => {
  test('notes, comments, headers and footers are blocks of their own', async () => {
    const reference = (name: string): string => `<w:r><w:${name}Reference w:id="2"/></w:r>`
    const body =
      `<w:p>${run('The rent of 840 euro')}${reference('footnote')}${run(' is due monthly.')}${reference('comment')}${reference('endnote')}</w:p>${line('Last.')}` +
      '<w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:headerReference w:type="first" r:id="header2"/><w:headerReference w:type="even" r:id="header3"/><w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
    const separator = '<w:footnote w:id="0" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    expect(
      await texts(
        makeWord(body, {
          footnotes: `<w:footnotes>${separator}<w:footnote w:id="2">${line('Unless paid in cash.')}</w:footnote></w:footnotes>`,
          endnotes: `<w:endnotes><w:endnote w:id="2">${line('At the end.')}</w:endnote></w:endnotes>`,
          comments: `<w:comments><w:comment w:id="2" w:author="Ann">${line('Should be 790.')}</w:comment></w:comments>`,
          header1: `<w:hdr>${line('Contract no. 2025-0091')}</w:hdr>`,
          header2: `<w:hdr>${line('No page is the first')}</w:hdr>`,
          header3: `<w:hdr>${line('No page is even')}</w:hdr>`,
          footer1: `<w:ftr>${line('Confidential')}${line('- 3 -')}</w:ftr>`,
        }),
      ),
    ).toEqual([
      ...[
        'Contract no. 2025-0091',
        'The rent of 840 euro is due monthly.',
        'Unless paid in cash.',
        'Ann: Should be 790.',
        'Last.',
      ],
      ...['Confidential', 'At the end.'],
    ])
  })

  test('charts and diagrams stand behind their paragraph', async () => {
    const values = (name: string, ...all: string[]): string =>
      `<c:${name}><c:numRef><c:numCache>${all.map((value, at) => `<c:pt idx="${at}"><c:v>${value}</c:v></c:pt>`).join('')}</c:numCache></c:numRef></c:${name}>`
    const point = (id: string, text: string): string =>
      `<dgm:pt modelId="${id}"><dgm:t><a:p><a:r><a:t>${text}</a:t></a:r></a:p></dgm:t></dgm:pt>`
    const body = `<w:p>${run('See:')}<w:r><w:drawing><c:chart r:id="chart1"/></w:drawing></w:r></w:p><w:p><w:r><w:drawing><dgm:relIds r:dm="diagramData1"/></w:drawing></w:r></w:p>`
    expect(
      await texts(
        makeWord(body, {
          chart1: `<c:chartSpace><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Revenue</a:t></a:r></a:p></c:rich></c:tx></c:title><c:ser><c:tx><c:v>Paris</c:v></c:tx>${values('cat', '2024', '2025')}${values('val', '4711', '4812')}</c:ser></c:chart></c:chartSpace>`,
          diagramData1: `<dgm:dataModel><dgm:ptLst><dgm:pt modelId="0" type="doc"/>${point('2', 'Hearing')}${point('1', 'File the claim')}</dgm:ptLst><dgm:cxnLst><dgm:cxn srcId="0" destId="2" srcOrd="1"/><dgm:cxn srcId="0" destId="1" srcOrd="0"/></dgm:cxnLst></dgm:dataModel>`,
        }),
      ),
    ).toEqual(['See:', 'Revenue', '\tParis\n2024\t4711\n2025\t4812', 'File the claim', 'Hearing'])
  })

  test('documents of other formats that a template puts in', async () => {
    const chunk = (id: string): string => `<w:altChunk r:id="${id}"/>`
    const body = line('Before.') + chunk('a.html') + chunk('b.rtf') + chunk('c.txt') + chunk('d.docx') + line('After.')
    const parts = {
      'a.html': '<html><body><h2>Terms</h2><p>From a page.</p></body></html>',
      'b.rtf': '{\\rtf1 From RTF.\\par}',
      'c.txt': 'From a text.',
      'd.docx': makeDocx(line('From Word.')),
    }
    const { blocks } = await readDocument(keeper, 'a.docx', makeWord(body, parts))
    expect(shape(blocks)).toEqual([
      ...['paragraph Before.', 'heading2 Terms', 'paragraph From a page.', 'paragraph From RTF.', 'paragraph From a text.'],
      ...['paragraph From Word.', 'paragraph After.'],
    ])
  })
})

describe('the file around it', () => {
  test('the main part is the one that the file names, whatever it is called', async () => {
    expect(await texts(makeWord(line('Three months.'), {}, 'document2'))).toEqual(['Three months.'])
    expect(await texts(makeWord(line('Three months.'), {}, 'Text'))).toEqual(['Three months.'])
  })

  test('names with backslashes and prefixes of other programs', async () => {
    const main =
      '<ns0:document xmlns:ns0="http://purl.oclc.org/ooxml/wordprocessingml/main"><ns0:body><ns0:p><ns0:pPr><ns0:pStyle ns0:val="Heading2"/></ns0:pPr><ns0:r><ns0:t>Terms</ns0:t></ns0:r></ns0:p></ns0:body></ns0:document>'
    const rels =
      '<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/Word/Document.xml"/></Relationships>'
    const { begin, blocks } = await readDocument(keeper, 'a', pack({ '_rels\\.rels': rels, 'word\\document.xml': main }))
    expect(begin.format).toBe('docx')
    expect(shape(blocks)).toEqual(['heading2 Terms'])
  })
})
