/**
 * Who does what to whom in a clause: whether a claim has exchanged what its source keeps apart. The doer and the done-to, what comes before and what
 * after, where something comes from and goes to, and whose part of a thing is meant.
 */
import { placesOf, type Clause } from './clause.ts'
import type { Matches } from './coverage.ts'
import { isContent, isHeavy, type Token } from './tokens.ts'

/** Words of weight between what is done and by whom, at most: further on another verb has come. */
const wordsBeforeBy = 2
/** In “inhibition of … by”, where no other verb comes, names may be long. */
const wordsOfNoun = 8

/** Who does it to whom: the words before and after what is done have changed places, and neither is in the passive. */
export function rolesDiffer(claim: Clause, clause: Clause, matches: Matches): boolean {
  // Which is compared with which is told by “than”.
  if (claim.standard && clause.standard) return false
  return claim.tokens.some((token, at) => {
    if (token.term === null || !isDoing(claim.tokens, at)) return false
    const { direction } = token.sense
    if ((!direction && !isContent(token)) || token.sense.denies || token.sense.isMutual) return false
    const meant = matches.get(token.term)
    const places = placesOf(clause, (each) =>
      direction ? each.sense.direction?.sign === direction.sign : each.term !== null && each.term === meant,
    )
    // Where a word stands more than once, the first is held against the first.
    const earlier = claim.tokens.slice(0, at).filter((each) => each.term === token.term).length
    if (places.length !== 1 && (direction || earlier >= places.length)) return false
    const one = rolesAt(claim.tokens, at)
    const other = rolesAt(clause.tokens, places[places.length === 1 ? 0 : earlier] ?? 0)
    if (!one || !other || one.frame !== other.frame) return false
    const isIn = (terms: readonly string[], role: readonly string[]): boolean =>
      terms.some((term) => role.includes(matches.get(term) ?? term))
    const only = (terms: readonly string[], rest: readonly string[]): string[] => terms.filter((term) => !rest.includes(term))
    const isDoneTo = isIn(only(one.agent, one.theme), only(other.theme, other.agent))
    // “Inhibition of leptin's effect by wortmannin”: somebody else does it.
    if (isDoneTo && direction && other.isBy && !isIn(one.agent, other.agent)) return true
    return isDoneTo && isIn(only(one.theme, one.agent), only(other.agent, other.theme))
  })
}

/** Half of one part and half of another: “A is red and B is blue” does not say that A is blue. */
export function isMixed({ tokens }: Clause, matches: Matches): boolean {
  const named = new Set(matches.values())
  const isNamed = (token: Token): boolean => isContent(token) && named.has(token.term)
  return tokens.some(({ joint }, at) => {
    if (joint !== 'and' && joint !== 'but' && joint !== 'comma') return false
    const before = tokens.slice(0, at)
    const after = tokens.slice(at + 1)
    const last = before.findLastIndex(isNamed)
    const first = after.findIndex(isNamed)
    return last !== -1 && first !== -1 && before.slice(last + 1).some(isHeavy) && after.slice(0, first).some(isHeavy)
  })
}

const being = /^(?:is|are|was|were|est|sont|était|étaient)$/

/** Whether a token may be a verb: no name, and nothing before it that only a noun follows. */
function isDoing(tokens: readonly Token[], at: number): boolean {
  const { word = '', sense } = tokens[at] ?? {}
  const before = tokens[at - 1]
  // “L’emporte” is a verb, and “l’enfant” does no harm.
  const joint = before?.word === 'l' ? null : before?.joint
  if (word === '') return false
  // “Is a consequence of”
  if (joint === 'article' && tokens[at + 1]?.joint === 'of') return being.test(tokens[at - 2]?.word ?? '')
  return sense?.direction !== undefined || (joint !== 'article' && joint !== 'of' && joint !== 'preposition')
}

/** `frame`: what joins the two, `active` or a preposition; only alike can be compared. */
interface Roles {
  agent: string[]
  theme: string[]
  frame: string
  /** The doer is named by “by”. */
  isBy: boolean
}

/** What stands on each side of what is done. */
function rolesAt(tokens: readonly Token[], at: number): Roles {
  const terms = keysOf
  const before = withoutPlaces(tokens.slice(0, at))
  const after = tokens.slice(at + 1)
  // “By 5 %” is how much it changed, and no doer.
  const isChange = tokens[at]?.sense.direction !== undefined
  const by = after.findIndex(
    ({ joint }, place) => joint === 'by' && (!isChange || !after[place + 1]?.number) && !after[place + 2]?.sense.member,
  )
  const most = after[0]?.joint === 'of' ? wordsOfNoun : wordsBeforeBy
  if (by !== -1 && after.slice(0, by).filter(isHeavy).length <= most) {
    const rest = after.slice(by + 1)
    const end = rest.findIndex(({ joint }, place) => place > 0 && (joint === 'preposition' || joint === 'comma'))
    const agent = end === -1 ? rest : rest.slice(0, end)
    return {
      frame: 'active',
      isBy: true,
      agent: terms(agent),
      theme: terms([...before, ...after.slice(0, by), ...(end === -1 ? [] : rest.slice(end))]),
    }
  }
  const [next] = after
  const isJoined = next?.joint === 'of' || (next?.joint === 'preposition' && !isNominal(tokens, at))
  return { frame: isJoined ? next.word : 'active', isBy: false, agent: terms(before), theme: terms(after) }
}

