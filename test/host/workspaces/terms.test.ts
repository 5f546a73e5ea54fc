/** Terms: what a passage is found by. A question must meet it in whatever language either was taken for. */
import { describe, expect, test } from 'vitest'
import { queryTermsOf, termsOf } from '../../../electron/host/workspaces/text/terms.ts'
import { growth } from '../../fixtures/growth.ts'

/** Terms that a question and a passage share. */
function meeting(
  question: string,
  passage: string,
  language: string | null,
  languages: (string | null)[] = ['en', 'fr'],
): string[] {
  const there = new Set(termsOf(passage, language))
  return queryTermsOf(question, languages).filter((term) => there.has(term))
}

test.each([
  ['fr', "Le bail peut être résilié par l'occupant, qu'il habite ou non les lieux.", 'bail resili occup habit non lieux'],
  ['en', "The tenant's lease may be terminated; it isn't renewed.", 'tenant leas termin renew'],
  ['en', 'abortion additions accordingly', 'abort addit accord'],
  ['de', 'Die Kündigungen der Verträge', 'kundig vertrag'],
  ['pl', 'Umowa została wypowiedziana', 'umowa zosta\u0142a wypowiedziana'.replace('\u0142', 'l')],
  ['fr', 'ŒUVRE d’art, cœur', 'oeuvr art coeur'],
])('%s: %s', (language, text, terms) => {
  expect(termsOf(text, language).join(' ')).toBe(terms)
})

describe('numbers and codes', () => {
  test.each([
    ['article L145-14', 'Selon l’article L. 145-14 du code'],
    ['L.145-14', "l'article L145-14"],
    ['12500 euros', 'un loyer de 12 500 €'],
    ['12 500', 'a rent of 12,500'],
    ['12,500', 'a rent of 12,500² a year'],
    ['200 m2', 'a floor of 200 m²'],
    ['12500', 'a rent of 12.500,50'],
    ['3,5 %', 'a rate of 3.5 %'],
    ['31 mars 2028', 'jusqu’au 31/03/2028'],
    ['2016/679', 'Règlement (UE) 2016/679'],
    ['COVID 19', 'COVID-19'],
    ['5 mg', 'one tablet of 5mg'],
    ['1er janvier', 'le 1 janvier'],
    ['3rd floor', 'floor 3'],
    ['H1N1', 'the h1n1 virus'],
    ['№ 45', 'n° 45'],
  ])('"%s" finds "%s"', (question, passage) => {
    for (const language of ['en', 'fr', null]) {
      const digits = termsOf(question, 'en').filter((term) => /\d/.test(term))
      expect(
        meeting(question, passage, language).some((term) => digits.includes(term)),
        String(language),
      ).toBe(true)
    }
  })

  test('the whole of a code says more than its parts (bug: 145-14 found wherever 14 stands)', () => {
    expect(meeting('L145-14', 'L. 145-14', 'fr')).toContain('145-14')
    expect(meeting('L145-14', 'L. 145-15, 14 jours', 'fr')).not.toContain('145-14')
    expect(termsOf('31/03/2028', 'fr')).toEqual(['31-3-2028', '31', '3', '2028'])
  })

  test('an amount is no year with a number behind it (bug: "2027 300 000" read as one)', () => {
    expect(termsOf('le 15 mars 2027 300 000 euros', 'fr')).toContain('2027')
    expect(termsOf('le 15 mars 2027 300 000 euros', 'fr')).toContain('300000')
  })
})

describe('a question meets its passage', () => {
  test('when its language is guessed wrongly or not at all', () => {
    expect(meeting('résiliation anticipée', 'La résiliation du bail est anticipée.', 'fr')).toEqual(['resili', 'anticip'])
    expect(meeting('termination notices', 'A notice of termination', 'en')).toEqual(['termin', 'notic'])
    expect(meeting('termination notices', 'A notice of termination', null)).toEqual(['termin', 'notic'])
    expect(meeting('Kündigung', 'Die Kündigungen der Verträge', 'de', ['de', null])).toEqual(['kundig'])
  })

  test('when it is typed without accents', () => {
    for (const [typed, written] of [
      ['activites', 'activités'],
      ['acces', 'accès'],
      ['employes', 'employés'],
      ['donnees', 'données'],
      ['confidentialite', 'confidentialité'],
      ['resiliation', 'résiliation'],
    ]) {
      expect(meeting(typed!, written!, 'fr'), typed).not.toEqual([])
    }
  })

  test('stop words are those of its own language (bug: "car" in English dropped as the French "because")', () => {
    expect(queryTermsOf('What does the company car policy say?', ['en', 'fr'])).toContain('car')
    expect(queryTermsOf('Quelle est la durée de la période ?', ['en', 'fr'])).not.toContain('la')
  })

  test('a question of nothing but stop words is still asked', () => {
    expect(queryTermsOf('Who is it?', ['en'])).not.toEqual([])
    expect(queryTermsOf('', ['en', 'fr'])).toEqual([])
  })
})

test('writing without spaces is found by its pairs', () => {
  expect(termsOf('契約解除', 'zh')).toEqual(['契約', '約解', '解除'])
  expect(meeting('解除', '契約の解除について', 'ja', ['ja'])).toEqual(['解除'])
})

test('terms have nothing that FTS5 would read as syntax', () => {
  const odd = `a"b' OR NEAR(x) * ^c {d}: -e "f" 1"2 x\u0000y ﬁn \u202eabc Ⅳ ½ ① ٣٤`
  for (const term of [...termsOf(odd, null), ...queryTermsOf(odd, ['en', 'fr', null])]) expect(term).toMatch(/^[\p{L}\p{N}-]+$/u)
})

test.each([
  ['sentences', "L'article L. 145-14 du 31/03/2028, 12 500,50 € ; the tenant's notice-period/term. ", 8_000],
  ['one endless code', 'a-', 400_000],
  ['one endless number', '1 000 ', 200_000],
  ['one endless word', 'é', 800_000],
])('time grows with the text, not with its square: %s', async (_name, piece, times) => {
  expect(await growth((amount) => void termsOf(piece.repeat(amount), null), times)).toBeLessThan(10)
})
