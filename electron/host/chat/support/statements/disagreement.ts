/**
 * Why a clause does not support a claim although it has the claim's words: it denies what the claim says, turns its direction, its roles or its
 * comparison round, counts differently, or speaks of another number, day or place. Finds one reason, or none.
 */
import { measures, placesOf, type Clause } from './clause.ts'
import type { Matches } from './coverage.ts'
import { isMixed, partsDiffer, rolesDiffer, waysDiffer } from './roles.ts'
import { isContent, isHeavy, type Token } from './tokens.ts'
import type { Quantifier } from '../words/word-lists.ts'

/** What the two differ in. */
export type Disagreement =
  | 'number'
  | 'unit'
  | 'bound'
  | 'denial'
  | 'exception'
  | 'direction'
  | 'comparison'
  | 'opposite'
  | 'quantity'
  | 'modality'
  | 'roles'
  | 'part'

/** Those that are no part of a sentence before the number (“the monthly rent is …”). */
const headed = new Set(['mass', 'length', 'volume', 'power'])

/** The first thing in which they differ; null where the clause may say the same. `contextTokens`: of the headings. */
export function disagreementOf(
  claim: Clause,
  clause: Clause,
  matches: Matches,
  contextTokens: readonly Token[],
): Disagreement | null {
  return (
    numbersDiffer(claim, clause) ??
    (membersDiffer(claim, clause, matches, contextTokens) ? 'opposite' : null) ??
    denialsDiffer(claim, clause, matches) ??
    comparisonDiffers(claim, clause, matches) ??
    (quantitiesDiffer(claim, clause, matches) ? 'quantity' : null) ??
    (modalsDiffer(claim, clause, matches) || isOpen(claim) !== isOpen(clause) ? 'modality' : null) ??
    (rolesDiffer(claim, clause, matches) || isMixed(clause, matches) || waysDiffer(claim, clause, matches) ? 'roles' : null) ??
    (partsDiffer(claim, clause, matches) ? 'part' : null)
  )
}

function numbersDiffer(claim: Clause, clause: Clause): Disagreement | null {
  for (const [at, { number }] of claim.tokens.entries()) {
    if (!number) continue
    const same = placesOf(clause, (token) => number.needs.some((need) => token.number?.gives.includes(need))).filter(
      (place) => clause.isDenied[place] === claim.isDenied[at],
    )
    if (same.length === 0) return 'number'
    const measured = same.filter((place) => isSameMeasure(measureAt(claim.tokens, at), measureAt(clause.tokens, place)))
    if (measured.length === 0) return 'unit'
    // “112 versus 138”: the second is of what is compared with.
    if (!measured.some((place) => isAfterThan(claim.tokens, at) === isAfterThan(clause.tokens, place))) return 'comparison'
    if (!measured.some((place) => boundAt(claim.tokens, at) === boundAt(clause.tokens, place))) return 'bound'
  }
  return null
}

function isAfterThan(tokens: readonly Token[], at: number): boolean {
  return tokens.slice(0, at).some(({ joint }) => joint === 'than')
}

/** What a number counts: `mass:0`, `percent`; null where nothing beside it says. */
function measureAt(tokens: readonly Token[], at: number): string | null {
  for (const place of [at + 1, at - 1, at + 2]) {
    const token = tokens[place]
    if (place === at + 2 && tokens[at + 1]?.number) break
    if (token?.term === 'percent') return 'percent'
    const member = token?.sense.member
    if (member && measures.has(member.set) && (place > at || member.set === 'money')) return `${member.set}:${member.value}`
  }
  // In a table the column's head says it.
  for (let place = at - 1; place >= 0 && !tokens[place]?.number; place--) {
    const member = tokens[place]?.sense.member
    if (member && headed.has(member.set)) return `${member.set}:${member.value}`
  }
  return null
}

function isSameMeasure(one: string | null, other: string | null): boolean {
  return one === other || (one === null && other !== 'percent')
}

