/** How much memory a model will take, by arithmetic over its header. */
import type { GgufHeader } from './gguf-header.ts'

/** Prompt tokens that the engine evaluates at once. */
const batchTokens = 256

/**
 * Memory that a model takes with a context of so many tokens, in bytes.
 * Weights: the tensors once; the copy that llama.cpp repacks for the processor replaces pages of the mapped file, which the
 * system can drop. Cache: keys and values of every layer in half precision (llama_kv_cache), sliding windows counted in full,
 * plus the state of recurrent layers in single precision. Compute: the widest steps of a batch in single precision – logits
 * of the vocabulary, scores of one layer's attention over the whole context, its mask, and the feed-forward part.
 */
export function estimateMemory(
  header: GgufHeader,
  contextTokens: number,
): { weightsBytes: number; cacheBytes: number; computeBytes: number; totalBytes: number } {
  const { keyValueHeadCounts, keyLength, valueLength, recurrentStateLength, layers, headCounts } = header
  const keptHeads = keyValueHeadCounts.reduce((sum, heads) => sum + heads, 0)
  const cacheBytes = contextTokens * keptHeads * (keyLength + valueLength) * 2 + layers * recurrentStateLength * 4
  const wide = header.vocabularySize + 2 * contextTokens + 2 * header.feedForwardLength + 6 * header.embeddingLength
  const computeBytes = batchTokens * (wide + Math.max(0, ...headCounts) * contextTokens) * 4
  const weightsBytes = header.tensorBytes
  return { weightsBytes, cacheBytes, computeBytes, totalBytes: weightsBytes + cacheBytes + computeBytes }
}
