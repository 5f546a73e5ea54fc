/** Which name of a model an adapter means that says what it was trained on. The bug it would catch: one that stands on a base of another size or without its training. */
import { describe, expect, test } from 'vitest'
import { isNameOf } from '../../../electron/host/models/gguf/adapter-header.ts'

describe('a name', () => {
  test.each([
    ['SmolLM2 135M Instruct', 'SmolLM2-135M-Instruct.Q4_1', true],
    ['HuggingFaceTB/SmolLM2-135M-Instruct', 'SmolLM2-135M-Instruct', true],
    ['Llama 3.1 8B Instruct', 'llama-3.1-8b-instruct-q4_k_m.gguf', true],
    ['Llama 3.1 8B', 'Llama-3.1-8B-Instruct.Q8_0', false],
    ['Qwen2.5 0.5B', 'Qwen2.5 0.5B Instruct', false],
    ['Mistral 7B', 'Mistral-7B-v0.2.Q4_K_M', false],
    ['Phi 3 mini', 'phi-3-mini.BF16', true],
  ])('%s is that of %s: %s', (wanted, name, expected) => {
    expect(isNameOf(wanted, name)).toBe(expected)
  })
})
