/** Passages: exact, in order, complete, neither too long nor needlessly short, and linear in the text's length. */
import { describe, expect, test } from 'vitest'
import { blockGap, type TextBlock, type TextPlace } from '../../../contract/text-place.ts'
import { splitPassages } from '../../../electron/host/workspaces/text/passages.ts'
import { estimateTokens } from '../../../electron/host/workspaces/text/token-estimate.ts'
import { growth } from '../../fixtures/growth.ts'
import { byLength } from '../../fixtures/test-length.ts'

const paragraph = (number: number): TextPlace => ({ kind: 'paragraph', paragraph: number })

function block(kind: TextBlock['kind'], text: string, more: Partial<TextBlock> = {}): TextBlock {
  return {
    kind,
    level: kind === 'heading' ? 1 : 0,
    text,
    hasHeader: false,
    places: [{ start: 0, place: paragraph(1) }],
    confidence: null,
    ...more,
  }
}

const textOf = (blocks: readonly TextBlock[]): string => blocks.map(({ text }) => text).join(blockGap)
const french =
  "Le bailleur peut résilier le bail au terme de chaque période de trois ans, avec un préavis de six mois donné par acte d'huissier. "
const english =
  'The tenant may terminate this lease by giving three months notice in writing to the landlord before the end of the term. '

/** What always holds, whatever the document. */
async function check(blocks: readonly TextBlock[]): Promise<void> {
  const text = textOf(blocks)
  let end = 0
  for (const passage of await splitPassages(blocks)) {
    expect(passage.text).toBe(text.slice(passage.start, passage.end))
    expect(passage.start).toBeGreaterThanOrEqual(end)
    expect(passage.text).not.toBe('')
    expect(text.slice(end, passage.start).trim()).toBe('')
    expect(passage.searchText.endsWith(passage.text)).toBe(true)
    // A word without end that had to be cut is reckoned at less in its pieces.
    expect(estimateTokens(passage.searchText)).toBeLessThanOrEqual(780)
    expect(passage.text.isWellFormed()).toBe(text.isWellFormed() || passage.text.isWellFormed())
    end = passage.end
  }
  expect(text.slice(end).trim()).toBe('')
}

describe('offsets', () => {
  test('are exact over any blocks (bug: text shifted, doubled or lost)', async () => {
    let seed = 11
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
    const words = [
      'bail',
      'M.',
      'art. 5',
      'La',
      'fin.',
      'x\ty',
      '\n',
      '\n\n',
      ' ',
      '契約。',
      '😀',
      'é',
      '12 500',
      ';',
      'a'.repeat(700),
      '😀'.repeat(300),
      '|',
      '- ',
    ]
    const kinds = ['heading', 'paragraph', 'list_item', 'table', 'code'] as const
    for (let round = 0; round < byLength({ short: 12, full: 60 }); round++) {
      const blocks = Array.from({ length: 1 + random(12) }, () => {
        const kind = kinds[random(5)]!
        const text = Array.from({ length: 1 + random(random(6) === 0 ? 600 : 30) }, () => words[random(words.length)]).join(
          random(2) ? ' ' : '',
        )
        return block(kind, text || 'x', {
          level: kind === 'heading' ? 1 + random(6) : 0,
          hasHeader: kind === 'table' && random(2) === 0,
          places: [{ start: 0, place: random(3) ? paragraph(1) : { kind: 'slide', slide: 1 + random(3) } }],
        })
      })
      await check(blocks)
    }
  })

  test.each(['', ' ', '\n\n', '\u00a0'])('white space alone makes no passage: %j', async (text) => {
    expect(await splitPassages(text === '' ? [] : [block('paragraph', text)])).toEqual([])
  })
})

