/**
 * Chooses what of the documents goes into a prompt: whole documents where they fit, otherwise the best passages, neighbours joined, as many
 * as there is room for, and of a long one that is too much the part that was asked about. Says of everything that was found what became of it.
 */
import type { Document } from '../../../../contract/document.ts'
import type { AnswerSources, FoundPassage, GivenSource, Scope, SearchReport } from '../../../../contract/sources.ts'
import { blockGap } from '../../../../contract/text-place.ts'
import type { Documents } from '../../workspaces/documents/documents.ts'
import { joinNeighbours, type JoinedPassages } from '../../workspaces/index/neighbouring-passages.ts'
import type { Retrieval } from '../../workspaces/index/retrieval.ts'
import { isLongerThan, partOf } from './passage-part.ts'
import { fenceTokens, fewestPieces, fewestTokens, partIn, partTokens } from './reading-time.ts'

/** Passages that a search brings, and that are kept for the inspector. */
const mostFound = 50
/** Pieces that are given: what comes after the twelfth only tires a small student. */
const mostPieces = 12
/** A passage with less than this part of the best one's score is too far below it. */
const floor = 0.5
/** What fence and name of a source take, in UTF-16 units. */
const fenceUnits = 2 * fenceTokens
/** No token is longer than so many UTF-16 units on average over a text: what is longer than the room by this need not be counted. */
const mostUnitsPerToken = 6

/** Tokens of a text, as exactly as can be said. */
export type CountTokens = (text: string) => Promise<number>

export interface ChosenSources {
  sources: Pick<AnswerSources, 'mode' | 'query' | 'embedderName' | 'given' | 'leftOut'>
  found: SearchReport
}

export interface SourceQuery {
  workspaceId: string
  conversationId: string | null
  scope: Scope
  query: string
  /** Tokens that the sources may take, their fences included. */
  room: number
  /** Tokens that can be read in the time that the person gives; infinite by default. A few passages, or as much, are given however long they take. */
  readable?: number
  /** Whether these whole documents were read ahead, so that they take no time. */
  isRead?: (given: readonly GivenSource[]) => boolean
  count: CountTokens
  /** What the model has before this question already, and need not be given again; nothing for a first question. */
  earlier?: EarlierSources
  /** Searches by meaning too where whole documents are given, so that the search can be judged; else words do, since it only informs. */
  isJudged?: boolean
}

export interface EarlierSources {
  carried: readonly GivenSource[]
  /** Documents that were given whole. */
  wholeIds: ReadonlySet<string>
  /** The number that the next source has. */
  firstNumber: number
}

const nothingEarlier: EarlierSources = { carried: [], wholeIds: new Set(), firstNumber: 1 }

export class SourceChoice {
  readonly #documents: Pick<Documents, 'all' | 'wholeText' | 'places'>
  readonly #retrieval: Pick<Retrieval, 'search'>

  constructor({
    documents,
    retrieval,
  }: {
    documents: Pick<Documents, 'all' | 'wholeText' | 'places'>
    retrieval: Pick<Retrieval, 'search'>
  }) {
    this.#documents = documents
    this.#retrieval = retrieval
  }

  /** Documents with text that a conversation asks: those of its scope, and its attachments. */
  asked({
    workspaceId,
    conversationId,
    scope,
  }: {
    workspaceId: string
    conversationId: string | null
    scope: Scope
  }): Document[] {
    const wished = scope.documentIds && new Set(scope.documentIds)
    return this.#documents
      .all({ workspaceId, conversationId, documents: scope.documents })
      .filter((document) => document.stage === 'ready' || document.stage === 'embedding')
      .filter((document) => document.conversationId !== null || !wished || wished.has(document.id))
  }

