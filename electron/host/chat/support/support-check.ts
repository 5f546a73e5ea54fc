/**
 * How each sentence of an answer stands against the sources that it was made from. By words alone, or better with the likeness of
 * meaning that somebody else has computed. A number, a name, a denial or a direction that the source does not have is never supported.
 */
import type { SentenceCheck } from '../../../../contract/sources.ts'
import { languageOf } from '../../workspaces/text/language.ts'
import { saysAbsence } from './absence.ts'
import { markedNumbers, piecesOf, plainText, type AnswerPiece } from './answer-pieces.ts'
import type { FoundNumber } from './statements/claimed-numbers.ts'
import { clauseOf, statementsOf, type Clause } from './statements/clause.ts'
import { clausesOf, comparedText, namesIn, wordTerms } from './statements/compared-text.ts'
import { coverageOf, hasCounterparts } from './statements/coverage.ts'
import { disagreementOf } from './statements/disagreement.ts'
import {
  languageOfSource,
  spelledOut,
  stretchesOf,
  type CheckedSource,
  type Statement,
  type Stretch,
} from './statements/stretches.ts'
import { isContent, tokensOf } from './statements/tokens.ts'
import { Vocabulary } from './words/vocabulary.ts'

/** A claim and the sentences of the sources whose likeness in meaning would help to judge it. */
export interface MeaningWish {
  claim: string
  sentences: string[]
}

/**
 * From 0 for sentences that have nothing to do with each other to 1 for the same; null where it is not known. See `Likeness` for how it
 * is made of an embedder's cosines.
 */
export type MeaningOf = (claim: string, sentence: string) => number | null

/** Parts of a claim's weight that a sentence must have where meaning speaks for the rest; chosen on test/fixtures/support-pairs.ts, as are the likenesses. */
const enoughWordsWithMeaning = 0.5
/** The likeness from which on meaning may support what the words leave open. */
export const enoughMeaning = 0.62
const someWords = 0.42
const someMeaning = 0.6
/** Sentences of the sources whose meaning is compared with one claim, at most. */
const mostWishes = 12
/** Sentences of the sources that one claim is held against, at most: those that share most of its words. */
const mostJudged = 100

/** What an answer says about answering, and no claim about anything. */
const aboutAnswering =
  'answer question source document passage text excerpt context information provide give state mention say specify indicate according follow base sure certainly hello sorry thank note summary réponse question source document passage texte extrait contexte information fournir donner indiquer mentionner dire préciser selon suivant certainement bonjour désolé merci résumé'

interface Part {
  /** In each language that a source has. */
  clauses: ReadonlyMap<string, Clause>
  plain: string
  names: string[]
}

interface Claim {
  piece: AnswerPiece
  plain: string
  cited: number[]
  parts: Part[]
}

interface Judgement {
  verdict: 'supported' | 'partly' | 'not_found'
  score: number
  stretch: Stretch
}

const rank = { supported: 2, partly: 1, not_found: 0 }

export class SupportCheck {
  readonly #answer: string
  readonly #claims: Claim[]
  readonly #stretches: Stretch[]
  readonly #frequency = new Map<string, number>()
  readonly #numbers: number[]
  readonly #vocabularies = new Map<string, Vocabulary>()
  readonly #idle = new Map<string, ReadonlySet<string>>()

