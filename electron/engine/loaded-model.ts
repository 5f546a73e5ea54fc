/** What the engine holds in memory: models, and the students that speak through them. */
import type { LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp'
import type { OpenedFile } from './opened-file.ts'
import type { ChatTemplate } from './prompt/chat-template.ts'
import type { StudentDraft } from './student-draft.ts'
import type { Vocabulary } from './prompt/prompt-tokens.ts'

/** Prompt tokens evaluated between two looks at the stop button. */
export const batchTokens = 256

/** The same where nobody waits for what is read: a question that comes meanwhile waits for one of these at most. */
export const aheadTokens = 32

/** A model's weights, in memory once however many students share them. */
export interface LoadedModel {
  model: LlamaModel
  vocabulary: Vocabulary
  template: ChatTemplate
  /** Of the embedding contexts on it, and of answers that name no others. */
  threads: number
  /** Files of adapters. llama.cpp knows an adapter by its path until the model goes, so a descriptor's number must not come again. */
  adapters: OpenedFile[]
}

/** A model with its adapter, its context, and the one sequence that is kept between answers. */
export interface WarmStudent {
  base: LoadedModel
  context: LlamaContext
  sequence: LlamaContextSequence
  /** The smaller student that drafts for it; null when none does. */
  draft: { context: LlamaContext; student: StudentDraft } | null
}
