// From one machine to another by a stick, in a browser: a model goes out, is shown before it comes in, and is refused while a byte of it is wrong.
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look as lookAt, openBrowser, serveAlambic, type Served } from '../fixtures/browser.ts'
import { tamper } from '../fixtures/stick.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'

const stick = temporaryFolder()
let browser: Browser
const served: Served[] = []

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  for (const one of served) expect(await one.stop()).toBe(0)
})

/** A machine with a new vault, at its models. */
async function machine(): Promise<Page> {
  const one = await serveAlambic(temporaryFolder(), [], {}, [stick])
  served.push(one)
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'light' })
  await page.goto(one.url)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('A passphrase', { exact: true }).click()
  await page.getByLabel('Passphrase', { exact: true }).fill('from hand to hand')
  await page.getByLabel('The same passphrase again').fill('from hand to hand')
  await page.getByRole('button', { name: 'Protect and continue' }).click()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await page.goto(`${new URL(one.url).origin}/#/models`)
  await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
  return page
}
async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'USB drive' }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('a model goes out, and comes in on a machine that has nothing', async () => {
  const { english } = testModels()
  const first = await machine()
  await first.locator('input[type=file]').first().setInputFiles(english.path)
  await first.getByRole('article', { name: english.name }).waitFor()
  await choose(first, 'Export to a USB drive…')
  await first.getByRole('checkbox', { name: english.name }).check()
  await lookAt(first, 'stick-export')
  await first.getByRole('button', { name: 'Export', exact: true }).click()
  await first.getByText(/^Written: one model, in the folder alambic-bundle-/).waitFor()

  const [name = ''] = readdirSync(stick)
  const bundle = join(stick, name)
  expect(existsSync(join(bundle, 'manifest.json'))).toBe(true)
  tamper(join(bundle, 'english.gguf'))

  const second = await machine()
  await choose(second, 'Import a bundle…')
  await second.getByRole('button', { name: 'Look for bundles' }).click()
  await second.getByText('This bundle isn’t signed.', { exact: false }).waitFor()
  await lookAt(second, 'stick-import')
  await second.getByRole('button', { name: 'Import anyway: Models from Alambic' }).click()
  await second.getByText(/does not match the bundle/).waitFor()
  await lookAt(second, 'stick-tampered')
  expect(await second.getByRole('article', { name: english.name }).count()).toBe(0)

  copyFileSync(english.path, join(bundle, 'english.gguf'))
  await second.getByRole('button', { name: 'Try again' }).click()
  await second.getByText('Imported and verified: one model.').waitFor()
  await second.getByRole('article', { name: english.name }).waitFor()
  await second.getByRole('button', { name: `Origin of ${english.name}` }).click()
  await second.getByText('According to the model’s own file, which nobody has signed.').waitFor()
  await lookAt(second, 'stick-lineage')
})
