/** JSON and XML as a viewer shows them: names with values, in order, tables of what is alike; broken and hostile ones bounded. */
import { afterAll, expect, test } from 'vitest'
import { newKeeper, readDocument, type Block } from '../fixtures/documents/read-document.ts'
import { byLength } from '../fixtures/test-length.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const shape = (blocks: readonly Block[]): string[] => blocks.map(({ kind, level, text }) => `${kind}${level || ''} ${text}`)

test('JSON: names with values as they are written and in their order, paths as headings, lists of like things as tables', async () => {
  const content = `\ufeff{"10": "ten", "2": "two", "id": 12345678901234567890, "name": "Acme \\u00e9t\\u00e9", "open": true, "none": null,
    "tags": ["red", "blue"], "address": {"street": "12 rue du Lac", "city": "Annecy", "geo": {"lat": 45.90}},
    "lines": [{"sku": "A-1", "price": {"value": 9.50, "unit": "EUR"}}, {"sku": "B-2", "price": {"value": 12}, "sizes": ["S", "M"]}],
    "points": [[1, 2], [3, 4]], "notes": [{"text": "one"}, ["deep"]], "last": "end"}`
  const { begin, blocks, end } = await readDocument(keeper, 'order.json', content)
  expect(begin).toMatchObject({ format: 'json', title: null })
  expect(shape(blocks)).toEqual([
    ...['paragraph 10: ten', 'paragraph 2: two', 'paragraph id: 12345678901234567890', 'paragraph name: Acme été'],
    ...['paragraph open: true', 'paragraph none: null', 'paragraph tags: red, blue', 'heading1 address'],
    ...['paragraph street: 12 rue du Lac', 'paragraph city: Annecy', 'heading2 address › geo', 'paragraph lat: 45.90'],
    ...[
      'heading1 lines',
      'table sku\tprice.value\tprice.unit\tsizes\nA-1\t9.50\tEUR\t\nB-2\t12\t\tS, M',
      'heading1 points',
      'table 1\t2\n3\t4',
    ],
    ...[
      'heading2 notes › 1',
      'paragraph text: one',
      'heading2 notes › 2',
      'paragraph deep',
      'heading1 order',
      'paragraph last: end',
    ],
  ])
  expect(blocks.find(({ kind }) => kind === 'table')?.hasHeader).toBe(true)
  expect(end.cut).toEqual([])
})

test('JSON lines are a table, by their name or by how they begin; text that is no JSON to its end is text', async () => {
  for (const name of ['log.jsonl', 'log.txt']) {
    const { begin, blocks } = await readDocument(keeper, name, '{"at": "10:00", "who": "Ann"}\n{"at": "10:05", "who": "Bob"}\n')
    expect([begin.format, ...shape(blocks)]).toEqual(['json', 'table at\twho\n10:00\tAnn\n10:05\tBob'])
  }
  for (const broken of [
    '{"a": 1,}',
    '{"a": "never ends',
    '[1] Smith, The Lease, 2010.',
    '{"a" 1}',
    '{"a": 1} and words',
    '{"a": "\\q"}',
    '[[[',
  ]) {
    const { begin, blocks, end } = await readDocument(keeper, 'a.json', broken)
    expect([begin.format, ...shape(blocks), ...end.cut]).toEqual(['text', `paragraph ${broken}`])
  }
  expect((await readDocument(keeper, 'a.md', '{"a": 1}')).begin.format).toBe('markdown')
})

test('XML: data as names with values and tables, attributes with their words, no namespaces', async () => {
  const content = `<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE o SYSTEM "http://example.org/o.dtd" [<!ENTITY x "ha"> ]>
    <o:order xmlns:o="http://example.org/o" number="17"><!-- not shown --><o:customer>M\xfcller &amp; Co</o:customer>
    <total currency="EUR">1,250.00</total><item sku="A-1"><name>Pump</name><qty>2</qty></item><item sku="B-2"><name>Valve</name><qty>5</qty></item>
    <comment><![CDATA[a < b]]></comment></o:order>`
  const { begin, blocks } = await readDocument(keeper, 'order.xml', Buffer.from(content, 'latin1'))
  expect(begin.format).toBe('xml')
  expect(shape(blocks)).toEqual([
    ...['paragraph number: 17', 'paragraph customer: Müller & Co', 'paragraph total: 1,250.00 (currency: EUR)', 'heading1 item'],
    ...['table sku\tname\tqty\nA-1\tPump\t2\nB-2\tValve\t5', 'heading1 order', 'paragraph comment: a < b'],
  ])
})

