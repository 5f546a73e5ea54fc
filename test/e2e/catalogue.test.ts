// From the catalogue to an answer: a mirror inside the organisation, its own authority, a download, a check, a model, and the ledger that says so.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look as lookAt, openBrowser, pictures, serveAlambic, type Served } from '../fixtures/browser.ts'
import { HubServer } from '../fixtures/hub-server.ts'
import { makeCertificates } from '../fixtures/test-certificates.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const { authority, identity } = makeCertificates()
let served: Served
let hub: HubServer
let browser: Browser
let page: Page

beforeAll(async () => {
  hub = await HubServer.start(readFileSync(starter), identity)
  const home = temporaryFolder()
  mkdirSync(join(home, '.lmstudio/models/tests'), { recursive: true })
  copyFileSync(testModels().english.path, join(home, '.lmstudio/models/tests/english.gguf'))
  served = await serveAlambic(temporaryFolder(), [], { HOME: home })
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'light' })
  await page.goto(served.url)
})
afterAll(async () => {
  await browser.close()
  await hub.close()
  expect(await served.stop()).toBe(0)
})

const look = (name: string) => lookAt(page, name)
const goTo = (place: string) => page.goto(`${new URL(served.url).origin}/#/${place}`)

test('a reader fetches a student from the organisation’s mirror and asks it', async () => {
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('A passphrase', { exact: true }).click()
  await page.getByLabel('Passphrase', { exact: true }).fill('one door and no other')
  await page.getByLabel('The same passphrase again').fill('one door and no other')
  await page.getByRole('button', { name: 'Protect and continue' }).click()
  await page.getByRole('button', { name: 'Skip for now' }).click()

  await goTo('models/catalogue')
  await page.getByText('Llama 3.1 405B').first().waitFor()
  await look('catalogue')
  await page.getByLabel('Language', { exact: true }).selectOption({ label: 'French' })
  await expect.poll(() => page.getByText('DeepSeek R1 Distill Qwen 7B').count()).toBe(0)
  await page.getByLabel('Language', { exact: true }).selectOption({ label: 'Any language' })
  await page.getByRole('searchbox', { name: 'Search the catalogue' }).fill('starter')
  await page.getByRole('button', { name: 'Download Qwen2.5 Coder 0.5B Instruct' }).waitFor()

  await goTo('settings/privacy')
  await page.getByText('Alambic has never connected to anything.').waitFor()
  await page.getByLabel('Server for models').fill('http://unsafe.example')
  await page.getByText('The address must begin with https:// and have no “?” or “#”.').waitFor()
  await page.getByLabel('Server for models').fill(hub.address)
  await page.getByRole('region', { name: 'Servers and proxy' }).getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved', { exact: true }).waitFor()

  const begin = async (): Promise<void> => {
    await goTo('models/catalogue')
    await page.getByRole('searchbox', { name: 'Search the catalogue' }).fill('starter')
    await page.getByRole('button', { name: 'Download Qwen2.5 Coder 0.5B Instruct' }).click()
    await page.getByText(/491.MB from localhost/).waitFor()
  }
  // Without its authority the mirror is a stranger.
  await begin()
  await look('catalogue-ask')
  await page.getByRole('dialog').getByRole('button', { name: 'Download' }).click()
  // The page says where to look; the question itself is where the page cannot reach.
  await page.getByText(/Confirm in the window that has just opened \(localhost:\d+\)/).waitFor()
  await look('consent-elsewhere')
  expect(hub.asked).toEqual([])
  const asked = await browser.newPage({ viewport: { width: 900, height: 640 }, locale: 'en-GB' })
  await asked.goto(await served.asks())
  for (const colorScheme of ['light', 'dark'] as const) {
    await asked.emulateMedia({ colorScheme })
    await asked.screenshot({ path: join(pictures, `consent-${colorScheme}.png`) })
  }
  await asked.getByText(/Download models from localhost:\d+\?/).waitFor()
  await asked.getByRole('button', { name: 'Allow' }).click()
  await asked.getByText('You can close this window.').waitFor()
  await asked.close()
  await page.getByText(/localhost could not prove its identity/).waitFor({ timeout: 120_000 })
  await look('catalogue-untrusted')
  await goTo('settings/privacy')
  await page.getByLabel('Additional certificate authorities').fill(authority)
  await page.getByRole('region', { name: 'Servers and proxy' }).getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved', { exact: true }).waitFor()
  await goTo('models/catalogue')
  // The first answer holds in the middle, so that there is something to pause.
  const { body } = hub
  hub.lies.push((_request, response) =>
    response.writeHead(200, { 'Content-Length': body.length, ETag: '"one"' }).write(body.subarray(0, 200_000_000)),
  )
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText(/200.MB of 491.MB/).waitFor({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Connected to localhost' }).waitFor()
  await look('catalogue-downloading')
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText(/Paused; what was downloaded is kept/).waitFor()
  await page.getByRole('button', { name: 'Offline' }).waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('Installed and verified').waitFor({ timeout: 120_000 })
  expect(hub.asked.at(-1)?.range).toBe(`bytes=200000000-${body.length - 1}`)

  await goTo('settings/privacy')
  await page.getByRole('cell', { name: 'localhost' }).first().waitFor()
  await page.getByText('3 attempts.').waitFor()
  await look('privacy')
  await page.getByRole('button', { name: /^Withdraw: localhost/ }).click()
  await page.getByText('None yet.').waitFor()
  await goTo('chat')
  await page.getByRole('button', { name: /Balanced/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Precise' }).click()
  await page
    .getByRole('textbox', { name: 'Your message' })
    .fill('Here is a clause: “The rent is 840 euros.” How many euros is the rent? Answer in one short sentence.')
  await page.keyboard.press('Enter')
  await expect
    .poll(
      () =>
        page
          .locator('.answer .prose')
          .innerText()
          .catch(() => ''),
      { timeout: 300_000 },
    )
    .toContain('840')

  await goTo('models')
  await page.getByRole('button', { name: 'Look for them' }).click()
  await page.getByText('LM Studio', { exact: true }).waitFor()
  await look('neighbours')
  await page.getByRole('button', { name: 'Use where it is: Scripted English' }).click()
  await page.getByText('Another program’s file').waitFor()
  await look('models-here')

  await goTo('settings/general')
  await page.getByRole('radio', { name: 'Français' }).check({ force: true })
  for (const screen of ['models', 'models/catalogue', 'settings/privacy']) {
    await goTo(screen)
    await page.getByRole('main').waitFor()
    await look(`fr-${screen.replace('/', '-')}`)
  }
  await page.setViewportSize({ width: 900, height: 700 })
  await goTo('models/catalogue')
  await look('catalogue-narrow')
})