/** The bound that stands within three tokens of a number, and nearer to it than to another. */
function boundAt(tokens: readonly Token[], at: number): Token['bound'] {
  for (const step of [-1, 1])
    for (let place = at + step; Math.abs(place - at) <= 3; place += step) {
      const token = tokens[place]
      if (!token || token.number) break
      if (token.bound) return token.bound
    }
  return null
}

/** Sets whose words say where or when another is: they may not be left out. */
const placing = new Set(['order', 'place', 'facing', 'inside'])

/** Of each set the claim names one, and the clause another: before and after, Monday and Tuesday. */
function membersDiffer(claim: Clause, clause: Clause, matches: Matches, context: readonly Token[]): boolean {
  const named = new Set(matches.values())
  const isLeftOut = clause.tokens.some(({ sense: { member } }, at) => {
    if (!member || !placing.has(member.set)) return false
    const placed = clause.tokens.slice(at + 1).find(({ joint }) => joint !== 'article')
    return (
      placed !== undefined &&
      isHeavy(placed) &&
      named.has(placed.term) &&
      // “The drug caused fever during and after the drug” speaks of it apart from that.
      clause.tokens.filter(({ term }) => term === placed.term).length === 1 &&
      !claim.tokens.some(({ sense }) => sense.member?.set === member.set)
    )
  })
  if (isLeftOut) return true
  return claim.tokens.some(({ sense: { member } }, at) => {
    if (!member) return false
    const places = placesOf(clause, (token) => token.sense.member?.set === member.set)
    if (places.length === 0) return !context.some(({ sense }) => isSameMember(sense.member, member))
    const same = places.filter(
      (place) => isSameMember(clause.tokens[place]?.sense.member, member) && clause.isDenied[place] === claim.isDenied[at],
    )
    if (same.length === 0) return true
    // Both are named: it must be the one beside the same word. Which is compared with which is told elsewhere.
    if (claim.standard && clause.standard) return false
    return same.length < places.length && !same.some((place) => isBesideTheSame(claim.tokens, at, clause.tokens, place))
  })
}

function isSameMember(one: Token['sense']['member'], other: { set: string; value: number }): boolean {
  return one?.set === other.set && one.value === other.value
}

function isBesideTheSame(claim: readonly Token[], at: number, clause: readonly Token[], place: number): boolean {
  return [1, -1].some((step) => {
    const one = besides(claim, at, step)
    const other = besides(clause, place, step)
    if (!one || !other) return !one && !other
    return one.number ? one.number.needs.some((need) => other.number?.gives.includes(need)) : one.term === other.term
  })
}

function besides(tokens: readonly Token[], at: number, step: number): Token | null {
  for (let place = at + step; place >= 0 && place < tokens.length; place += step) {
    const token = tokens[place]
    if (token && (token.number ?? (isHeavy(token) ? token : null))) return token
  }
  return null
}

/** One denies what the other says. Denials of what the other does not speak of count only where they limit what the claim says of all. */
function denialsDiffer(claim: Clause, clause: Clause, matches: Matches): Disagreement | null {
  const named = new Set([...matches.values()].filter((term) => term !== null))
  // A term of the clause that stands in it undenied as well is not denied.
  const undenied = new Set(clause.tokens.flatMap(({ term }, at) => (term !== null && !clause.isDenied[at] ? term : [])))
  const ofClaim = claim.denials.map(({ terms }) => new Set([...terms].map((term) => matches.get(term) ?? term)))
  const inClaim = ofClaim.filter((terms) => terms.size > 0)
  const inClause = clause.denials.filter(({ terms }) => [...terms].some((term) => named.has(term) && !undenied.has(term)))
  // “These were absent in the others” denies what is left unsaid.
  const isUnsaid = [...claim.heavy].some((term) => matches.get(term) === null)
  if (isUnsaid && claim.denials.length % 2 !== clause.denials.length % 2) return 'denial'
  const asMuch = inClaim.length % 2 === inClause.length % 2
  if (!asMuch) return 'denial'
  if (inClaim.length > 0 && !inClause.some(({ terms }) => inClaim.some((each) => [...each].some((term) => terms.has(term)))))
    return 'denial'
  const isForAll = inClaim.length > 0 || claim.tokens.some(({ sense }) => sense.quantifier === 'all')
  const isLimited = clause.denials.some((denial) => denial.isException && !inClause.includes(denial))
  return isForAll && isLimited ? 'exception' : null
}