describe('size', () => {
  test.each([french, english])('long prose is parted evenly, at sentences: %s', async (sentence) => {
    const passages = await splitPassages([block('paragraph', sentence.repeat(60).trim())])
    const words = passages.map(({ text }) => text.split(/\s+/).length)
    expect(Math.min(...words)).toBeGreaterThan(80)
    expect(Math.max(...words)).toBeLessThan(190)
    for (const { text } of passages) expect(text.endsWith('.')).toBe(true)
  })

  test('a paragraph that fits is not cut when its neighbour could be the border', async () => {
    const blocks = [3, 3, 3, 3, 3, 3].map((times) => block('paragraph', french.repeat(times).trim()))
    for (const { text } of await splitPassages(blocks))
      for (const part of text.split(blockGap)) expect(part).toBe(french.repeat(3).trim())
  })

  test.each([french, english])(
    'a section that the embedder takes is not cut, a longer one into equal parts (bug: an abstract in halves): %s',
    async (sentence) => {
      const most = Math.floor(650 / estimateTokens(sentence))
      const section = (times: number): TextBlock[] => [
        block('paragraph', sentence.repeat(Math.ceil(times / 2)).trim()),
        block('paragraph', sentence.repeat(Math.floor(times / 2)).trim()),
      ]
      expect(await splitPassages(section(most))).toHaveLength(1)
      const cut = (await splitPassages(section(most + 2))).map(({ text }) => text.length)
      expect(cut.length).toBeGreaterThan(1)
      expect(Math.min(...cut) / Math.max(...cut)).toBeGreaterThan(0.6)
    },
  )

  test('the headings that are said before a section count with it', async () => {
    const title = block('heading', 'The general conditions of letting and hiring '.repeat(4).trim())
    const text = block('paragraph', english.repeat(Math.floor(640 / estimateTokens(english))).trim())
    expect(await splitPassages([text])).toHaveLength(1)
    const under = await splitPassages([
      title,
      block('paragraph', english.repeat(30)),
      block('heading', 'Ending', { level: 2 }),
      text,
    ])
    for (const { searchText } of under) expect(estimateTokens(searchText)).toBeLessThanOrEqual(661)
    expect(under.filter(({ headings }) => headings.at(-1) === 'Ending').length).toBeGreaterThan(1)
  })

  test('short clauses are joined, a title goes with what it introduces (bug: passages of one word)', async () => {
    const blocks = [
      block('heading', 'Bail commercial'),
      block('heading', 'Durée', { level: 2 }),
      block('paragraph', 'Neuf ans.'),
      block('heading', 'Loyer', { level: 2 }),
      block('paragraph', french.repeat(4).trim()),
    ]
    const [first] = await splitPassages(blocks)
    expect(first).toMatchObject({ start: 0, end: textOf(blocks).length, headings: ['Bail commercial', 'Durée'] })
  })
})

describe('headings', () => {
  const blocks = [
    block('heading', 'Bail'),
    block('heading', 'Durée', { level: 2 }),
    block('paragraph', french.repeat(24).trim()),
    block('heading', 'Loyer', { level: 2 }),
    block('paragraph', french.repeat(5).trim()),
  ]
  test('are the ones it stands under, said again only where they are not read', async () => {
    const passages = await splitPassages(blocks)
    expect(passages.map(({ headings }) => headings.at(-1))).toEqual([
      ...Array<string>(passages.length - 1).fill('Durée'),
      'Loyer',
    ])
    expect(passages[0]?.searchText).toBe(passages[0]?.text)
    expect(passages[1]?.searchText.startsWith('Bail › Durée\n')).toBe(true)
    expect(passages.at(-1)?.searchText.startsWith('Bail\nLoyer')).toBe(true)
  })

  test('that are endless leave room for the text', () =>
    check([block('heading', 'mot '.repeat(900)), block('paragraph', french.repeat(20))]))
})

describe('tables', () => {
  const rows = (count: number): string =>
    ['Lot\tLoyer\tSurface', ...Array.from({ length: count }, (_, row) => `Lot ${row}\t${row * 37} €\t${row + 20} m²`)].join('\n')

  test('are whole where they fit', async () => {
    const passages = await splitPassages([
      block('paragraph', french.repeat(4).trim()),
      block('table', rows(12), { hasHeader: true }),
    ])
    expect(passages.filter(({ text }) => text.includes(rows(12)))).toHaveLength(1)
  })

  test('are cut at rows, and the header is said again in what is searched, never in the text', async () => {
    const passages = await splitPassages([block('table', rows(200), { hasHeader: true })])
    expect(passages.length).toBeGreaterThan(4)
    for (const [index, { text, searchText }] of passages.entries()) {
      for (const line of text.split('\n')) expect(line).toMatch(/^Lot.*m²$|^Lot\tLoyer\tSurface$/)
      expect(searchText).toBe(index === 0 ? text : `Lot\tLoyer\tSurface\n${text}`)
    }
  })

  test('without a header repeat none; one endless row is cut at its cells', async () => {
    for (const { text, searchText } of await splitPassages([block('table', rows(200))])) expect(searchText).toBe(text)
    await check([block('table', `${'cellule longue\t'.repeat(900)}\n${rows(3)}`, { hasHeader: true })])
  })
})

