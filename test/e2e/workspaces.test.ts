// Workspaces as wholes, and what stays out of them: attachments of one conversation, export and import, archive, erasure, and French.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, pasteFiles, type Served } from '../fixtures/browser.ts'
import { writeLeaseFiles } from '../fixtures/documents/lease-files.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'
import { servePrepared, serveWithEmbedder, waitMs, WorkspacePage } from '../fixtures/workspace-page.ts'

const passphrase = 'seven keys and one lease'
const filePassphrase = 'a passphrase for the journey'
const workspaceName = 'Rue Daru'
const question = 'What is the notice period?'
const said = 'The notice period is three months'
const root = temporaryFolder()
const dataFolder = join(root, 'data')
const files = writeLeaseFiles(root)
const pdfName = 'Lease rue Daru.pdf'
const handbookName = 'Handbook.md'
let served: Served
let browser: Browser
let at: WorkspacePage
let page: Page

beforeAll(async () => {
  served = await servePrepared(dataFolder, passphrase, { models: [testModels().cited.path], folders: [root] })
  browser = await openBrowser()
  at = await WorkspacePage.open(browser, served, passphrase, 'workspaces')
  page = at.page
  await at.makeWorkspace(workspaceName)
  await at.addFiles(files.pdf, files.markdown)
  await at.ready(pdfName, handbookName)
})
afterAll(async () => {
  await browser?.close()
  served?.process.kill('SIGKILL')
})

const databases = () => readdirSync(join(dataFolder, 'workspaces')).filter((name) => name.endsWith('.db'))

describe('an attachment', () => {
  test('comes in by pasting and by dropping, and belongs to its conversation alone', async () => {
    await at.openWorkspace('Personal')
    await page.getByRole('link', { name: 'Ask this workspace' }).click()
    await at.composer.focus()
    const text = 'Dear tenant, the notice period is three months. Yours, the landlord.'
    await pasteFiles(page, [{ name: 'Letter.txt', text }])
    const list = page.getByRole('list', { name: 'Attachments' })
    await list.getByText('ready').waitFor()
    await at.drop([files.text], () => page.getByText('Drop the files to attach them').waitFor())
    await expect.poll(() => list.getByText('ready').count(), { timeout: waitMs }).toBe(2)
    await at.look('attached')
    const answer = await at.say(question)
    const mark = answer.getByRole('button', { name: /^Source 1: / }).first()
    await mark.click()
    await at.panel.locator('mark[data-tone="evidence"]').first().waitFor()
    expect(await at.panel.getByRole('heading').first().innerText()).toBe('Letter.txt')
    // They are shown with their question, and not above the next one.
    await page.getByRole('list', { name: 'Attached to this question' }).getByText('Letter.txt').waitFor()
    expect(await list.count()).toBe(0)
    await at.look('attachment-source')

    const other = await at.ask(question)
    expect(await other.innerText()).toContain(said)
    expect(await other.getByRole('button', { name: /^Source / }).count()).toBe(0)
    expect(await page.getByText('Letter.txt').count()).toBe(0)
    await at.openWorkspace('Personal')
    await page.getByRole('heading', { name: 'No documents yet' }).waitFor()
    await at.openWorkspace(workspaceName)
    expect((await at.search('letter to the dear tenant')).map(({ name }) => name)).not.toContain('Letter.txt')
  })
})

describe('a file that is dropped where nobody takes it', () => {
  test('does not take the place of the page', async () => {
    await at.goTo('Settings')
    await page.getByRole('heading', { name: 'General' }).waitFor()
    await at.drop([files.text])
    await page.getByRole('heading', { name: 'General' }).waitFor()
    expect(page.url()).toContain(new URL(served.url).host)
  })
})

