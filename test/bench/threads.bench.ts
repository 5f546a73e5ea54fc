// Whether the trial chooses well: the starter tries its threads as it does when nobody asks; then real prompts are read and answers written with
// every number, in turns, and what was chosen is compared with the best of all.
import { join } from 'node:path'
import { WorkerKeeper } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker } from '../../electron/host/runtime/engine-worker.ts'
import type { TriedThreads } from '../../electron/host/runtime/measurements.ts'
import { chooseThreads, usableCores } from '../../electron/host/runtime/memory.ts'
import { threadCandidates, ThreadTrials } from '../../electron/host/runtime/thread-trial.ts'
import { asChecked } from '../fixtures/checked-path.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const rounds = 3
const keeper = new WorkerKeeper({
  kind: engineWorker,
  limits: engineLimits,
  launch: () => forkTestEngine(join(import.meta.dirname, '../../electron/engine/engine.ts')),
  onDeath: (error) => console.error(error),
})
const load = { modelId: 'm', path: asChecked(starter), threads: 1, backend: 'cpu' as const }
for await (const { type } of keeper.stream((client) => client.engine.load(load))) if (type === 'loaded') break
const opening = { studentId: 's', modelId: 'm', adapterPath: null, contextTokens: 2048, draftId: null }
await keeper.call((client) => client.engine.open(opening))

const began = performance.now()
const chosen = await new Promise<TriedThreads>((resolve, reject) => {
  const trials = new ThreadTrials({
    keeper,
    measurements: { threadsTried: (_modelId, threads) => resolve(threads) },
    inTurn: (_signal, work) => work(),
    candidate: () => ({ modelId: 'm', build: '' }),
    fits: () => Promise.resolve(true),
    onKnown: () => trials.close(),
    afterMs: 0,
    // A bench says what this machine gives, quiet or not.
    isQuiet: () => Promise.resolve(true),
    onBug: reject,
  })
  trials.soon()
  // The timer of a trial keeps no process alive.
  setTimeout(() => undefined, 1000)
})
console.log(`the trial took ${((performance.now() - began) / 1000).toFixed(1)} s`)
for (const { threads, reading, writing } of chosen.tried)
  console.log(`  tried ${threads}: reads ${reading.toFixed(1)}, writes ${writing.toFixed(1)} tokens/s`)

const words = 'The lease begins on the first of March, and the rent is due on the first day of each month. '
const numbers = threadCandidates(usableCores())
const best = new Map<number, { reading: number; writing: number }>(numbers.map((n) => [n, { reading: 0, writing: 0 }]))
for (let round = 0; round < rounds; round++) {
  for (const threads of numbers) {
    // A beginning of its own, so that nothing is kept.
    const content = `${threads} ${round}. ${words.repeat(20)}Write the numbers from 1 to 100 in words.`
    const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 32 }
    let read = 0
    for await (const item of keeper.stream((client) =>
      client.engine.answer({
        ...{ studentId: 's', answerId: 'a', messages: [{ role: 'user', content }], opening: null, sampling },
        ...{ reserveTokens: 64, leftOutBefore: 0, threads: { reading: threads, writing: threads } },
      }),
    )) {
      if (item.type === 'prompt') read = item.evaluateTokens
      if (item.type !== 'end') continue
      const { reading, writing } = best.get(threads) ?? { reading: 0, writing: 0 }
      best.set(threads, {
        reading: Math.max(reading, (read * 1000) / item.firstTokenMs),
        writing: Math.max(writing, item.tokensPerSecond),
      })
    }
  }
}
for (const [threads, { reading, writing }] of best)
  console.log(`  measured ${threads}: reads ${reading.toFixed(1)}, writes ${writing.toFixed(1)} tokens/s`)
for (const what of ['reading', 'writing'] as const) {
  const all = Math.max(...[...best.values()].map((speed) => speed[what]))
  const ratio = (threads: number): string => ((best.get(threads)?.[what] ?? 0) / all).toFixed(2)
  const usual = chooseThreads()
  console.log(
    `${what}: chosen (${chosen[what]} threads) ÷ best of all: ${ratio(chosen[what])} (aim: at least 0.95); untried (${usual}): ${ratio(usual)}`,
  )
}
void keeper.close()
