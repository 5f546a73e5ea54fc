/** Joins found passages that stand next to each other in a document, so that a reader gets one piece and not two halves. */
import type { FoundPassage } from '../../../../contract/sources.ts'

/** UTF-16 units between two passages that are still neighbours: one passage that was not found, of about 140 words, fits in. */
const widestGap = 1200

/** Passages that are given as one: the best of them, and from where to where they reach in the document's text. */
export interface JoinedPassages {
  /** The best; its place in the order is that of all. */
  best: FoundPassage
  start: number
  end: number
  /** All of them in the document's order. */
  members: FoundPassage[]
}

/**
 * Passages of one document that touch, overlap, or have at most one passage between them become one. The order is that of the best.
 * Every member but the best gets the fate `joined`. The joined text is the document's from `start` to `end`: what lies between was not
 * found and is to be read from the document.
 * @param found best first
 */
export function joinNeighbours(found: readonly FoundPassage[]): JoinedPassages[] {
  const rank = new Map(found.map((passage, index) => [passage, index]))
  const rankOf = (passage: FoundPassage): number => rank.get(passage) ?? found.length
  const joined: JoinedPassages[] = []
  const inOrder = [...found].sort(
    (one, other) => one.documentId.localeCompare(other.documentId) || one.start - other.start || rankOf(one) - rankOf(other),
  )
  for (const passage of inOrder) {
    const last = joined.at(-1)
    if (last?.best.documentId === passage.documentId && passage.start - last.end <= widestGap) {
      last.members.push(passage)
      last.end = Math.max(last.end, passage.end)
      if (rankOf(passage) < rankOf(last.best)) last.best = passage
    } else joined.push({ best: passage, start: passage.start, end: passage.end, members: [passage] })
  }
  joined.sort((one, other) => rankOf(one.best) - rankOf(other.best))
  return joined.map((group) => ({
    ...group,
    members: group.members.map((member) => (member === group.best ? member : { ...member, fate: 'joined' as const })),
  }))
}