  constructor(answer: string, sources: readonly CheckedSource[]) {
    this.#answer = answer
    this.#numbers = sources.map(({ number }) => number)
    this.#stretches = sources.flatMap((source) => {
      const language = languageOfSource(source.text, answer)
      return stretchesOf(source, language, this.#vocabulary(language))
    })
    for (const { terms } of this.#stretches)
      for (const term of terms) this.#frequency.set(term, (this.#frequency.get(term) ?? 0) + 1)
    const languages = [...new Set(this.#stretches.map(({ language }) => language))]
    this.#claims = piecesOf(answer).map((piece) => this.#claimOf(piece, languages))
  }

  /** What meaning would help with: claims that words alone do not settle. */
  wishes(): MeaningWish[] {
    return this.#claims.flatMap(({ parts }) =>
      parts.flatMap((part) => {
        const judged = this.#judgements(part, [], () => null)
        if (judged.length === 0 || judged[0]?.verdict === 'supported') return []
        const sentences = [...new Set(judged.map(({ stretch }) => stretch.sentence))]
        return [{ claim: part.plain, sentences: sentences.slice(0, mostWishes) }]
      }),
    )
  }

  verdicts(meaning: MeaningOf): SentenceCheck[] {
    return this.#claims
      .filter(({ piece }) => piece.kind !== 'bare')
      .map((claim) => {
        const { start, end } = claim.piece
        if (claim.parts.length === 0) return { start, end, verdict: 'no_claim', sources: [], evidence: null }
        return { start, end, ...this.#verdict(claim, meaning) }
      })
  }

  /** Whether every word and number of a stretch of the answer is somewhere in the sources: what a heading must show to stand in strict mode. */
  knows(start: number, end: number): boolean {
    const plain = plainText(this.#answer.slice(start, end))
    return this.#stretches.some(({ language, knownText }) =>
      comparedText(plain, language).items.every(({ term, number }) =>
        term === null ? number.needs.some((need) => knownText.gives.has(need)) : knownText.terms.has(term),
      ),
    )
  }

  #verdict({ parts, cited }: Claim, meaning: MeaningOf): Pick<SentenceCheck, 'verdict' | 'sources' | 'evidence'> {
    const judged = parts.map((part) => this.#judgements(part, cited, meaning))
    const best = judged.flatMap(([first]) => first ?? [])
    const least = Math.min(...best.map(({ verdict }) => rank[verdict]))
    const most = Math.max(...best.map(({ verdict }) => rank[verdict]))
    // Some of it is there: partly.
    const verdict = least === 2 ? 'supported' : most === 0 ? 'not_found' : 'partly'
    if (verdict === 'not_found') return { verdict, sources: cited.length > 0 ? cited : this.#numbers, evidence: null }
    const strongest = best.toSorted((one, other) => rank[other.verdict] - rank[one.verdict] || other.score - one.score)[0]
    const good = judged.flatMap((part) => part.filter((each) => rank[each.verdict] === (verdict === 'supported' ? 2 : most)))
    return {
      verdict,
      sources: [...new Set(good.map(({ stretch }) => stretch.source.number))],
      evidence: strongest
        ? { number: strongest.stretch.source.number, start: strongest.stretch.start, end: strongest.stretch.end }
        : null,
    }
  }

  /**
   * How a part of a claim stands against the stretches that share most with it, the best first. A source that the sentence names comes before an
   * equal one.
   */
  #judgements(part: Part, cited: readonly number[], meaning: MeaningOf): Judgement[] {
    const nearest =
      this.#stretches.length <= mostJudged
        ? this.#stretches
        : this.#stretches
            .map((stretch) => ({ stretch, shared: this.#sharedWith(part, stretch) }))
            .toSorted((one, other) => other.shared - one.shared)
            .slice(0, mostJudged)
            .map(({ stretch }) => stretch)
    return nearest
      .map((stretch) => this.#judge(part, stretch, meaning))
      .toSorted(
        (one, other) =>
          rank[other.verdict] - rank[one.verdict] ||
          Number(cited.includes(other.stretch.source.number)) - Number(cited.includes(one.stretch.source.number)) ||
          other.score - one.score,
      )
  }

  /** What a part has in common with a stretch, roughly and fast. */
  #sharedWith(part: Part, { language, terms, gives, topics }: Stretch): number {
    const claim = part.clauses.get(language)
    let sum = 0
    for (const { term, number } of claim?.tokens ?? []) {
      if (number) sum += number.needs.some((need) => gives.has(need)) ? 1 : 0
      else if (term !== null) sum += terms.has(term) ? 1 : topics.has(term) ? 0.1 : 0
    }
    return sum
  }

  #judge(part: Part, stretch: Stretch, meaning: MeaningOf): Judgement {
    const claim = part.clauses.get(stretch.language)
    if (!claim) return { verdict: 'not_found', score: 0, stretch }
    const likeness = meaning(part.plain, stretch.sentence) ?? 0
    const nothing: Judgement = { verdict: 'not_found', score: likeness - 1, stretch }
    const exact = exactOf(claim)
    const known = exact.filter((one) => isKnown(one, stretch)).length
    if (exact.length > 0 && known === 0) return nothing
    const isShared = claim.tokens.some(({ term }) => term !== null && (stretch.terms.has(term) || stretch.topics.has(term)))
    if (!isShared && likeness < someMeaning) return nothing
    const isExact = known === exact.length && part.names.every((name) => stretch.known.includes(name))
    let best = nothing
    for (const statement of stretch.statements) {
      const judged = this.#judgeStatement(claim, statement, stretch, likeness, isExact)
      if (rank[judged.verdict] > rank[best.verdict] || (judged.verdict === best.verdict && judged.score > best.score))
        best = judged
    }
    return best
  }

  /** `isExact`: the stretch has all the numbers, and its source all the names. */
  #judgeStatement(
    claim: Clause,
    { clause, around, contextTokens, isRespective }: Statement,
    stretch: Stretch,
    likeness: number,
    isExact: boolean,
  ): Judgement {
    const coverage = coverageOf(claim, clause, around, (term) => this.#weight(term))
    const { matches, part: words, missing } = coverage
    const score = words + likeness
    const verdict = words >= someWords || likeness >= someMeaning ? 'partly' : 'not_found'
    const otherwise: Judgement = { verdict, score: score - 0.5, stretch }
    const isNumbered = claim.tokens.some(({ number }) => number !== null)
    if (!isExact || (isRespective && isNumbered)) return otherwise
    const isMeant = words >= enoughWordsWithMeaning && likeness >= enoughMeaning
    const isSaid =
      missing.length === 0 || (isMeant && !this.#isElsewhere(claim, missing) && hasCounterparts(claim, clause, coverage))
    if (!isSaid || claim.heavy.size + claim.light.size === 0) return { verdict, score, stretch }
    if (disagreementOf(claim, clause, matches, contextTokens) !== null) return otherwise
    return { verdict: 'supported', score, stretch }
  }

  /** A claim speaks of somebody else: its first word is missing, or one that the sources have, but elsewhere. */
  #isElsewhere({ heavy }: Clause, missing: readonly string[]): boolean {
    const [first] = heavy
    return missing.some((term) => term === first || this.#frequency.has(term))
  }

  /** Rare among the sources counts more, and what none of them has counts most. */
  #weight(term: string): number {
    return Math.log(1 + this.#stretches.length / (this.#frequency.get(term) ?? 0.5))
  }

  #vocabulary(language: string): Vocabulary {
    const vocabulary = this.#vocabularies.get(language) ?? new Vocabulary(language)
    this.#vocabularies.set(language, vocabulary)
    return vocabulary
  }

  #claimOf(piece: AnswerPiece, languages: readonly string[]): Claim {
    const written = this.#answer.slice(piece.start, piece.end)
    const plain = plainText(written)
    const isSilent = piece.kind === 'head' || piece.kind === 'bare' || saysNothing(plain)
    return {
      piece,
      plain,
      cited: markedNumbers(written),
      parts: isSilent
        ? []
        : clausesOf(plain)
            .filter((clause) => !saysAbsence(clause))
            .flatMap((clause) => this.#partsOf(clause, languages)),
    }
  }

  /** The statements of a clause; it is parted alike in every language. */
  #partsOf(written: string, languages: readonly string[]): Part[] {
    const text = spelledOut(written)
    const read = languages.map((language) => {
      const idle = this.#idleTerms(language)
      // What is said about answering is no part of the claim, but tells who does what.
      const tokens = tokensOf(text, this.#vocabulary(language)).map((token) =>
        isContent(token) && idle.has(token.term ?? '') ? { ...token, sense: { ...token.sense, isLight: true as const } } : token,
      )
      return { language, statements: languages.length === 1 ? statementsOf(tokens) : [clauseOf(tokens)] }
    })
    return (read[0]?.statements ?? []).map((_, at) => ({
      plain: written.trim(),
      names: namesIn(text),
      clauses: new Map(read.flatMap(({ language, statements }) => (statements[at] ? [[language, statements[at]] as const] : []))),
    }))
  }

  #idleTerms(language: string): ReadonlySet<string> {
    const terms = this.#idle.get(language) ?? new Set(wordTerms(aboutAnswering, language))
    this.#idle.set(language, terms)
    return terms
  }
}

/** What must be in a source as it stands: numbers, and names with digits (CD4, hunter2). */
function exactOf({ tokens }: Clause): (string | FoundNumber)[] {
  return tokens.flatMap(({ term, number }) => number ?? (term !== null && /\d/.test(term) ? term : []))
}

function isKnown(exact: string | FoundNumber, { terms, gives, topics, statements }: Stretch): boolean {
  return typeof exact === 'string'
    ? terms.has(exact) || topics.has(exact) || statements.some(({ around }) => around.context.has(exact))
    : exact.needs.some((need) => gives.has(need))
}

/** Questions, greetings, and that the sources say nothing. */
function saysNothing(plain: string): boolean {
  if (/\?["»”]?$/.test(plain)) return true
  const language = languageOf(plain)
  const idle = new Set(wordTerms(aboutAnswering, language))
  return comparedText(plain, language).items.every(({ term }) => term !== null && idle.has(term))
}
