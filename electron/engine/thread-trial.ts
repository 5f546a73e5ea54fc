/** Tries how fast a model reads and writes with one number of threads, in a small context of its own that no conversation ever sees. */
import type { Token } from 'node-llama-cpp'
import { performance } from 'node:perf_hooks'
import { AppError } from '../../contract/errors.ts'
import type { LoadedModel } from './loaded-model.ts'
import { openContext, useThreads } from './threads.ts'

/** Tokens that are read at once: a large model takes seconds for them, and whoever asks meanwhile waits for no more than one such batch. */
const trialBatchTokens = 32
const trialBatches = 4
const writtenTokens = 8
/** What is read; any text would do. */
const sentence = 'The lease begins on the first of March, and the rent is due on the first day of each month. '

/** In tokens per second. */
export interface ThreadSpeeds {
  reading: number
  writing: number
}

/**
 * The fastest of a few batches and of a few tokens: what else the machine does meanwhile makes some slower and none faster.
 * @param signal ends it after the batch or token that is under way
 * @throws AppError cancelled when the signal fired
 */
export async function tryThreads(base: LoadedModel, threads: number, signal: AbortSignal): Promise<ThreadSpeeds> {
  const goOn = (): void => {
    if (signal.aborted) throw new AppError('cancelled', 'The trial was stopped')
  }
  goOn()
  const { model } = base
  const context = await openContext(base, {
    contextSize: Math.min(2 * trialBatchTokens * trialBatches, model.trainContextSize),
    batchSize: trialBatchTokens,
  })
  try {
    useThreads(model, threads)
    const sequence = context.getSequence()
    const words = model.tokenize(sentence, false)
    const word = (index: number): Token => words[index % words.length] ?? (0 as Token)
    const batches = Math.max(1, Math.min(trialBatches, Math.floor((context.contextSize - 2 * writtenTokens) / trialBatchTokens)))
    let readMs = Infinity
    for (let batch = 0; batch < batches; batch++) {
      goOn()
      const began = performance.now()
      const tokens = Array.from({ length: trialBatchTokens }, (_, index) => word(batch * trialBatchTokens + index))
      await sequence.evaluateWithoutGeneratingNewTokens(tokens)
      readMs = Math.min(readMs, performance.now() - began)
    }
    let writeMs = Infinity
    for (let token = 0; token < writtenTokens; token++) {
      goOn()
      const began = performance.now()
      await sequence.controlledEvaluate([[word(token), { generateNext: { token: true, options: { temperature: 0 } } }]])
      writeMs = Math.min(writeMs, performance.now() - began)
    }
    return { reading: (trialBatchTokens * 1000) / readMs, writing: 1000 / writeMs }
  } finally {
    await context.dispose()
  }
}