  /** @throws AppError cancelled, locked */
  async choose(input: SourceQuery, signal: AbortSignal): Promise<ChosenSources> {
    const { workspaceId, conversationId, scope, query, earlier = nothingEarlier, isJudged = false } = input
    const whole = await this.whole(input)
    const found = await this.#retrieval.search(
      {
        ...{ workspaceId, conversationId, query, documents: scope.documents, limit: mostFound },
        filter: scope.documentIds ? { documentIds: scope.documentIds } : {},
        byWordsAlone: whole !== null && !isJudged,
      },
      signal,
    )
    const { given, passages } = whole
      ? { given: whole, passages: wholeFates(found.found, [...earlier.carried, ...whole]) }
      : await this.#passages(input, earlier, found)
    return {
      sources: {
        mode: whole ? 'whole' : 'passages',
        ...{ query, given, embedderName: found.embedderName },
        leftOut: passages.filter(({ fate }) => fate === 'room').length,
      },
      found: { ...found, found: passages },
    }
  }

  /** All documents that are asked and are not there yet, where they fit together; null where they do not. */
  async whole(input: Omit<SourceQuery, 'query'>): Promise<GivenSource[] | null> {
    const { workspaceId, room, readable = Infinity, isRead, count, earlier = nothingEarlier } = input
    const { wholeIds, firstNumber } = earlier
    const given: GivenSource[] = []
    const asked = this.asked(input)
    let left = room * mostUnitsPerToken
    for (const document of asked) {
      if (wholeIds.has(document.id)) continue
      left -= fenceUnits
      const text = left <= 0 ? null : this.#documents.wholeText(workspaceId, document.id, left)
      if (text === null) return null
      left -= text.length
      const places = this.#documents.places(workspaceId, document.id, 0, text.length)
      const place = places[0]?.place
      if (!place) continue
      given.push({
        ...{ number: firstNumber + given.length, documentId: document.id, documentName: document.name },
        ...{ headings: [], start: 0, end: text.length, place, places, text },
        ...{ changedAt: document.changedAt, reading: document.reading },
      })
    }
    if (given.length === 0) return asked.some(({ id }) => wholeIds.has(id)) ? [] : null
    const tokens = await count(given.map(({ text }) => text).join('\n'))
    const all = tokens + given.length * fenceTokens
    return all <= room && (all <= Math.max(readable, fewestTokens) || isRead?.(given) === true) ? given : null
  }

  async #passages(
    input: SourceQuery,
    { carried, firstNumber }: EarlierSources,
    { found, terms }: SearchReport,
  ): Promise<{ given: GivenSource[]; passages: FoundPassage[] }> {
    const { workspaceId, room, readable = Infinity, count } = input
    const isBelow = belowIn(found)
    const holder = holderAmong(carried)
    const [near, there] = [new Array<FoundPassage>(), new Set<GivenSource>()]
    const fates = new Map<string, Pick<FoundPassage, 'fate' | 'number'>>()
    for (const passage of found) {
      const held = holder(passage) ?? (isBelow(passage) ? undefined : holder(askedPart(passage, terms, partTokens.least)))
      if (held) fates.set(passage.passageId, { fate: 'sent', number: held.number })
      if (isBelow(passage)) continue
      if (held) there.add(held)
      else near.push(passage)
    }
    // What is there already counts as given, but an answer may need what is not.
    const fewest = Math.max(1, fewestPieces - there.size)
    const part = partIn(Math.min(readable, room), Math.min(fewest, near.length))
    const textOf = this.#reader(workspaceId)
    const taken: { piece: JoinedPassages; text: string }[] = []
    let left = room
    const pieces = joinNeighbours(near)
    for (const [at, piece] of pieces.entries()) {
      if (taken.length === mostPieces) break
      // A long one leaves room and time for parts of the others that an answer needs.
      const others = Math.max(0, Math.min(fewest - taken.length, pieces.length - at) - 1)
      for (const { attempt, isLeast } of attemptsAt(piece, terms, part)) {
        const text = textOf(attempt)
        const tokens = (await count(text)) + fenceTokens
        const all = tokens + (isLeast ? 0 : others * (part + fenceTokens))
        const isInTime = room - left + all <= readable || (isLeast && taken.length < fewest)
        if (all > left || !isInTime) continue
        left -= tokens
        taken.push({ piece: attempt, text })
        break
      }
    }
    const documents = [...new Set(taken.map(({ piece }) => piece.best.documentId))]
    const inOrder = taken.toSorted(
      (one, other) =>
        documents.indexOf(one.piece.best.documentId) - documents.indexOf(other.piece.best.documentId) ||
        one.piece.start - other.piece.start,
    )
    const changed = new Map(this.asked(input).map(({ id, changedAt, reading }) => [id, { changedAt, reading }]))
    const given = inOrder.map(({ piece, text }, index): GivenSource => {
      const [first = piece.best] = piece.members
      const number = firstNumber + index
      for (const member of piece.members)
        fates.set(member.passageId, { fate: member.passageId === piece.best.passageId ? 'sent' : 'joined', number })
      const { documentId, documentName, headings, place } = first
      const places = this.#documents.places(workspaceId, documentId, piece.start, piece.end)
      const source = {
        ...{ number, documentId, documentName, headings, start: piece.start, end: piece.end, places, text },
        // A part may begin on another page than its passage.
        place: piece.start === first.start ? place : (places[0]?.place ?? place),
      }
      return { ...source, ...changed.get(documentId) }
    })
    return {
      given,
      passages: found.map((passage) => ({
        ...passage,
        fate: isBelow(passage) ? ('below' as const) : ('room' as const),
        number: null,
        ...fates.get(passage.passageId),
      })),
    }
  }

  /** The text of joined passages: the document's, from where they begin to where they end. */
  #reader(workspaceId: string): (piece: JoinedPassages) => string {
    const texts = new Map<string, string | null>()
    return ({ best, start, end, members }) => {
      if (members.length === 1) return best.text.slice(start - best.start, end - best.start)
      const { documentId } = best
      if (!texts.has(documentId))
        texts.set(documentId, this.#documents.wholeText(workspaceId, documentId, Number.MAX_SAFE_INTEGER))
      const whole = texts.get(documentId)
      // It may have been read anew since it was searched: then what stands there is other text.
      const isAsFound = members.every((member) => whole?.slice(member.start, member.end) === member.text)
      return whole != null && isAsFound ? whole.slice(start, end) : members.map(({ text }) => text).join(blockGap)
    }
  }
}

