/**
 * What is searched for when somebody asks: the question; and where it leans on the one before (“and in French?”, “what about the second?”),
 * that one as well. A rule that can be told to anybody, and no model.
 */
import { languageOf } from '../../workspaces/text/language.ts'
import { termsOf } from '../../workspaces/text/terms.ts'

/** A question that leans on another goes back this many questions at most. */
const mostBefore = 2
/** A question with fewer terms of its own leans on the one before. */
const fewTerms = 2
/** One with more terms stands by itself, however it begins. */
const manyTerms = 7
/** Longest query in UTF-16 units: an embedder reads no more. */
const longestQuery = 2000

const linking =
  /^\s*(?:and|but|or|so|also|then|what about|how about|what else|why|et|mais|ou|donc|alors|aussi|qu['’]en est-il|pourquoi|quoi d['’]autre)(?!\p{L})/iu
const pointing =
  /(?<!\p{L})(?:it|its|that|this|they|them|their|those|these|he|she|his|her|there|same|former|latter|ça|cela|celui|celle|ceux|celles|elle|elles|ils|lui|leur|y|même|dernier|second|précédente?)(?!\p{L})/iu

/** @param questions of the branch, the oldest first, the present one last */
export function searchQuery(questions: readonly string[]): string {
  const parts: string[] = []
  for (const question of questions.toReversed().slice(0, mostBefore + 1)) {
    parts.unshift(question)
    if (!leansOnBefore(question)) break
  }
  return parts.join('\n').slice(-longestQuery).trim()
}

function leansOnBefore(question: string): boolean {
  const terms = new Set(termsOf(question, languageOf(question) ?? 'en')).size
  if (terms < fewTerms) return true
  return terms < manyTerms && (linking.test(question) || pointing.test(question))
}
