/** A model in memory with everything needed to talk to it. */
import type { LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp'
import type { ChatTemplate } from './prompt/chat-template.ts'
import type { Vocabulary } from './prompt/prompt-tokens.ts'

/** Prompt tokens evaluated between two looks at the stop button. */
export const batchTokens = 256

/** One model, its context and the one sequence that is kept between answers. */
export interface LoadedModel {
  model: LlamaModel
  context: LlamaContext
  sequence: LlamaContextSequence
  vocabulary: Vocabulary
  template: ChatTemplate
}