/** The claim says more where the clause says less, or compares the other way round. */
function comparisonDiffers(claim: Clause, clause: Clause, matches: Matches): Disagreement | null {
  const turned = turnOf(claim, clause, matches)
  if (turned === null) return 'comparison'
  // “Ten times that of men” is no more and no less.
  if (turned === -1 && !claim.tokens.some(({ sense }) => sense.direction ?? sense.isMutual)) return 'comparison'
  for (const [at, { sense }] of claim.tokens.entries()) {
    const { direction } = sense
    if (!direction) continue
    const alike = placesOf(
      clause,
      (token) => token.sense.direction?.families.some((each) => direction.families.includes(each)) === true,
    )
    // The same word is meant before one that only points the same way.
    const same = alike.filter((place) => clause.tokens[place]?.term === claim.tokens[at]?.term)
    const places = same.length > 0 ? same : alike
    const isRight = (place: number): boolean =>
      clause.tokens[place]?.sense.direction?.sign === direction.sign * turned && clause.isDenied[place] === claim.isDenied[at]
    const right = places.filter(isRight)
    // “Who weighs more has a higher risk”: each of two needs its own.
    const earlier = claim.tokens.filter(
      (token, place) =>
        place < at &&
        token.sense.direction?.sign === direction.sign &&
        token.sense.direction.families.some((each) => direction.families.includes(each)),
    ).length
    if (alike.filter(isRight).length <= earlier) return 'direction'
    if (right.length === 0) return 'direction'
    if (right.length === places.length) continue
    // Both directions are named: the one that stands nearest to the same words counts.
    const targets = targetsOf(claim, at).flatMap((term) => matches.get(term) ?? [])
    const distance = (place: number): number => distanceTo(clause.tokens, place, targets)
    const nearest = Math.min(...places.map(distance))
    if (!places.filter((place) => distance(place) === nearest).every(isRight)) return 'direction'
  }
  return null
}

/** 1 where both compare the same with the same, -1 where each stands for the other; null where only one compares, or something else. */
function turnOf(claim: Clause, clause: Clause, matches: Matches): 1 | -1 | null {
  const { standard } = clause
  const compared = claim.standard
  if (!standard) return compared === null || compared.size === 0 ? 1 : null
  const meant = (terms: Iterable<string>): string[] =>
    [...terms].flatMap((term) => (matches.has(term) ? (matches.get(term) ?? []) : term))
  const outside = claim.tokens.flatMap(({ term }) => (term !== null && !compared?.has(term) ? term : []))
  const isTurned = meant(outside).some((term) => standard.has(term))
  const isOpposite = meant(compared ?? []).some((term) => !standard.has(term) && isNamedOutside(clause, term))
  return isTurned === isOpposite ? (isTurned ? -1 : 1) : null
}

function isNamedOutside({ tokens }: Clause, term: string): boolean {
  const than = tokens.findIndex(({ joint }) => joint === 'than')
  return (
    tokens.some((token, at) => token.term === term && at < than) && !tokens.some((token, at) => token.term === term && at > than)
  )
}

/** Words that a direction is said of: the two after it, and the one before. */
function targetsOf({ tokens }: Clause, at: number): string[] {
  const terms = (some: readonly Token[]): string[] => some.flatMap((token) => (isHeavy(token) ? (token.term ?? []) : []))
  return [...terms(tokens.slice(at + 1)).slice(0, 2), ...terms(tokens.slice(0, at)).slice(-1)]
}

