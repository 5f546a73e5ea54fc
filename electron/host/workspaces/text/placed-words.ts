/** The words of a text as it is written, each at its place, by the same notion of a word as terms.ts: for marking what was found. */
import { normalised, searchedWords, type SearchedWord, type WordForms } from './terms.ts'

/** What stands between spaces, numbers with spaces in them whole. What goes on without a space is taken in parts. */
const segments = /\S{1,2000}(?:(?<=\p{Nd})[ \u00a0\u202f\u2009](?=\d{3}(?!\p{N}))\S{1,2000})*/gu

/** The parts of a text in order, and where each begins. No word goes over two of them. */
export function* segmentsOf(text: string): Generator<[segment: string, at: number]> {
  for (const { 0: segment, index } of text.matchAll(segments)) yield [segment, index]
}

/** The words of such a part in order; `start` and `end` are UTF-16 units of it as it is written. */
export function placedWords(segment: string, forms: WordForms): SearchedWord[] {
  const small = normalised(segment)
  const placeOf = placesOf(segment, small)
  return [...searchedWords(small, forms)].map((word) => ({ ...word, start: placeOf(word.start), end: placeOf(word.end) }))
}

/** Where each unit of the normalised text comes from. */
function placesOf(written: string, small: string): (at: number) => number {
  if (written.length === small.length) return (at) => at
  // Letter by letter, each with its marks: what becomes one letter or several keeps the place where it began.
  const starts: number[] = []
  let letters = ''
  for (const { 0: letter, index } of written.matchAll(/\P{M}?\p{M}*/gsu)) {
    const made = letter.normalize('NFKC').toLowerCase()
    for (let unit = 0; unit < made.length; unit++) starts.push(index)
    letters += made
  }
  // Spaces in numbers are gone, and one came before the mark of a note.
  const places: number[] = []
  let from = 0
  for (const unit of letters.length === small.length ? '' : small.split('')) {
    while (from < letters.length && letters[from] !== unit && unit !== ' ') from++
    places.push(starts[from] ?? written.length)
    if (letters[from] === unit) from++
  }
  const known = letters.length === small.length ? starts : places
  return (at) => known[at] ?? written.length
}
