/**
 * What is looked for when words are searched: terms without stop words, without endings and accents. Passages and questions go
 * through the same; where a language is not known every form it could have is taken, so that the two meet.
 */
import { stemmer as danish } from '@orama/stemmers/danish'
import { stemmer as dutch } from '@orama/stemmers/dutch'
import { stemmer as finnish } from '@orama/stemmers/finnish'
import { stemmer as french } from '@orama/stemmers/french'
import { stemmer as german } from '@orama/stemmers/german'
import { stemmer as hungarian } from '@orama/stemmers/hungarian'
import { stemmer as italian } from '@orama/stemmers/italian'
import { stemmer as norwegian } from '@orama/stemmers/norwegian'
import { stemmer as portuguese } from '@orama/stemmers/portuguese'
import { stemmer as romanian } from '@orama/stemmers/romanian'
import { stemmer as russian } from '@orama/stemmers/russian'
import { stemmer as spanish } from '@orama/stemmers/spanish'
import { stemmer as swedish } from '@orama/stemmers/swedish'
import { stemmer as turkish } from '@orama/stemmers/turkish'
import english from 'wink-porter2-stemmer'
import { functionWords } from './function-words.ts'
import { languageOf } from './language.ts'

type Stem = (word: string) => string

/** Snowball's algorithms. English is another package's: the one of `@orama/stemmers` stems "abortion" to "abor". */
const stemmers: ReadonlyMap<string, Stem> = new Map(
  Object.entries({
    ...{ en: english, fr: french, de: german, es: spanish, it: italian, pt: portuguese, nl: dutch, sv: swedish, da: danish },
    ...{ no: norwegian, fi: finnish, ro: romanian, hu: hungarian, tr: turkish, ru: russian },
  }),
)
/** What an unknown language may be: the two that most documents here are in. */
const likely = ['en', 'fr']
/** Words whose forms are kept at once. */
const mostForms = 20_000
/** UTF-16 units of a term; what is longer is no word that somebody would look for. */
const longest = 40