describe('places', () => {
  const box = (y: number) => ({ x: 0, y, width: 1, height: 0.01 })
  test('are where it begins, with the boxes of its lines on that page and no other', async () => {
    const line = `${french}\n`
    const places = Array.from({ length: 40 }, (_, index): TextBlock['places'][number] => ({
      start: index * line.length,
      place: { kind: 'page', page: 1 + Math.floor(index / 10), boxes: [box((index % 10) / 10)] },
    }))
    const seen = new Set<string>()
    for (const { place, start, end } of await splitPassages([block('paragraph', line.repeat(40), { places })])) {
      const first = Math.floor(start / line.length)
      const inside = places.filter((part, index) => index >= first && part.start < end)
      const page = 1 + Math.floor(first / 10)
      expect(place).toEqual({
        kind: 'page',
        page,
        boxes: inside.flatMap((part) => (part.place.kind === 'page' && part.place.page === page ? part.place.boxes : [])),
      })
      seen.add(`${page}`)
    }
    expect(seen.size).toBe(4)
  })

  test('no passage goes from one slide to the next', async () => {
    const slide = (number: number): TextBlock =>
      block('paragraph', 'Deux mots', { places: [{ start: 0, place: { kind: 'slide', slide: number } }] })
    expect((await splitPassages([slide(1), slide(2), slide(2)])).map(({ place }) => place)).toEqual(
      [slide(1), slide(2)].map(({ places }) => places[0]!.place),
    )
  })
})

describe('language', () => {
  test('is each passage’s own in a document of two', async () => {
    const passages = await splitPassages([
      block('heading', 'A'),
      block('paragraph', french.repeat(4)),
      block('heading', 'B'),
      block('paragraph', english.repeat(4)),
    ])
    expect(passages.map(({ language }) => language)).toEqual(['fr', 'en'])
  })

  test('is the document’s where the passage is too short to say (bug: a list of names taken for Dutch)', async () => {
    const passages = await splitPassages([
      block('heading', 'Objet'),
      block('paragraph', french.repeat(8)),
      block('heading', 'Van de Velde'),
      block('paragraph', 'Jan van de Velde, Aan de Dam'),
    ])
    expect(passages.at(-1)?.language).toBe('fr')
  })

  test('is null for numbers', async () => {
    const [passage] = await splitPassages([block('paragraph', '12 34 56')])
    expect(passage?.language).toBeNull()
  })
})

test('it can rest after every block and every passage (bug: six hundred pages stop the host for a second)', async () => {
  const blocks = Array.from({ length: 200 }, () => block('paragraph', french.repeat(4).trim()))
  let rests = 0
  const rested = await splitPassages(blocks, () => {
    rests++
    return Promise.resolve()
  })
  expect(rests).toBe(200 + rested.length)
  expect(rested).toEqual(await splitPassages(blocks))
})

test.each([
  ['one paragraph', french, 12_000],
  ['no place to cut', 'a', 400_000],
  ['no place to cut, with accents', 'e\u0301', 400_000],
  ['lines', 'mot\n', 200_000],
  ['marks', ';', 200_000],
])('time grows with the text, not with its square: %s', async (_name, piece, times) => {
  expect(await growth((amount) => splitPassages([block('paragraph', piece.repeat(amount))]), times)).toBeLessThan(10)
})

test('time grows with the number of blocks, not with its square', async () => {
  const many = (count: number): TextBlock[] =>
    Array.from({ length: count }, (_, index) =>
      block(index % 4 ? 'paragraph' : 'heading', french, {
        places: [{ start: 0, place: { kind: 'page', page: index + 1, boxes: [] } }],
      }),
    )
  expect(await growth((amount) => splitPassages(many(amount)), 12_000)).toBeLessThan(10)
})
