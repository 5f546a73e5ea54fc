/** The sources of an answer that a person has edited: they stay as they were given, and its sentences are checked against them anew. */
import type { Message } from '../../../../contract/conversation.ts'
import type { AnswerSources, GivenSource } from '../../../../contract/sources.ts'
import type { Likeness } from '../support/likeness.ts'
import { SupportCheck } from '../support/support-check.ts'

/** UTF-16 units of an edited text that are checked: far above any answer that a model wrote, and a matter of seconds. */
const mostChecked = 60_000

/** The check of a text against what was given for it. */
export function checkAgainst(text: string, given: readonly GivenSource[]): SupportCheck {
  return new SupportCheck(
    text,
    given.map(({ number, text, documentName, headings }) => ({
      number,
      text,
      context: [documentName, ...headings].join(' ; '),
    })),
  )
}

/**
 * @param branch the messages before the answer, of which some brought sources that the model still had
 * @returns null for an answer without documents; without any verdict where the text is too long to be checked
 */
export async function sourcesOfEdited(
  text: string,
  sources: AnswerSources | null,
  branch: readonly Message[],
  likeness: Likeness,
  signal: AbortSignal,
): Promise<AnswerSources | null> {
  if (!sources) return null
  // A person has said it: nothing was declined, and nothing was taken out because the documents do not say it.
  const edited = { ...sources, strict: false, declined: false }
  if (text.length > mostChecked) return { ...edited, checks: [] }
  const check = checkAgainst(text, [...earlierOf(sources, branch), ...sources.given])
  const meaning = await likeness.of(check.wishes(), signal)
  return { ...edited, checks: check.verdicts(meaning) }
}

/** The sources of earlier questions, as they were given then. */
function earlierOf({ earlier = [], given }: AnswerSources, branch: readonly Message[]): GivenSource[] {
  const before = new Map(branch.flatMap(({ sources }) => sources?.given.map((source) => [source.number, source] as const) ?? []))
  const own = new Set(given.map(({ number }) => number))
  return earlier.flatMap((number) => (own.has(number) ? [] : (before.get(number) ?? [])))
}
