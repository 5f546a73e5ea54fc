/** Sentences: what a reader would take for one, in English and French, in prose, lists and Markdown. */
import { describe, expect, test } from 'vitest'
import { sentencesOf } from '../../../electron/host/workspaces/text/sentences.ts'
import { growth } from '../../fixtures/growth.ts'

const cut = (text: string): string[] => sentencesOf(text).map(({ start, end }) => text.slice(start, end))

describe('one sentence each (bug: cut after an abbreviation)', () => {
  test.each([
    'M. Dupont, art. 12 du Code civil, a signé.',
    'Voir p. 3 et pp. 4-5 du bail.',
    'Le prix est de 3.5 M€, soit 12.5 % de plus.',
    'Selon l’art. L. 145-14 du code, le bailleur peut refuser.',
    'Mme Martin et MM. Durand et Petit sont présents, cf. Annexe 2.',
    'Le délai (env. 3 mois, p. ex. pour un bail) est indicatif.',
    'Me. Bernard, av. Foch, tél. 01 42 68 53 00, est mandaté.',
    'See No. 4, Fig. 2 and Sec. IV for details.',
    'Use drugs that lower pressure, e.g. Amlodipine, i.e. Norvasc.',
    'Mr. Smith met Dr. Jones and J. R. Baker at St. Mary.',
    'The U.S. Senate approved it.',
    'Version 1.2.3 of file.txt is at example.org today.',
    'From 9 a.m. to 5 p.m. on weekdays.',
    'Le 3 janv. 2024, la société a été dissoute.',
    '« Quoi ? » dit-il en partant.',
    'Il attend… puis il part.',
    'The amount is $1,234.56 in all.',
    '1. Le loyer est payable le 5 du mois.',
    'a) The tenant shall pay.',
    '3.2. Obligations du bailleur',
    'IV. Durée du bail',
  ])('%s', (text) => expect(cut(text)).toEqual([text]))
})

describe('several', () => {
  test.each<[string, string[]]>([
    ['One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
    ['Le bail est signé. M. Dupont paie.', ['Le bail est signé.', 'M. Dupont paie.']],
    ['The answer is no. The tenant stays.', ['The answer is no.', 'The tenant stays.']],
    ['Tell me. Then go.', ['Tell me.', 'Then go.']],
    ['See Appendix B. The tenant pays.', ['See Appendix B.', 'The tenant pays.']],
    ['Voir annexe B. Le bailleur paie.', ['Voir annexe B.', 'Le bailleur paie.']],
    ['Pommes, poires, etc. Le reste suit.', ['Pommes, poires, etc.', 'Le reste suit.']],
    ['Il dit : « Non. » Elle part.', ['Il dit : « Non. »', 'Elle part.']],
    ['He said "Stop!" She did.', ['He said "Stop!"', 'She did.']],
    ['It was 2019. 12 people came.', ['It was 2019.', '12 people came.']],
    ['Est-ce vrai ? Oui.', ['Est-ce vrai ?', 'Oui.']],
    ['第一条。第二条！', ['第一条。', '第二条！']],
    ['Three months.[1] The rent is due. [2][3] It ends.', ['Three months.[1]', 'The rent is due. [2][3]', 'It ends.']],
    ['**Notice.** It is three months [1].', ['**Notice.**', 'It is three months [1].']],
    ['A line that a PDF broke\nin the middle. Another.', ['A line that a PDF broke\nin the middle.', 'Another.']],
    ['# Title\nFirst words\n\nSecond', ['# Title', 'First words', 'Second']],
    [
      'These:\n- one thing\n- another\n  still it\n1. First\n2) Second',
      ['These:', '- one thing', '- another\n  still it', '1. First', '2) Second'],
    ],
    ['| a | b |\n|---|---|\n| 1. Un | 2 |\nAfter', ['| a | b |', '|---|---|', '| 1. Un | 2 |', 'After']],
    ['Code:\n```\na. B. C.\n\nD\n```\nAfter it.', ['Code:', '```\na. B. C.\n\nD\n```', 'After it.']],
  ])('%j', (text, sentences) => expect(cut(text)).toEqual(sentences))
})

test('nothing but white space is left out, and nothing comes twice', () => {
  const pieces = [
    'a',
    'B',
    '.',
    ' ',
    '\n',
    '!',
    '»',
    '[1]',
    '1.',
    '- ',
    '```',
    '|',
    '#',
    '…',
    'é',
    '。',
    '\n\n',
    "'",
    '"',
    '5',
    'art.',
    'M.',
  ]
  let seed = 7
  for (let round = 0; round < 2_000; round++) {
    const text = Array.from({ length: 40 }, () => pieces[(seed = (seed * 48_271) % 2_147_483_647) % pieces.length]).join('')
    let end = 0
    for (const sentence of sentencesOf(text)) {
      expect(text.slice(end, sentence.start).trim()).toBe('')
      expect(text.slice(sentence.start, sentence.end)).toBe(text.slice(sentence.start, sentence.end).trim())
      expect(sentence.end).toBeGreaterThan(sentence.start)
      end = sentence.end
    }
    expect(text.slice(end).trim()).toBe('')
  }
})

test.each([
  ['prose', 'M. Dupont, art. 12 du Code civil, a signé. Voir p. 3. It is 3.5 e.g. Fine!\n', 60_000],
  ['dots', '.', 4_000_000],
  ['dots apart', '. ', 1_000_000],
  ['white space', ' ', 4_000_000],
  ['line breaks', '\n', 2_000_000],
  ['quotes', '."', 1_000_000],
  ['marks', '. [1', 800_000],
  ['fences', '```\n', 600_000],
])('time grows with the text, not with its square: %s', async (_name, piece, times) => {
  expect(await growth((amount) => void sentencesOf(piece.repeat(amount)), times)).toBeLessThan(10)
})
