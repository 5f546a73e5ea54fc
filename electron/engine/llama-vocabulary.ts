/** A loaded model's vocabulary as the prompt code wants it, with nothing of node-llama-cpp showing. */
import type { LlamaModel, Token } from 'node-llama-cpp'
import { z } from 'zod'
import type { Vocabulary } from './prompt/prompt-tokens.ts'

const Metadata = z.object({
  tokenizer: z.object({
    ggml: z.object({ tokens: z.array(z.string()), token_type: z.array(z.number()).optional() }),
    chat_template: z.string().optional().catch(undefined),
  }),
})

/** Reads pieces, kinds and the chat template out of the model's own metadata. */
export function vocabularyOf(model: LlamaModel): { vocabulary: Vocabulary; templateSource: string | null } {
  const { tokenizer } = Metadata.parse(model.fileInfo.metadata)
  const pieces = tokenizer.ggml.tokens
  const vocabulary: Vocabulary = {
    pieces,
    kinds: tokenizer.ggml.token_type ?? pieces.map(() => 1),
    bos: model.tokens.bos,
    eos: model.tokens.eos,
    addBos: model.tokens.shouldPrependBosToken,
    tokenize: (text, special) => model.tokenize(text, special),
    detokenize: (tokens, special) => model.detokenize(tokens as Token[], special),
  }
  return { vocabulary, templateSource: tokenizer.chat_template ?? null }
}
