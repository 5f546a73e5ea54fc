/** What of the catalogue is shown and recommended: on the real catalogue, with invented computers. */
import { describe, expect, it, test } from 'vitest'
import { Catalogue } from '../../contract/catalogue.ts'
import list from '../../resources/catalogue.json' with { type: 'json' }
import {
  any,
  isRecent,
  languagesAndLicences,
  newerFile,
  quantisedBy,
  recommended,
  shownFamilies,
  type CatalogueFilter,
} from '../../renderer/state/catalogue-choice.ts'

const catalogue = Catalogue.parse(list)
const students = catalogue.families.flatMap((family) => family.students)
const none: CatalogueFilter = { query: '', fitting: false, reasoning: false, recent: false, language: any, licence: any }

/** What fits beside a context where this much is free: files of up to four fifths. */
function computer(freeBytes: number) {
  return (id: string) => {
    const { file, parameters } = students.find((student) => student.id === id)!
    const needed = (file?.sizeBytes ?? parameters * 0.61) * 1.25
    return {
      verdict: needed < freeBytes * 0.9 ? ('fits' as const) : needed < freeBytes ? ('tight' as const) : ('too_big' as const),
    }
  }
}

describe('filters', () => {
  const shown = (filter: Partial<CatalogueFilter>, freeBytes = 6e9) =>
    shownFamilies(catalogue, { ...none, ...filter }, computer(freeBytes), 'en').flatMap((family) => family.students)

  it('hide nothing by themselves, not even before it is known what fits', () => {
    expect(shown({}).length).toBe(students.length)
    expect(shownFamilies(catalogue, { ...none, fitting: true }, () => null, 'en').flatMap((one) => one.students)).toEqual(
      students,
    )
  })
  it('keep what has all that was asked for, and leave out the rest', () => {
    const kept = shown({ fitting: true, reasoning: true, recent: true, language: 'fr', licence: 'apache-2.0' })
    expect(kept.map(({ id }) => id)).toContain('qwen3.5-4b-q4_k_m')
    const has = (one: (typeof students)[number]) =>
      computer(6e9)(one.id).verdict !== 'too_big' && one.reasons && isRecent(one, catalogue) && one.languages.includes('fr')
    expect(kept).toEqual(students.filter((one) => has(one) && one.licence === 'apache-2.0'))
  })
  it('find who quantised a file, and words in any letters', () => {
    expect(shown({ query: 'UNSLOTH qwen3.5' }).map(quantisedBy)).toEqual(['unsloth', 'unsloth', 'unsloth', 'unsloth'])
    expect(shown({ query: 'nobody-has-this' })).toEqual([])
  })
  it('offer each language and licence once', () => {
    const { languages, licences } = languagesAndLicences(catalogue)
    expect(new Set(languages).size).toBe(languages.length)
    expect(licences).toContain('mit')
    expect(languages).toContain('fr')
  })
})

it.each([
  ['2026-11', true],
  ['2025-12', true],
  ['2025-11', false],
  ['2026', true],
  ['2025', false],
  [undefined, false],
])('what was published in %s is new in November 2026: %s', (released, expected) => {
  const [student] = students
  if (!student) throw new Error('No student')
  const { id, name } = student
  const one = released === undefined ? { id, name } : { id, name, released }
  expect(isRecent(one, { signedAt: '2026-11-30T00:00:00Z' })).toBe(expected)
})

test('a model has been superseded when the catalogue has another hash under the name it was fetched as', () => {
  const student = students.find(({ id }) => id === 'ministral-3-3b-instruct-q4_k_m')!
  const old = { id: '0'.repeat(64), catalogueId: student.id }
  expect(newerFile(students, old)).toBe(student)
  expect(newerFile(students, { ...old, id: student.file?.sha256 ?? '' })).toBeNull()
  expect(newerFile(students, { ...old, catalogueId: null })).toBeNull()
  expect(newerFile([{ ...student, file: { ...student.file!, sha256: null } }], old)).toBeNull()
})

describe('the one that is recommended', () => {
  const on = (freeBytes: number, withCard: boolean, language: 'en' | 'fr' = 'fr') =>
    recommended(catalogue, computer(freeBytes), { language, withCard })?.id ?? null

  it.each([
    ['a laptop with 8 GB', 4.5e9, false, 'qwen3.5-4b-q4_k_m'],
    ['a laptop with 32 GB, where few of many weights are at work', 31e9, false, 'qwen3.6-35b-a3b-ud-q4_k_m'],
    ['a card with 8 GB', 8.5e9, true, 'qwen3.5-9b-q4_k_m'],
  ])('on %s', (_, freeBytes, withCard, id) => expect(on(freeBytes, withCard)).toBe(id))
  it('is one that talks, is pinned and speaks the language, and none where none fits', () => {
    for (const freeBytes of [1.2e9, 3e9, 6e9, 12e9, 24e9, 100e9])
      for (const withCard of [true, false]) {
        const student = students.find(({ id }) => id === on(freeBytes, withCard))
        if (student)
          expect([student.purpose, student.file?.sha256?.length, student.languages.includes('fr')]).toEqual([undefined, 64, true])
      }
    expect(on(1e8, true)).toBeNull()
  })
})
