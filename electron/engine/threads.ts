/**
 * With how many threads llama.cpp computes. The library keeps one number for reading and writing alike, and gives no call for it on a
 * context that lives; but it asks for its upper limit before every batch, and that can be changed at any time. So contexts are made for
 * more threads than anybody uses, and the limit says how many there are now.
 */
import type { LlamaContext, LlamaContextOptions, LlamaModel } from 'node-llama-cpp'
import type { LoadedModel } from './loaded-model.ts'

/** As many as anybody may choose in the settings. A context is never run with them: the limit stands below. */
const mostThreads = 256

/**
 * A context whose threads are chosen anew before each batch by {@link useThreads}. Layers with a sliding window keep all of their tokens: what
 * lies before the window is needed when a conversation is taken back, and the library's check whether it is there does not count the window
 * (measured: after 510 tokens were taken back of a window of 48, probabilities were off by 0.06). It costs memory, which the estimate counts.
 */
export async function openContext({ model, threads }: LoadedModel, options: LlamaContextOptions): Promise<LlamaContext> {
  // A limit would cut what the context may ever use.
  model.llama.maxThreads = 0
  try {
    return await model.createContext({ ...options, swaFullCache: true, threads: mostThreads })
  } finally {
    // Whoever computes without a word about threads must not do so with all of them.
    useThreads(model, threads)
  }
}

/** From the next batch on, of whichever context. To be called between two batches. */
export function useThreads({ llama }: LlamaModel, threads: number): void {
  llama.maxThreads = threads
}
