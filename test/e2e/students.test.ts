// Switching students as a person does it: by key in the middle of a conversation, for one question alone, and for a workspace. The bugs
// it would catch: an answer by somebody else than the chip says, an override that stays, a default that is forgotten.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look, openBrowser, serveAlambic, type Served } from '../fixtures/browser.ts'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { temporaryFolder, testAdapters, testModels } from '../fixtures/test-host.ts'

const passphrase = 'one still and three spirits'
const { trades } = testModels()
const { tenancy, health } = testAdapters()
/** By name, as the list and the keys have them: Alt+1, Alt+2, Alt+3. */
const students = [trades, health, tenancy]
const dataFolder = temporaryFolder()
/** Longest wait for a made model on a busy machine. */
const waitMs = 60_000
let served: Served
let browser: Browser
let page: Page

async function unlock(): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await page.keyboard.press('Enter')
  await chip().waitFor()
}

beforeAll(async () => {
  served = await serveAlambic(dataFolder)
  const { client, importModel, close } = await connectLoopback(served.url)
  await client.vault.create({ kind: 'passphrase', passphrase })
  for (const { path } of [trades, tenancy, health]) await importModel(path)
  await client.settings.set({ welcomed: true, threads: 1, contextTokens: 2048 })
  await client.vault.lock({})
  await close()
  browser = await openBrowser()
  await restart()
})
afterAll(async () => {
  await browser?.close()
  served?.process.kill('SIGKILL')
})

/** The program and the page anew: the printed address opens one page only. */
async function restart(): Promise<void> {
  await served.stop()
  served = await serveAlambic(dataFolder)
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'light' })
  page.setDefaultTimeout(waitMs)
  await page.goto(served.url)
  await unlock()
}

const chip = () => page.getByRole('button', { name: /^Model: / })
const chipWith = (name: string) => page.getByRole('button', { name: `Model: ${name}`, exact: true })
const answers = () => page.locator('.answer')

/** Asks, and says who answered what. */
async function ask(): Promise<{ by: string; text: string }> {
  const before = await answers().count()
  await page.getByRole('textbox', { name: 'Your message' }).fill('What now?')
  await page.keyboard.press('Enter')
  const answer = answers().nth(before)
  const heading = answer.getByRole('heading', { name: /^Answer by / })
  await heading.waitFor()
  await page.getByRole('button', { name: 'Send' }).waitFor()
  return {
    by: (await heading.innerText()).replace('Answer by ', ''),
    text: (await answer.locator('.prose').innerText()).trim(),
  }
}
const answerOf = ({ name, answer }: { name: string; answer: string }) => ({ by: name, text: answer })
async function choose(item: string | RegExp): Promise<void> {
  await chip().click()
  await page.getByRole('menuitemcheckbox', { name: item }).click()
}
/** Chooses by key for one question. The menu acts a moment after it was clicked, and the key must come after that. */
async function chooseOnce(student: (typeof students)[number]): Promise<void> {
  await choose('Only for the next question')
  await page.getByRole('button', { name: /next question only$/ }).waitFor()
  await page.keyboard.press(`Alt+${students.indexOf(student) + 1}`)
  await chipWith(`${student.name} · next question only`).waitFor()
}
const newChat = () => page.getByRole('button', { name: 'New chat' }).first().click()

describe('students', () => {
  test('switch by key, in the middle of a conversation too, and every answer says who gave it', async () => {
    await chip().click()
    const items = await page.getByRole('menuitemcheckbox').allInnerTexts()
    for (const [index, { name }] of students.entries()) {
      expect(items[index]).toMatch(new RegExp(`^${name}`))
      expect(items[index]).toContain(`Alt ${index + 1}`)
    }
    await look(page, 'students-menu')
    await page.keyboard.press('Escape')

    const order = [tenancy, health, trades, tenancy]
    for (const student of order) {
      await page.getByRole('textbox', { name: 'Your message' }).focus()
      await page.keyboard.press(`Alt+${students.indexOf(student) + 1}`)
      // Not waited for: who presses Enter at once means the student of the key all the same.
      expect(await ask()).toEqual(answerOf(student))
      await chipWith(student.name).waitFor()
    }
    const passport = page.getByRole('tabpanel', { name: 'About this answer' })
    for (const [index, student] of order.entries()) {
      await answers().nth(index).getByRole('button', { name: 'About this answer' }).click()
      await expect.poll(() => passport.getByRole('definition').first().innerText()).toBe(student.name)
      expect(await passport.getByText('On the model').count()).toBe(student === trades ? 0 : 1)
    }
    await look(page, 'students-passport')
  })

  test('one for the next question alone leaves the conversation as it was, though nobody chose anything for it', async () => {
    // What was chosen for conversations to come lives with the page.
    await page.reload()
    await newChat()
    await chipWith(tenancy.name).waitFor()
    await chooseOnce(health)
    expect(await ask()).toEqual(answerOf(health))
    await chipWith(tenancy.name).waitFor()
    expect(await ask()).toEqual(answerOf(tenancy))
  })

  test('one that a workspace has by default answers its new conversations, after a reload and a new start too', async () => {
    await newChat()
    await choose(new RegExp(`^${trades.name}`))
    await chipWith(trades.name).waitFor()
    await choose('Answers by default in Personal')
    await chip().click()
    await page.getByRole('menuitemcheckbox', { name: 'Answers by default in Personal', checked: true }).waitFor()
    await page.reload()
    await newChat()
    await chipWith(trades.name).waitFor()
    // The override is also the last one used, which is who would answer if there were no default.
    await chooseOnce(tenancy)
    expect(await ask()).toEqual(answerOf(tenancy))
    await chipWith(trades.name).waitFor()
    await page.reload()
    await chipWith(trades.name).waitFor()
    await newChat()
    await chipWith(trades.name).waitFor()

    await page.close()
    await restart()
    await newChat()
    await chipWith(trades.name).waitFor()
    expect(await ask()).toEqual(answerOf(trades))
  })

  test('conversations that have their own keep it', async () => {
    const rows = page.getByRole('link', { name: /What now\?/ })
    await rows.last().click()
    await expect.poll(() => answers().count()).toBe(4)
    await chipWith(tenancy.name).waitFor()
    expect(await ask()).toEqual(answerOf(tenancy))
  })
})
