// kill -9 while a document is read and while its meaning is being found, seen in the browser: it becomes ready all the same, once.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, serveAlambic, type Served } from '../fixtures/browser.ts'
import { writePdf } from '../fixtures/documents/pdf-writer.ts'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { e5, missingEmbedders } from '../fixtures/real-embedders.ts'
import { byLength } from '../fixtures/test-length.ts'
import { personal, present, temporaryFolder } from '../fixtures/test-host.ts'

const passphrase = 'killed in the middle of a page'
const root = temporaryFolder()
const dataFolder = join(root, 'data')
const file = join(root, 'Register.pdf')
const pages = byLength({ short: 20, full: 60 })
const linesOnPage = 30
const embedders = missingEmbedders === null ? [e5] : []
const waitMs = 300_000
let served: Served
let browser: Browser
let page: Page

beforeAll(async () => {
  const lines = (on: number) =>
    Array.from({ length: linesOnPage }, (_, line) => ({
      text: `Entry ${on}.${line}: plot ${on * 31 + line} beside the ${line % 2 ? 'mill' : 'church'} went to heir number ${on * 7 + line}.`,
      ...{ x: 72, y: 720 - line * 22 },
    }))
  writeFileSync(file, writePdf(Array.from({ length: pages }, (_, at) => lines(at + 1))))
  served = await serveAlambic(dataFolder, [], {}, [], embedders)
  const { client, close } = await connectLoopback(served.url)
  await client.vault.create({ kind: 'passphrase', passphrase })
  await client.settings.set({ welcomed: true, threads: 1 })
  await close()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  served?.process.kill('SIGKILL')
})

const row = () => page.getByRole('row').filter({ hasText: 'Register.pdf' })

/** Starts it again, and shows the documents of Personal. */
async function restart(): Promise<void> {
  const ended = new Promise((resolve) => served.process.once('exit', resolve))
  served.process.kill('SIGKILL')
  await ended
  await page?.close()
  served = await serveAlambic(dataFolder, [], {}, [], embedders)
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  page.setDefaultTimeout(waitMs)
  await page.goto(served.url)
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Workspaces' }).click()
  await page.getByRole('heading', { level: 1, name: 'Personal' }).waitFor()
}

test(
  'a document that was being read when the program was killed is read on, and is there once',
  { timeout: 900_000 },
  async () => {
    await restart()
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Add files' }).click()
    await (await choosing).setFiles(file)
    await row()
      .getByText(/^(Waiting|Reading|Indexing)/)
      .first()
      .waitFor()
    await restart()
    if (embedders.length > 0) {
      await row()
        .getByText(/^Indexing, /)
        .first()
        .waitFor()
      // What was found before is kept, and nothing more is lost than the last pages.
      await restart()
    }
    await row().getByText('Ready', { exact: true }).waitFor()
    expect(await row().count()).toBe(1)
    expect(await row().getByRole('cell').nth(1).innerText()).toBe(String(pages))
    expect(await page.getByText(/is being read/).count()).toBe(0)
    await page.close()
    await served.stop()

    served = await serveAlambic(dataFolder, [], {}, [], embedders)
    const { client, close } = await connectLoopback(served.url)
    await client.vault.unlock({ passphrase })
    const workspaceId = await personal(client)
    const query = { workspaceId, conversationId: null, filter: 'all', name: '', sort: 'name', limit: 10 } as const
    const { rows, total } = await present(client.documents.list(query))
    expect(total).toBe(1)
    const [document] = rows
    const embedded = embedders.length > 0 ? document?.passages : 0
    expect(document).toMatchObject({ stage: 'ready', pages, embedded })
    const place = { workspaceId, documentId: document?.id ?? '' }
    const { blocks, total: blockCount } = await client.documents.text({ ...place, from: 0, limit: 1000 })
    expect(blockCount).toBe(blocks.length)
    const entries = blocks.flatMap(({ block }) => block.text.match(/Entry \d+\.\d+:/g) ?? [])
    expect(entries.length).toBe(pages * linesOnPage)
    expect(new Set(entries).size).toBe(entries.length)
    const { found, passages } = await client.retrieval.search({ workspaceId, query: 'entry plot heir', filter: {}, limit: 200 })
    expect(passages).toBe(document?.passages)
    expect(found.length).toBeGreaterThan(pages / 2)
    expect(new Set(found.map(({ start }) => start)).size).toBe(found.length)
    await close()
    expect(await served.stop()).toBe(0)
  },
)
