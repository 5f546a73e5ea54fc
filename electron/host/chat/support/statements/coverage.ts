/**
 * How much of a claim's words a clause has: as they stand, with another ending, as an abbreviation, or left unsaid because a heading, the sentence
 * before or the whole source has named them. A word may be left unsaid only where the clause names nothing else in its place.
 */
import type { Clause } from './clause.ts'
import { isContent, isHeavy, type Token } from './tokens.ts'

/** For each of a claim's terms the clause's that stands for it; null for one that only the context has. */
export type Matches = ReadonlyMap<string, string | null>

/** What a source says around a clause. */
export interface Surroundings {
  /** Terms of the document's name and the headings, and of what the clause leans on. */
  context: ReadonlySet<string>
  /** Of these, the terms of the same sentence that it leans on. */
  leansOn: ReadonlySet<string>
  /** Terms that the whole source is about. */
  topics: ReadonlySet<string>
  /** For an abbreviation, the terms that it stands for. */
  aliases: ReadonlyMap<string, ReadonlySet<string>>
}

/** The words of a claim in a clause. */
export interface Coverage {
  matches: Matches
  /** The part of the claim's weight that the clause has, 0 to 1. */
  part: number
  /** Words of weight that are neither there nor may be left unsaid. */
  missing: readonly string[]
}

/** Words that say little weigh this much. */
const lightWeight = 0.25
/** What is left unsaid counts a little less. */
const unsaidWorth = 0.8
/** Letters that two words must begin with to be one word with two endings. */
const commonLetters = 5
/** Endings that change no word's meaning, as stems have them. Not those of a doer and of the one it is done to (`-er`, `-ee`, `-eur`). */
const endings = new Set('e i y al ic iqu ent lent nent ient ment ion ation iv if eux ous ag ant anc it at ing ness x'.split(' '))
/** Parts of people, told apart by nothing but their ending. */
const doers = /(?:er|or|eur|ee|é|rice|ateur|ator)$/

/** @param weightOf how much a term says, from its rarity */
export function coverageOf(claim: Clause, clause: Clause, around: Surroundings, weightOf: (term: string) => number): Coverage {
  const matches = new Map<string, string | null>()
  const members = new Map<string, string>()
  const unmatched: string[] = []
  let total = 0
  let sum = 0
  for (const term of [...claim.heavy, ...claim.light]) {
    const same = sameIn(term, clause, around.aliases)
    if (same !== null) matches.set(term, same)
    else unmatched.push(term)
  }
  // Opposites are no words of weight, but what stands for them must be known.
  for (const { term, sense } of claim.tokens) {
    if (term === null || !sense.member) continue
    total += weightOf(term)
    const same = clause.tokens.find(
      (token) => token.sense.member?.set === sense.member?.set && token.sense.member?.value === sense.member?.value,
    )
    if (same?.term == null) continue
    members.set(term, same.term)
    sum += weightOf(term)
  }
  // “12 % of patients” is not said by “12 % of controls”.
  const replaced = unmatched.filter(
    (term) => claim.light.has(term) && isReplaced(claim.tokens, placeOf(claim, term), clause.tokens, matches, isHeavy),
  )
  // What the clause has must be most of it.
  const inClause = [...claim.heavy].filter((term) => matches.has(term)).length
  const isLittle =
    matches.size === 0 ||
    unmatched.filter((term) => claim.heavy.has(term) && !around.leansOn.has(term)).length > Math.max(1, inClause)
  const unsaid = isLittle ? new Set<string>() : unsaidTerms(unmatched, claim, clause, matches, around)
  for (const term of [...claim.heavy, ...claim.light]) {
    const weight = weightOf(term) * (claim.light.has(term) ? lightWeight : 1)
    total += weight
    sum += matches.has(term) ? weight : unsaid.has(term) ? weight * unsaidWorth : 0
  }
  for (const term of unsaid) matches.set(term, null)
  for (const [term, same] of members) matches.set(term, same)
  const needed = claim.heavy.size > 0 ? claim.heavy : claim.light
  return {
    matches,
    part: total === 0 ? 0 : sum / total,
    missing: [...needed, ...replaced].filter((term) => !matches.has(term)),
  }
}

function sameIn(term: string, clause: Clause, aliases: Surroundings['aliases']): string | null {
  if (clause.heavy.has(term) || clause.light.has(term)) return term
  const alias = aliases.get(term)
  if (alias) {
    const [first] = alias
    if (first !== undefined && [...alias].every((each) => clause.tokens.some((token) => token.term === each))) return first
  }
  if (term.length < commonLetters) return null
  for (const other of clause.heavy) if (isOtherEnding(term, other)) return other
  for (const other of clause.light) if (isOtherEnding(term, other)) return other
  return null
}

/** “Deficiency” and “deficient”: one word with two endings, neither of which makes a person of it. */
function isOtherEnding(one: string, other: string): boolean {
  if (other.length < commonLetters || Math.abs(one.length - other.length) > 5) return false
  let at = 0
  while (at < one.length && at < other.length && one[at] === other[at]) at++
  if (at < commonLetters || at < 0.6 * Math.max(one.length, other.length)) return false
  const [tail, rest] = [one.slice(at), other.slice(at)]
  const isForm =
    tail === ''
      ? endings.has(rest)
      : rest === ''
        ? endings.has(tail)
        : at > commonLetters && endings.has(tail) && endings.has(rest)
  return isForm && doers.test(one) === doers.test(other)
}

