// Marks in an answer, however a model writes them and however its tokens cut them.
import { describe, expect, test } from 'vitest'
import { CitationMarks } from '../../../electron/host/chat/sources/citation-marks.ts'

const given = new Set([1, 2, 3, 12])
function said(pieces: string[]): string {
  const marks = new CitationMarks(given)
  return pieces.map((piece) => marks.push(piece)).join('') + marks.flush()
}

describe('what models write becomes one way of writing', () => {
  test.each([
    ['Three months [1].', 'Three months [1].'],
    ['Three months [1, 2].', 'Three months [1][2].'],
    ['Three months [1][2].', 'Three months [1][2].'],
    ['Three months [1; 2 and 3].', 'Three months [1][2][3].'],
    ['Trois mois [1 et 2].', 'Trois mois [1][2].'],
    ['Three months [1-3].', 'Three months [1][2][3].'],
    ['Three months【1】.', 'Three months[1].'],
    ['Three months【2†L3-L5】.', 'Three months[2].'],
    ['Three months [source 1].', 'Three months [1].'],
    ['Three months [Source: 1, Source 2].', 'Three months [1][2].'],
    ['Three months (source 2).', 'Three months [2].'],
    ['Trois mois [réf. 3].', 'Trois mois [3].'],
    ['Three months [^1].', 'Three months [1].'],
    ['Three months [1, p. 3].', 'Three months [1].'],
    ['Three months [1: Lease.pdf].', 'Three months [1].'],
  ])('%s', (written, wanted) => expect(said([written])).toBe(wanted))
})

describe('a mark that points at nothing goes (bug: a number that opens nothing, or another answer’s source)', () => {
  test.each([
    ['Three months [7].', 'Three months.'],
    ['Three months [7] at least.', 'Three months at least.'],
    ['Three months [1, 99].', 'Three months [1].'],
    ['Three months [0].', 'Three months.'],
    ['【99】', ''],
  ])('%s', (written, wanted) => expect(said([written])).toBe(wanted))
})

describe('what is no mark stays', () => {
  test.each([
    'A year [2023] and a word [sic] and (1) a list.',
    'A box [ ] and [12 months] and [see annex 4].',
    '`a[7]` is code, and so is\n```\nlist[8] = [9]\n```\n',
    'An open [ bracket that never ends, over a long stretch of text which goes on and on and on, and further still [7',
    'Spaces   and\ttabs  .  ',
    'A | table [x](y) (source of trouble) (see [note])',
  ])('%s', (written) => expect(said([written])).toBe(written))

  test('code in a line that was never closed ends with the line (bug: all marks after a stray backtick stay as they are)', () => {
    expect(said(['a ` b [7]\nthen [7] c'])).toBe('a ` b [7]\nthen c')
  })
})

test('a mark is never a link of Markdown (bug: a hostile document makes [1] open an address)', () => {
  expect(said(['See [1](https://evil.example/x) now'])).toBe('See [1] (https://evil.example/x) now')
  expect(said(['Text [1].\n\n[1]: https://evil.example/x'])).toBe('Text [1].\n\n[1] : https://evil.example/x')
})

test('cut at every place and into single characters it comes out the same (bug: “[1” and “2]” in two tokens)', () => {
  const written = 'One [1, 2], two【12†a】 (source 3) `x[9]` [99]. [open\n```\na[7]\n```\nlast [1](u) [sic] [12'
  const whole = said([written])
  expect(whole).toBe('One [1][2], two[12] [3] `x[9]`. [open\n```\na[7]\n```\nlast [1] (u) [sic] [12')
  for (let cut = 0; cut <= written.length; cut++) expect(said([written.slice(0, cut), written.slice(cut)])).toBe(whole)
  expect(said(Array.from(written))).toBe(whole)
})

test('text without brackets is not held back (bug: words that come late)', () => {
  const marks = new CitationMarks(given)
  expect(marks.push('Three months')).toBe('Three months')
  expect(marks.push(' [1')).toBe('')
  expect(marks.push('2]')).toBe('')
  expect(marks.push('.')).toBe(' [12].')
})
