/**
 * With how many threads llama.cpp computes. The library keeps one number for reading and writing alike, and gives no call for it on a
 * context that lives; but it asks for its upper limit before every batch, and that can be changed at any time. So contexts are made for
 * more threads than anybody uses, and the limit says how many there are now.
 */
import type { LlamaContext, LlamaContextOptions, LlamaModel } from 'node-llama-cpp'
import type { LoadedModel } from './loaded-model.ts'

/** As many as anybody may choose in the settings. A context is never run with them: the limit stands below. */
const mostThreads = 256

/** A context whose threads are chosen anew before each batch by {@link useThreads}. */
export async function openContext({ model, threads }: LoadedModel, options: LlamaContextOptions): Promise<LlamaContext> {
  // A limit would cut what the context may ever use.
  model.llama.maxThreads = 0
  try {
    return await model.createContext({ ...options, threads: mostThreads })
  } finally {
    // Whoever computes without a word about threads must not do so with all of them.
    useThreads(model, threads)
  }
}

/** From the next batch on, of whichever context. To be called between two batches. */
export function useThreads({ llama }: LlamaModel, threads: number): void {
  llama.maxThreads = threads
}