/** What may be given of a piece, the longest first: with its neighbours, alone, and of a long one the part that was asked about. */
function* attemptsAt(
  piece: JoinedPassages,
  terms: readonly string[],
  partTokens: number,
): Generator<{ attempt: JoinedPassages; isLeast: boolean }> {
  const { best, members } = piece
  const alone = { best, start: best.start, end: best.end, members: [best] }
  const isLong = isLongerThan(best.text, partTokens)
  if (members.length > 1) yield { attempt: piece, isLeast: false }
  yield { attempt: alone, isLeast: !isLong }
  if (!isLong) return
  const { start, end } = askedPart(best, terms, partTokens)
  yield { attempt: { ...alone, start, end }, isLeast: true }
}

/** The part of a passage that was asked about, by its place in the document; the whole where it is hardly longer than a part. */
function askedPart(
  { documentId, text, start, end }: FoundPassage,
  terms: readonly string[],
  partTokens: number,
): Pick<FoundPassage, 'documentId' | 'start' | 'end'> {
  if (!isLongerThan(text, partTokens)) return { documentId, start, end }
  const part = partOf(text, terms, partTokens)
  return { documentId, start: start + part.start, end: start + part.end }
}

/** Who is too far below the best, by the fused score and in the reranker's eyes as well, where it looked. */
function belowIn(found: readonly FoundPassage[]): (passage: FoundPassage) => boolean {
  const best = Math.max(...found.map(({ score }) => score))
  const bestReranked = Math.max(...found.map(({ reranker }) => reranker?.score ?? 0))
  return ({ score, reranker }) => best > 0 && score < best * floor && (reranker === null || reranker.score < bestReranked * floor)
}

/** Finds the carried source that a passage lies in. */
function holderAmong(
  carried: readonly GivenSource[],
): (passage: Pick<FoundPassage, 'documentId' | 'start' | 'end'>) => GivenSource | undefined {
  const byDocument = Map.groupBy(carried, ({ documentId }) => documentId)
  return ({ documentId, start, end }) => byDocument.get(documentId)?.find((source) => source.start <= start && source.end >= end)
}

/** Where whole documents are given, everything that was found in them is. */
function wholeFates(found: readonly FoundPassage[], given: readonly GivenSource[]): FoundPassage[] {
  const numbers = new Map(given.map(({ documentId, number }) => [documentId, number]))
  return found.map((passage) => {
    const number = numbers.get(passage.documentId)
    return number === undefined ? { ...passage, fate: 'room', number: null } : { ...passage, fate: 'sent', number }
  })
}
