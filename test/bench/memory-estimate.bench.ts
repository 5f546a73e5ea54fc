// What a model is said to need before it is loaded, against what the engine's process takes: after loading, with its whole context read once.
// Eight shapes and quantisations of zeros, made by the fixture maker; the aim is a ratio within 0.85 and 1.25 for each.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGgufHeader } from '../../electron/host/models/gguf/gguf-header.ts'
import { estimateMemory } from '../../electron/host/models/gguf/memory-estimate.ts'
import { WorkerKeeper } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker } from '../../electron/host/runtime/engine-worker.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { makeHollowModel, type Shape } from '../fixtures/gguf/llama-model.ts'
import type { TensorType } from '../fixtures/gguf/gguf-writer.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { asChecked } from '../fixtures/checked-path.ts'

const shape = (embedding: number, layers: number, heads: number, keyValueHeads: number, feedForward: number): Shape => ({
  ...{ embedding, layers, heads, keyValueHeads, feedForward },
  contextTokens: 16_384,
})
const cases: { name: string; shape: Shape; type: TensorType; vocabularySize: number; contextTokens: number }[] = [
  { name: '135M-like Q8_0', shape: shape(576, 30, 9, 3, 1536), type: 'Q8_0', vocabularySize: 44_000, contextTokens: 2048 },
  { name: '135M-like Q4_0', shape: shape(576, 30, 9, 3, 1536), type: 'Q4_0', vocabularySize: 44_000, contextTokens: 4096 },
  { name: 'wide F16', shape: shape(1024, 12, 16, 4, 4096), type: 'F16', vocabularySize: 28_000, contextTokens: 2048 },
  { name: 'wide Q4_0', shape: shape(1024, 24, 16, 4, 4096), type: 'Q4_0', vocabularySize: 28_000, contextTokens: 4096 },
  { name: '0.5B-like Q8_0', shape: shape(896, 24, 14, 2, 4864), type: 'Q8_0', vocabularySize: 130_000, contextTokens: 2048 },
  { name: '1B-like Q4_0', shape: shape(2048, 16, 32, 8, 8192), type: 'Q4_0', vocabularySize: 110_000, contextTokens: 2048 },
  { name: '1B-like Q4_K', shape: shape(2048, 16, 32, 8, 8192), type: 'Q4_K', vocabularySize: 110_000, contextTokens: 4096 },
  { name: 'many heads Q4_K', shape: shape(1536, 28, 12, 12, 4096), type: 'Q4_K', vocabularySize: 60_000, contextTokens: 2048 },
]

const entry = join(import.meta.dirname, '../../electron/engine/engine.ts')
const residentBytes = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
const folder = temporaryFolder()
const mb = (bytes: number): string => (bytes / 1e6).toFixed(0)
const ratios: number[] = []
for (const { name, contextTokens, ...made } of cases) {
  const path = join(folder, 'hollow.gguf')
  makeHollowModel(path, { name, ...made })
  const { weightsBytes, cacheBytes, computeBytes, totalBytes } = estimateMemory(await readGgufHeader(path), contextTokens)
  const keeper = new WorkerKeeper({
    kind: engineWorker,
    limits: engineLimits,
    launch: () => forkTestEngine(entry),
    onDeath: (error) => console.error(error),
  })
  await keeper.call(async (client) => {
    for await (const beat of client.engine.pulse({})) return beat
    return null
  })
  const before = residentBytes(keeper.pid)
  for await (const { type } of keeper.stream((client) =>
    client.engine.load({ modelId: 'm', path: asChecked(path), threads: 2, backend: 'cpu' }),
  ))
    if (type === 'loaded') break
  const loaded = residentBytes(keeper.pid)
  await keeper.call((client) =>
    client.engine.open({ studentId: 's', modelId: 'm', adapterPath: null, contextTokens, draftId: null }),
  )
  // One token a number: nearly the whole context is read.
  const content = Array.from({ length: contextTokens - 80 }, (_, index) => ` ${String(index).padStart(6, '0')}`).join('')
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 2 }
  const messages = [{ role: 'user' as const, content }]
  for await (const item of keeper.stream((client) =>
    client.engine.answer({
      ...{ studentId: 's', answerId: 'a', messages, opening: null, sampling },
      ...{ reserveTokens: 16, leftOutBefore: 0 },
    }),
  ))
    if (item.type === 'prompt' && item.promptTokens < contextTokens * 0.9)
      throw new Error(`Only ${item.promptTokens} of ${contextTokens} tokens are read`)
  const full = residentBytes(keeper.pid)
  void keeper.close()
  const ratio = totalBytes / (full - before)
  ratios.push(ratio)
  console.log(
    `${name.padEnd(16)} ${String(contextTokens).padStart(5)} tokens: said ${mb(totalBytes)} MB (weights ${mb(weightsBytes)}, cache ${mb(cacheBytes)}, computing ${mb(computeBytes)}), took ${mb(full - before)} MB (loaded ${mb(loaded - before)}), ratio ${ratio.toFixed(2)}`,
  )
}
console.log(
  `estimate ÷ measured memory: ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} over ${ratios.length} shapes (aim: within 0.85 and 1.25)`,
)
