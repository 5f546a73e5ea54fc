/** How alike in meaning sentences are, by the embedder, on a scale that is the same for every embedder. */
import type { EmbedderFacts } from '../runtime/embedder.ts'
import type { Watchable } from '../base/watchable.ts'
import type { MeaningOf, MeaningWish } from './support-check.ts'

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

/** What an embedder must be able to do for this. */
export interface SentenceEmbedder {
  readonly state: Pick<Watchable<EmbedderFacts | null>, 'value'>
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array>
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
   * turn. Never fails: without an embedder, or when it fails or takes too long, what is known so far is what there is.
   */
  async of(wishes: readonly MeaningWish[], signal: AbortSignal): Promise<MeaningOf> {
    const vectors = new Map<string, Float32Array>()
    if (this.#embedder.state.value && wishes.length > 0) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#patienceMs)])
      try {
        for (const text of new Set([...strangers, ...wishes.flatMap(({ claim, sentences }) => [claim, ...sentences])])) {
          if (limited.aborted) break
          vectors.set(text, await this.#embedder.embedQuery(text, limited))
        }
      } catch {
        // Words alone decide.
      }
    }
    return (claim, sentence) => {
      const one = vectors.get(claim)
      const other = vectors.get(sentence)
      const away = strangers.map((stranger) => vectors.get(stranger))
      if (!one || !other || !away.every((vector) => vector !== undefined)) return null
      const base = away.reduce((sum, vector) => sum + cosine(one, vector), 0) / away.length
      return Math.min(1, Math.max(0, (cosine(one, other) - base) / (1 - base)))
    }
  }
}

/** Of vectors of length one. */
function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)
}
