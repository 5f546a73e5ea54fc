/** How a question of a workspace's test fared: pure arithmetic over what was found and answered. */
import type { QuestionResult, TestQuestion, TestRun } from '../../../contract/question.ts'
import type { FoundPassage, SentenceCheck } from '../../../contract/sources.ts'

/** What came of asking a question. `answer` is null when nobody answered. */
export interface Asked {
  found: readonly FoundPassage[]
  answer: { text: string; checks: readonly SentenceCheck[] } | null
}

/** The right passage is in the expected document, where one is named, and has every expected word. */
export function scoreQuestion(question: TestQuestion, { found, answer }: Asked): QuestionResult {
  const isRight = ({ documentId, text }: FoundPassage): boolean =>
    (question.documentId === null || documentId === question.documentId) && partOf(question.words, text) === 1
  const index = found.findIndex(isRight)
  const right = found[index]
  return {
    questionId: question.id,
    text: question.text,
    rank: right ? index + 1 : null,
    sent: found.some((passage) => isRight(passage) && (passage.fate === 'sent' || passage.fate === 'joined')),
    answer: answer && partOf(question.words, answer.text),
    support: answer && supportOf(answer.checks),
  }
}

/** The figures of a run: how many right passages went to the model, the mean reciprocal rank, and the means of what was answered. */
export function summarise(
  results: readonly QuestionResult[],
): Pick<TestRun, 'questions' | 'found' | 'meanReciprocalRank' | 'answer' | 'support'> {
  return {
    questions: results.length,
    found: results.filter(({ sent }) => sent).length,
    meanReciprocalRank: mean(results.map(({ rank }) => (rank === null ? 0 : 1 / rank))) ?? 0,
    answer: mean(results.map(({ answer }) => answer)),
    support: mean(results.map(({ support }) => support)),
  }
}

/** Ids of the questions that fared worse in the last run than in the one before: found no more, lower, or answered worse where both were answered. */
export function worseIn(runs: readonly TestRun[]): string[] {
  const [before, last] = runs.slice(-2)
  if (!before || !last) return []
  return last.results.flatMap((now) => {
    const then = before.results.find(({ questionId }) => questionId === now.questionId)
    return then && isWorse(then, now) ? [now.questionId] : []
  })
}

function isWorse(then: QuestionResult, now: QuestionResult): boolean {
  const fell = (before: number | null, after: number | null): boolean => before !== null && after !== null && after < before
  return (
    (then.sent && !now.sent) ||
    (then.rank ?? Infinity) < (now.rank ?? Infinity) ||
    fell(then.answer, now.answer) ||
    fell(then.support, now.support)
  )
}

/** The part of these words that stand in the text, 0 to 1; 1 when none is asked for. Case, accents and kinds of space do not count. */
function partOf(words: readonly string[], text: string): number {
  if (words.length === 0) return 1
  const folded = fold(text)
  return words.filter((word) => folded.includes(fold(word))).length / words.length
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ')
}

/** The part of the sentences that claim something and are supported; an answer without a claim supports nothing. */
function supportOf(checks: readonly SentenceCheck[]): number {
  const claims = checks.filter(({ verdict }) => verdict !== 'no_claim')
  return claims.length === 0 ? 0 : claims.filter(({ verdict }) => verdict === 'supported').length / claims.length
}

/** Null when no number is there. */
function mean(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null)
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length
}
