// A download that is killed again and again with SIGKILL goes on by itself, and fetches little twice.
import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { answerConsent } from '../fixtures/answer-consent.ts'
import { serveAlambic, type Served } from '../fixtures/browser.ts'
import { HubServer } from '../fixtures/hub-server.ts'
import { connectLoopback, type Connection } from '../fixtures/loopback-connection.ts'
import { makeCertificates } from '../fixtures/test-certificates.ts'
import { byLength } from '../fixtures/test-length.ts'
import { temporaryFolder, until } from '../fixtures/test-host.ts'

const { authority, identity } = makeCertificates()
const passphrase = 'killed and never the worse'
const dataFolder = temporaryFolder()
/** Bytes that a kill may cost: the part that was being written, and one that was being flushed. */
const lostBytes = 2 * 33_554_432 + 1_048_576
let served: Served | null = null
afterAll(() => served?.process.kill('SIGKILL'))

async function start(): Promise<Connection> {
  served = await serveAlambic(dataFolder)
  return connectLoopback(served.url)
}

/** Each time it is killed twice: while it comes in, and before it goes on. */
const rounds = byLength({ short: 2, full: 4 })

test(`a download survives ${2 * rounds} kills`, async () => {
  const body = readFileSync(process.env['ALAMBIC_STARTER_MODEL'] ?? '')
  const hub = await HubServer.start(body, identity)
  let connection = await start()
  await connection.client.vault.create({ kind: 'passphrase', passphrase })
  await connection.client.settings.set({ hub: hub.address, certificates: authority })
  for (let kill = 1; kill <= rounds; kill++) {
    // Each answer holds after another 100 MB, so that the kill falls into the middle on any machine.
    hub.lies.length = 0
    hub.lies.push((request, response) => {
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const headers = { ETag: '"one"', 'Content-Length': body.length - from }
      const range = { 'Content-Range': `bytes ${from}-${body.length - 1}/${body.length}` }
      response.writeHead(from === 0 ? 200 : 206, from === 0 ? headers : { ...headers, ...range })
      response.write(body.subarray(from, from + 100_000_000))
    })
    if (kill === 1) {
      const begun = connection.client.models.download({ studentId: 'qwen2.5-coder-0.5b-instruct-q4_k_m' })
      await answerConsent((await served?.asks()) ?? '', 'always')
      await begun
    } else {
      connection = await start()
      await connection.client.vault.unlock({ passphrase })
    }
    const [reached] = await until(
      connection.client.models.downloads({}),
      ([download]) => hub.lies.length === 0 && (download?.doneBytes ?? 0) >= kill * 20_000_000 + 60_000_000,
    )
    served?.process.kill('SIGKILL')
    await new Promise((resolve) => served?.process.once('exit', resolve))

    connection = await start()
    hub.lies.push((_request, response) => response.writeHead(503).end())
    await connection.client.vault.unlock({ passphrase })
    const [again] = await until(connection.client.models.downloads({}), ([download]) => download !== undefined)
    expect(again?.doneBytes).toBeGreaterThanOrEqual((reached?.doneBytes ?? 0) - lostBytes)
    served?.process.kill('SIGKILL')
    await new Promise((resolve) => served?.process.once('exit', resolve))
  }
  hub.lies.length = 0
  connection = await start()
  await connection.client.vault.unlock({ passphrase })
  const { models } = await until(connection.client.models.state({}), (state) => state.models.length === 1)
  expect(models[0]).toMatchObject({ state: 'ready', sizeBytes: body.length })
  expect(await served?.stop()).toBe(0)
  await hub.close()
})
