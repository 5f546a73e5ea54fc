/** Both dictionaries, sentence by sentence: typography, completeness of what types cannot see, and facts that go missing. */
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../contract/errors.ts'
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
function sentences(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') {
    return [1, 2000, 'Llama'].flatMap((argument) => {
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
    key === 'format' || key === 'errors' ? [] : sentences(entry, path ? `${path}.${key}` : key),
  )
}

function errors(dictionary: typeof en): [string, string][] {
  return errorCodes.flatMap((code): [string, string][] => [
    [`errors.${code}`, dictionary.errors[code](troubleFacts(facts))],
    [`errors.${code} without facts`, dictionary.errors[code](troubleFacts())],
  ])
}

const french = [...sentences(fr), ...errors(fr)]
const english = [...sentences(en), ...errors(en)]
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
  it('puts a no-break space before : ; ! ?', () => expect(wrong(french, /(?:^|[^\u00A0\u202F])[:;!?](?=\s|$)/)).toEqual([]))
  it('puts no-break spaces inside « »', () => expect(wrong(french, /«[^\u00A0\u202F]|[^\u00A0\u202F]»/)).toEqual([]))
  it('has no English quotes and no three dots', () => expect(wrong(french, /[“”]|\.\.\./)).toEqual([]))
  it('says vous', () => expect(wrong(french, /(?<!\p{L})(?:tu|toi|ton|tes|ta)(?!\p{L})/iu)).toEqual([]))
})

describe('English', () => {
  const own = english.filter(([path]) => path !== 'welcome.language.french')
  it('has curly quotes only', () => expect(wrong(own, /['"]/)).toEqual([]))
  it('has no space before punctuation and no three dots', () => expect(wrong(own, /\s[:;!?,](?=\s|$)|\.\.\./)).toEqual([]))
})

describe.each([
  ['English', english],
  ['French', french],
])('%s', (_, all) => {
  it('never shows what a program says when something is missing', () =>
    expect(wrong(all, /\bundefined\b|\bnull\b|\bNaN\b|\[object/)).toEqual([]))
  it('ends no sentence with a space and doubles none', () => expect(wrong(all, /^\s|\s$|\S {2}\S/)).toEqual([]))
})

it('is translated: long sentences differ', () => {
  const said = new Map(english)
  const same = french.filter(
    ([path, sentence]) => sentence.length > 24 && said.get(path) === sentence && !path.startsWith('welcome.language.'),
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
