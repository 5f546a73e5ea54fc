/**
 * How each sentence of an answer stands against the sources that it was made from. By words alone, or better with the likeness of
 * meaning that somebody else has computed. A number, a name or a denial that the source does not have is never supported.
 */
import type { SentenceCheck } from '../../../../contract/sources.ts'
import { languageOf } from '../../workspaces/text/language.ts'
import { sentencesOf } from '../../workspaces/text/sentences.ts'
import { saysAbsence } from './absence.ts'
import { markedNumbers, piecesOf, plainText, type AnswerPiece } from './answer-pieces.ts'
import { clausesOf, comparedText, folded, namesIn, wordTerms, type ComparedItem, type ComparedText } from './compared-text.ts'

/** A source as it was given. `context`: its document's name and headings, which its sentences need not repeat. */
export interface CheckedSource {
  number: number
  text: string
  context: string
}

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

/** Parts of a claim's weight that a sentence must have; chosen on test/fixtures/support-pairs.ts, as are the likenesses. */
const enoughWords = 0.74
const enoughWordsWithMeaning = 0.5
/** The likeness from which on meaning may support what the words leave open. */
export const enoughMeaning = 0.62
const someWords = 0.42
const someMeaning = 0.6
/** A word that only the headings or the document's name have counts a little less. */
const contextWorth = 0.8
/** Sentences of the sources whose meaning is compared with one claim, at most. */
const mostWishes = 12

/** What an answer says about answering, and no claim about anything. */
const aboutAnswering =
  'answer question source document passage text excerpt context information provide give state mention say specify indicate according follow base sure certainly hello sorry thank note summary réponse question source document passage texte extrait contexte information fournir donner indiquer mentionner dire préciser selon suivant certainement bonjour désolé merci résumé'

/** Sentences that speak of what the one before named. */
const leaning =
  /^(?:it|its|he|his|she|her|they|their|these|this|that|those|ils?|elles?|ce|cette|ces|celui|celle|son|sa|ses|leurs?|y)(?!\p{L})/iu

interface Part {
  compared: Map<string | null, ComparedText>
  plain: string
  names: string[]
}

interface Claim {
  piece: AnswerPiece
  plain: string
  cited: number[]
  parts: Part[]
}

/** A sentence of a source, or a row of a table. */
interface Stretch {
  source: CheckedSource
  language: string | null
  start: number
  end: number
  sentence: string
  whole: ComparedText
  clauses: ComparedText[]
  context: ReadonlySet<string>
  /** Of a table: each of its clauses is a cell with what it is about. */
  isRow: boolean
  /** Of the whole source. */
  termsOfSource: ReadonlySet<string>
  /** All the source's words and context, folded, for names. */
  known: string
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

  constructor(answer: string, sources: readonly CheckedSource[]) {
    this.#answer = answer
    this.#numbers = sources.map(({ number }) => number)
    this.#stretches = sources.flatMap((source) => this.#stretchesOf(source))
    const languages = [...new Set(this.#stretches.map(({ language }) => language))]
    this.#claims = piecesOf(answer).map((piece) => claimOf(answer, piece, languages))
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
    return this.#stretches.some(({ language, known }) => {
      const { items } = comparedText(plain, language)
      const inSource = comparedText(known, language)
      return items.every(({ term, number }) =>
        term === null ? number.needs.some((need) => inSource.gives.has(need)) : inSource.terms.has(term),
      )
    })
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

  /** How a part of a claim stands against each stretch, the best first. A source that the sentence names comes before an equal one. */
  #judgements(part: Part, cited: readonly number[], meaning: MeaningOf): Judgement[] {
    return this.#stretches
      .map((stretch) => this.#judge(part, stretch, meaning))
      .toSorted(
        (one, other) =>
          rank[other.verdict] - rank[one.verdict] ||
          Number(cited.includes(other.stretch.source.number)) - Number(cited.includes(one.stretch.source.number)) ||
          other.score - one.score,
      )
  }

  #judge(part: Part, stretch: Stretch, meaning: MeaningOf): Judgement {
    const claim = part.compared.get(stretch.language)
    if (!claim) return { verdict: 'not_found', score: 0, stretch }
    const { words, clause } = this.#words(claim, stretch)
    const likeness = meaning(part.plain, stretch.sentence) ?? 0
    const score = words + likeness
    const asked = claim.items.flatMap(({ number }) => number ?? [])
    const { gives } = stretch.isRow ? clause : stretch.whole
    const missing = asked.filter(({ needs }) => !needs.some((need) => gives.has(need)))
    const hasWords = claim.terms.size > 0
    const isSupported = hasWords && (words >= enoughWords || (words >= enoughWordsWithMeaning && likeness >= enoughMeaning))
    const isPartly = words >= someWords || likeness >= someMeaning
    if (asked.length > 0 && missing.length === asked.length) return { verdict: 'not_found', score: score - 1, stretch }
    const isOtherwise =
      missing.length > 0 ||
      part.names.some((name) => !stretch.known.includes(name)) ||
      (isSupported &&
        (saysOfAnother(claim, clause, stretch) ||
          deniesOtherwise(claim, clause, stretch.context) ||
          (!stretch.isRow && misplacesNumber(claim, stretch))))
    if (isOtherwise) return { verdict: isPartly ? 'partly' : 'not_found', score: score - 0.5, stretch }
    return { verdict: isSupported ? 'supported' : isPartly ? 'partly' : 'not_found', score, stretch }
  }

