/** The sources of an answer as one looks into them: what its question brought, and what the model had from earlier ones. Pure. */
import type { Message } from '../../contract/conversation.ts'
import type { GivenSource } from '../../contract/sources.ts'

/** Adds to each answer of a branch the sources that it had from earlier questions, those first. Doing it twice changes nothing more. */
export function withEarlierSources(branch: readonly Message[]): Message[] {
  const known = new Map<number, GivenSource>()
  return branch.map((message) => {
    const { sources } = message
    if (!sources) return message
    const own = new Set(sources.given.map(({ number }) => number))
    const carried = (sources.earlier ?? []).flatMap((number) => (own.has(number) ? [] : (known.get(number) ?? [])))
    for (const source of sources.given) known.set(source.number, source)
    return carried.length === 0 ? message : { ...message, sources: { ...sources, given: [...carried, ...sources.given] } }
  })
}
