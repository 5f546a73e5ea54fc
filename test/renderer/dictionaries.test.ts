/** Both dictionaries, sentence by sentence: typography, fixed terms, plurals, completeness of what types cannot see, and facts that go missing. */
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../contract/errors.ts'
import { NetworkPurpose } from '../../contract/network.ts'
import type { Language } from '../../contract/settings.ts'
import { consentEnding, consentWords } from '../../electron/host/consent-words.ts'
import { en } from '../../renderer/i18n/en.ts'
import { fr } from '../../renderer/i18n/fr.ts'
import { troubleFacts } from '../../renderer/i18n/trouble-facts.ts'

const facts = {
  triesLeft: 3,
  retryAt: Date.UTC(2026, 10, 23, 9, 42),
  trouble: 'locked',
  reference: 'k7f2',
  name: 'Llama',
  architecture: 'mamba9',
  neededBytes: 5_200_000_000,
  freeBytes: 1_100_000_000,
  totalBytes: 4_000_000_000,
  promptTokens: 9000,
  room: 8192,
  afterMs: 60_000,
  detail: 'no',
  host: 'example.org',
  status: 404,
}

/** Every sentence with its path; functions are called with 1, with 2,000 and with a word, whichever they can take. */
function sentences(value: unknown, path = '', given: readonly (number | string)[] = [1, 2000, 'Llama']): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') {
    return given.flatMap((argument) => {
      try {
        const said: unknown = value(...Array.from({ length: 4 }, () => argument))
        // A word where a number belongs.
        if (argument === 'Llama' && String(said).includes('NaN')) return []
        return typeof said === 'string' ? [[`${path}(${argument})`, said] as [string, string]] : []
      } catch {
        // A number where a word belongs: the next argument fits.
        return []
      }
    })
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, entry]) =>
    key === 'format' || key === 'errors' ? [] : sentences(entry, path ? `${path}.${key}` : key, given),
  )
}

function errors(dictionary: typeof en): [string, string][] {
  return errorCodes.flatMap((code): [string, string][] => [
    [`errors.${code}`, dictionary.errors[code](troubleFacts(facts))],
    [`errors.${code} without facts`, dictionary.errors[code](troubleFacts())],
  ])
}

/** What is asked outside of the page. */
function consent(language: Language): [string, string][] {
  const asked = NetworkPurpose.options.flatMap((purpose): [string, string][] => {
    const words = consentWords({ purpose, host: 'example.org', address: 'https://example.org/', language })
    return [words.title, words.detail, ...words.answers.map((answer) => answer.words)].map((said, index) => [
      `consent.${purpose}.${index}`,
      said,
    ])
  })
  return [...asked, ['consent.done', consentEnding(language, true)], ['consent.over', consentEnding(language, false)]]
}

const french = [...sentences(fr), ...errors(fr), ...consent('fr')]
const english = [...sentences(en), ...errors(en), ...consent('en')]
const sharedWithEnglish = 'welcome.language.english'

function wrong(all: [string, string][], pattern: RegExp): [string, string][] {
  return all.filter(([path, said]) => path !== sharedWithEnglish && pattern.test(said))
}

it('finds the sentences of both languages', () => {
  expect(english.length).toBeGreaterThan(200)
  expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path))
})