function distanceTo(tokens: readonly Token[], place: number, targets: readonly string[]): number {
  let sum = 0
  for (const target of targets) {
    const distances = tokens.flatMap(({ term }, at) => (term === target ? Math.abs(at - place) : []))
    sum += Math.min(tokens.length, ...distances)
  }
  return sum
}

/** All, most, some and only must be said alike; and what is said of some is not said in general. */
function quantitiesDiffer(claim: Clause, clause: Clause, matches: Matches): boolean {
  const asked = quantifiersOf(claim)
  const said = quantifiersOf(clause)
  if (said.has('total') && !asked.has('total') && claim.tokens.some(({ number }) => number !== null)) return true
  if ([...asked].some((quantifier) => !said.has(quantifier))) return true
  if (asked.size === 0 && [...said].some((quantifier) => quantifier === 'some' || quantifier === 'most' || quantifier === 'few'))
    return true
  if (asked.has('only') || !said.has('only')) return false
  // What is so only in one case is not so in general.
  const only = clause.tokens.findIndex(({ sense }) => sense.quantifier === 'only')
  const named = new Set(matches.values())
  const after = clause.tokens
    .slice(only + 1)
    .filter(isHeavy)
    .slice(0, 2)
  return !after.every(({ term }) => named.has(term))
}

/** “Every six hours” says how often, and nothing of all. */
function quantifiersOf({ tokens }: Clause): Set<Quantifier> {
  return new Set(
    tokens.flatMap(({ sense }, at) => {
      const isRhythm =
        sense.quantifier === 'all' &&
        tokens.slice(at + 1, at + 4).some((token) => token.number !== null || token.sense.member?.set === 'time')
      return sense.quantifier && !isRhythm ? sense.quantifier : []
    }),
  )
}

/** Must, may and should are different; that something is done may also be said of what must be done. */
function modalsDiffer(claim: Clause, clause: Clause, matches: Matches): boolean {
  const asked = modalitiesOf(claim, new Set(matches.keys()))
  const said = modalitiesOf(clause, new Set(matches.values()))
  const isWeak = [...said].some((kind) => kind === 'may' || kind === 'able' || kind === 'should' || kind === 'free')
  if (asked.size === 0) return isWeak
  if (asked.has('able') || asked.has('may')) {
    // That something can be done follows from its being done, and not from its having to be.
    const can = said.has('able') || said.has('may') || (said.size === 0 && asked.has('able'))
    if (!can) return true
    asked.delete('able')
    asked.delete('may')
  }
  return ![...asked].every((kind) => said.has(kind) || ((kind === 'must' || kind === 'forbidden') && !isWeak))
}

/** What is asked or supposed is not said. */
function isOpen({ tokens }: Clause): boolean {
  return tokens.some(({ sense }) => sense.isOpen)
}

/** How a clause says that something is done, as far as the other speaks of it: “must not” and “may not” forbid alike, “need not” leaves free. */
function modalitiesOf({ tokens, isDenied }: Clause, shared: ReadonlySet<string | null>): Set<string> {
  return new Set(
    tokens.flatMap(({ sense }, at) => {
      if (!sense.modal) return []
      const governed = tokens.slice(at + 1).find((token) => isContent(token) || token.sense.direction)
      if (governed && isHeavy(governed) && !shared.has(governed.term)) return []
      const denied =
        isDenied[at] === true ||
        tokens.slice(at + 1, at + 3).some(({ sense: { denies } }) => denies !== undefined && denies !== 'lack')
      if (denied) return sense.modal === 'oblige' || sense.modal === 'should' ? 'free' : 'forbidden'
      return sense.modal === 'oblige' ? 'must' : sense.modal
    }),
  )
}
