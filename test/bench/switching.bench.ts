// What it costs to go from one student to another, and back to a long conversation; over the loopback skin, as the page sees it.
// Warm: two students of one base, first token beyond evaluating the new tokens (aim: under 0.25 s). Cold: an adapter that has no context yet,
// on a base of 1B shape (aim: under 1 s). Full: another model in the place of this one, against the bare load of the same file (aim: at most
// 1.1). Reopening: a conversation of 2,000 tokens after a restart, against reading it (aim: at most 0.05).
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { connectLoopback, type Connection } from '../fixtures/loopback-connection.ts'
import { serveAlambic, type Served } from '../fixtures/browser.ts'
import { makeHollowAdapter, makeHollowModel } from '../fixtures/gguf/llama-model.ts'
import { isSettled, lastOf, personal, temporaryFolder, untilSettled } from '../fixtures/test-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const passphrase = 'a bench has no secrets'
const contextTokens = 4096
const rounds = 3
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
const folder = temporaryFolder()
const dataFolder = temporaryFolder()

let served!: Served
let page!: Connection
let workspaceId = ''
async function start(): Promise<void> {
  served = await serveAlambic(dataFolder)
  page = await connectLoopback(served.url)
}
async function stop(): Promise<void> {
  await page.close()
  await served.stop()
}
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
/** Asks, and measures to the first words. `overheadMs` is what passed beside the engine's reading of new tokens. */
async function ask(conversationId: string | null, text: string, modelId: string) {
  const began = performance.now()
  const place = await page.client.chat.send({ workspaceId, conversationId, text, presetId: 'short', onceModelId: modelId })
  let firstMs = 0
  for await (const update of page.client.chat.follow(place)) {
    if (update.type === 'text') firstMs ||= performance.now() - began
    if (isSettled(update)) break
  }
  const { facts } = lastOf((await untilSettled(page.client, place)).conversation)
  if (!facts) throw new Error('There is no answer')
  return { id: place.conversationId, firstMs, overheadMs: firstMs - facts.firstTokenMs, facts }
}
function bareLoad(path: string): Promise<number> {
  const child = fork(join(import.meta.dirname, 'bare-load.ts'), [path, String(contextTokens)], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  return new Promise((resolve, reject) => {
    child.once('message', (ms) => resolve(Number(ms)))
    child.once('exit', (code) => reject(new Error(`The bare load ended with ${String(code)}`)))
  })
}

const shape = { embedding: 2048, layers: 16, heads: 32, keyValueHeads: 8, feedForward: 8192, contextTokens: 8192 }
const billion = join(folder, 'billion.gguf')
makeHollowModel(billion, { name: 'Hollow 1B', shape, type: 'Q4_0', vocabularySize: 30_000 })
const onStarter = { name: 'Qwen2.5 Coder 0.5B Instruct', architecture: 'qwen2', layers: 24, embedding: 896, feedForward: 4864 }
const onBillion = { name: 'Hollow 1B', architecture: 'llama', layers: 16, embedding: 2048, feedForward: 8192 }

await start()
await page.client.vault.create({ kind: 'passphrase', passphrase })
await page.client.settings.set({ threads: 1, contextTokens, backend: 'cpu' })
workspaceId = await personal(page.client)
const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 12 }
await page.client.chat.savePreset({ id: 'short', name: 'Short', systemPrompt: 'You are brief.', sampling })
const starterId = await page.importModel(starter)
const billionId = await page.importModel(billion)
const adapterIds: string[] = []
for (const [index, base] of [onStarter, onBillion, onBillion, onBillion].entries()) {
  const path = join(folder, `adapter-${index}.gguf`)
  makeHollowAdapter(path, base, { name: 'Hollow adapter', rank: 16, seed: index })
  adapterIds.push(await page.importModel(path))
}
const [onStarterId = '', ...onBillionIds] = adapterIds

const warm: number[] = []
let place = await ask(null, 'Name one fruit.', starterId)
await ask(place.id, 'And a vegetable?', onStarterId)
for (let round = 0; round < rounds; round++) {
  for (const modelId of [starterId, onStarterId]) {
    place = await ask(place.id, `Round ${round}: and one more of each?`, modelId)
    warm.push(place.overheadMs)
  }
}
console.log(
  `switch between two warm students: first token ${(median(warm) / 1000).toFixed(3)} s beyond evaluating the new tokens (aim: under 0.25 s)`,
)

await page.client.runtime.load({ modelId: billionId })
const cold: number[] = []
for (const modelId of onBillionIds) cold.push(await timed(() => page.client.runtime.load({ modelId })))
console.log(`cold adapter on a base of 1B shape: ${(median(cold) / 1000).toFixed(3)} s (aim: under 1 s)`)

const swaps: number[] = []
for (let round = 0; round < rounds; round++) {
  await page.client.runtime.unload({})
  await page.client.runtime.load({ modelId: billionId })
  const swapMs = await timed(async () => {
    await page.client.runtime.unload({})
    await page.client.runtime.load({ modelId: starterId })
  })
  const bareMs = await bareLoad(starter)
  swaps.push(swapMs / bareMs)
  console.log(`round ${round + 1}: full swap ${(swapMs / 1000).toFixed(2)} s, bare load ${(bareMs / 1000).toFixed(2)} s`)
}
console.log(`full swap ÷ bare load: ${median(swaps).toFixed(2)} (aim: at most 1.1)`)

const reopened: number[] = []
for (let round = 0; round < rounds; round++) {
  await page.client.runtime.load({ modelId: starterId })
  const letter = Array.from(
    { length: 140 },
    (_, line) => `Line ${round * 1000 + line} of a long letter about a lease and its charges.`,
  )
  const first = await ask(null, letter.join(' '), starterId)
  await stop()
  await start()
  await page.client.vault.unlock({ passphrase })
  await page.client.runtime.load({ modelId: starterId })
  const again = await ask(first.id, 'And then?', starterId)
  reopened.push(again.overheadMs / first.facts.firstTokenMs)
  console.log(
    `round ${round + 1}: ${first.facts.promptTokens} tokens read in ${(first.facts.firstTokenMs / 1000).toFixed(2)} s; reopened, ${again.facts.evaluatedTokens} of ${again.facts.promptTokens} tokens evaluated, ${(again.overheadMs / 1000).toFixed(3)} s beside them`,
  )
}
console.log(`reopening a conversation of 2,000 tokens ÷ reading it: ${median(reopened).toFixed(3)} (aim: at most 0.05)`)
await stop()
