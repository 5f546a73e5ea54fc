/**
 * A clause and what of it can be held against another: its words, what it denies, what it compares with what, and whose each number is. A clause in
 * which several things are said (“A rose and B fell”) is first parted, since what is true of the one is not of the other.
 */
import { denialsOf, type Denials } from './denials.ts'
import { isContent, isHeavy, type Token } from './tokens.ts'

/** One statement: the tokens of a clause, and what was made of them. */
export interface Clause extends Denials {
  tokens: readonly Token[]
  /** What it is about, without what only says how much, when, or that something is so. The second say little. */
  heavy: ReadonlySet<string>
  light: ReadonlySet<string>
  /** Terms that stand only after “than” and its like; null where nothing is compared. */
  standard: ReadonlySet<string> | null
}

/** Sets of which a word may measure the number beside it. */
export const measures: ReadonlySet<string> = new Set(['time', 'mass', 'length', 'volume', 'power', 'money'])

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
    else if (token.joint === 'but' && part.some(isContent) && (token.word === 'whereas' || saysMore(tokens, at + 1)))
      parts.push([])
    else if (token.joint === 'and' && part.some(isHeavy) && isVerb(tokens[at + 1])) parts.push([])
    // “…, which the secretary supported”: of the last word before it.
    else if (token.joint === 'which' && tokens[at - 1]?.joint === 'comma') parts.push([part.findLast(isHeavy) ?? token, token])
    else part.push(token)
  }
  const [first = []] = parts
  const last = parts.at(-1) ?? first
  const than = last.findIndex(({ joint }) => joint === 'than')
  // “Fever was longer and pain was higher in the drug group than in the other”: both are of that group.
  const among = last.findLastIndex(({ joint }, at) => at < than && joint === 'preposition')
  const tail = among > last.findIndex(({ sense }) => sense.direction) ? among : than
  return parts.map((part, index) => {
    const isWhole = index === 0 || part[1]?.joint === 'which' || hasSubject(part)
    // “A lower risk and lower costs than others”: both are compared.
    const isCompared =
      than !== -1 && part !== last && part.some(({ sense }) => sense.direction) && !part.some(({ joint }) => joint === 'than')
    return clauseOf([...(isWhole ? [] : subjectOf(first, part)), ...part, ...(isCompared ? last.slice(tail) : [])])
  })
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
    hasContent ||= isContent(token) || isNaming(token)
  }
  return isSaid && hasContent
}

/** “… and the deposit is 1,680” has one of its own, “… and in 4 % of those” has none. */
function hasSubject(part: readonly Token[]): boolean {
  const pivot = part.findIndex(isPivot)
  // “… et se réunit”
  const isReflexive = (at: number): boolean => /^s[e']?$/.test(part[at - 1]?.word ?? '')
  return part.slice(0, Math.max(0, pivot)).some((token, at) => isHeavy(token) && !isVerb(token) && !isReflexive(at))
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
  return {
    ...denialsOf(tokens),
    tokens,
    heavy: new Set(tokens.flatMap((token) => (isHeavy(token) ? (token.term ?? []) : []))),
    light: new Set(tokens.flatMap((token) => (isContent(token) && token.sense.isLight ? (token.term ?? []) : []))),
    standard: standardOf(tokens),
  }
}

/** What stands after “than”, up to the end of its phrase, and nowhere else. */
function standardOf(tokens: readonly Token[]): Set<string> | null {
  const from = tokens.findIndex(({ joint }) => joint === 'than')
  if (from === -1) return null
  const until = tokens.findIndex(({ joint }, at) => at > from + 1 && (joint === 'comma' || joint === 'but'))
  const terms = (some: readonly Token[]): string[] =>
    some.flatMap((token) => (isContent(token) || token.sense.member || token.sense.direction ? (token.term ?? []) : []))
  const inside = terms(tokens.slice(from, until === -1 ? undefined : until))
  const outside = new Set([...terms(tokens.slice(0, from)), ...(until === -1 ? [] : terms(tokens.slice(until)))])
  return new Set(inside.filter((term) => !outside.has(term)))
}

/** Where in a clause such tokens stand. */
export function placesOf({ tokens }: Clause, wanted: (token: Token) => boolean): number[] {
  return tokens.flatMap((token, at) => (wanted(token) ? at : []))
}
