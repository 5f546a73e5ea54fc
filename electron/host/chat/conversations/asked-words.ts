/** What is looked for in conversations: the words of a query, as documents' are, each of which must be there; the last may still be typed. */
import { wordOf } from '../../workspaces/index/word-index.ts'
import { languageOf } from '../../workspaces/text/language.ts'
import { normalised, queryLanguages, searchedWords, WordForms, type SearchedWord } from '../../workspaces/text/terms.ts'

/** A word of a query. */
export interface AskedWord {
  /** Any one of these terms says that it is there. */
  terms: readonly string[]
  /** So does a word that is written with one of these beginnings. */
  beginnings: readonly string[]
}

/** A pasted text is looked for by its first words. */
const mostWords = 64
/** One letter or digit begins too much to be looked for. */
const alone = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]$/u

/**
 * Words that say nothing in the query's language, whichever it may be, need not be there, unless there are no others.
 * @param languages of what is searched; null for what is in none that is known
 */
export function askedWords(query: string, languages: Iterable<string | null>): AskedWord[] {
  const spoken = languageOf(query)
  const forms = new WordForms([...new Set([...queryLanguages(spoken, languages), ''])], spoken, true)
  const small = normalised(query)
  const found = [...searchedWords(small, forms)]
  const unfinished = /[\p{L}\p{N}\p{M}]$/u.test(query) ? found.at(-1) : undefined
  const isNeeded = (word: SearchedWord): boolean => word === unfinished || !forms.isCertainStop(small.slice(word.start, word.end))
  const needed = found.filter(isNeeded)
  const asked = new Map<string, AskedWord>()
  for (const word of needed.length > 0 ? needed : found) {
    const beginnings = word === unfinished ? word.written.filter((letters) => !alone.test(letters)) : []
    const one = { terms: word.telling, beginnings }
    asked.set(JSON.stringify(one), one)
    if (asked.size === mostWords) break
  }
  return [...asked.values()]
}

/** The query for FTS5. Words are quoted, so that no operator of FTS5 can be typed. */
export function matchOf(asked: readonly AskedWord[]): string {
  return asked
    .map(({ terms, beginnings }) => [
      ...terms.map((term) => `"${wordOf(term)}"`),
      ...beginnings.map((beginning) => `"${wordOf(beginning)}"*`),
    ])
    .map((ways) => `(${ways.join(' OR ')})`)
    .join(' AND ')
}

/** Whether a word of a text is one that was asked for. */
export function isAsked({ terms, written }: SearchedWord, asked: AskedWord): boolean {
  return (
    asked.terms.some((term) => terms.includes(term)) ||
    asked.beginnings.some((beginning) => written.some((letters) => letters.startsWith(beginning)))
  )
}
