// Models whose layers look back a little way only: what is taken back and read on is as if it had been read anew.
import { join } from 'node:path'
import { getLlama, type LlamaContextSequence, type Token } from 'node-llama-cpp'
import { expect, test } from 'vitest'
import type { LoadedModel } from '../../electron/engine/loaded-model.ts'
import { openContext } from '../../electron/engine/threads.ts'
import { makeRandomModel } from '../fixtures/gguf/llama-model.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'

/** Reads what is not there yet, and the probabilities of what comes next, by token. */
async function next(sequence: LlamaContextSequence, tokens: Token[]): Promise<Map<Token, number>> {
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false)
  await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(sequence.nextTokenIndex, -1))
  const [last = 0 as Token] = tokens.slice(-1)
  const [item] = await sequence.controlledEvaluate([[last, { generateNext: { probabilities: true } }]])
  return item?.next.probabilities ?? new Map<Token, number>()
}

test('all of the window is there after a long question was taken back (bug: its far end was not, and nobody said so)', async () => {
  const modelPath = join(temporaryFolder(), 'windowed.gguf')
  makeRandomModel(modelPath, { preset: 'tiny', type: 'F16', seed: 5, slidingWindow: 48 })
  const llama = await getLlama({ gpu: false, build: 'never' })
  const model = await llama.loadModel({ modelPath })
  expect(model.fileInsights.swaSize).toBe(48)
  const context = await openContext({ model, threads: 1 } as LoadedModel, { contextSize: 2048, batchSize: 256 })
  const sequence = context.getSequence()
  const tokens = Array.from({ length: 600 }, (_, at) => (40 + ((at * 7) % 200)) as Token)
  const fresh = await next(sequence, tokens)
  expect(fresh.size).toBeGreaterThan(100)
  for (const taken of [300, 480, 500, 510]) {
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, taken))
    const again = await next(sequence, tokens)
    const furthest = Math.max(...[...fresh].map(([token, probability]) => Math.abs((again.get(token) ?? 0) - probability)))
    expect(furthest).toBeLessThan(1e-3)
  }
  await context.dispose()
  await llama.dispose()
})