describe('a workspace', () => {
  test('is in French as well', async () => {
    await at.openWorkspace(workspaceName)
    await page.getByRole('link', { name: 'Ask this workspace' }).click()
    await at.ask(question)
    const conversation = page.url()
    await at.goTo('Settings')
    await page.getByRole('radio', { name: 'Français' }).check({ force: true })
    await page.getByRole('heading', { name: 'Général' }).waitFor()
    await page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Espaces de travail' }).click()
    const list = page.getByRole('navigation', { name: 'Espaces de travail' })
    await list.getByRole('link', { name: new RegExp(`^${workspaceName}`) }).click()
    await at.row(pdfName).getByText('Prêt', { exact: true }).waitFor()
    await at.look('fr-ready')
    await page.setViewportSize({ width: 1000, height: 700 })
    await at.look('fr-narrow')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(conversation)
    const mark = at.answers.first().getByRole('button', { name: /Lease rue Daru\.pdf, page 4/ })
    await mark.first().click()
    await at.panel.getByRole('heading', { name: 'Chaque phrase et sa source' }).waitFor()
    await expect.poll(() => at.panel.locator('.well').getAttribute('aria-busy'), { timeout: waitMs }).toBe('false')
    await at.look('fr-source')
    await page.goto(`${new URL(served.url).origin}/#/settings/general`)
    await page.getByRole('radio', { name: 'English' }).check({ force: true })
    await page.getByRole('heading', { name: 'General' }).waitFor()
  })

  test('is exported, and another Alambic takes it in with the passphrase', async () => {
    await at.chooseFor(workspaceName, 'Export…')
    await at.dialog.getByLabel('Passphrase of the file', { exact: true }).fill(filePassphrase)
    await at.dialog.getByLabel('The same passphrase again').fill(filePassphrase)
    await at.look('export')
    await at.dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await at.dialog.getByText(/^Exported: .*\.alambic/).waitFor()
    await at.look('exported')
    await page.keyboard.press('Escape')
    const [exported = ''] = readdirSync(root).filter((name) => name.endsWith('.alambic'))
    // It lies on sticks and in mailboxes: its name says nothing of the matter.
    expect(exported).toMatch(/^alambic-workspace-/)

    const elsewhere = await servePrepared(join(root, 'other data'), passphrase)
    const there = await WorkspacePage.open(browser, elsewhere, passphrase, 'workspaces')
    await there.goTo('Workspaces')
    await there.page.getByRole('button', { name: 'Add a workspace' }).click()
    await there.page.getByRole('menuitem', { name: 'Import a workspace…' }).click()
    const file = there.dialog.getByRole('button', { name: /^Choose the file/ })
    await there.chooseFiles(() => file.click(), join(root, exported))
    const field = there.dialog.getByLabel('Passphrase of the file', { exact: true })
    await field.fill('not the passphrase')
    await there.page.keyboard.press('Enter')
    await there.dialog.getByText('Wrong passphrase.').waitFor()
    await there.look('import-wrong')
    await field.fill(filePassphrase)
    await there.page.keyboard.press('Enter')
    await there.page.getByRole('heading', { level: 1, name: workspaceName }).waitFor()
    await there.ready(pdfName, handbookName)
    expect((await there.search('locker deposit'))[0]).toMatchObject({ name: handbookName })
    await there.look('imported')
    await there.page.close()
    expect(await elsewhere.stop()).toBe(0)
  })

  test('is archived and found nowhere, opened again, and erased for good with its file', async () => {
    const find = async (): Promise<void> => {
      await at.goTo('Chat')
      await page.keyboard.press('Control+Shift+F')
      await page.keyboard.type('notice period')
    }
    await find()
    await page.locator('mark', { hasText: 'notice' }).first().waitFor()
    const hits = await page.locator('mark', { hasText: 'notice' }).count()
    await page.keyboard.press('Escape')
    await at.chooseFor(workspaceName, 'Archive')
    await page.getByText('Archived (1)').waitFor()
    await expect.poll(() => at.workspaceLink(workspaceName).count()).toBe(0)
    await find()
    // Those of Personal are still found.
    await expect.poll(() => page.locator('mark', { hasText: 'notice' }).count()).toBeLessThan(hits)
    await page.keyboard.press('Escape')
    await at.goTo('Workspaces')
    await page.getByText('Archived (1)').click()
    await at.workspaceLink(workspaceName).click()
    await page.getByText('Archived: hidden and not searched.').waitFor()
    await at.look('archived')
    await page.getByRole('main').getByRole('button', { name: 'Open again' }).click()
    await at.ready(pdfName)

    const before = databases()
    await at.chooseFor(workspaceName, 'Erase for good…')
    const field = at.dialog.getByLabel(`Type ${workspaceName} to confirm`)
    await field.fill('Rue Dar')
    await at.dialog.getByRole('button', { name: 'Erase for good' }).click()
    await at.dialog.getByText('The name does not match.').waitFor()
    await at.look('erase')
    expect(databases()).toEqual(before)
    await field.fill(workspaceName)
    await page.keyboard.press('Enter')
    await expect.poll(() => at.dialog.count(), { timeout: waitMs }).toBe(0)
    await expect.poll(() => at.workspaceLink(workspaceName).count()).toBe(0)
    await expect.poll(() => databases().length).toBe(before.length - 1)
    await at.look('erased')

    // Nothing of it comes back with a new start; the files it came from were never touched.
    await page.close()
    await served.stop()
    served = await serveWithEmbedder(dataFolder)
    at = await WorkspacePage.open(browser, served, passphrase, 'workspaces')
    await at.goTo('Workspaces')
    await at.workspaceLink('Personal').waitFor()
    expect(await at.workspaceLink(workspaceName).count()).toBe(0)
    expect(databases().length).toBe(before.length - 1)
    expect(existsSync(files.pdf)).toBe(true)
  })
})
