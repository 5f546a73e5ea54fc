/** How a question of a workspace's test fared: pure arithmetic over what was found, given and answered. */
import type { Fared, QuestionResult, QuestionsState, TestQuestion, TestRun } from '../../../../contract/question.ts'
import type { FoundPassage, GivenSource, SentenceCheck } from '../../../../contract/sources.ts'
import { marksIn } from '../support/marks-in.ts'

/** What came of asking a question. `answer` is null when nobody answered. */
export interface Asked {
  found: readonly Pick<FoundPassage, 'documentId' | 'text'>[]
  given: readonly Pick<GivenSource, 'number' | 'documentId' | 'text'>[]
  answer: { text: string; checks: readonly Pick<SentenceCheck, 'verdict'>[] } | null
}

/** What is right comes from the expected document, where one is named, and has every expected word. */
export function scoreQuestion({ id, text, documentId, words }: TestQuestion, { found, given, answer }: Asked): QuestionResult {
  const isRight = (piece: Pick<FoundPassage, 'documentId' | 'text'>): boolean =>
    (documentId === null || piece.documentId === documentId) && (partOf(words, piece.text) ?? 1) === 1
  const right = given.filter(isRight)
  const cited = new Set(answer && marksIn(answer.text).map(({ number }) => number))
  return {
    ...{ questionId: id, text, documentId, words },
    rank: found.findIndex(isRight) + 1 || null,
    sent: right.length > 0,
    answer: answer && partOf(words, answer.text),
    cited: answer && right.some(({ number }) => cited.has(number)),
    support: answer && supportOf(answer.checks),
  }
}

/** The figures of a run. */
export function summarise(
  results: readonly QuestionResult[],
): Pick<TestRun, 'questions' | 'found' | 'meanReciprocalRank' | 'answer' | 'cited' | 'support'> {
  const answered = results.filter(({ cited }) => cited !== null)
  return {
    questions: results.length,
    found: results.filter(({ sent }) => sent).length,
    meanReciprocalRank: mean(results.map(({ rank }) => (rank === null ? 0 : 1 / rank))) ?? 0,
    answer: mean(answered.map(({ answer }) => answer)),
    cited: answered.length === 0 ? null : answered.filter(({ cited }) => cited).length,
    support: mean(answered.map(({ support }) => support)),
  }
}

/**
 * The questions that fared worse in the last run, each with how it had fared when it was last asked as it is now. What is sent depends on
 * who answers, so it is compared among runs of the same kind; answers only where both were answered.
 */
export function worseIn(runs: readonly { results: readonly QuestionResult[] }[]): QuestionsState['worse'] {
  const last = runs.at(-1)
  if (!last) return []
  const earlier = runs.slice(0, -1).reverse()
  return last.results.flatMap((now) => {
    const results = earlier.flatMap((run) => run.results.find((then) => asksTheSame(then, { id: now.questionId, ...now })) ?? [])
    const [then] = results
    if (!then) return []
    const alike = results.find(({ cited }) => (cited === null) === (now.cited === null))
    const before: Fared = {
      rank: then.rank,
      sent: alike?.sent ?? false,
      ...(now.cited !== null && alike
        ? { answer: alike.answer, cited: alike.cited, support: alike.support }
        : { answer: null, cited: null, support: null }),
    }
    return isWorse(before, now) ? [{ questionId: now.questionId, before }] : []
  })
}

/** Whether a result is of this question as it is now. */
export function asksTheSame(result: QuestionResult, { id, text, documentId, words }: TestQuestion): boolean {
  return (
    JSON.stringify([result.questionId, result.text, result.documentId, result.words]) ===
    JSON.stringify([id, text, documentId, words])
  )
}

function isWorse(then: Fared, now: Fared): boolean {
  const fell = (before: number | null, after: number | null): boolean => before !== null && after !== null && after < before
  return (
    (then.sent && !now.sent) ||
    (then.rank ?? Infinity) < (now.rank ?? Infinity) ||
    fell(then.answer, now.answer) ||
    (then.cited === true && now.cited === false) ||
    fell(then.support, now.support)
  )
}

/** The part of these words that stand in the text, 0 to 1; null when none is asked for. */
function partOf(words: readonly string[], text: string): number | null {
  if (words.length === 0) return null
  const folded = fold(text)
  return words.filter((word) => hasWord(folded, fold(word))).length / words.length
}

/** A word may go on, as in a plural; a number may not: 12 does not stand in 2012. */
function hasWord(text: string, word: string): boolean {
  const isDigit = (sign: string | undefined): boolean => /\d/.test(sign ?? '')
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length
    const goesOn = (isDigit(word[0]) && isDigit(text[at - 1])) || (isDigit(word.at(-1)) && isDigit(text[end]))
    if (!goesOn) return true
  }
  return false
}

/** Case, accents, and kinds of spaces, apostrophes and hyphens do not count. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\u00AD]/gu, '')
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[‐–—]/g, '-')
    .toLowerCase()
    .replace(/\s+/g, ' ')
}

/** The part of the sentences that claim something and are supported; an answer without a claim supports nothing. */
function supportOf(checks: readonly Pick<SentenceCheck, 'verdict'>[]): number {
  const claims = checks.filter(({ verdict }) => verdict !== 'no_claim')
  return claims.length === 0 ? 0 : claims.filter(({ verdict }) => verdict === 'supported').length / claims.length
}

/** Null when no number is there. */
function mean(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null)
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length
}
