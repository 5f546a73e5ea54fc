// The host asked to end, or killed, while a model is loaded and answering: neither it nor its engine stays behind, and the answer is kept.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveAlambic, type Served } from '../fixtures/browser.ts'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { childrenOf, isRunning } from '../fixtures/process-tree.ts'
import { lastOf, personal, temporaryFolder, testModels, until, untilSettled } from '../fixtures/test-host.ts'

const passphrase = 'ends when it is asked to'
const dataFolder = join(temporaryFolder(), 'data')
let served: Served | null = null
afterAll(() => served?.process.kill('SIGKILL'))

beforeAll(async () => {
  served = await serveAlambic(dataFolder)
  const { client, importModel, close } = await connectLoopback(served.url)
  await client.vault.create({ kind: 'passphrase', passphrase })
  await importModel(testModels().slow.path)
  await close()
  await served.stop()
})

/** Starts, asks, and waits for words: from here the engine is in the middle of a token. */
async function whileAnswering() {
  const running = await serveAlambic(dataFolder)
  served = running
  const connection = await connectLoopback(running.url)
  const { client } = connection
  await client.vault.unlock({ passphrase })
  const place = await client.chat.send({ workspaceId: await personal(client), conversationId: null, text: 'Count.' })
  await until(client.chat.follow(place), (update) => update.type === 'text')
  const engines = childrenOf(running.process.pid)
  // Without one there would be nothing that could stay behind. A second one may be trying a backend.
  expect(engines.length).toBeGreaterThan(0)
  const ended = new Promise((resolve) => running.process.once('exit', (code, signal) => resolve({ code, signal })))
  return { running, connection, place, engines, ended }
}

test('SIGTERM in the middle of an answer ends host and engine in order, and the answer is kept as interrupted', async () => {
  const { running, place, engines, ended } = await whileAnswering()
  running.process.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, signal: null })
  // In order: the host does not leave before its engine has.
  expect(engines.filter(isRunning)).toEqual([])
  expect(existsSync(join(dataFolder, 'alambic.pid'))).toBe(false)

  served = await serveAlambic(dataFolder)
  const { client, close } = await connectLoopback(served.url)
  await client.vault.unlock({ passphrase })
  const { conversation } = await untilSettled(client, place)
  expect(lastOf(conversation).state).toBe('interrupted')
  expect(lastOf(conversation).text).not.toBe('')
  await close()
  expect(await served.stop()).toBe(0)
})

test('an engine in the middle of an answer does not survive the SIGKILL of its host', async () => {
  const { running, engines, ended } = await whileAnswering()
  running.process.kill('SIGKILL')
  expect(await ended).toEqual({ code: null, signal: 'SIGKILL' })
  await expect.poll(() => engines.filter(isRunning)).toEqual([])
})