/** Those of the terms that the clause need not name. */
function unsaidTerms(
  terms: readonly string[],
  claim: Clause,
  clause: Clause,
  matches: Matches,
  { context, topics, aliases }: Surroundings,
): Set<string> {
  // That one thing goes with another is not said where neither the going together nor the one of them is.
  if (claim.tokens.some(({ term, sense }) => sense.isMutual && term !== null && !matches.has(term))) return new Set()
  const named = new Set(matches.values())
  const first = clause.tokens.findIndex(({ term }) => term !== null && named.has(term))
  const isOther = (token: Token): boolean =>
    isHeavy(token) && !token.sense.isGeneric && token.term !== null && !named.has(token.term)
  const beforeIsFree = !withoutOpening(clause.tokens.slice(0, first)).some(isOther)
  const afterIsFree = !clause.tokens.slice(first).some(isOther)
  const firstOfClaim = claim.tokens.findIndex(({ term }) => term !== null && matches.has(term))
  return new Set(
    terms.filter((term) => {
      const place = placeOf(claim, term)
      const isNamed = (one: string): boolean => context.has(one) || topics.has(one)
      const isKnown =
        isNamed(term) || [...(aliases.get(term) ?? ['?'])].every(isNamed) || claim.tokens[place]?.sense.isGeneric === true
      if (!isKnown || isReplaced(claim.tokens, place, clause.tokens, matches, isContent)) return false
      return beforeIsFree && (place < firstOfClaim || afterIsFree || claim.tokens[place]?.sense.isGeneric === true)
    }),
  )
}

function placeOf({ tokens }: Clause, term: string): number {
  return tokens.findIndex((token) => token.term === term)
}

/** Something else stands where the claim has the word: “the support group” for “the diet group”, “in adults” for “in children”. */
function isReplaced(
  claim: readonly Token[],
  place: number,
  clause: readonly Token[],
  matches: Matches,
  isOther: (token: Token) => boolean,
): boolean {
  const named = new Set(matches.values())
  return [-1, 1].some((step) => {
    const beside = besidesOf(claim, place, step)
    if (!beside) return false
    const meant = beside.term === null ? null : matches.get(beside.term)
    const { direction } = beside.sense
    return clause.some((token, at) => {
      const isSame = direction
        ? token.sense.direction?.sign === direction.sign
        : meant == null
          ? beside.joint !== null && token.word === beside.word
          : token.term === meant
      const other = isSame ? besidesOf(clause, at, -step) : undefined
      return other !== undefined && isOther(other) && !named.has(other.term)
    })
  })
}

/** The next token on one side that is no article. */
function besidesOf(tokens: readonly Token[], at: number, step: number): Token | undefined {
  const next = tokens[at + step]
  return next?.joint === 'article' ? tokens[at + 2 * step] : next
}

/** “In a later analysis, …”: what comes before the first comma of a sentence that begins so is nobody who does something. */
function withoutOpening(tokens: readonly Token[]): readonly Token[] {
  if (tokens.find((token) => isContent(token) || token.joint)?.joint !== 'preposition') return tokens
  const comma = tokens.findIndex(({ joint }) => joint === 'comma')
  return comma === -1 ? tokens : tokens.slice(comma + 1)
}

/**
 * Whether the clause has another word in the place of each that is missing, for which it may only be another name: “mends the roof” and “repairs the
 * roof”. Only of what is done: another noun is another thing. A claim that adds a word has none, however alike the two are.
 */
export function hasCounterparts(claim: Clause, clause: Clause, { matches, missing }: Coverage): boolean {
  const wanted = new Set(missing)
  const named = new Set(matches.values())
  const placeOf = (term: string | null | undefined): number =>
    clause.tokens.findIndex((token) => term != null && token.term === term)
  const taken = new Set<number>()
  const isFree = (token: Token | undefined, at: number): boolean =>
    token !== undefined && !taken.has(at) && isContent(token) && !named.has(token.term) && !isTurned(token)
  return claim.tokens.every(({ term }, at) => {
    if (term === null || !wanted.has(term)) return true
    // What names somebody or something is another where its name is another.
    const previous = claim.tokens[at - 1]
    if (!previous || previous.joint !== null || previous.number || previous.sense.quantifier) return false
    const isMatched = (token: Token): boolean => token.term !== null && placeOf(matches.get(token.term)) !== -1
    const before = placeOf(matches.get(claim.tokens.slice(0, at).findLast(isMatched)?.term ?? ''))
    const after = placeOf(matches.get(claim.tokens.slice(at + 1).find(isMatched)?.term ?? ''))
    const [from, until] = before !== -1 && after > before ? [before, after] : [before, before === -1 ? after : before + 3]
    const place = clause.tokens.findIndex(
      (token, index) =>
        index > from && index < until && isFree(token, index) && !areOpposed(token.word, claim.tokens[at]?.word ?? ''),
    )
    if (place !== -1) taken.add(place)
    return place !== -1
  })
}

/** A lack, or a turning away, is no other name for what is done. */
function isTurned({ sense }: Token): boolean {
  return sense.denies !== undefined || sense.isAverse === true
}

/** What makes another word of a word, and often its opposite. */
const prefix =
  /^(?:non|un|in|im|ir|il|dis|anti|de|dé|mis|mal|an?|hyper|hypo|pre|pré|post|intra|extra|inter|over|under|sub|sous|super|sur|pro|homo|hetero|hétéro|macro|micro|mono|poly|dys|eu)(?=\p{L}{4})/u

/** “Toxic” and “nontoxic”, “hyperglycaemia” and “hypoglycaemia”: they differ in what they begin with. */
function areOpposed(one: string, other: string): boolean {
  const rests = (word: string): string[] => [word, word.replace(prefix, '')]
  return (
    one !== other &&
    rests(one).some(
      (rest) =>
        rest !== '' && rests(other).some((also) => rest.slice(0, 5) === also.slice(0, 5) && (rest !== one || also !== other)),
    )
  )
}
