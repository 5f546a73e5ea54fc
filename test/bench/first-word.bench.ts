// How soon the first word comes, over the loopback skin as the page sees it, with the starter model and four short documents.
// Printed: the first question of a conversation when nothing was read ahead; a follow-up, against evaluating its new tokens alone (aim: at
// most 1.2); the first question of a new conversation when its documents were read ahead, beyond reading the question (aim: at most 1.5 s);
// and unlock → first word, apart.
import { connectLoopback, type Connection } from '../fixtures/loopback-connection.ts'
import { serveAlambic, type Served } from '../fixtures/browser.ts'
import { isSettled, lastOf, personal, temporaryFolder, until, untilSettled } from '../fixtures/test-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const passphrase = 'a bench has no secrets'
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

/** One of four leases: about 550 tokens. */
function lease(number: number): string {
  const rooms = ['kitchen', 'hall', 'cellar', 'garden', 'attic', 'balcony', 'garage', 'workshop', 'study', 'library']
  return [
    `Lease number ${number} between Marguerite Oduya and the town of Lyon. The monthly rent is ${800 + number * 40} euros.`,
    ...rooms.map(
      (room, at) =>
        `The ${room} of house ${number} has a floor area of ${10 * number + at} square metres. Whoever rents it keeps it clean, repairs what breaks, and tells the owner within ${at + 2} days of any damage in the ${room}.`,
    ),
  ].join('\n\n')
}

/** Asks, and measures to the first words. */
async function ask(conversationId: string | null, text: string) {
  const began = performance.now()
  const place = await page.client.chat.send({ workspaceId, conversationId, text })
  let firstMs = 0
  for await (const update of page.client.chat.follow(place)) {
    if (update.type === 'text') firstMs ||= performance.now() - began
    if (isSettled(update)) break
  }
  const { facts } = lastOf((await untilSettled(page.client, place)).conversation)
  if (!facts) throw new Error('There is no answer')
  return { id: place.conversationId, firstMs, facts }
}
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

await start()
await page.client.vault.create({ kind: 'passphrase', passphrase })
await page.client.settings.set({ warmUp: 'never', contextTokens: 8192 })
await page.importModel(starter)
workspaceId = await personal(page.client)
for (let number = 1; number <= 4; number++)
  await page.client.documents.paste({ workspaceId, conversationId: null, name: `Lease ${number}`, text: lease(number) })
await until(page.client.documents.summary({ workspaceId }), ({ working, documents }) => documents === 4 && working === 0)

const cold = await ask(null, 'How much is the monthly rent of lease number 3?')
console.log(
  `first question, model not in memory, nothing read ahead: ${seconds(cold.firstMs)} (${cold.facts.promptTokens} tokens)`,
)
const warm = await ask(null, 'Who rents the house of lease number 2?')
console.log(
  `first question of another conversation, documents in the context: ${seconds(warm.firstMs)}, evaluates ${warm.facts.evaluatedTokens}`,
)
const follow = await ask(warm.id, 'And what is the floor area of its kitchen?')
const fresh = follow.facts.promptTokens - warm.facts.promptTokens - warm.facts.answerTokens
console.log(
  `follow-up: ${seconds(follow.firstMs)}, evaluates ${follow.facts.evaluatedTokens} tokens, of them new ${fresh}; ` +
    `÷ the engine’s own time ${(follow.firstMs / follow.facts.firstTokenMs).toFixed(2)}, tokens ÷ new ones ${(follow.facts.evaluatedTokens / Math.max(1, fresh)).toFixed(2)} (aim: at most 1.2)`,
)
await stop()

await start()
let began = performance.now()
await page.client.vault.unlock({ passphrase })
await ask(null, 'How much is the monthly rent of lease number 4?')
console.log(`unlock → end of the first answer, nothing made ready: ${seconds(performance.now() - began)}`)
await page.client.settings.set({ warmUp: 'always' })
await stop()

await start()
began = performance.now()
await page.client.vault.unlock({ passphrase })
await page.client.chat.prepare({ workspaceId, conversationId: null })
await until(page.client.runtime.state({}), ({ warm: inMemory }) => inMemory.length > 0)
console.log(`unlock → model in memory by itself: ${seconds(performance.now() - began)}`)
// Nobody is told that reading ahead has ended: a question asked much later finds it.
await new Promise((resolve) => setTimeout(resolve, Number(process.env['ALAMBIC_READ_AHEAD_MS'] ?? 120_000)))
const ahead = await ask(null, 'How much is the monthly rent of lease number 1?')
console.log(
  `first question of a new conversation, documents read ahead: ${seconds(ahead.firstMs)}, evaluates ${ahead.facts.evaluatedTokens} of ${ahead.facts.promptTokens}; ` +
    `beyond reading the question ${seconds(ahead.firstMs - ahead.facts.firstTokenMs)} (aim: at most 1.5 s)`,
)
await stop()

await start()
began = performance.now()
await page.client.vault.unlock({ passphrase })
const again = await ask(null, 'How much is the monthly rent of lease number 2?')
console.log(
  `unlock → first word, documents read in an earlier session: ${seconds(performance.now() - began)}, first word ${seconds(again.firstMs)} after sending, evaluates ${again.facts.evaluatedTokens}`,
)
await stop()
