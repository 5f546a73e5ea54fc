/** Cuts a source into what claims are held against: its sentences and the rows of its tables, each with what is said around it. */
import { languageOf } from '../../../workspaces/text/language.ts'
import { sentencesOf } from '../../../workspaces/text/sentences.ts'
import { statementsOf, type Clause } from './clause.ts'
import { clausesOf, comparedText, folded, type ComparedText } from './compared-text.ts'
import type { Surroundings } from './coverage.ts'
import { isHeavy, tokensOf, type Token } from './tokens.ts'
import type { Vocabulary } from '../words/vocabulary.ts'

/** A source as it was given. `context`: its document's name and headings, which its sentences need not repeat. */
export interface CheckedSource {
  number: number
  text: string
  context: string
}

/** What a stretch says, and what it leaves unsaid because it stands before. */
export interface Statement {
  clause: Clause
  around: Surroundings
  /** Of the headings, and of what it leans on. */
  contextTokens: readonly Token[]
  /** “… 3 and 4, respectively”: whose each number is cannot be told here. */
  isRespective: boolean
}

/** A sentence of a source, or a row of a table. */
export interface Stretch {
  source: CheckedSource
  language: string
  start: number
  end: number
  sentence: string
  statements: readonly Statement[]
  /** All of its terms that say what it is about. */
  terms: ReadonlySet<string>
  /** Terms that the whole source is about. */
  topics: ReadonlySet<string>
  /** Everything that its numbers stand for. */
  gives: ReadonlySet<string>
  /** All the source's words and context, folded, for names. */
  known: string
  knownText: ComparedText
}

/** A line that names what follows and says nothing itself, in UTF-16 units at most. */
const longestHeading = 80

/** Sentences that speak of what the one before named. */
const leaning =
  /^[\s;:,]*(?:(?:and|but|et|mais)\s+)?(?:it|its|he|his|she|her|they|their|these|this|that|those|both|such|ils?|elles?|ce|cette|ces|celui|celle|celles|ceux|son|sa|ses|leurs?|y|on)(?!\p{L})/iu
/** “Les poussettes y sont admises” */
const inIt = /\p{L}\s+y\s+\p{L}/u
const respectively = /(?<!\p{L})(?:respectively|respectivement)(?!\p{L})/iu
/** Terms of the sentence before that a leaning one may mean: those that it begins with. */
const leansOn = 2

/** @param fallback the language of what is too short to tell its own */
export function stretchesOf(source: CheckedSource, language: string, vocabulary: Vocabulary): Stretch[] {
  const contextTokens = tokensOf(source.context.replace(/[_-]/g, ' '), vocabulary)
  const known = folded(`${source.context}\n${source.text}`)
  const shared = { source, language, known, knownText: comparedText(known, language) }
  const meant = abbreviationsOf(source.text)
  const found: (Pick<Stretch, 'start' | 'end' | 'sentence'> & { clauses: Said[]; heading: Token[] })[] = []
  const saidIn = (text: string): Said[] =>
    statementsOf(tokensOf(expanded(text, meant), vocabulary)).map((clause) => ({
      clause,
      leans: leaning.test(text) || inIt.test(text),
    }))
  let head: string[] | null = null
  let heading: Token[] = []
  for (const { start, end } of linesOf(source.text)) {
    const line = source.text.slice(start, end)
    if (line.includes('\t')) {
      const cells = line.split('\t')
      const heads: string[] = head ?? cells
      // A cell says what its row is about, its column's head and itself.
      const clauses = cells.flatMap((cell, at) => saidIn(head ? `${heads[0]} ${cells[0]} , ${heads[at] ?? ''} ${cell}` : cell))
      found.push({ start, end, sentence: line.replaceAll('\t', ' ; '), clauses, heading })
      head ??= cells
      continue
    }
    head = null
    for (const sentence of sentencesOf(line)) {
      const text = line.slice(sentence.start, sentence.end)
      const clauses = clausesOf(text).flatMap(saidIn)
      found.push({ start: start + sentence.start, end: start + sentence.end, sentence: text, clauses, heading })
    }
    if (line.length <= longestHeading && !/[.!?…;,]\s*$/.test(line)) heading = tokensOf(line, vocabulary)
  }
  const topics = topicsOf(found.map(({ clauses }) => clauses))
  const aliases = aliasesOf(meant, vocabulary)
  let before: Token[] = []
  return found.map(({ clauses, heading, ...place }) => {
    let inSentence: Token[] = []
    const statements = clauses.map(({ clause, leans }) => {
      // Within a sentence all of what stood before is meant, after it only what it began with.
      const meantBefore = leans ? [...before.slice(0, leansOn), ...inSentence] : []
      const tokens = [...contextTokens, ...heading, ...meantBefore]
      const leansHere = termsIn(leans ? inSentence : [])
      if (!leans) {
        before = clause.tokens.filter((token) => isHeavy(token) || token.sense.member)
        inSentence = before
      }
      return {
        clause,
        isRespective: respectively.test(place.sentence),
        contextTokens: tokens,
        around: { context: termsIn(tokens), leansOn: leansHere, topics, aliases },
      }
    })
    return {
      ...{ ...shared, ...place, statements },
      topics,
      terms: termsIn(clauses.flatMap(({ clause }) => clause.tokens)),
      gives: new Set(clauses.flatMap(({ clause }) => clause.tokens.flatMap(({ number }) => number?.gives ?? []))),
    }
  })
}

