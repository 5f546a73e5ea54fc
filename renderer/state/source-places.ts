/** Where in a document the words stand that a sentence of an answer rests on; a passage may go over several pages. Pure. */
import type { GivenSource, SentenceCheck } from '../../contract/sources.ts'
import type { TextPlace } from '../../contract/text-place.ts'

/** From one place to another of the same kind, which is mostly the same. */
interface PlaceSpan {
  first: TextPlace
  last: TextPlace
}

/** Of the words that support the sentence, where the check found them in this source; else of all that was given. */
export function spanOf(source: GivenSource, claim: Pick<SentenceCheck, 'evidence'> | null = null): PlaceSpan {
  const evidence = evidenceOf(source, claim)
  const { start, end } = evidence ?? { start: 0, end: source.text.length }
  const places = source.places ?? []
  const at = (offset: number): TextPlace => places.findLast((part) => part.start <= offset)?.place ?? source.place
  const first = at(start)
  const last = at(Math.max(start, end - 1))
  return { first, last: last.kind === first.kind ? last : first }
}

/** Those of the sentences that rest on this source, each once, in the order of the document; of all that was given where none does. */
export function spansOf(source: GivenSource, claims: readonly Pick<SentenceCheck, 'evidence'>[]): PlaceSpan[] {
  const resting = claims
    .flatMap((claim) => evidenceOf(source, claim) ?? [])
    .toSorted((one, other) => one.start - other.start)
    .map(({ start, end }) => spanOf(source, { evidence: { number: source.number, start, end } }))
  const spans = new Map(resting.map((span) => [JSON.stringify(span), span]))
  return spans.size > 0 ? [...spans.values()] : [spanOf(source)]
}

/** The words in the source's text that support a sentence; null where they are another source's, or are not known. */
export function evidenceOf(
  { number }: Pick<GivenSource, 'number'>,
  claim: Pick<SentenceCheck, 'evidence'> | null,
): { start: number; end: number } | null {
  return claim?.evidence?.number === number ? { start: claim.evidence.start, end: claim.evidence.end } : null
}
