/** What of a stretch of text can be compared with another: its terms in order, numbers and names. */
import { termsOf } from '../../../workspaces/text/terms.ts'
import { numbersOf, type FoundNumber } from './claimed-numbers.ts'

/** A term or a number, as they follow each other. */
export type ComparedItem = { term: string; number: null } | { term: null; number: FoundNumber }

export interface ComparedText {
  items: ComparedItem[]
  terms: ReadonlySet<string>
  /** Everything that its numbers stand for. */
  gives: ReadonlySet<string>
}

/** Two letters, as `termsOf` takes them: both sides of a comparison are read in the source's language. */
export function comparedText(written: string, language: string | null): ComparedText {
  const text = asRead(written)
  const items: ComparedItem[] = []
  let from = 0
  const addTerms = (until: number): void => {
    for (const term of wordTerms(text.slice(from, until), language)) items.push({ term, number: null })
  }
  for (const number of numbersOf(text)) {
    addTerms(number.start)
    items.push({ term: null, number })
    from = number.end
  }
  addTerms(text.length)
  return {
    items,
    terms: new Set(items.flatMap(({ term }) => term ?? [])),
    gives: new Set(items.flatMap(({ number }) => number?.gives ?? [])),
  }
}

/** Terms without digits; signs of currencies and of hundredths are words. */
export function wordTerms(text: string, language: string | null): string[] {
  const spelled = asRead(text)
    .replace(/\bp(?:our|er)[\s\u00a0]?cents?(?!\p{L})|%/giu, ' percent ')
    .replace(/€|\beuros?\b/giu, ' euro ')
    .replaceAll('$', ' dollar ')
    .replaceAll('£', ' pound ')
  return termsOf(spelled, language).filter((term) => !/\d/.test(term))
}

/** A clause begins where another subject may: after a semicolon, or after “and”, “but” before an article or a pronoun. */
const clauseEnd =
  /\s*[;:](?=\s)|,?\s+(?:and|but|while|whereas|et|mais|tandis que|alors que)\s+(?=(?:the|an?|its|his|her|their|it|they|this|that|no|each|any|les?|la|une?|ils?|elles?|cette|ces?|son|sa|ses|leur|aucune?|chaque|tout)\s|l['’])/giu

/** “… and the property tax” is no clause of its own, “and the deposit is 1,680” is. Words of four letters, and numbers. */
const fewestWords = 3
/** Words before a colon that name what follows, at most. */
const longestLabel = 6

/** The clauses of a sentence, in order; one that says next to nothing stays with the one before it. */
export function clausesOf(sentence: string): string[] {
  const clauses: string[] = []
  let start = 0
  const add = (end: number): void => {
    const clause = sentence.slice(start, end)
    if (clauses.length > 0 && (clause.match(/\p{N}+(?:[.,]\p{N}+)*|\p{L}{4,}/gu) ?? []).length < fewestWords)
      clauses.push((clauses.pop() ?? '') + clause)
    else clauses.push(clause)
    start = end
  }
  for (const found of sentence.matchAll(clauseEnd)) {
    // “Next meeting: 9 December” is one clause: what stands before the colon is what the rest is about.
    const isLabel = found[0].trim() === ':' && (sentence.slice(start, found.index).match(/\p{L}+/gu)?.length ?? 0) <= longestLabel
    if (found.index > start && !isLabel) add(found.index)
  }
  add(sentence.length)
  return clauses
}

const currencies = /^(?:EUR|USD|CHF|GBP)$/

/** Names: words with a capital that do not begin a sentence, folded. */
export function namesIn(text: string): string[] {
  const names = text.match(/(?<=[\p{Ll}\p{N},;)»”]\s|\(|['’])\p{Lu}[\p{L}\p{M}]*(?:[-’']\p{Lu}[\p{L}\p{M}]*)*/gu) ?? []
  return names.filter((name) => name.length > 1 && !currencies.test(name)).map(folded)
}

/**
 * A text as a person reads it, whatever characters it is made of: nothing that cannot be seen, one form of each letter, all scripts' digits
 * as 0 to 9. Two signs of numbers would become a word that denies.
 */
export function asRead(text: string): string {
  return text
    .replaceAll('º', '°')
    .replaceAll('№', 'n°')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .replace(/(?![0-9])\p{Nd}/gu, plainDigit)
}

/** Unicode has the digits of a script one after the other, from its zero on. */
function plainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  let value = 0
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++
  return String(value)
}

/** Small letters without accents. */
export function folded(text: string): string {
  return asRead(text).normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase()
}
