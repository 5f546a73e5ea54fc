/** What the denials and exceptions of a clause take back: told by the words around them, in the order of the clause. */
import { isContent, isHeavy, type Token } from './tokens.ts'

/** A denial or an exception, and what it takes back. */
export interface Denial {
  terms: ReadonlySet<string>
  isException: boolean
}

/** The denials of a clause, and for each of its tokens whether it is denied. */
export interface Denials {
  denials: readonly Denial[]
  isDenied: readonly boolean[]
}

/** Words of weight that a denial reaches. */
const reach = 2
/** Tokens between two denials of which the second takes the first back. */
const near = 4

/** Two denials of the same take each other back; what is not forbidden is allowed. */
export function denialsOf(tokens: readonly Token[]): Denials {
  const counts = tokens.map(() => 0)
  const denials: Denial[] = []
  const cancelled = new Set<number>()
  for (const [at, { sense, isException }] of tokens.entries()) {
    if ((sense.denies === undefined && !isException) || cancelled.has(at)) continue
    const again = tokens
      .slice(at + 1, at + near)
      .findIndex((token) => token.sense.denies !== undefined && token.sense.denies !== 'lack')
    if (again !== -1 && !isException && sense.denies !== 'lack' && !tokens.slice(at + 1, at + 1 + again).some(isContent)) {
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
  const denies = token?.sense.denies
  if (denies === 'lack') {
    // “Lacking TRN5”, “loss of weight”, but “TRN5-deficient” and “weight loss”.
    const next = tokens[at + 1]?.joint
    // “These were absent in …”: what was named before.
    if (token?.word === 'absent' && /^(?:is|are|was|were)$/.test(tokens[at - 1]?.word ?? ''))
      return reachedFrom(tokens, at, { step: -1, words: Infinity })
    // “VKN3 deficiency in mice” is none of mice.
    const before = tokens[at - 1]
    const isNamed = before !== undefined && isHeavy(before) && !/(?:ent|ing|ed|void)$/.test(token?.word ?? '')
    const isOf = next === 'of' || (next === 'preposition' && !isNamed)
    const isAfter = isOf || /(?:ing|ed)$|^lack$/.test(token?.word ?? '')
    return reachedFrom(tokens, at, { step: isAfter ? 1 : -1, words: isOf ? reach : 1, isNoun: true })
  }
  if (denies === 'all' || denies === 'whole') {
    const after = reachedFrom(tokens, at, { step: 1, words: Infinity })
    return denies === 'all' ? after : [...reachedFrom(tokens, at, { step: -1, words: Infinity }), ...after]
  }
  // “Is not a test that finds …” is none that finds.
  const isKind = /^(?:is|are|was|were)$/.test(tokens[at - 1]?.word ?? '') && tokens[at + 1]?.joint === 'article'
  const after = reachedFrom(tokens, at, {
    step: 1,
    isException: token?.isException === true,
    ...(isKind ? { words: Infinity } : {}),
  })
  return denies === 'around' || after.length === 0 ? [...after, ...reachedFrom(tokens, at, { step: -1 })] : after
}

interface Reach {
  step: 1 | -1
  words?: number
  isException?: boolean
  /** Only what is named, not what is done. */
  isNoun?: boolean
}

/** Places of what a denial denies on one side: its next words of weight, and the light ones on the way; of an exception its numbers too. */
function reachedFrom(
  tokens: readonly Token[],
  from: number,
  { step, words = reach, isException = false, isNoun = false }: Reach,
): number[] {
  const places: number[] = []
  let left = words
  for (let at = from + step; left > 0 && at >= 0 && at < tokens.length; at += step) {
    const token = tokens[at]
    if (!token || token.joint === 'but' || (token.joint === 'comma' && (isException || places.length > 0))) break
    // What is lacking ends where something is done: “deficient in TRN5 remained small”.
    if (isNoun && (token.sense.direction || /^(?:is|are|was|were|has|had)$|[^e]ed$/.test(token.word))) break
    if (isException && token.number) {
      places.push(at)
      break
    }
    if (!isContent(token) && !token.sense.direction && !token.sense.member && !token.sense.modal) continue
    places.push(at)
    if (isHeavy(token) || token.sense.member) left--
  }
  return places
}
