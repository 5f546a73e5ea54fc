/** In what a question fared worse than before, line by line. */
import type { Fared } from '../../../contract/question.ts'
import type { Dictionary } from '../../i18n/en.ts'

export function worsened(before: Fared, now: Fared, text: Dictionary['workspaces']['quality']['worsened']): string[] {
  const fell = (then: number | null, next: number | null, line: (then: number, next: number) => string): string[] =>
    then !== null && next !== null && next < then ? [line(then, next)] : []
  return [
    ...(before.rank !== null && before.rank < (now.rank ?? Infinity) ? [text.rank(before.rank, now.rank)] : []),
    ...(before.sent && !now.sent ? [text.sent] : []),
    ...fell(before.answer, now.answer, text.answer),
    ...(before.cited === true && now.cited === false ? [text.cited] : []),
    ...fell(before.support, now.support, text.support),
  ]
}