describe('French', () => {
  it('has no straight apostrophes and no straight quotes', () => expect(wrong(french, /['"]/)).toEqual([]))
  it('puts a no-break space before :', () => expect(wrong(french, /(?:^|[^\u00A0]):(?=\s|$)/)).toEqual([]))
  // Where a mark is itself what is spoken of, as in « ? », it has no word before it.
  it('puts a narrow one before ; ! ?', () => expect(wrong(french, /(?<!\u202F|«\u00A0|\()[;!?](?=\s|$|\p{P})/u)).toEqual([]))
  it('puts one before %', () => expect(wrong(french, /[^\u00A0]%/)).toEqual([]))
  it('puts no-break spaces inside « »', () => expect(wrong(french, /«[^\u00A0]|[^\u00A0]»/)).toEqual([]))
  it('has no English quotes and no three dots', () => expect(wrong(french, /[“”]|\.\.\./)).toEqual([]))
  it('says vous', () => expect(wrong(french, /(?<!\p{L})(?:tu|toi|ton|tes|ta)(?!\p{L})/iu)).toEqual([]))
})

describe('English', () => {
  const own = english.filter(([path]) => path !== 'welcome.language.french')
  it('has curly quotes only', () => expect(wrong(own, /['"]/)).toEqual([]))
  it('has no space before punctuation and no three dots', () => expect(wrong(own, /\s[:;!?,%](?=\s|$)|\.\.\./)).toEqual([]))
})

/** Paths where distillation is the subject: there a student is one. */
const distillation = /^(?:catalogue|lineage)\./

describe('the fixed terms', () => {
  it('hold in English', () => {
    const banned =
      /\bmachines?\b|passport|ways? of answering|\bpresets?\b|lineage|\bOCR\b|\bsticks?\b|ledger|\bdoors?\b|vouch|embedder|reranker/i
    expect(wrong(english, banned)).toEqual([])
    expect(wrong(english, /\bstudents?\b/i).filter(([path]) => !distillation.test(path))).toEqual([])
  })
  it('hold in French', () => {
    const banned =
      /(?<!\p{L})(?:machines?|passeports?|préréglages?|manières? de répondre|instructions?|lignées?|fiches? d’origine|OCR|appu(?:i|y)\p{L}*|portes?|encodeurs?|reclasseurs?)(?!\p{L})/iu
    expect(wrong(french, banned)).toEqual([])
    expect(wrong(french, /(?<!\p{L})élèves?(?!\p{L})/iu).filter(([path]) => !distillation.test(path))).toEqual([])
  })
  it('tell a USB drive from a key that signs, where both may be meant', () => {
    const bare = /(?<!\p{L})clés?(?! (?:USB|de signature|de confiance|inconnue)| (?:publique|privée))(?!\p{L})/iu
    expect(wrong(french, bare).filter(([path]) => path.startsWith('bundles.'))).toEqual([])
  })
})

describe('plurals', () => {
  /** A sentence without its numbers, so that only the words are compared. */
  const words = (said: string): string => said.replace(/[\d\s.,]+/g, ' ')
  const called = (dictionary: typeof en, argument: number): Map<string, string> =>
    new Map(sentences(dictionary, '', [argument]).map(([path, said]) => [path.replace(/\(.*$/, ''), said]))
  const [enNone, enOne, enMany] = [called(en, 0), called(en, 1), called(en, 2000)]
  const [frNone, frOne, frMany] = [called(fr, 0), called(fr, 1), called(fr, 2000)]
  const inflected = [...enOne].flatMap(([path, one]) => (words(one) === words(enMany.get(path) ?? one) ? [] : [path]))

  /** Shown only where there is something to tell of. */
  const someOnly = new Set(
    [
      'passphrase.tooShort',
      'settings.general.threadCount',
      'chat.thread.leftOut',
      'chat.thread.kept',
      'chat.composer.wouldLeaveOut',
    ].concat(
      ...['documents.removeTitle', 'documents.refused', 'ocr.title'].map((name) => `workspaces.${name}`),
      ...['search.leftOut', 'scope.more', 'empty.all'].map((name) => `sources.${name}`),
      ...['shared', 'threads', 'threadSpeed'].map((name) => `students.${name}`),
      'damagedWorkspace.lost',
    ),
  )

  it('are found', () => expect(inflected.length).toBeGreaterThan(30))
  it('that English has, French has too', () =>
    expect(inflected.filter((path) => words(frOne.get(path) ?? '') === words(frMany.get(path) ?? ''))).toEqual([]))
  it('never call none one, though French counts 0 among its singulars', () => {
    const told = inflected.filter((path) => enNone.get(path) !== enOne.get(path))
    const shown = told.filter((path) => !someOnly.has(path))
    expect(shown.filter((path) => frNone.get(path) === frOne.get(path))).toEqual([])
  })
})

describe.each([
  ['English', english],
  ['French', french],
])('%s', (_, all) => {
  it('keeps a number and its unit on one line', () =>
    expect(
      wrong(
        all,
        /\d (?:ms|s|%|tokens?|tokens\/s|jetons?|jetons\/s|minutes?|secondes?|seconds?|jours|days|[KMG][Bo]|octets|bytes)(?!\p{L})/u,
      ),
    ).toEqual([]))
  it('never shows what a program says when something is missing', () =>
    expect(wrong(all, /\bundefined\b|\bnull\b|\bNaN\b|\[object/)).toEqual([]))
  it('ends no sentence with a space and doubles none', () => expect(wrong(all, /^\s|\s$|\S {2}\S/)).toEqual([]))
})

it('is translated: long sentences differ', () => {
  const said = new Map(english)
  const same = french.filter(
    ([path, sentence]) =>
      sentence.length > 24 &&
      said.get(path) === sentence &&
      !path.startsWith('welcome.language.') &&
      !path.startsWith('workspaces.head.'),
  )
  expect(same).toEqual([])
})

it('writes numbers and sizes as each language does', () => {
  expect(en.format.bytes(491_400_064)).toBe('491\u00A0MB')
  expect(fr.format.bytes(4_900_000_000)).toBe('4,9\u00A0Go')
  expect(en.format.number(8192)).toBe('8,192')
  expect(fr.format.number(8192)).toBe('8\u202F192')
  expect(fr.format.percent(0.43)).toMatch(/^43[\u00A0\u202F]%$/)
  expect(en.format.duration(28_000)).toBe('28\u00A0seconds')
  expect(fr.format.duration(61_000)).toBe('2\u00A0minutes')
})

it('counts as each language does', () => {
  expect([1, 2, 3, 4, 11, 21].map(en.format.ordinal)).toEqual(['1st', '2nd', '3rd', '4th', '11th', '21st'])
  expect([1, 2, 3, 21].map(fr.format.ordinal)).toEqual(['1er', '2e', '3e', '21e'])
  const at = (day: number): number => new Date(2026, 8, day, 9, 42).getTime()
  expect([fr.format.day(at(1)), fr.format.day(at(11)), en.format.day(at(1))]).toEqual([
    '1er septembre 2026',
    '11 septembre 2026',
    '1 September 2026',
  ])
  expect(fr.format.moment(at(1))).toMatch(/^1er septembre 2026\D+09:42$/)
  expect([fr.format.brief(at(1), 'year'), fr.format.brief(at(1), 'ever')]).toEqual(['1er sept.', 'sept. 2026'])
  const none = { zero: 'aucun', one: 'un', other: 'plusieurs' }
  expect([0, 1, 2].map((count) => fr.format.plural(count, none))).toEqual(['aucun', 'un', 'plusieurs'])
  expect(
    [0, 1.5].map((count) => [
      en.format.plural(count, { one: 'a', other: 'b' }),
      fr.format.plural(count, { one: 'a', other: 'b' }),
    ]),
  ).toEqual([
    ['b', 'a'],
    ['b', 'a'],
  ])
})