/** Without what only says where and when: from a preposition to a comma, or to the article of what comes next. */
function withoutPlaces(tokens: readonly Token[]): Token[] {
  const kept: Token[] = []
  let isPlace = false
  let hasContent = false
  for (const token of tokens) {
    if (token.joint === 'preposition') {
      isPlace = true
      hasContent = false
    } else if (token.joint === 'comma' || (token.joint === 'article' && hasContent)) isPlace = false
    if (!isPlace) kept.push(token)
    hasContent ||= isContent(token) || token.sense.member !== undefined
  }
  return kept
}

/** “A reduction in …”: the preposition that follows leads to what is reduced. */
function isNominal(tokens: readonly Token[], at: number): boolean {
  return tokens.slice(Math.max(0, at - 2), at).some(({ joint, word }) => joint === 'article' || word === 'significant')
}

/** What comes before and what after, or from where and to where, have changed places. */
export function waysDiffer(claim: Clause, clause: Clause, matches: Matches): boolean {
  const meant = (keys: readonly string[]): string[] => keys.map((key) => matches.get(key) ?? key)
  const areTurned = (one: Way | null, other: Way | null): boolean =>
    one !== null &&
    other !== null &&
    meant(one.from).some((key) => isOnlyIn(key, other.to, other.from)) &&
    meant(one.to).some((key) => isOnlyIn(key, other.from, other.to))
  return areTurned(timesOf(claim.tokens), timesOf(clause.tokens)) || areTurned(placesIn(claim.tokens), placesIn(clause.tokens))
}

/** Terms and numbers on the two sides of a way. */
interface Way {
  from: string[]
  to: string[]
}

function isOnlyIn(key: string, keys: readonly string[], others: readonly string[]): boolean {
  return keys.includes(key) && !others.includes(key)
}

function keysOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => (token.number ? token.number.needs : isHeavy(token) ? (token.term ?? []) : []))
}

/** On both sides of “before” or “after”; what follows it ends at a comma. */
function timesOf(tokens: readonly Token[]): Way | null {
  const at = tokens.findIndex(({ sense }) => sense.member?.set === 'order')
  if (at === -1) return null
  const comma = tokens.findIndex(({ joint }, place) => place > at && joint === 'comma')
  const inside = keysOf(tokens.slice(at, comma === -1 ? undefined : comma))
  const outside = keysOf([...tokens.slice(0, at), ...(comma === -1 ? [] : tokens.slice(comma))])
  return tokens[at]?.sense.member?.value === 0 ? { from: outside, to: inside } : { from: inside, to: outside }
}

const origins = new Set('from de du des d depuis'.split(' '))
const goals = new Set('to into onto à au aux vers'.split(' '))

/** What follows “from” and what follows “to”. */
function placesIn(tokens: readonly Token[]): Way {
  const way: Way = { from: [], to: [] }
  let side: string[] | null = null
  let before: Token[] = []
  for (const token of tokens) {
    if (origins.has(token.word)) side = way.from
    else if (goals.has(token.word)) {
      // “Turns lead into gold”: it comes from what stands before.
      if (side === null) way.from.push(...keysOf(before))
      side = way.to
    } else if (token.joint !== null && token.joint !== 'article') side = null
    side?.push(...keysOf([token]))
    before = token.joint === null || token.joint === 'article' ? [...before.slice(-1), token] : []
  }
  return way
}

/** Another thing of it is meant: the migration of cells and not the cells, an antibody against the enzyme and not the enzyme. */
export function partsDiffer(claim: Clause, clause: Clause, matches: Matches): boolean {
  const named = new Set(matches.values())
  const turned = new Map([...matches].flatMap(([term, same]) => (same === null ? [] : [[same, term] as const])))
  const first = claim.tokens.find(isContent)?.term
  const opening = clause.tokens.findIndex(isHeavy)
  return clause.tokens.some((token, at) => {
    const isNoun = token.sense.direction !== undefined && /(?:ion|ade|ment)$/.test(token.word)
    const isOther = isHeavy(token) && !token.sense.isGeneric && !named.has(token.term)
    if (!isNoun && !isOther) return false
    const after = clause.tokens.slice(at + 1, at + 4)
    const joint = after[0]?.joint
    const whole = after.find((next) => next.joint === null)
    const term = whole?.term == null || !isHeavy(whole) ? undefined : turned.get(whole.term)
    if (term === undefined) return false
    const isStopped = joint === 'article' && at === 0 && /(?:er|ir|re|ing)$/.test(token.word)
    if (joint !== 'of' && !isStopped && !(joint === 'preposition' && term === first && at === opening)) return false
    if (isStopped) return true
    if (isNoun) return !claim.tokens.some((each) => each.sense.direction?.sign === token.sense.direction?.sign)
    const place = claim.tokens.findIndex((each) => each.term === term)
    return !claim.tokens.slice(Math.max(0, place - 3), place).some((each) => each.joint === 'of' || each.joint === joint)
  })
}
