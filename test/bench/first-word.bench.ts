// How soon the first word comes after unlocking: the starter, a question over a document, with nothing loaded. Once with what the page does
// (the place that is shown is got ready while its person types) and once without. Whole host, real engine and embedder.
import { missingEmbedders } from '../fixtures/real-embedders.ts'
import { importModel, until, untilSettled } from '../fixtures/test-host.ts'
import { startDocumentsHost } from './documents-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
/** So long somebody types a short question, in milliseconds. */
const typingMs = 8000

if (missingEmbedders !== null) {
  console.log(`NOT RUN: the first word after unlocking was not measured, because ${missingEmbedders}`)
  process.exit(0)
}
const host = await startDocumentsHost()
const { client } = host
const modelId = await importModel(host, starter)
await client.settings.set({ modelId })
const workspaceId = await host.newWorkspace('Lease')
const text =
  'The lease of Camille Roux begins on the first of March 2024. The monthly rent is 840 euros, and the deposit is two rents. '
await client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text: text.repeat(4) })
await host.untilReady(workspaceId)

async function firstWord(warms: boolean): Promise<{ sentMs: number; unlockedMs: number }> {
  await client.vault.lock({})
  await client.vault.unlock({ passphrase: 'a bench has no secrets' })
  const unlocked = performance.now()
  if (warms) await client.chat.prepare({ workspaceId, conversationId: null })
  await new Promise((resolve) => setTimeout(resolve, typingMs))
  const sent = performance.now()
  const place = await client.chat.send({ workspaceId, conversationId: null, text: 'How much is the rent?' })
  let answers = false
  await until(client.chat.follow(place), (update) => {
    answers ||= update.type === 'text'
    return answers || (update.type === 'turns' && update.writing === null)
  })
  const now = performance.now()
  await client.chat.stop(place)
  await untilSettled(client, place)
  return { sentMs: now - sent, unlockedMs: now - unlocked }
}

const without = await firstWord(false)
const warm = await firstWord(true)
for (const [name, { sentMs, unlockedMs }] of [
  ['not got ready', without],
  ['got ready', warm],
] as const)
  console.log(
    `${name}: unlock → first word ${(unlockedMs / 1000).toFixed(1)} s, of which ${typingMs / 1000} s are typing; ${(sentMs / 1000).toFixed(1)} s after sending`,
  )
console.log(`after sending, got ready ÷ not: ${(warm.sentMs / without.sentMs).toFixed(2)}`)
await host.close()
