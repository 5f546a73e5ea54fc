/** What of a stretch of text can be compared with another: its terms in order, numbers, names and what it denies. */
import { termsOf } from '../../workspaces/text/terms.ts'
import { numbersOf, type FoundNumber } from './claimed-numbers.ts'

/** A term or a number, as they follow each other. */
export type ComparedItem = { term: string; number: null } | { term: null; number: FoundNumber }

export interface ComparedText {
  items: ComparedItem[]
  terms: ReadonlySet<string>
  /** Everything that its numbers stand for. */
  gives: ReadonlySet<string>
  /** Terms that it denies: those next to “not”, “never”, “ne … pas”, “forbidden” and the like. */
  denied: ReadonlySet<string>
  /** How many times it denies something; “not prohibited” denies nothing. */
  denials: number
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
    ...denialsOf(text, language),
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
  for (const found of sentence.matchAll(clauseEnd)) if (found.index > start) add(found.index)
  add(sentence.length)
  return clauses
}

/** Names: words with a capital that do not begin a sentence, folded. */
export function namesIn(text: string): string[] {
  const names = text.match(/(?<=[\p{Ll}\p{N},;)»”]\s|\(|['’])\p{Lu}[\p{L}\p{M}]*(?:[-’']\p{Lu}[\p{L}\p{M}]*)*/gu) ?? []
  return names.filter((name) => name.length > 1).map(folded)
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

/** Says a bound, denies nothing. */
const bounds =
  /\b(?:no|not) (?:later|more|less|fewer|earlier|only|exceed\w*)\b(?: than)?|\bn(?:e |['’])\p{L}+ que\b|\bnon seulement\b|\bsans (?:délai|préjudice)\b|\bwithout (?:delay|prejudice)\b/giu
const denialWords =
  /\b(?:not|never|no|cannot|without|neither|nor|none|nobody|nothing)\b|n['’]t\b|\bne\b|\bn['’](?=\p{L})|\b(?:sans|aucune?|jamais|ni|non)\b/giu
/** These deny what stands before them as well. */
const prohibitions =
  /(?<!\p{L})(?:forbidden|prohibited|prohibits?|excluded|excludes?|interdit\p{L}*|prohib[ée]\p{L}*|exclu\p{L}*|défendu\p{L}*)(?!\p{L})/giu
/** What is not forbidden is allowed. */
const notProhibited = /\b(?:not|n['’]est pas|ne sont pas|pas) (?:forbidden|prohibited|excluded|interdit\p{L}*|exclu\p{L}*)/giu
/** Characters after a denial, or around a prohibition, in which what is denied stands. */
const reach = 48

function denialsOf(text: string, language: string | null): { denied: Set<string>; denials: number } {
  const clean = text.replace(bounds, blank).replace(notProhibited, blank)
  const denied = new Set<string>()
  let denials = 0
  const hasNe = /\bne\b|\bn['’](?=\p{L})/iu.test(clean)
  for (const found of clean.matchAll(denialWords)) {
    // “Ne … aucun” and “ne … jamais” deny once.
    if (!(hasNe && /^(?:aucun|jamais|ni)/i.test(found[0]))) denials++
    const after = clean.slice(found.index + found[0].length, found.index + found[0].length + reach).split(/[;.!?]/)[0] ?? ''
    for (const term of wordTerms(after, language).slice(0, 2)) denied.add(term)
  }
  for (const found of clean.matchAll(prohibitions)) {
    denials++
    const end = found.index + found[0].length
    for (const term of wordTerms(clean.slice(Math.max(0, found.index - reach), found.index), language).slice(-2)) denied.add(term)
    for (const term of wordTerms(clean.slice(end, end + reach), language).slice(0, 2)) denied.add(term)
  }
  return { denied, denials }
}

function blank(found: string): string {
  return ' '.repeat(found.length)
}
