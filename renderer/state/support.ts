/** What the check of an answer's sentences came to, counted and put in order. Pure. */
import type { Message } from '../../contract/conversation.ts'
import type { SentenceCheck } from '../../contract/sources.ts'

/** A sentence that says something which could be checked. `index` is its place among {@link claimsOf} as they stand in the answer. */
export interface Claim extends SentenceCheck {
  verdict: 'supported' | 'partly' | 'not_found'
  index: number
  /** As it stands in the answer's Markdown. */
  source: string
}

/** The sentences that were checked, as they stand; none for an answer without documents, or that was declined. */
export function claimsOf({ text, sources }: Pick<Message, 'text' | 'sources'>): Claim[] {
  if (!sources?.checks || sources.declined) return []
  return sources.checks
    .flatMap(({ verdict, ...check }) => (verdict === 'no_claim' ? [] : [{ ...check, verdict }]))
    .map((check, index) => ({ ...check, index, source: text.slice(check.start, check.end) }))
}

const order: Record<Claim['verdict'], number> = { not_found: 0, partly: 1, supported: 2 }

/** Unsupported first; among equals as they stand. */
export function worstFirst(claims: readonly Claim[]): Claim[] {
  return claims.toSorted((a, b) => order[a.verdict] - order[b.verdict] || a.index - b.index)
}

/** How many of the claims are supported, and how many in part. */
export function sumOf(claims: readonly Claim[]): { supported: number; partly: number } {
  const count = (wanted: Claim['verdict']): number => claims.filter(({ verdict }) => verdict === wanted).length
  return { supported: count('supported'), partly: count('partly') }
}

/** A claim without Markdown's signs, marks and line ends, for a line of a list. */
export function claimWords({ source }: Pick<Claim, 'source'>): string {
  return source
    .replace(/\[\d{1,4}(?:\s*[,;]\s*\d{1,4})*\]/g, '')
    .replace(/\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)/g, ']')
    .replace(/^[ \t]*(?:#{1,6}|[-*+]|\d{1,9}[.)]|>)[ \t]+/gm, '')
    .replace(/\*\*|__|`|^[ \t]*\||\|[ \t]*$/gm, '')
    .replace(/\s*\|\s*/g, ' – ')
    .replace(/[*_[\]]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,;!?])/g, '')
    .trim()
}

/** Numbers of the sources that an answer's text points at, in order; where it points at none, those that support its sentences. */
export function citedNumbers({ text, sources }: Pick<Message, 'text' | 'sources'>): number[] {
  if (!sources) return []
  const given = new Set(sources.given.map(({ number }) => number))
  const marked = [...text.matchAll(/\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]/g)].flatMap(([, numbers]) =>
    (numbers ?? '').split(/[,;]/).map(Number),
  )
  const named = marked.some((number) => given.has(number))
    ? marked
    : (sources.checks ?? []).filter(({ verdict }) => verdict !== 'not_found').flatMap((check) => check.sources)
  return [...new Set(named)].filter((number) => given.has(number)).sort((a, b) => a - b)
}
