// Comparing as a person does it: two students, a blind vote, the names afterwards, counted, and all of it there after a kill.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look, openBrowser, serveAlambic, type Served } from '../fixtures/browser.ts'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'

const passphrase = 'two stills and one cellar'
const { english, french, slow } = testModels()
const dataFolder = temporaryFolder()
/** Longest wait for a made model on a busy machine. */
const waitMs = 60_000
let served: Served
let browser: Browser
let page: Page
/** Ids and names of the students, who must not be told apart. */
const secrets = [english.name, french.name]
/** What the page received since the question was asked, each with the method that it belongs to. */
let heard: { method: string; frame: string }[] = []

async function open(): Promise<void> {
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'light' })
  page.on('websocket', (socket) => {
    const methods = new Map<number, string>()
    socket.on('framesent', ({ payload }) => {
      const { t, id, method } = JSON.parse(String(payload)) as { t: string; id: number; method: string }
      if (t === 'open') methods.set(id, method)
    })
    socket.on('framereceived', ({ payload }) => {
      const frame = String(payload)
      heard.push({ method: methods.get((JSON.parse(frame) as { id: number }).id) ?? '', frame })
    })
  })
  await page.goto(served.url)
}
async function unlock(): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).or(page.locator('input[type="password"]')).first().fill(passphrase)
  await page.keyboard.press('Enter')
}
const column = (letter: string) => page.getByRole('article', { name: new RegExp(`^Answer ${letter}, `) })
/** What names a student. The lists of models and of where they come from always name them all, alike, and are left out. */
const listsOfAll = ['models.state', 'models.lineages']
const telling = (): string[] =>
  heard
    .filter(({ method }) => !listsOfAll.includes(method))
    .filter(({ frame }) => secrets.some((secret) => frame.includes(secret)))
    .map(({ method, frame }) => `${method}: ${frame.slice(0, 300)}`)

beforeAll(async () => {
  served = await serveAlambic(dataFolder)
  const { client, importModel, close } = await connectLoopback(served.url)
  await client.vault.create({ kind: 'passphrase', passphrase })
  for (const { path } of [english, french]) secrets.push(await importModel(path))
  await importModel(slow.path)
  // Nobody is loaded but for a question: what is loaded ahead names the usual student.
  await client.settings.set({ welcomed: true, warmUp: 'never' })
  await client.vault.lock({})
  await close()
  // The printed address has served its turn; a start brings another.
  await served.stop()
  served = await serveAlambic(dataFolder)
  browser = await openBrowser()
  await open()
  await unlock()
})
afterAll(async () => {
  await browser?.close()
  served?.process.kill('SIGKILL')
})

describe('comparing', () => {
  test('a blind question: nothing that reaches the page tells who wrote what before the vote', async () => {
    await page.getByRole('textbox', { name: 'Your message' }).fill('How long is the notice?')
    await page.getByRole('button', { name: 'Compare models…' }).click()
    expect(await page.getByRole('textbox', { name: 'Question' }).inputValue()).toBe('How long is the notice?')
    for (const { name } of [english, french, slow]) {
      const chip = page.getByRole('button', { name })
      const isWanted = name !== slow.name
      if (((await chip.getAttribute('aria-pressed')) === 'true') !== isWanted) await chip.click()
    }
    await look(page, 'compare-new')
    // What came before the question may name anybody.
    heard = []
    await page.getByRole('button', { name: 'Ask them' }).click()
    await page.getByText('Which answer is better?').waitFor({ timeout: waitMs })
    const texts = await Promise.all(['A', 'B'].map((letter) => column(letter).locator('.prose').innerText()))
    expect(texts.map((text) => text.trim()).sort()).toEqual([french.answer, english.answer].sort())
    expect(await column('A').getAttribute('aria-label')).toContain('hidden')
    await look(page, 'compare-blind')
    // A window that comes later learns no more.
    await page.reload()
    await page.getByText('Which answer is better?').waitFor()
    const methods = new Set(heard.map(({ method }) => method))
    for (const method of ['compare.follow', 'compare.list', 'runtime.state', 'models.state']) expect(methods).toContain(method)
    expect(telling()).toEqual([])
  })

  test('the vote by key shows the names, on the right columns, and is counted', async () => {
    await page.keyboard.press('2')
    await page.getByText('You did not know which model wrote what').waitFor()
    for (const letter of ['A', 'B']) {
      const text = (await column(letter).locator('.prose').innerText()).trim()
      const name = text === french.answer ? french.name : english.name
      expect(await column(letter).getAttribute('aria-label')).toBe(`Answer ${letter}, by ${name}`)
    }
    expect(telling()).not.toEqual([])
    await look(page, 'compare-voted')
    await page.getByRole('button', { name: 'Ask these models something else' }).click()
    const blind = page.getByRole('table', { name: 'Blind votes' })
    expect(await blind.getByRole('row').count()).toBe(3)
    expect(await blind.getByText('too few to tell').count()).toBe(2)
  })

  test('an answer goes on as a conversation, and is compared from there', async () => {
    await page.getByRole('link', { name: /How long is the notice/ }).click()
    await column('B').getByRole('button', { name: 'Continue as a conversation' }).click()
    await page.getByRole('textbox', { name: 'Your message' }).waitFor()
    expect(await page.locator('.answer .prose').innerText()).toMatch(/notice|préavis/)
    await page.getByRole('button', { name: 'Compare with another model…' }).click()
    expect(await page.getByRole('textbox', { name: 'Question' }).inputValue()).toBe('How long is the notice?')
  })

  test('a kill in the middle keeps the vote and what was written; the rest is marked, and asked again', async () => {
    for (const { name } of [english, french, slow]) {
      const chip = page.getByRole('button', { name })
      if (((await chip.getAttribute('aria-pressed')) === 'true') !== (name !== french.name)) await chip.click()
    }
    await page.getByRole('button', { name: 'Blind', exact: true }).click()
    await page.getByRole('textbox', { name: 'Question' }).fill('Count.')
    await page.getByRole('button', { name: 'Ask them' }).click()
    const counting = () => page.getByRole('article', { name: new RegExp(slow.name) })
    await expect.poll(() => counting().locator('.prose').count(), { timeout: waitMs }).toBe(1)
    // Longer than words stay unsaved.
    await page.waitForTimeout(1500)
    served.process.kill('SIGKILL')
    await page.close()

    served = await serveAlambic(dataFolder)
    await open()
    await unlock()
    await page.getByRole('button', { name: 'Compare models…' }).click()
    await page.getByRole('table', { name: 'Blind votes' }).waitFor()
    await page.getByRole('link', { name: 'Count.' }).click()
    await counting().getByText('Alambic was closed or locked').waitFor()
    expect(await counting().locator('.prose').innerText()).toMatch(/^10001/)
    await look(page, 'compare-interrupted')
    await counting().getByRole('button', { name: 'Ask again' }).click()
    await counting().getByText('Writing').waitFor({ timeout: waitMs })
    await page.keyboard.press('Escape')
    await counting().getByText('You stopped this answer.').waitFor({ timeout: waitMs })
    await page.getByRole('link', { name: /How long is the notice/ }).click()
    await page.getByText('You have asked another question since').waitFor()
    expect(await column('B').getAttribute('aria-label')).toMatch(/, by /)
  })
})