/** A statement, and whether it speaks of what the one before named. */
interface Said {
  clause: Clause
  leans: boolean
}

/** The language of a source: its own, else that of the answer, else the likelier of the two that most documents are in. */
export function languageOfSource(text: string, answer: string): string {
  return (
    languageOf(text) ??
    languageOf(answer) ??
    (/[éèêàçùœ]|(?<!\p{L})(?:le|la|les|du|des|au|est)(?!\p{L})/iu.test(text) ? 'fr' : 'en')
  )
}

/** Terms of the first sentence, and those of several: what is not said again in each. */
function topicsOf(stretches: readonly (readonly Said[])[]): Set<string> {
  const counts = new Map<string, number>()
  for (const [at, said] of stretches.entries()) {
    for (const term of new Set(said.flatMap(({ clause }) => [...clause.heavy])))
      counts.set(term, (counts.get(term) ?? 0) + (at === 0 ? 2 : 1))
  }
  return new Set([...counts].flatMap(([term, count]) => (count >= 2 ? term : [])))
}

/** Abbreviations that a source explains and that are read, at most. */
const mostAbbreviations = 100

/** “Chronic kidney disease (CKD)”: the letters in brackets begin the words before them. */
function abbreviationsOf(text: string): Map<string, string> {
  const meant = new Map<string, string>()
  for (const found of text.matchAll(/\((\p{Lu}{2,8})s?\)/gu)) {
    const short = found[1] ?? ''
    const before = text.slice(Math.max(0, found.index - 160), found.index).match(/[\p{L}\p{N}]+/gu) ?? []
    const long = longFormOf(short.toLowerCase(), before.slice(-2 * short.length))
    if (long !== null && meant.size < mostAbbreviations) meant.set(short, long)
  }
  return meant
}

/** The fewest last words in which the letters stand in order, the first at the beginning of the first word. */
function longFormOf(letters: string, words: readonly string[]): string | null {
  for (let from = words.length - 1; from >= 0; from--) {
    const some = words.slice(from).join(' ')
    let at = 0
    for (const letter of some.toLowerCase()) if (letter === letters[at]) at++
    if (at === letters.length && some.toLowerCase().startsWith(letters.charAt(0))) return some
  }
  return null
}

/** A text with what the abbreviations that it explains stand for. */
export function spelledOut(text: string): string {
  return expanded(text, abbreviationsOf(text))
}

/** A text with what its abbreviations stand for; not where they are explained, since it stands there already. */
function expanded(text: string, meant: ReadonlyMap<string, string>): string {
  if (meant.size === 0) return text
  return text.replace(/(?<!\p{L})\p{Lu}{2,8}(?=s?(?!\p{L}))/gu, (short, at: number) =>
    text.charAt(at - 1) === '(' ? ' ' : (meant.get(short) ?? short),
  )
}

/** For an abbreviation as a claim has it, the terms that a source has instead. */
function aliasesOf(meant: ReadonlyMap<string, string>, vocabulary: Vocabulary): Map<string, Set<string>> {
  const aliases = new Map<string, Set<string>>()
  for (const [short, long] of meant) {
    const [term] = vocabulary.terms(short.toLowerCase())
    if (term !== undefined)
      aliases.set(
        term,
        new Set(
          long
            .toLowerCase()
            .split(' ')
            .flatMap((word) => vocabulary.terms(word)),
        ),
      )
  }
  return aliases
}

function termsIn(tokens: readonly Token[]): Set<string> {
  return new Set(tokens.flatMap(({ term }) => term ?? []))
}

function linesOf(text: string): { start: number; end: number }[] {
  return [...text.matchAll(/[^\n]+/g)].map((found) => ({ start: found.index, end: found.index + found[0].length }))
}
