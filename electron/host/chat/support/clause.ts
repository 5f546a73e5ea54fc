/**
 * A clause and what of it can be held against another: its words, what it denies, what it compares with what, and whose each number is. A clause in
 * which several things are said (“A rose and B fell”) is first parted, since what is true of the one is not of the other.
 */
import type { Token } from './tokens.ts'

/** One statement: the tokens of a clause, and what was made of them. */
export interface Clause {
  tokens: readonly Token[]
  /** What it is about, without what only says how much, when, or that something is so. The second say little. */
  heavy: ReadonlySet<string>
  light: ReadonlySet<string>
  /** For each denial that stands, the terms that it denies. */
  denials: readonly Denial[]
  /** Whether each token is denied. */
  isDenied: readonly boolean[]
  /** Terms that stand only after “than” and its like; null where nothing is compared. */
  standard: ReadonlySet<string> | null
}

/** A denial or an exception, and what it takes back. */
export interface Denial {
  terms: ReadonlySet<string>
  isException: boolean
}

/** Sets of which a word may measure the number beside it. */
export const measures: ReadonlySet<string> = new Set(['time', 'mass', 'length', 'volume', 'power', 'money'])

/** Words of its own that a denial reaches. */
const reach = 2

/** Whether a token says what the clause is about. */
export function isContent({ term, sense }: Token): boolean {
  return (
    term !== null &&
    !sense.direction &&
    !sense.member &&
    !sense.modal &&
    !sense.quantifier &&
    term !== 'percent' &&
    (!sense.denies || sense.denies === 'lack')
  )
}

/** Whether a source must have it for a claim to stand. */
export function isHeavy(token: Token): boolean {
  return isContent(token) && !token.sense.isLight
}

/** Something is said here, beyond naming: a number, a direction, a denial. */
function isPivot({ number, sense, isException }: Token): boolean {
  return (
    number !== null || sense.direction !== undefined || (sense.denies !== undefined && sense.denies !== 'lack') || isException
  )
}

/** The statements of a clause: each coordinated part that says something of its own, with the subject that it shares with the first. */
export function statementsOf(tokens: readonly Token[]): Clause[] {
  const parts: Token[][] = [[]]
  for (const [at, token] of tokens.entries()) {
    const part = parts.at(-1) ?? []
    const isBreak = token.joint === 'and' || token.joint === 'but' || token.joint === 'comma'
    if (isBreak && part.some(isPivot) && part.some(isNaming) && saysMore(tokens, at + 1)) parts.push([])
    else if (token.joint === 'but' && part.some(isContent) && saysMore(tokens, at + 1)) parts.push([])
    else if (token.joint === 'and' && part.some(isHeavy) && isVerb(tokens[at + 1])) parts.push([])
    else part.push(token)
  }
  const [first = []] = parts
  return parts.map((part, index) => clauseOf(index === 0 || hasSubject(part) ? part : [...subjectOf(first, part), ...part]))
}

function isNaming(token: Token): boolean {
  const { member } = token.sense
  return isHeavy(token) || (member !== undefined && !measures.has(member.set))
}

/** Whether what follows, up to the next break, says something of its own. */
function saysMore(tokens: readonly Token[], from: number): boolean {
  let isSaid = false
  let hasContent = false
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at]
    if (!token || ((token.joint === 'and' || token.joint === 'but' || token.joint === 'comma') && hasContent)) break
    isSaid ||= isPivot(token)
    hasContent ||= isContent(token)
  }
  return isSaid && hasContent
}

/** “… and the deposit is 1,680” has one of its own, “… and in 4 % of those” has none. */
function hasSubject(part: readonly Token[]): boolean {
  const pivot = part.findIndex(isPivot)
  return part.slice(0, Math.max(0, pivot)).some((token) => isHeavy(token) && !isVerb(token))
}

/** Who or what a part speaks of: what stands before the first thing that is said. */
function subjectOf(part: readonly Token[], rest: readonly Token[]): readonly Token[] {
  const pivot = part.findIndex(isPivot)
  if (pivot > 0) return part.slice(0, pivot)
  // “YLP moved to …”: without the verb, which is the last word before a preposition, or before all that is left.
  const preposition = part.findIndex(({ joint }, at) => joint === 'preposition' && part.slice(0, at).filter(isHeavy).length > 1)
  // “… but not to collagen” has no verb of its own.
  if (preposition !== -1 && !rest.slice(0, 2).some((token) => isVerb(token) || token.sense.direction))
    return part.slice(0, preposition)
  const last = (preposition === -1 ? part : part.slice(0, preposition)).findLastIndex(isHeavy)
  return part.slice(0, Math.max(0, last))
}