  /**
   * The part of the claim's weight that one clause of the stretch has: all its words scattered over a sentence, or over two, may say
   * something else.
   */
  #words(claim: ComparedText, stretch: Stretch): { words: number; clause: ComparedText } {
    const terms = [...claim.terms]
    const total = terms.reduce((sum, term) => sum + this.#weight(term), 0)
    let best = { words: 0, clause: stretch.whole, numbers: 0 }
    for (const clause of stretch.clauses) {
      const has = (term: string): number => (clause.terms.has(term) ? 1 : stretch.context.has(term) ? contextWorth : 0)
      const isAbout = total === 0 || terms.some((term) => clause.terms.has(term))
      // A number alone says nothing of what it counts.
      const words =
        total === 0 ? someWords : isAbout ? terms.reduce((sum, term) => sum + this.#weight(term) * has(term), 0) / total : 0
      const numbers = claim.items.filter(({ number }) => number?.needs.some((need) => clause.gives.has(need))).length
      if (words > best.words || (words === best.words && numbers > best.numbers)) best = { words, clause, numbers }
    }
    return best
  }

  /** Rare among the sources counts more, and what none of them has counts most. */
  #weight(term: string): number {
    return Math.log(1 + this.#stretches.length / (this.#frequency.get(term) ?? 0.5))
  }

  #stretchesOf(source: CheckedSource): Stretch[] {
    const language = languageOf(source.text) ?? languageOf(this.#answer)
    const context = new Set(wordTerms(source.context, language))
    const known = folded(`${source.context}\n${source.text}`)
    const termsOfSource = new Set(wordTerms(source.text, language))
    const stretches: Stretch[] = []
    let before: ReadonlySet<string> = new Set()
    const add = (start: number, end: number, sentence: string, clauses: string[], isRow = false): void => {
      const whole = comparedText(sentence, language)
      const compared = clauses.map((clause, at) => {
        // “…; they affect …”: what they are stands in the clause before.
        const before = leaning.test(clause.replace(/^[\s;:,]+/, '')) ? `${clauses[at - 1] ?? ''} ` : ''
        return comparedText(before + clause, language)
      })
      // “It is returned …”: what it is stands in the sentence before.
      const around = leaning.test(sentence) ? new Set([...context, ...before]) : context
      before = whole.terms
      stretches.push({
        source,
        language,
        start,
        end,
        sentence,
        whole,
        clauses: compared,
        context: around,
        known,
        termsOfSource,
        isRow,
      })
      for (const term of whole.terms) this.#frequency.set(term, (this.#frequency.get(term) ?? 0) + 1)
    }
    let head: string[] | null = null
    for (const { start, end } of linesOf(source.text)) {
      const line = source.text.slice(start, end)
      if (line.includes('\t')) {
        const cells = line.split('\t')
        const heads: string[] = head ?? cells
        // A cell says what its row is about, its column's head and itself.
        add(
          start,
          end,
          line.replaceAll('\t', ' ; '),
          head ? cells.map((cell, at) => `${heads[0]} ${cells[0]} ; ${heads[at] ?? ''} ; ${cell}`) : cells,
          true,
        )
        head ??= cells
        continue
      }
      head = null
      for (const sentence of sentencesOf(line)) {
        const text = line.slice(sentence.start, sentence.end)
        add(start + sentence.start, start + sentence.end, text, clausesOf(text))
      }
    }
    return stretches
  }
}

function claimOf(answer: string, piece: AnswerPiece, languages: readonly (string | null)[]): Claim {
  const written = answer.slice(piece.start, piece.end)
  const plain = plainText(written)
  const isSilent = piece.kind === 'head' || piece.kind === 'bare' || saysNothing(plain)
  const partOf = (text: string): Part => ({
    plain: text.trim(),
    names: namesIn(text),
    compared: new Map(languages.map((language) => [language, withoutAnswering(comparedText(text, language), language)])),
  })
  return {
    piece,
    plain,
    cited: markedNumbers(written),
    parts: isSilent
      ? []
      : clausesOf(plain)
          .filter((clause) => !saysAbsence(clause))
          .map(partOf),
  }
}

/** Questions, greetings, and that the sources say nothing. */
function saysNothing(plain: string): boolean {
  if (/\?["»”]?$/.test(plain)) return true
  const language = languageOf(plain)
  return withoutAnswering(comparedText(plain, language), language).items.length === 0
}

function withoutAnswering(compared: ComparedText, language: string | null): ComparedText {
  const idle = answeringTerms(language)
  return {
    ...compared,
    items: compared.items.filter(({ term }) => term === null || !idle.has(term)),
    terms: new Set([...compared.terms].filter((term) => !idle.has(term))),
  }
}

function answeringTerms(language: string | null): Set<string> {
  return new Set(wordTerms(aboutAnswering, language))
}

/**
 * The claim speaks of somebody else: its first word is not in the clause, or another of its words stands in the source, but elsewhere.
 * What the clause says of the landlord, the claim may say of the tenant.
 */
function saysOfAnother(claim: ComparedText, clause: ComparedText, { context, termsOfSource }: Stretch): boolean {
  return [...claim.terms].some(
    (term, at) => !clause.terms.has(term) && !context.has(term) && (at === 0 || termsOfSource.has(term)),
  )
}

/** One of the two denies what the other says. */
function deniesOtherwise(claim: ComparedText, clause: ComparedText, context: ReadonlySet<string>): boolean {
  if (claim.denials === clause.denials) return false
  const shared = [...claim.terms].filter((term) => clause.terms.has(term) || context.has(term))
  return shared.some((term) => claim.denied.has(term) || clause.denied.has(term))
}

/** A number stands beside other words than in the source: the deposit's amount said of the rent. */
function misplacesNumber({ items }: ComparedText, { whole, clauses }: Stretch): boolean {
  if (clauses.some(isDense))
    return items.some((item, at) => item.number !== null && !clauses.some((clause) => isBeside(items, at, clause)))
  if (clauses.length < 2) return false
  return items.some(({ number }, at) => {
    if (number === null) return false
    const beside = [items[at - 1]?.term, items[at + 1]?.term].filter((term) => term != null && whole.terms.has(term))
    return !clauses.some(
      ({ gives, terms }) =>
        number.needs.some((need) => gives.has(need)) && beside.every((term) => term != null && terms.has(term)),
    )
  })
}

/** A row of figures whose columns were lost: which figure is whose can only be told by what stands right beside it. */
function isDense({ items }: ComparedText): boolean {
  return items.filter(({ number }) => number !== null).length >= 4
}

/** Whether a number of the claim has the same word right beside it in the clause. */
function isBeside(items: readonly ComparedItem[], at: number, clause: ComparedText): boolean {
  const needs = items[at]?.number?.needs ?? []
  const beside = [items[at - 1]?.term, items[at + 1]?.term].filter((term) => term != null)
  return clause.items.some(
    ({ number }, place) =>
      needs.some((need) => number?.gives.includes(need)) &&
      beside.some((term) => term === clause.items[place - 1]?.term || term === clause.items[place + 1]?.term),
  )
}

function linesOf(text: string): { start: number; end: number }[] {
  return [...text.matchAll(/[^\n]+/g)].map((found) => ({ start: found.index, end: found.index + found[0].length }))
}
