/** Reads what questions to come will begin with, while nobody waits. */
import type { Token } from 'node-llama-cpp'
import type { Thinking } from './contract.ts'
import type { PromptMessage } from './contract.ts'
import { aheadTokens, type WarmStudent } from './loaded-model.ts'
import { alignToKept } from './prompt/kept-tokens.ts'
import { beginningTokens } from './prompt/prompt-tokens.ts'
import { useThreads } from './threads.ts'

/** Yields after each small batch, and at once when all was there. Stops after the batch that is being read once the signal fires. */
export async function* readAhead(
  { sequence, context, base }: WarmStudent,
  {
    messages,
    thinking,
    threads = base.threads,
  }: { messages: readonly PromptMessage[]; thinking?: Thinking | undefined; threads?: number | undefined },
  signal: AbortSignal,
): AsyncGenerator<{ read: number; tokens: number }> {
  const { vocabulary, template } = base
  const beginning = beginningTokens(vocabulary, template, messages, thinking)
  if (beginning.length >= context.contextSize) {
    yield { read: 0, tokens: beginning.length }
    return
  }
  const wanted = alignToKept(beginning, sequence.contextTokens, vocabulary) as Token[]
  await sequence.adaptStateToTokens(wanted, false)
  const tokens = wanted.length
  let read = sequence.nextTokenIndex
  yield { read, tokens }
  useThreads(base.model, threads)
  while (read < tokens && !signal.aborted) {
    const batch = wanted.slice(read, read + aheadTokens)
    await sequence.evaluateWithoutGeneratingNewTokens(batch)
    read += batch.length
    yield { read, tokens }
  }
  // Where a state cannot be taken back, every question to come goes back to here.
  if (read === tokens) await sequence.takeCheckpoint()
}
