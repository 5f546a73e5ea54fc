// The whole product as a person meets it: Chromium, the loopback skin, the host, llama.cpp and the starter model.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look as lookAt, openBrowser, serveAlambic, type Served } from '../fixtures/browser.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'
import { isFullLength } from '../fixtures/test-length.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const { slow } = testModels()
const passphrase = 'copper still in the cellar'
const dataFolder = temporaryFolder()
/** Longest wait for a real answer of a real model on a slow machine. */
const answerMs = 120_000
let served: Served
let browser: Browser
let page: Page

beforeAll(async () => {
  served = await serveAlambic(dataFolder, [starter])
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'light' })
  await page.goto(served.url)
})
afterAll(async () => {
  await browser.close()
  expect(await served.stop()).toBe(0)
})

const look = (name: string) => lookAt(page, name)

async function goTo(screen: string): Promise<void> {
  await page.goto(`${new URL(served.url).origin}/#/${screen}`)
  await page.getByRole('main').waitFor()
}

/** Asks with the likeliest words, so that the model says the same in every run. */
async function ask(question: string): Promise<string> {
  await page.getByRole('button', { name: /Balanced|Precise/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Precise' }).click()
  const answers = page.locator('.answer')
  const before = await answers.count()
  await page.getByRole('textbox', { name: /^(Your message|Votre message)$/ }).fill(question)
  await page.keyboard.press('Enter')
  await answers.nth(before).waitFor({ timeout: answerMs })
  return settled(before)
}
/** A model may have said all it had to say before one could stop it. */
async function stopIfWriting(): Promise<void> {
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('.answer[aria-busy]').count(), { timeout: answerMs }).toBe(0)
}
/** The text of an answer once it is no longer being written. */
async function settled(index: number): Promise<string> {
  const answer = page.locator('.answer').nth(index)
  await expect.poll(() => answer.getAttribute('aria-busy'), { timeout: answerMs }).toBe(null)
  return (await answer.locator('.prose').innerText()).trim()
}

describe('a newcomer', () => {
  test('is welcomed, protects her history with a passphrase and takes the starter', async () => {
    await page.getByRole('heading', { name: 'Welcome to Alambic' }).waitFor()
    await look('welcome-language')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('A passphrase', { exact: true }).click()
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
    await page.getByLabel('The same passphrase again').fill(passphrase)
    await look('welcome-protection')
    await page.getByRole('button', { name: 'Protect and continue' }).click()
    await page.getByRole('heading', { name: 'A model to begin with' }).waitFor()
    await look('welcome-model')
    await page.locator('button[data-kind="primary"]').click()
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor({ timeout: 120_000 })
    await look('chat-empty')
  })

  test('asks about a text that she gives, in English, and is answered from it', async () => {
    const answer = await ask(
      'Here is a clause: “The tenant shall pay a deposit of 2,350 euros on 4 May.” How many euros is the deposit? Answer in one short sentence.',
    )
    expect(answer).toMatch(/2,?350/)
    await page.getByText('this computer').first().waitFor()
    await look('chat-answered')
  })

  test('asks about a text in French', async () => {
    await page.getByRole('button', { name: 'New chat' }).first().click()
    const answer = await ask(
      'Voici une clause : « Le préavis est de sept mois. » De combien de mois est le préavis ? Réponds en une phrase courte.',
    )
    expect(answer.toLowerCase()).toMatch(/sept|7/)
  })

  test('imports another model from a file and chooses it', async () => {
    await goTo('models')
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Import…' }).click()
    await (await choosing).setFiles(slow.path)
    await page.getByRole('heading', { name: slow.name }).waitFor({ timeout: answerMs })
    await goTo('chat')
    await page.getByRole('button', { name: 'New chat' }).first().click()
    await page.getByRole('button', { name: /Qwen2.5 Coder 0.5B/ }).click()
    await page.getByRole('menuitemcheckbox', { name: slow.name }).click()
    await page.getByRole('button', { name: new RegExp(slow.name) }).waitFor()
  })

  // The scripted counter counts for seconds on any machine: a real model may have said all before one could stop it.
  test('stops an answer, keeps it, goes on with it, answers again and looks at both', async () => {
    await page.getByRole('textbox', { name: 'Your message' }).fill('Count from 10001 and do not stop before I say so.')
    await page.keyboard.press('Enter')
    const answer = page.locator('.answer').first()
    await expect.poll(() => answer.locator('.prose').count(), { timeout: answerMs }).toBe(1)
    await page.keyboard.press('Escape')
    await answer.getByText('You stopped this answer.').waitFor({ timeout: 120_000 })
    const kept = (await answer.locator('.prose').innerText()).trim()
    expect(kept).toMatch(/^10001/)
    await look('chat-stopped')
    await page.getByRole('button', { name: 'Continue the answer' }).click()
    await expect
      .poll(async () => (await answer.locator('.prose').innerText()).trim().length, { timeout: answerMs })
      .toBeGreaterThan(kept.length)
    expect(await answer.locator('.prose').innerText()).toContain(kept)
    await stopIfWriting()
    await answer.getByRole('button', { name: 'Answer again' }).click()
    await page.getByText('2 / 2').waitFor({ timeout: answerMs })
    // The gallery looks at an answer that is being written, and at a shorter one.
    if (isFullLength) await look('chat-writing')
    await stopIfWriting()
    await page.getByRole('button', { name: 'Earlier version' }).click()
    await page.getByText('1 / 2').waitFor()
  })

  test('renames the conversation, reloads, and finds everything by a word', async () => {
    await page.getByRole('main').getByRole('heading', { level: 1 }).getByRole('button').click()
    await page.getByRole('textbox', { name: 'Title' }).fill('Fox and notice')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /Fox and notice/ }).waitFor()
    await page.reload()
    await page.getByRole('link', { name: /Fox and notice/ }).waitFor()
    await expect.poll(() => page.locator('.question').count()).toBe(1)
    await page.keyboard.press('Control+Shift+F')
    await page.keyboard.type('deposit')
    await page.locator('mark', { hasText: 'deposit' }).first().waitFor()
    await look('chat-search')
    await page.keyboard.press('Escape')
  })

  test('opens the palette, the panel, the other screens, in English and French, wide and narrow', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await look('palette')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Side panel' }).click()
    await look('chat-instructions')
    await page.getByText('About this answer', { exact: true }).click()
    await look('chat-passport')
    await page.setViewportSize({ width: 1000, height: 700 })
    await look('chat-narrow-panel')
    await page.getByRole('button', { name: 'Close the side panel' }).click()
    await look('chat-narrow')
    await page.setViewportSize({ width: 1440, height: 900 })
    for (const screen of ['models', 'settings/general', 'settings/vault', 'settings/about']) {
      await goTo(screen)
      await look(`en-${screen.replace('/', '-')}`)
    }
    await goTo('settings/general')
    await page.getByRole('radio', { name: 'Français' }).check({ force: true })
    await page.getByRole('heading', { name: 'Général' }).waitFor()
    for (const screen of ['chat', 'models', 'settings/general', 'settings/vault', 'settings/about']) {
      await goTo(screen)
      await look(`fr-${screen.replace('/', '-')}`)
    }
  })

  test('locks, is refused with a wrong passphrase, and comes back to all her conversations', async () => {
    await goTo('chat')
    await page.keyboard.press('Control+l')
    const field = page.getByLabel('Phrase secrète', { exact: true }).or(page.locator('input[type="password"]')).first()
    await field.waitFor()
    expect(await page.content()).not.toContain('Fox and notice')
    await field.fill('not the passphrase')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor()
    await look('fr-unlock-wrong')
    await field.fill(passphrase)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /Fox and notice/ }).waitFor({ timeout: 120_000 })
  })

  test('another profile without the token gets the page that says so, and nothing of the person', async () => {
    const stranger = await browser.newContext()
    const elsewhere = await stranger.newPage()
    await elsewhere.goto(new URL(served.url).origin)
    await elsewhere.getByText('this browser has not been let in').waitFor()
    expect(new URL(elsewhere.url()).pathname).toBe('/refused')
    await stranger.close()
  })
})
