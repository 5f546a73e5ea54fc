/** A citation names the page of the words that support its sentence, in both languages (bug: the page on which the passage begins). */
import { describe, expect, test } from 'vitest'
import type { GivenSource, SentenceCheck } from '../../contract/sources.ts'
import type { TextPlace } from '../../contract/text-place.ts'
import { Words } from '../../renderer/i18n/i18n.svelte.ts'
import { spanOf, spansOf } from '../../renderer/state/source-places.ts'

const page = (number: number): TextPlace => ({ kind: 'page', page: number, boxes: [] })
const text = 'The rent is 840 euros. The notice is three months. The keys are two.'
const places = [
  { start: 0, place: page(1) },
  { start: 23, place: page(2) },
  { start: 51, place: page(4) },
]
const source: GivenSource = {
  ...{ number: 1, documentId: 'd', documentName: 'Lease.pdf', headings: [], start: 500, end: 500 + text.length },
  ...{ place: page(1), places, text },
}
const resting = (words: string, number = 1): Pick<SentenceCheck, 'evidence'> => {
  const start = text.indexOf(words)
  return { evidence: { number, start, end: start + words.length } }
}
function said(of: GivenSource, claim: Pick<SentenceCheck, 'evidence'> | null, language: 'en' | 'fr' = 'en'): [string, string] {
  const words = new Words()
  words.speak(language)
  return [words.span(spanOf(of, claim)), words.spanHead(spanOf(of, claim), 9)]
}

describe('where the words stand', () => {
  test.each([
    ['The rent is 840 euros.', 'page 1', 'Page 1 of 9', 'Page 1 sur 9'],
    ['The notice is three months.', 'page 2', 'Page 2 of 9', 'Page 2 sur 9'],
    ['The keys are two.', 'page 4', 'Page 4 of 9', 'Page 4 sur 9'],
    ['840 euros. The notice', 'pages 1 to 2', 'Pages 1 to 2', 'Pages 1 à 2'],
  ])('“%s” is %s', (words, place, head, french) => {
    expect(said(source, resting(words))).toEqual([place, head])
    expect(said(source, resting(words), 'fr')[1]).toBe(french)
  })

  test('where nothing is known of the sentence, all that was given is named', () => {
    expect(said(source, null)).toEqual(['pages 1 to 4', 'Pages 1 to 4'])
    expect(said(source, { evidence: null }, 'fr')).toEqual(['pages 1 à 4', 'Pages 1 à 4'])
    expect(said(source, resting('The keys', 2))).toEqual(['pages 1 to 4', 'Pages 1 to 4'])
  })

  test('what an older version kept says what it said', () => {
    const { places: _, ...older } = source
    expect(said(older, resting('The keys are two.'))).toEqual(['page 1', 'Page 1 of 9'])
  })

  test('paragraphs, slides, cells and chapters are named as well', () => {
    const of = (first: TextPlace, last: TextPlace): GivenSource => ({
      ...source,
      places: [
        { start: 0, place: first },
        { start: 23, place: last },
      ],
    })
    const paragraphs = of({ kind: 'paragraph', paragraph: 3 }, { kind: 'paragraph', paragraph: 5 })
    expect(said(paragraphs, null)[0]).toBe('paragraphs 3 to 5')
    expect(said(paragraphs, resting('The notice'), 'fr')[0]).toBe('paragraphe 5')
    const cells = of({ kind: 'sheet', sheet: 'A', cells: 'A1:B1' }, { kind: 'sheet', sheet: 'A', cells: 'A2:B2' })
    expect(said(cells, resting('The notice'))[0]).toBe('sheet “A”, cells A2:B2')
    const mixed = of({ kind: 'section', section: 1, title: 'One' }, { kind: 'section', section: 2, title: 'Two' })
    expect(said(mixed, null)[0]).toBe('section “One”')
  })

  test('a list of sources has each place once, in the order of the document', () => {
    const claims = ['The keys are two.', 'The rent', 'The keys'].map((words) => resting(words))
    expect(spansOf(source, claims).map(({ first }) => first)).toEqual([page(1), page(4)])
    expect(spansOf(source, [resting('The keys', 2)])).toEqual([{ first: page(1), last: page(4) }])
  })
})
