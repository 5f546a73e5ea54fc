/**
 * Texts to vectors, and how well texts answer a question, over node-llama-cpp. It is given tokens, never text: the library puts no
 * first special token before text of a unigram vocabulary, and the vectors are then off (mean cosine 0.986 to the reference in place of 0.998).
 */
import type { LlamaEmbeddingContext, LlamaModel, LlamaRankingContext, Token } from 'node-llama-cpp'
import { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import { wordsBefore, type TextKind } from './embed-words.ts'
import type { LoadedModel } from './loaded-model.ts'
import { SpecialTokens } from './prompt/vocabulary.ts'

/** Longest text that is embedded, in tokens with the special ones: passages are made for it, and memory grows with its square. */
const mostEmbedTokens = 512
/** Longest question with a passage that is ranked, in tokens with the special ones. */
const mostRankTokens = 1024
/** No vocabulary that is known spells more characters with one token on average; what lies behind is not even tokenised. */
const mostCharactersPerToken = 64

const Metadata = z.object({
  general: z.object({ name: z.string().optional().catch(undefined), basename: z.string().optional().catch(undefined) }),
  tokenizer: z.object({ ggml: z.object({ unknown_token_id: z.number().optional().catch(undefined) }) }),
})

/** A loaded model that embeds, or that ranks. */
export class Embedder {
  readonly #loaded: LoadedModel
  readonly #names: string[]
  readonly #special: SpecialTokens
  readonly #unknown: number | undefined
  readonly #embeddings: LlamaEmbeddingContext | null
  readonly #ranking: LlamaRankingContext | null
  /** Of one text, with the special ones. */
  readonly mostTokens: number

  static async open(loaded: LoadedModel, purpose: 'embedder' | 'reranker'): Promise<Embedder> {
    const { model, threads } = loaded
    const most = Math.min(purpose === 'embedder' ? mostEmbedTokens : mostRankTokens, model.trainContextSize)
    // The library refuses what fills a context to its last token, and such a model reads a text in one batch or not at all.
    const size = { contextSize: most + 1, batchSize: most + 1, threads }
    return purpose === 'embedder'
      ? new Embedder(loaded, most, await model.createEmbeddingContext(size), null)
      : new Embedder(loaded, most, null, await model.createRankingContext(size))
  }

  private constructor(
    loaded: LoadedModel,
    mostTokens: number,
    embeddings: LlamaEmbeddingContext | null,
    ranking: LlamaRankingContext | null,
  ) {
    const { general, tokenizer } = Metadata.parse(loaded.model.fileInfo.metadata)
    this.#loaded = loaded
    this.#names = [general.name, general.basename].filter((name) => name !== undefined)
    this.#special = new SpecialTokens(loaded.vocabulary)
    this.#unknown = tokenizer.ggml.unknown_token_id
    this.#embeddings = embeddings
    this.#ranking = ranking
    this.mostTokens = mostTokens
  }

  /** Numbers in a vector. */
  get dimensions(): number {
    return this.#loaded.model.embeddingVectorSize
  }

  async close(): Promise<void> {
    await this.#embeddings?.dispose()
    await this.#ranking?.dispose()
  }

  /** A vector of length 1; of a text that is too long, of its beginning. @throws AppError engine_failed */
  async embed(text: string, kind: TextKind): Promise<Float32Array> {
    if (!this.#embeddings) throw new AppError('engine_failed', 'It does not embed', { detail: '' })
    const { first, last } = endsOf(this.#loaded.model)
    const words = this.#tokens(text, this.mostTokens, wordsBefore(this.#names, kind))
    const room = this.mostTokens - first.length - last.length
    const { vector } = await this.#embeddings.getEmbeddingFor([...first, ...words.slice(0, room), ...last])
    const length = Math.hypot(...vector)
    if (!Number.isFinite(length) || length === 0) throw new AppError('engine_failed', 'No vector', { detail: '' })
    return Float32Array.from(vector, (value) => value / length)
  }

  /** How well a text answers, from 0 to 1. Of a pair that is too long, the text's end is left out. @throws AppError engine_failed */
  async rank(query: string, text: string): Promise<number> {
    const ranking = this.#ranking
    if (!ranking) throw new AppError('engine_failed', 'It does not rank', { detail: '' })
    const asked = this.#tokens(query, Math.floor(this.mostTokens / 2))
    const passage = this.#tokens(text, this.mostTokens)
    // Two words that are there cost what the frame around them costs, and themselves.
    const [word] = this.#tokens('a', this.mostTokens)
    const frame = word === undefined ? 0 : ranking.calculateInputLength([word], [word]) - 2
    return ranking.rank(asked, passage.slice(0, this.mostTokens - frame - asked.length))
  }

  /** Tokens of somebody's text, none of them special but the one for what the vocabulary cannot spell. */
  #tokens(text: string, most: number, before = ''): Token[] {
    const { model } = this.#loaded
    const plain = text.normalize('NFKC').replace(/\s+/g, ' ').trim()
    const own = `${before}${plain}`.slice(0, this.mostTokens * mostCharactersPerToken)
    const isMark = (token: Token): boolean => this.#special.has(token) && token !== this.#unknown
    let tokens = model.tokenize(own, false)
    // llama.cpp reads user-defined tokens even where special ones are off: with spaces between its letters a spelling is text.
    const { spelling } = this.#special
    if (spelling && tokens.some(isMark)) {
      const apart = own.replace(spelling, (mark) => [...mark].join(' '))
      tokens = model.tokenize(apart, false).filter((token) => !isMark(token))
    }
    return tokens.slice(0, most)
  }
}

/** The special tokens around a text, as llama.cpp itself would put them there (llama_tokenize with add_special). */
function endsOf({ vocabularyType, tokens }: LlamaModel): { first: Token[]; last: Token[] } {
  // Its names, not the library's list: that would load the library before the doors are closed.
  const kind: string = vocabularyType
  const always = kind === 'wpm' || kind === 'ugm'
  const { bos, eos, sep, shouldPrependBosToken, shouldAppendEosToken } = tokens
  const end = kind === 'wpm' ? (sep ?? eos) : eos
  return {
    first: bos !== null && (always || shouldPrependBosToken) ? [bos] : [],
    last: end !== null && (always || shouldAppendEosToken) ? [end] : [],
  }
}
