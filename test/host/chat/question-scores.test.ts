// The scores of a workspace's test: what counts as right, what a run comes to, and what is called worse.
import { describe, expect, test } from 'vitest'
import { TestQuestion, type QuestionResult } from '../../../contract/question.ts'
import {
  asksTheSame,
  scoreQuestion,
  summarise,
  worseIn,
  type Asked,
} from '../../../electron/host/chat/quality/question-scores.ts'

const question = (change: Partial<TestQuestion> = {}): TestQuestion => ({
  ...{ id: 'q', text: 'How much is the rent?', documentId: null, words: ['840 euros'] },
  ...change,
})
const piece = (documentId: string, text: string): Asked['found'][number] => ({ documentId, text })
const source = (number: number, documentId: string, text: string): Asked['given'][number] => ({ number, documentId, text })
const lease = 'The monthly rent is 840 euros.'

function asked(change: Partial<Asked> = {}): Asked {
  return { found: [], given: [], answer: null, ...change }
}

describe('what is right', () => {
  const rankOf = (expects: Partial<TestQuestion>, ...found: Asked['found']): number | null =>
    scoreQuestion(question(expects), asked({ found })).rank

  test('has every word and comes from the document, where one is named', () => {
    const found = [piece('letter', lease), piece('lease', 'No pets.'), piece('lease', lease)]
    expect(rankOf({}, ...found)).toBe(1)
    expect(rankOf({ documentId: 'lease', words: [] }, ...found)).toBe(2)
    expect(rankOf({ documentId: 'lease' }, ...found)).toBe(3)
    expect(rankOf({ words: ['840 euros', 'pets'] }, ...found)).toBeNull()
    expect(rankOf({ documentId: 'gone', words: [] }, ...found)).toBeNull()
    expect(rankOf({})).toBeNull()
  })

  test.each([
    ['case and accents', 'RÉSILIATION', 'la resiliation du bail'],
    ['kinds of spaces', '39 120', 'soit 39\u202f120 €'],
    ['line ends', 'deux mois', 'dans les deux\nmois'],
    ['apostrophes', "l'année", 'à la fin de l’année'],
    ['hyphens', 'procès-verbal', 'le procès\u2011verbal'],
    ['soft hyphens', 'restitution', 'la resti\u00adtution'],
    ['the plural', 'locataire', 'les locataires'],
    ['a number with its unit', '12', 'art. 12, 12%'],
  ])('does not care about %s', (_what, word, text) => {
    expect(rankOf({ words: [word] }, piece('a', text))).toBe(1)
  })

  test.each([
    ['12', 'in 2012'],
    ['20', 'until 2034'],
    ['840', '18400'],
    ['art. 4', 'art. 42'],
  ])('a number stands by itself: %s is not in “%s”', (word, text) => {
    expect(rankOf({ words: [word] }, piece('a', text))).toBeNull()
  })

  test('a number that goes on in one place may stand in another', () => {
    expect(rankOf({ words: ['12'] }, piece('a', 'In 2012, article 12'))).toBe(1)
  })

  test('what expects nothing is refused: it would be right whatever is found', () => {
    expect(TestQuestion.safeParse(question({ words: [] })).success).toBe(false)
    expect(TestQuestion.safeParse(question({ words: [], documentId: 'lease' })).success).toBe(true)
  })
})

describe('a question', () => {
  test('is sent when what was given is right, joined neighbours and whole documents too', () => {
    const words = ['rent', 'deposit']
    const found = [piece('lease', 'The rent.'), piece('lease', 'The deposit.')]
    const joined = [source(1, 'lease', 'The rent.\n\nThe deposit.')]
    expect(scoreQuestion(question({ words }), asked({ found, given: joined }))).toMatchObject({ rank: null, sent: true })
    expect(scoreQuestion(question(), asked({ found: [piece('lease', lease)], given: [] }))).toMatchObject({
      rank: 1,
      sent: false,
    })
  })

  test('without an answer says nothing of one', () => {
    expect(scoreQuestion(question(), asked())).toMatchObject({ answer: null, cited: null, support: null })
  })

  test('with an answer says which part of the words it has, whether it cites what is right, and what of it is supported', () => {
    const given = [source(1, 'letter', 'Hello.'), source(2, 'lease', lease)]
    const verdicts = (...all: ('supported' | 'partly' | 'not_found' | 'no_claim')[]) => all.map((verdict) => ({ verdict }))
    const score = (text: string, checks = verdicts('supported')) =>
      scoreQuestion(question({ words: ['840 euros', 'monthly rent'] }), asked({ given, answer: { text, checks } }))
    expect(score('It is 840 euros [2].')).toMatchObject({ answer: 0.5, cited: true, support: 1 })
    expect(score('The monthly rent is 840 euros [1].')).toMatchObject({ answer: 1, cited: false })
    expect(score('I do not know.', verdicts('no_claim'))).toMatchObject({ answer: 0, cited: false, support: 0 })
    expect(score('', [])).toMatchObject({ answer: 0, cited: false, support: 0 })
    expect(score('Yes [1][2].', verdicts('supported', 'partly', 'not_found', 'no_claim')).support).toBeCloseTo(1 / 3)
  })

  test('that expects no words has no score for its answer (bug: a full score for whatever was said)', () => {
    const given = [source(1, 'lease', lease)]
    const result = scoreQuestion(
      question({ words: [], documentId: 'lease' }),
      asked({ given, answer: { text: 'Nonsense [1].', checks: [] } }),
    )
    expect(result).toMatchObject({ answer: null, cited: true })
    expect(summarise([result])).toMatchObject({ answer: null, cited: 1, support: 0 })
  })
})

