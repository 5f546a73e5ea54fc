// An answer from documents is saved as PDF and as a Word file through the whole product, with the words that it rests on.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type Served } from '../fixtures/browser.ts'
import { writeLeaseFiles } from '../fixtures/documents/lease-files.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'
import { servePrepared, WorkspacePage } from '../fixtures/workspace-page.ts'

const passphrase = 'seven keys and one lease'
const question = 'What is the notice period?'
const root = temporaryFolder()
const folder = temporaryFolder()
const files = writeLeaseFiles(root)
const keeper = newKeeper()
let served: Served
let browser: Browser

beforeAll(async () => {
  served = await servePrepared(join(root, 'data'), passphrase, { models: [testModels().cited.path], folders: [folder] })
  browser = await openBrowser()
})
afterAll(async () => {
  await keeper.close()
  await browser?.close()
  served?.process.kill('SIGKILL')
})

test('an answer and its conversation become files in the folder, each with its sources', async () => {
  const at = await WorkspacePage.open(browser, served, passphrase, 'workspaces')
  const { page } = at
  await at.makeWorkspace('Rue Daru')
  await at.addFiles(files.pdf)
  await at.ready('Lease rue Daru.pdf')
  await page.getByRole('link', { name: 'Ask this workspace' }).click()
  const answer = await at.say(question)
  const save = async (item: string, menu: ReturnType<typeof page.locator>): Promise<void> => {
    await menu.hover()
    await menu.getByRole('button', { name: 'Copy, save or print' }).click()
    await page.getByRole('menuitem', { name: item, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog.getByText(/^Saved: /).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  await save('Save as PDF…', answer)
  await save('Save as Word…', page.locator('main header'))
  await save('Save as PDF…', answer)
  const names = readdirSync(folder).sort()
  expect(names.map((name) => name.replace(/^.*?(-2)?\.(\w+)$/, '$1.$2')).sort()).toEqual(['-2.pdf', '.docx', '.pdf'])
  for (const name of names) {
    const { blocks } = await readDocument(keeper, name, readFileSync(join(folder, name)))
    const text = blocks.map((block) => block.text).join('\n')
    for (const part of [question, '[1]', 'Sources', 'Lease rue Daru.pdf', 'three months']) expect(text).toContain(part)
  }
  await page.close()
})