const auxiliary = /^(?:is|are|was|were|has|had|have|did|does|do|est|sont|a|ont|était|étaient|avait|avaient|n|ne)$/

/** What can only be a verb after “and”: “… and remained in the cytoplasm”. */
function isVerb(token: Token | undefined): boolean {
  return (
    token !== undefined &&
    token.joint === null &&
    (auxiliary.test(token.word) || (token.word.length > 4 && token.word.endsWith('ed')))
  )
}

/** Reads a row of tokens as one statement. */
export function clauseOf(tokens: readonly Token[]): Clause {
  const { denials, isDenied } = denialsOf(tokens)
  return {
    tokens,
    heavy: new Set(tokens.flatMap((token) => (isHeavy(token) ? (token.term ?? []) : []))),
    light: new Set(tokens.flatMap((token) => (isContent(token) && token.sense.isLight ? (token.term ?? []) : []))),
    denials,
    isDenied,
    standard: standardOf(tokens),
  }
}

function denialsOf(tokens: readonly Token[]): { denials: Denial[]; isDenied: boolean[] } {
  const counts = tokens.map(() => 0)
  const denials: Denial[] = []
  const cancelled = new Set<number>()
  for (const [at, { sense, isException }] of tokens.entries()) {
    if ((sense.denies === undefined && !isException) || cancelled.has(at)) continue
    // What is not forbidden is allowed.
    const again = tokens
      .slice(at + 1, at + 4)
      .findIndex((token) => token.sense.denies !== undefined && token.sense.denies !== 'lack')
    if (again !== -1 && !isException && !tokens.slice(at + 1, at + 1 + again).some(isContent)) {
      cancelled.add(at + 1 + again)
      continue
    }
    const places = placesDenied(tokens, at)
    for (const place of places) counts[place] = (counts[place] ?? 0) + 1
    denials.push({ terms: new Set(places.flatMap((place) => tokens[place]?.term ?? [])), isException })
  }
  return { denials, isDenied: counts.map((count) => count % 2 === 1) }
}

function placesDenied(tokens: readonly Token[], at: number): number[] {
  const token = tokens[at]
  if (token?.sense.denies === 'lack') {
    // “Lacking TRN5”, “loss of weight”, but “TRN5-deficient” and “weight loss”.
    const isAfter = tokens[at + 1]?.joint === 'of' || tokens[at + 1]?.joint === 'preposition' || /ing$|^lack$/.test(token.word)
    return reachedFrom(tokens, at, false, isAfter ? 1 : -1, 1)
  }
  if (token?.sense.denies === 'all') return reachedFrom(tokens, at, false, 1, Infinity)
  const after = reachedFrom(tokens, at, token?.isException === true, 1)
  return token?.sense.denies === 'around' || after.length === 0 ? [...after, ...reachedFrom(tokens, at, false, -1)] : after
}

/** Places of what a denial denies on one side: its next two words of weight, and the light ones on the way. */
function reachedFrom(tokens: readonly Token[], from: number, isException: boolean, step: 1 | -1, words = reach): number[] {
  const places: number[] = []
  let left = words
  for (let at = from + step; left > 0 && at >= 0 && at < tokens.length; at += step) {
    const token = tokens[at]
    if (!token || token.joint === 'but' || (token.joint === 'comma' && (isException || places.length > 0))) break
    if (!isContent(token) && !token.sense.direction && !token.sense.member && !token.sense.modal) continue
    places.push(at)
    if (isHeavy(token) || token.sense.member) left--
  }
  return places
}

/** What stands after “than”, up to the end of its phrase, and nowhere else. */
function standardOf(tokens: readonly Token[]): Set<string> | null {
  const from = tokens.findIndex(({ joint }) => joint === 'than')
  if (from === -1) return null
  const until = tokens.findIndex(({ joint }, at) => at > from + 1 && (joint === 'comma' || joint === 'but'))
  const terms = (some: readonly Token[]): string[] =>
    some.flatMap((token) => (isContent(token) || token.sense.member ? (token.term ?? []) : []))
  const inside = terms(tokens.slice(from, until === -1 ? undefined : until))
  const outside = new Set([...terms(tokens.slice(0, from)), ...(until === -1 ? [] : terms(tokens.slice(until)))])
  return new Set(inside.filter((term) => !outside.has(term)))
}