test('XML: documents as their titles and paragraphs, with what stands in a sentence', async () => {
  const prose = 'The notice period is three months, counted from the end of the month.'
  const content = `<?xml version="1.0"?><article><title>Lease</title><section id="s1"><title>Notice</title><para>${prose}</para>
    <para>See <b>H<sub>2</sub>O</b> there.</para></section><section><title>Rent</title><para>${prose}</para><para>Short.</para></section></article>`
  const { begin, blocks } = await readDocument(keeper, 'a', content)
  expect(begin).toMatchObject({ format: 'xml', title: 'Lease' })
  expect(shape(blocks)).toEqual([
    ...['paragraph Lease', 'heading2 Notice', 'paragraph id: s1', `paragraph ${prose}`, 'paragraph See H2O there.'],
    ...['heading2 Rent', `paragraph ${prose}`, 'paragraph Short.'],
  ])
})

test.each([
  [
    'UTF-16 with a mark',
    Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a><b>Été</b></a>', 'utf16le'),
    ]),
  ],
  ['UTF-16 in name only', Buffer.from('<?xml version="1.0" encoding="utf-16"?><a><b>Été</b></a>')],
  ['a mark against the declaration', Buffer.from('\ufeff<?xml version="1.0" encoding="windows-1251"?><a><b>Été</b></a>')],
])('XML in %s', async (_what, bytes) => {
  expect(shape((await readDocument(keeper, 'a.xml', bytes)).blocks)).toEqual(['paragraph b: Été'])
})

test('entities that multiply, or that stand for files and addresses, stay what they are', async () => {
  const entities = Array.from({ length: 30 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`).join('')
  const content = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha>]"><!ENTITY f SYSTEM "file:///etc/passwd">${entities}]><a><b>&e30;</b><c>&f; kept</c></a>`
  expect(shape((await readDocument(keeper, 'a.xml', content)).blocks)).toEqual(['paragraph b: &e30;', 'paragraph c: &f; kept'])
})

test('hostile JSON and XML end, in bounded memory, and say what was left out', async () => {
  const read = async (name: string, content: string): Promise<[format: string, cut: string[]]> => {
    const { begin, end } = await readDocument(keeper, name, content)
    return [begin.format, end.cut.toSorted()]
  }
  const deep = 300_000
  expect(await read('a.json', `${'['.repeat(deep)}${']'.repeat(deep)}`)).toEqual(['json', ['cells']])
  expect(await read('a.json', `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`)).toEqual(['json', ['cells']])
  expect(await read('a.json', `[${'{},'.repeat(1_000_000)}1]`)).toEqual(['json', ['cells']])
  expect(await read('a.json', `["${'\\\\'.repeat(1_000_000)}"]`)).toEqual(['json', []])
  const values = byLength({ short: 600_000, full: 8_000_000 })
  expect(await read('a.json', `[${'"x",'.repeat(values)}"y"]`)).toEqual(['json', ['cells', 'text']])
  expect(await read('a.xml', `<a>${'<b>'.repeat(deep)}`)).toEqual(['xml', ['text']])
  expect(await read('a.xml', `<a>${'<b c="d"/>'.repeat(700_000)}</a>`)).toEqual(['xml', ['cells']])
  expect(await read('a.xml', `<?xml version="1.0"?><!DOCTYPE a [${'<!ENTITY x "y">'.repeat(500_000)}`)).toEqual(['xml', []])
  expect(await read('a.xml', `<a ${Array.from({ length: 300_000 }, (_, at) => `a${at}="b"`).join(' ')}/>`)).toEqual(['xml', []])
})
