// What a draft is worth here: the 1.5B of facts.md alone, and with the 0.5B of the same vocabulary drafting for it. The trial of each answer
// says how many proposed tokens were taken and how fast it went with them; on a processor it should switch itself off.
import { join } from 'node:path'
import { WorkerKeeper } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker } from '../../electron/host/runtime/engine-worker.ts'
import { asChecked } from '../fixtures/checked-path.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'

const small = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const large = process.env['ALAMBIC_LARGE_MODEL'] ?? ''
const questions = [
  'Write a Python function that returns the n-th Fibonacci number, then explain it.',
  'What does a landlord have to do before he raises the rent? Answer in a few sentences.',
]

if (large === '')
  console.log('NOT RUN: set ALAMBIC_LARGE_MODEL to Qwen2.5-Coder-1.5B-Instruct Q4_K_M, the large one of the pair.')
else {
  const keeper = new WorkerKeeper({
    kind: engineWorker,
    limits: engineLimits,
    launch: () => forkTestEngine(join(import.meta.dirname, '../../electron/engine/engine.ts')),
    onDeath: (error) => console.error(error),
  })
  for (const [modelId, path] of [
    ['large', large],
    ['small', small],
  ] as const)
    for await (const { type } of keeper.stream((client) =>
      client.engine.load({ modelId, path: asChecked(path), threads: 2, backend: 'cpu' }),
    ))
      if (type === 'loaded') break
  for (const draftId of [null, 'small']) {
    await keeper.call((client) =>
      client.engine.open({ studentId: 's', modelId: 'large', adapterPath: null, contextTokens: 2048, draftId }),
    )
    for (const content of questions) {
      const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 160 }
      const messages = [{ role: 'user' as const, content }]
      for await (const item of keeper.stream((client) =>
        client.engine.answer({
          ...{ studentId: 's', answerId: 'a', messages, opening: null, sampling },
          ...{ reserveTokens: 256, leftOutBefore: 0 },
        }),
      )) {
        if (item.type !== 'end') continue
        const said = item.draft
          ? `, ${item.draft.accepted} of ${item.draft.proposed} proposed tokens taken, speed while drafting ÷ without: ${item.draft.gain?.toFixed(2) ?? 'not known'}`
          : ''
        console.log(`${draftId ? 'with draft' : 'alone'}: ${item.tokensPerSecond.toFixed(1)} tokens/s${said}`)
      }
    }
  }
  void keeper.close()
}
