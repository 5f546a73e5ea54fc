/** How alike in meaning sentences are, by the embedder, on a scale that is the same for every embedder; a reranker must agree where one is. */
import type { EmbedderFacts } from '../../runtime/embedder.ts'
import type { Watchable } from '../../base/watchable.ts'
import { enoughMeaning, type MeaningOf, type MeaningWish } from './support-check.ts'

/** The checks must not keep a reader waiting: what is not known by then, in milliseconds, is judged by words alone. */
const patienceMs = 6000
/**
 * Sentences that have nothing to do with anything that is asked. Embedders differ in how alike they find such strangers (e5 about 0.75,
 * MiniLM about 0): that is where the scale begins.
 */
const strangers = [
  'The lighthouse keeper painted the boat green before the storm.',
  'Les violons jouaient une valse sous les tilleuls du parc.',
  'Bake the apples with cinnamon until they are soft.',
]

/** A reranker gives a probability. Below this it says that the one sentence is not about the other. */
const agrees = 0.5

/** What embedder and reranker must be able to do for this; `rank` gives null where there is no reranker. */
export interface SentenceEmbedder {
  readonly state: Pick<Watchable<EmbedderFacts | null>, 'value'>
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array>
  rank(query: string, texts: readonly string[], signal: AbortSignal): Promise<number[] | null>
}

export class Likeness {
  readonly #embedder: SentenceEmbedder
  readonly #patienceMs: number

  constructor(embedder: SentenceEmbedder, limitMs = patienceMs) {
    this.#embedder = embedder
    this.#patienceMs = limitMs
  }

  /**
   * Compares what is wished for. Both sides are embedded in the same way, as e5 wants it for likeness, and before passages that wait for their
   * turn. What the embedder finds alike enough to support a claim, and the reranker does not, is as unlike as strangers: a reranker takes
   * support away and never adds any. Never fails: without an embedder, or when one fails or takes too long, what is known so far is what there is.
   */
  async of(wishes: readonly MeaningWish[], signal: AbortSignal): Promise<MeaningOf> {
    const vectors = new Map<string, Float32Array>()
    const refused = new Set<string>()
    const likeness: MeaningOf = (claim, sentence) =>
      refused.has(pairOf(claim, sentence)) ? 0 : likenessIn(vectors, claim, sentence)
    if (!this.#embedder.state.value || wishes.length === 0) return likeness
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#patienceMs)])
    try {
      for (const text of new Set([...strangers, ...wishes.flatMap(({ claim, sentences }) => [claim, ...sentences])])) {
        if (limited.aborted) return likeness
        vectors.set(text, await this.#embedder.embedQuery(text, limited))
      }
      for (const { claim, sentences } of wishes) {
        for (const sentence of sentences.filter((each) => (likeness(claim, each) ?? 0) >= enoughMeaning)) {
          const [score] = limited.aborted ? [] : ((await this.#embedder.rank(claim, [sentence], limited)) ?? [])
          if (score === undefined) return likeness
          if (score < agrees) refused.add(pairOf(claim, sentence))
        }
      }
    } catch {
      // What is not known is judged by words alone.
    }
    return likeness
  }
}

function likenessIn(vectors: ReadonlyMap<string, Float32Array>, claim: string, sentence: string): number | null {
  const one = vectors.get(claim)
  const other = vectors.get(sentence)
  const away = strangers.map((stranger) => vectors.get(stranger))
  if (!one || !other || !away.every((vector) => vector !== undefined)) return null
  const base = away.reduce((sum, vector) => sum + cosine(one, vector), 0) / away.length
  return Math.min(1, Math.max(0, (cosine(one, other) - base) / (1 - base)))
}

function pairOf(claim: string, sentence: string): string {
  return JSON.stringify([claim, sentence])
}

/** Of vectors of length one. */
function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)
}
