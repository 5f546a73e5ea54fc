/** How much memory a model will take, by arithmetic over its header. */
import type { GgufHeader } from './gguf-header.ts'

/** Prompt tokens that the engine evaluates at once. */
const batchTokens = 256
/** What a word of the vocabulary takes in llama.cpp's tables and ours, in bytes: measured over vocabularies of 28,000 to 130,000. */
const bytesPerWord = 1300
/** Buffers that depend on nothing, in bytes: measured as what is left over. */
const fixedBytes = 12_000_000

/**
 * Memory that a model takes with a context of so many tokens, in bytes, for the engine's way of running it: read and not mapped,
 * with flash attention. Weights: the tensors once, and the vocabulary. Cache: keys and values of every layer in half precision
 * (llama_kv_cache), sliding windows counted in full, plus the state of recurrent layers in single precision. Compute: the
 * widest steps of a batch in single precision – the mask of the attention, the feed-forward part and a few embeddings.
 * `test/bench/memory-estimate.bench.ts` measures how good it is.
 */
export function estimateMemory(
  header: GgufHeader,
  contextTokens: number,
): { weightsBytes: number; cacheBytes: number; computeBytes: number; totalBytes: number } {
  const { keyValueHeadCounts, keyLength, valueLength, recurrentStateLength, layers } = header
  const keptHeads = keyValueHeadCounts.reduce((sum, heads) => sum + heads, 0)
  const cacheBytes = contextTokens * keptHeads * (keyLength + valueLength) * 2 + layers * recurrentStateLength * 4
  const wide = 2 * contextTokens + 2 * header.feedForwardLength + 6 * header.embeddingLength
  const computeBytes = batchTokens * wide * 4 + fixedBytes
  const weightsBytes = header.tensorBytes + header.vocabularySize * bytesPerWord
  return { weightsBytes, cacheBytes, computeBytes, totalBytes: weightsBytes + cacheBytes + computeBytes }
}