function result(change: Partial<QuestionResult> = {}): QuestionResult {
  return {
    ...{ questionId: 'q', text: 'How much?', documentId: null, words: ['840'], rank: 1, sent: true },
    ...{ answer: null, cited: null, support: null },
    ...change,
  }
}
const answered = (change: Partial<QuestionResult> = {}): QuestionResult =>
  result({ answer: 1, cited: true, support: 1, ...change })

describe('a run', () => {
  test('comes to what was found, the mean reciprocal rank, and means of what was answered', () => {
    expect(
      summarise([
        answered(),
        answered({ rank: 4, answer: 0.5, cited: false, support: 0 }),
        answered({ rank: null, sent: false }),
      ]),
    ).toEqual({ questions: 3, found: 2, meanReciprocalRank: 1.25 / 3, answer: 2.5 / 3, cited: 2, support: 2 / 3 })
  })

  test('that answered nothing has no figures of answers', () => {
    expect(summarise([result(), result({ sent: false, rank: null })])).toEqual({
      ...{ questions: 2, found: 1, meanReciprocalRank: 0.5, answer: null, cited: null, support: null },
    })
  })
})

describe('what got worse', () => {
  const worse = (...runs: QuestionResult[][]) => worseIn(runs.map((results) => ({ results })))
  const isWorse = (before: QuestionResult, now: QuestionResult): boolean => worse([before], [now]).length > 0

  test('is nothing without a run before', () => {
    expect(worse()).toEqual([])
    expect(worse([result({ rank: null, sent: false })])).toEqual([])
  })

  test.each<[string, Partial<QuestionResult>, Partial<QuestionResult>, boolean]>([
    ['found lower', { rank: 1 }, { rank: 2 }, true],
    ['found higher', { rank: 2 }, { rank: 1 }, false],
    ['found no more', { rank: 9, sent: false }, { rank: null, sent: false }, true],
    ['found at last', { rank: null, sent: false }, { rank: 9, sent: false }, false],
    ['sent no more', { sent: true }, { sent: false }, true],
    ['as before', {}, {}, false],
  ])('%s', (_what, before, now, expected) => {
    expect(isWorse(result(before), result(now))).toBe(expected)
    expect(isWorse(answered(before), answered(now))).toBe(expected)
  })

  test.each<[string, Partial<QuestionResult>, boolean]>([
    ['fewer words in the answer', { answer: 0.5 }, true],
    ['the right source no more cited', { cited: false }, true],
    ['less supported', { support: 0.5 }, true],
    ['not answered this time', { answer: null, cited: null, support: null }, false],
  ])('%s', (_what, now, expected) => {
    expect(isWorse(answered(), answered(now))).toBe(expected)
  })

  test('says how it was', () => {
    expect(worse([answered({ rank: 2 })], [answered({ rank: 3, answer: 0 })])).toEqual([
      { questionId: 'q', before: { rank: 2, sent: true, answer: 1, cited: true, support: 1 } },
    ])
  })

  test('a question that asks or expects something else since then is not compared', () => {
    const now = result({ rank: null, sent: false })
    for (const change of [{ text: 'How much is it?' }, { words: ['841'] }, { documentId: 'lease' }, { questionId: 'other' }])
      expect(worse([result(change)], [now])).toEqual([])
    expect(asksTheSame(now, { id: 'q', ...now })).toBe(true)
  })

  test('each is compared with when it was last asked, over runs that had it not', () => {
    const other = result({ questionId: 'other' })
    expect(worse([result()], [other], [other, result({ rank: 3 })])).toMatchObject([{ questionId: 'q', before: { rank: 1 } }])
    expect(worse([result({ rank: 1 })], [result({ rank: 3 })], [result({ rank: 2 })])).toEqual([])
  })

  test('answers are compared with the last ones, over runs that only searched', () => {
    expect(worse([answered()], [result()], [answered({ answer: 0 })])).toMatchObject([{ before: { answer: 1, cited: true } }])
    expect(worse([result()], [answered({ answer: 0, cited: false, support: 0 })])).toEqual([])
  })

  test('what is sent is compared among runs of one kind: who answers has another room for it', () => {
    expect(worse([answered()], [result({ sent: false })])).toEqual([])
    expect(worse([answered()], [result({ sent: false })], [answered({ sent: false })])).toMatchObject([
      { before: { sent: true } },
    ])
  })
})
