// How much of llama.cpp's own speed reaches the page: tokens per second of an answer over the loopback skin, against the bare binding's
// evaluate loop on the same model and threads, in turns in one run. And the tenth turn of a conversation: first token against the time to
// evaluate only its new tokens. Each ratio is a median of its pairs.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { serveAlambic } from '../fixtures/browser.ts'
import { isSettled, lastOf, personal, present, temporaryFolder, untilSettled } from '../fixtures/test-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const threads = 1
const answerTokens = 160
const rounds = 3

interface Bare {
  decode: number
  firstTokenMs: number
}
/** The bare binding in a process of its own, with the thread pool of the engine. */
function bare(keptTokens: number, newTokens: number): Promise<Bare> {
  const child = fork(
    join(import.meta.dirname, 'bare-binding.ts'),
    [starter, String(threads), String(answerTokens), String(keptTokens), String(newTokens)],
    {
      env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Bare))
    child.once('exit', (code) => reject(new Error(`The bare binding ended with ${String(code)}`)))
  })
}
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const served = await serveAlambic(temporaryFolder(), [starter])
const { client, close } = await connectLoopback(served.url)
await client.vault.create({ kind: 'passphrase', passphrase: 'a bench has no secrets' })
await client.settings.set({ threads })
const offer = (await present(client.models.state({}))).offers[0]
if (!offer) throw new Error('The starter was not offered')
await client.models.import({ reference: offer.reference })
const workspaceId = await personal(client)
const [balanced] = await present(client.chat.presets({}))
if (!balanced) throw new Error('There is no preset')
const sampling = { ...balanced.sampling, temperature: 0, repeatPenalty: 1, seed: 1 }
await client.chat.savePreset({ id: 'long', name: 'Long', systemPrompt: '', sampling: { ...sampling, maxTokens: answerTokens } })
await client.chat.savePreset({ id: 'short', name: 'Short', systemPrompt: '', sampling: { ...sampling, maxTokens: 24 } })

const speeds: number[] = []
for (let round = 0; round < rounds; round++) {
  const place = await client.chat.send({
    workspaceId,
    conversationId: null,
    text: 'Write the numbers from 1 to 300 in words.',
    presetId: 'long',
  })
  let first = 0
  let last = 0
  for await (const update of client.chat.follow(place)) {
    if (update.type === 'text') {
      first ||= performance.now()
      last = performance.now()
    } else if (isSettled(update)) break
  }
  const { conversation } = await untilSettled(client, place)
  const tokens = lastOf(conversation).facts?.answerTokens ?? 0
  const page = ((tokens - 1) * 1000) / (last - first)
  const { decode } = await bare(64, 32)
  speeds.push(page / decode)
  console.log(
    `round ${round + 1}: page ${page.toFixed(1)} tokens/s, bare binding ${decode.toFixed(1)} tokens/s, ratio ${(page / decode).toFixed(3)}`,
  )
}
console.log(`tokens per second at the page ÷ bare evaluate loop: ${median(speeds).toFixed(3)} (aim: at least 0.95)`)

const tenth: number[] = []
for (let round = 0; round < rounds; round++) {
  let place = { workspaceId, conversationId: '' }
  let firstMs = 0
  for (let turn = 1; turn <= 10; turn++) {
    const text = `Turn ${turn}: name one fruit that begins with the letter ${String.fromCharCode(64 + turn)}, and say in a few words what it tastes like.`
    const asked = performance.now()
    const sent = await client.chat.send({
      workspaceId,
      conversationId: turn === 1 ? null : place.conversationId,
      text,
      ...(turn === 1 ? { presetId: 'short' } : {}),
    })
    place = sent
    for await (const update of client.chat.follow(place)) {
      if (update.type === 'text') {
        firstMs = performance.now() - asked
        break
      }
    }
    await untilSettled(client, place)
  }
  const facts = lastOf((await untilSettled(client, place)).conversation).facts
  const { firstTokenMs } = await bare((facts?.promptTokens ?? 0) - (facts?.evaluatedTokens ?? 0), facts?.evaluatedTokens ?? 1)
  tenth.push(firstMs / firstTokenMs)
  console.log(
    `round ${round + 1}: tenth turn of ${facts?.promptTokens} tokens, ${facts?.evaluatedTokens} new: first token after ${firstMs.toFixed(0)} ms, bare ${firstTokenMs.toFixed(0)} ms, ratio ${(firstMs / firstTokenMs).toFixed(2)}`,
  )
}
console.log(`first token of the tenth turn ÷ evaluating only its new tokens: ${median(tenth).toFixed(2)} (aim: at most 1.2)`)
await close()
await served.stop()