/** Words and codes with what may stand inside them: `l'article`, `L.145-14`, `31/03/2028`, `12,5`. */
const runs = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[-‐‑‒–./,:'’_][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*/gu
/** `12 500` and `1'250'000`, with whatever space is between. */
const spacedNumber = /(?<![\p{L}\p{N}.,])\d{1,3}(?:[ \u00a0\u202f\u2009']\d{3})+(?!\p{N})/gu
/** `12,500.50`, `12.500,50`: three digits after each mark. */
const markedNumber = /^\d{1,3}(?:(?:,\d{3})+(?:\.\d+)?|(?:\.\d{3})+(?:,\d+)?)$/
/** Where the mark of a note follows a number: `1,200²` is 1,200 and no 12,002. */
const noteOfNumber = /(?<=\p{Nd})(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])/gu
/** Scripts that part no words: their pairs of characters are the terms. */
const unparted =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const unpartedOrOther =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu
/** What is left of a word before an apostrophe, or after it, and is no word. */
const elided = new Set('l d j m t s c n qu jusqu lorsqu puisqu quoiqu dell all dall nell sull'.split(' '))
const contracted = new Set('s t d m ll re ve'.split(' '))
const ordinal = /^(\d+)(?:er|ère|re|e|è|ème|eme|ième|nde?|st|rd|th)$/

/** What a word of a text is searched by. */
export interface SearchedWord {
  /** Where it stands in the text that was looked at, which {@link normalised} made. */
  start: number
  end: number
  /** What it is kept under. */
  terms: readonly string[]
  /** Those of which any one says that it is there. The parts of a code with several numbers do not. */
  telling: readonly string[]
  /** What it is written as, without accents: the beginning of it is the beginning of the word. */
  written: readonly string[]
  isStop: boolean
}

/** How words are looked at: in which languages' forms, and which of them say nothing. It keeps the forms that it has made. */
export class WordForms {
  readonly #languages: readonly string[]
  readonly #stops: readonly (ReadonlySet<string> | undefined)[]
  readonly #isQuery: boolean
  readonly #made = new Map<string, readonly string[]>()

  /**
   * @param languages whose endings go; the empty one leaves a word as it is
   * @param spoken the language whose stop words are meant; where it is not known, those of the likely ones
   */
  constructor(languages: readonly string[], spoken: string | null, isQuery = false) {
    this.#languages = languages
    this.#stops = (spoken === null ? likely : [spoken]).map((language) => functionWords.get(language))
    this.#isQuery = isQuery
  }

  of(word: string): readonly string[] {
    const known = this.#made.get(word)
    if (known) return known
    if (this.#made.size >= mostForms) this.#made.clear()
    const forms = [...formsOf(word, this.#languages, this.#isQuery)]
    this.#made.set(word, forms)
    return forms
  }

  isStop(word: string): boolean {
    return this.#stops.some((words) => words?.has(word))
  }

  /** Whether each of the languages that it could be in has it as a stop word. */
  isCertainStop(word: string): boolean {
    return this.#stops.every((words) => words?.has(word))
  }
}

/**
 * The terms of a text in order, with repetitions: stemmed where the language is one that can be, folded to small letters without accents. Letters,
 * digits, and the hyphen of a code with a digit in it (`145-14`, of which `145` and `14` are terms too). With `language` null each word gives all its forms: as English, as French, as it is.
 * @param language two letters
 */
export function termsOf(text: string, language: string | null): string[] {
  const forms = new WordForms(language === null ? [...likely, ''] : [language], language ?? languageOf(text))
  return sorted(text, forms).kept
}

/**
 * The terms of a question, once each. What language a question of a few words is in often cannot be told: then its words are taken in all
 * forms that passages in these languages may have them. Where it can, in its own alone: foreign endings find what was not meant (on COVID-QA,
 * nDCG@10 0.820 with all forms, 0.830 with its own). An unaccented French word also stands for its accented forms.
 * @param languages of the passages that are searched; null for passages whose language is not known
 */
export function queryTermsOf(text: string, languages: Iterable<string | null>): string[] {
  const spoken = languageOf(text)
  const { kept, dropped } = sorted(text, new WordForms(queryLanguages(spoken, languages), spoken, true))
  // "Who is who?" is asked too.
  return [...new Set(kept.length === 0 ? dropped : kept)]
}

/** In which languages' forms the words of a question are taken. @param spoken what it is in; null where that cannot be told */
export function queryLanguages(spoken: string | null, languages: Iterable<string | null>): string[] {
  const there = [...languages]
  if (spoken !== null && there.includes(spoken)) return [spoken]
  return [...new Set(there.flatMap((language) => (language === null ? [...likely, ''] : [language])))]
}

/** In which languages' forms the words of a text are taken that is looked for as it is written too. */
export function writtenLanguages(language: string | null): string[] {
  return [...(language === null ? likely : [language]), '']
}

/** The terms of words, and apart those of stop words. */
function sorted(text: string, forms: WordForms): { kept: string[]; dropped: string[] } {
  const kept: string[] = []
  const dropped: string[] = []
  for (const { terms, isStop } of searchedWords(normalised(text), forms)) {
    const into = isStop ? dropped : kept
    for (const term of terms) into.push(term)
  }
  return { kept, dropped }
}

/** A text as its words are looked for in it: small letters in one way of writing them, numbers without spaces. */
export function normalised(text: string): string {
  return text
    .replace(noteOfNumber, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(spacedNumber, (number) => number.replace(/\D/g, ''))
}

/** The words of a {@link normalised} text, in order. */
export function* searchedWords(small: string, forms: WordForms): Generator<SearchedWord> {
  for (const { 0: run, index } of small.matchAll(runs)) {
    if (/\p{N}/u.test(run)) yield* codeIn(run, index, forms)
    else if (unparted.test(run)) yield* pairsIn(run, index, forms)
    else for (const [word, at] of wordsOf(run)) yield wordAt(word, index + at, forms)
  }
}

function wordAt(word: string, start: number, forms: WordForms, end = start + word.length): SearchedWord {
  const terms = forms.of(word)
  return { start, end, terms, telling: terms, written: [fold(word.slice(0, longest))], isStop: forms.isStop(word) }
}

/** The words of a run without digits and where each begins, without what was elided. */
function* wordsOf(run: string): Generator<[word: string, at: number]> {
  let at = 0
  for (const part of run.split(/[-‐‑‒–./,:_]/)) {
    const pieces = part.split(/['’]/)
    for (const [index, piece] of pieces.entries()) {
      const begins = at
      at += piece.length + 1
      if (pieces.length > 1 && (index < pieces.length - 1 ? elided.has(piece) : contracted.has(piece))) continue
      yield [piece, begins]
    }
  }
}

/** A run with digits: its words, then the whole and what somebody would remember of it. */
function* codeIn(run: string, start: number, forms: WordForms): Generator<SearchedWord> {
  const terms = new Set<string>()
  const end = start + run.length
  const number = markedNumber.test(run) ? plainNumber(run) : run
  const pieces = number.split(/[-‐‑‒–./,:'’_]/).map((piece) => fold(ordinal.exec(piece)?.[1] ?? piece))
  const numbers = pieces.map((piece) => (/^\d+$/.test(piece) ? piece.replace(/^0+(?=\d)/, '') : piece))
  // `L.145-14` and `L145-14` are the same article, and `L. 145-14` is at least `145-14`.
  const whole = numbers.join('-').replace(/^([a-z]{1,2})-(?=\d)/, '$1')
  terms.add(whole.slice(0, longest))
  const tail = /^[a-z]{1,3}(\d[\d-]*)$/.exec(whole)?.[1]
  if (tail !== undefined) terms.add(tail)
  const written = [...terms]
  let numbered = 0
  for (const piece of numbers) {
    if (!/\d/.test(piece)) {
      if (piece.length > 2) yield wordAt(piece, start, forms, end)
      continue
    }
    numbered++
    terms.add(piece.slice(0, longest))
    // `5mg` is `5 mg`, and `L145` is `145`; `h1n1` is neither.
    const [, before = '', digits = '', after = ''] = /^(\p{L}*)(\d+)(\p{L}*)$/u.exec(piece) ?? []
    if (digits !== '' && (before !== '' || after !== '')) {
      terms.add(digits)
      for (const word of [before, after]) if (word.length > 1) yield wordAt(word, start, forms, end)
    }
  }
  const all = [...terms]
  yield { start, end, terms: all, telling: numbered > 1 ? written : all, written, isStop: false }
}

/** `12,500.50` as `12500-50`, and so `12.500,50`: the first mark parts thousands. */
function plainNumber(number: string): string {
  const mark = /[.,]/.exec(number)?.[0] ?? ','
  return number.replaceAll(mark, '').replace(/[.,]/, '-')
}

function* pairsIn(run: string, start: number, forms: WordForms): Generator<SearchedWord> {
  for (const { 0: part, index } of run.matchAll(unpartedOrOther)) {
    if (!unparted.test(part)) {
      for (const [word, at] of wordsOf(part)) if (word !== '') yield wordAt(word, start + index + at, forms)
      continue
    }
    const characters = [...part]
    let at = start + index
    for (const [place, character] of characters.entries()) {
      const next = characters[place + 1]
      if (next !== undefined || characters.length === 1) {
        const pair = [`${character}${next ?? ''}`]
        const end = at + character.length + (next?.length ?? 0)
        yield { start: at, end, terms: pair, telling: pair, written: pair, isStop: false }
      }
      at += character.length
    }
  }
}

/** A word as each language would have it. */
function formsOf(word: string, languages: readonly string[], isQuery: boolean): Set<string> {
  const forms = new Set<string>()
  const short = word.slice(0, longest)
  for (const language of languages) {
    const stem = stemmers.get(language)
    const written = language === 'fr' && isQuery ? [short, ...accentedFrench(short)] : [short]
    for (const one of written) forms.add(fold(stem && one.length > 2 ? stem(one) : one))
  }
  return forms
}

/** French typed in haste: `activites` for `activités`, `acces` for `accès`. An ending without its accent has another stem. */
function accentedFrench(word: string): string[] {
  const [, stem = '', ending = ''] = /^([a-z]{3,}?)(es|e|ees|ee)$/.exec(word) ?? []
  if (ending === '') return []
  return [`${stem}é${ending.slice(1)}`, ...(ending === 'es' ? [`${stem}ès`] : [])]
}

const unaccented: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[œæßøłđðþı]/g, (letter) => unaccented[letter] ?? letter)
}
