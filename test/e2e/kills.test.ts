// SIGKILL again and again in the middle of answers and saves: nothing acknowledged is lost, and at most the last second of an unfinished answer.
import { afterAll, expect, test } from 'vitest'
import { serveAlambic, type Served } from '../fixtures/browser.ts'
import { connectLoopback, type Connection } from '../fixtures/loopback-connection.ts'
import { byLength } from '../fixtures/test-length.ts'
import { lastOf, personal, present, temporaryFolder, testModels, untilSettled } from '../fixtures/test-host.ts'

const passphrase = 'twenty kills and nothing lost'
const kills = byLength({ short: 6, full: 20 })
const dataFolder = temporaryFolder()
let served: Served | null = null
afterAll(() => served?.process.kill('SIGKILL'))

async function start(): Promise<Connection> {
  served = await serveAlambic(dataFolder)
  return connectLoopback(served.url)
}

test(
  `killed ${kills} times while it writes, the host comes back with everything it acknowledged`,
  { timeout: 900_000 },
  async () => {
    let connection = await start()
    await connection.client.vault.create({ kind: 'passphrase', passphrase })
    await connection.importModel(testModels().slow.path)
    const acknowledged: { conversationId: string; question: string; seen: string }[] = []
    for (let round = 0; round < kills; round++) {
      const { client } = connection
      const workspaceId = await personal(client)
      const question = `Question ${round} that must not be lost`
      const { conversationId } = await client.chat.send({ workspaceId, conversationId: null, text: question })
      const heard: { at: number; length: number; text: string }[] = []
      let text = ''
      const listening = (async () => {
        for await (const update of client.chat.follow({ workspaceId, conversationId })) {
          if (update.type !== 'text') continue
          text += update.text
          heard.push({ at: performance.now(), length: text.length, text })
        }
      })().catch(() => undefined)
      // Every other round it dies somewhere between the question and the first words, in the others well into the answer.
      if (round % 2 === 1) await expect.poll(() => heard.length).toBeGreaterThan(0)
      await new Promise((resolve) => setTimeout(resolve, (round % 2 === 1 ? 1300 : 0) + ((round * 379) % 1500)))
      const killedAt = performance.now()
      served?.process.kill('SIGKILL')
      await listening
      // A second, and what the pace of items adds to it.
      const safe = heard.findLast(({ at }) => at < killedAt - 1200)?.text ?? ''
      acknowledged.push({ conversationId, question, seen: safe })

      connection = await start()
      await connection.client.vault.unlock({ passphrase })
      const { conversation } = await untilSettled(connection.client, { workspaceId, conversationId })
      expect(conversation.messages[0]?.text).toBe(question)
      expect(lastOf(conversation).state).toBe('interrupted')
      expect(lastOf(conversation).text.startsWith(safe)).toBe(true)
    }
    const workspaceId = await personal(connection.client)
    expect((await present(connection.client.chat.list({ workspaceId, limit: 100 }))).total).toBe(kills)
    for (const { conversationId, question, seen } of acknowledged) {
      const { conversation } = await untilSettled(connection.client, { workspaceId, conversationId })
      expect(conversation.messages[0]?.text).toBe(question)
      expect(lastOf(conversation).text.startsWith(seen)).toBe(true)
    }
    // Some rounds must have had text to lose, or this test would prove nothing.
    expect(acknowledged.filter(({ seen }) => seen.length > 0).length).toBeGreaterThan(kills / 6)
    expect((await connection.client.chat.search({ query: 'must not be lost', limit: 50 })).length).toBeGreaterThanOrEqual(kills)
    await connection.close()
    expect(await served?.stop()).toBe(0)
  },
)
