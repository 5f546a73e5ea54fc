// Documents as a person meets them: Chromium, the loopback skin, the real reader, index and embedder; only what the student says is known.
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, pasteFiles, type Served } from '../fixtures/browser.ts'
import { noticeLine, pdfPages, pdfPassword, writeLeaseFiles } from '../fixtures/documents/lease-files.ts'
import { missingEmbedders } from '../fixtures/real-embedders.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'
import { servePrepared, waitMs, WorkspacePage } from '../fixtures/workspace-page.ts'

const passphrase = 'seven keys and one lease'
const workspaceName = 'Rue Daru'
const said = 'The notice period is three months'
const invented = 'The landlord owns a yellow submarine'
const root = temporaryFolder()
const files = writeLeaseFiles(root)
let served: Served
let browser: Browser
let at: WorkspacePage
let page: Page

beforeAll(async () => {
  served = await servePrepared(join(root, 'data'), passphrase, { models: [testModels().cited.path] })
  browser = await openBrowser()
  at = await WorkspacePage.open(browser, served, passphrase, 'documents')
  page = at.page
})
afterAll(async () => {
  await browser?.close()
  served?.process.kill('SIGKILL')
})

describe('a workspace', () => {
  test('is made, and takes files by the chooser, by dropping and by pasting; each says how far it is until it is ready', async () => {
    await at.makeWorkspace(workspaceName)
    await page.getByRole('heading', { name: 'No documents yet' }).waitFor()
    await at.look('empty')

    await at.addFiles(files.pdf, files.docx, files.text)
    const stages = new Set<string>()
    await at.row('Lease rue Daru.pdf').waitFor()
    await expect
      .poll(
        async () => {
          const status = (await at.row('Lease rue Daru.pdf').getByRole('cell').last().innerText()).split('\n').join(' ')
          stages.add(status.replace(/[\d%.]+/g, '').trim())
          return status
        },
        { timeout: waitMs, interval: 50 },
      )
      .toBe('Ready')
    expect(stages.size, [...stages].join('; ')).toBeGreaterThan(1)
    for (const name of ['Amendment.docx', 'Canteen.txt']) await at.ready(name)

    await at.drop([files.markdown], async () => {
      await page.getByText('Drop the files to add them').waitFor()
      await at.look('dragged')
    })
    await at.ready('Handbook.md')
    await expect.poll(() => page.getByText('Drop the files to add them').count()).toBe(0)
    await pasteFiles(page, [{ name: 'Pasted.txt', text: 'The concierge is called Mrs Amandier.' }])
    await at.ready('Pasted.txt')
    await at.look('ready')
    expect(await at.row('Lease rue Daru.pdf').getByRole('cell').nth(1).innerText()).toBe(String(pdfPages))
    expect(await at.shownNames()).toHaveLength(5)
  })

  test('takes a folder with all that can be read in it, and says it where there is nothing', async () => {
    await at.drop([files.dossier, files.photographs])
    await at.ready('Inventory.md')
    await at.ready('Reply.txt')
    const note = page.getByRole('alert').filter({ hasText: 'Photographs was not added.' })
    await note.getByText('Alambic cannot read any file in this folder.').waitFor()
    await at.look('folder-empty')
    await note.getByRole('button', { name: 'Close' }).click()
    expect(await at.shownNames()).toHaveLength(7)
  })

  test('tells of a file that does not arrive, and takes it at the second try', async () => {
    await page.route('**/upload?*', (route) => route.abort())
    await at.addFiles(files.small)
    const note = page.getByRole('alert').filter({ hasText: 'Keys.txt was not added.' })
    await note.getByText('The page lost its connection to Alambic.').waitFor()
    await at.look('not-added')
    await page.unroute('**/upload?*')
    await note.getByRole('button', { name: 'Try again' }).click()
    await at.ready('Keys.txt')
    expect(await note.count()).toBe(0)
    await at.row('Keys.txt').getByRole('checkbox').check({ force: true })
    await page.keyboard.press('Delete')
    await at.dialog.getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => at.row('Keys.txt').count()).toBe(0)
  })

  test('says in one sentence what is wrong with a broken file, asks for the password of a locked one, and the others are fine', async () => {
    await at.addFiles(files.broken, files.locked)
    await at.row('Torn.pdf').getByText('Failed: damaged').waitFor()
    await at.row('Torn.pdf').getByRole('button', { name: 'Why Torn.pdf was not read' }).click()
    await page
      .getByText('This file is damaged and cannot be read. Open it in the program that made it and save it again.')
      .waitFor()
    await at.look('broken')
    await page.keyboard.press('Escape')
    await at.row('Sealed.pdf').getByRole('button', { name: 'Enter password: Sealed.pdf' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password', { exact: true }).fill('wrong')
    await at.look('password')
    await page.keyboard.press('Enter')
    await at.row('Sealed.pdf').getByText('Failed: wrong password').waitFor()
    await at.row('Sealed.pdf').getByRole('button', { name: 'Enter password: Sealed.pdf' }).click()
    await dialog.getByLabel('Password', { exact: true }).fill(pdfPassword)
    await page.keyboard.press('Enter')
    await at.ready('Sealed.pdf')
    await at.ready('Lease rue Daru.pdf', 'Amendment.docx', 'Canteen.txt', 'Handbook.md')
    await page.getByRole('radio', { name: 'Needs attention 1' }).check({ force: true })
    await expect.poll(() => at.shownNames()).toEqual(['Torn.pdf'])
    await page.getByRole('radio', { name: 'All' }).check({ force: true })
  })

  test('finds passages by their words, and by what they mean', async () => {
    const byWords = await at.search('locker deposit')
    expect(byWords[0]).toMatchObject({ name: 'Handbook.md' })
    expect(byWords[0]?.words).toContain('1')
    await at.look('search')
    await page
      .getByRole('button', { name: /^Read Handbook\.md, / })
      .first()
      .click()
    await page.getByRole('complementary', { name: 'Text of the document' }).locator('[data-marked]').first().waitFor()
    await at.look('search-text')
    await page.keyboard.press('Escape')
    expect((await at.search('combination of the vault'))[0]).toMatchObject({ name: 'Sealed.pdf' })
  })

  test.skipIf(missingEmbedders !== null)('finds what is said in other words', async () => {
    const [best] = await at.search('vacation of the staff')
    expect(best).toMatchObject({ name: 'Handbook.md', words: '–', meaning: expect.stringMatching(/^1st/) })
  })

  test('answers with a mark that opens the page, drawn, with the very words highlighted, and says how each sentence stands', async () => {
    await page.getByRole('link', { name: 'Ask this workspace' }).click()
    await page.getByRole('heading', { name: `Ask ${workspaceName}` }).waitFor()
    await at.look('ask')
    const answer = await at.ask('What is the notice period to end this lease?', { only: 'Lease rue Daru.pdf' })
    expect(await answer.innerText()).toContain(said)
    const mark = answer.getByRole('button', { name: `Source 1: Lease rue Daru.pdf, page ${noticeLine.page}` }).first()
    await at.look('answer')
    await mark.hover()
    await page.getByRole('tooltip').getByText(noticeLine.text).waitFor()
    await at.look('peek')
    await mark.click()
    await at.panel.getByRole('heading', { name: 'Lease rue Daru.pdf' }).waitFor()
    await at.panel.getByText(`Page ${noticeLine.page} of ${pdfPages}`).waitFor()
    const boxes = await at.highlights()
    await at.look('source-pdf')
    for (const { left, top, right, bottom } of boxes) {
      for (const edge of [left, top, right, bottom]) expect(edge).toBeGreaterThanOrEqual(0)
      for (const edge of [left, top, right, bottom]) expect(edge).toBeLessThanOrEqual(1.001)
    }
    // The passage is highlighted, and in it the one line that says so, from its first to its last letter.
    expect(boxes.filter(({ strong }) => !strong).length).toBeGreaterThan(0)
    const [line, ...others] = boxes.filter(({ strong }) => strong)
    expect(others).toEqual([])
    const baseline = (792 - noticeLine.y) / 792
    expect(line?.top).toBeLessThan(baseline)
    expect(line?.bottom).toBeGreaterThan(baseline - 0.002)
    expect((line?.bottom ?? 1) - (line?.top ?? 0)).toBeLessThan((2 * noticeLine.size) / 792)
    expect(line?.ink?.left).toBeCloseTo(noticeLine.x / 612, 2)
    expect(line?.left).toBeCloseTo(line?.ink?.left ?? -1, 2)
    expect(line?.right).toBeGreaterThan(line?.ink?.right ?? 1)
    expect((line?.right ?? 1) - (line?.ink?.right ?? 0)).toBeLessThan(0.02)

    const claims = at.panel.getByRole('listitem')
    const chosen = at.panel.getByRole('button', { pressed: true })
    expect(await chosen.innerText()).toContain(said)
    // The mark behind the other sentence leads to the same passage, in which nothing supports that.
    await answer
      .getByRole('button', { name: /^Source 1: / })
      .nth(1)
      .click()
    await expect.poll(() => chosen.innerText()).toContain(invented)
    await expect.poll(async () => (await at.highlights()).filter(({ strong }) => strong).length).toBe(0)
    await at.panel.getByText('1 of 2 supported').waitFor()
    expect(await claims.first().innerText()).toContain(invented)
    expect(await claims.first().innerText()).toContain('Not supported')
    expect(await claims.last().innerText()).toContain('Supported by this source')
    await answer.getByRole('button', { name: '1 of 2 sentences supported' }).waitFor()
    await at.panel.getByRole('tab', { name: 'Search' }).click()
    await at.panel.getByText('1 · sent').first().waitFor()
    await at.look('search-of-answer')
    await at.panel.getByRole('tab', { name: 'Source' }).click()
    await page.setViewportSize({ width: 1000, height: 700 })
    await at.highlights()
    await at.look('source-narrow')
    await page.setViewportSize({ width: 1440, height: 900 })
    await at.panel.getByRole('button', { name: 'Open the document in its workspace' }).click()
    await page.getByRole('complementary', { name: 'Text of the document' }).locator('[data-marked]').first().waitFor()
    await at.look('opened-text')
    await page.keyboard.press('Escape')
  })

  test('shows the faithful text of a Word file with the sentence marked', async () => {
    await at.goTo('Chat')
    const answer = await at.ask('When does the notice period begin to count?', { only: 'Amendment.docx' })
    await answer
      .getByRole('button', { name: /^Source 1: Amendment\.docx/ })
      .first()
      .click()
    const text = at.panel.getByRole('region', { name: 'Text of Amendment.docx' })
    const marks = text.locator('mark[data-tone="evidence"]')
    await expect
      .poll(async () => (await marks.allInnerTexts()).join(''))
      .toContain('The notice period is three months, counted from')
    expect(await text.innerText()).toContain('Everything else stays as it was.')
    await at.look('source-docx')
  })

  test('declines in strict mode what the documents do not say, and shows what was found', async () => {
    const answer = await at.ask('What is the notice period?', { only: 'Canteen.txt', strict: true })
    await answer.getByText('Your documents don’t support an answer').waitFor()
    expect(await answer.innerText()).not.toContain(said)
    await at.look('declined')
    const kept = await at.ask('What is the notice period?', { only: 'Amendment.docx', strict: true })
    expect(await kept.innerText()).toContain(said)
    expect(await kept.innerText()).not.toContain(invented)
  })

  test('is gone through by keyboard alone: a file, a question, its source, and back', async () => {
    await at.openWorkspace(workspaceName)
    await at.showPart('Documents')
    await at.row('Lease rue Daru.pdf').waitFor()
    await page.locator('body').click({ position: { x: 2, y: 2 } })
    await at.chooseFiles(async () => {
      await at.tabTo(page.getByRole('button', { name: 'Add files' }))
      await page.keyboard.press('Enter')
    }, files.small)
    await at.ready('Keys.txt')
    await page.keyboard.press('Control+k')
    await page.keyboard.type(`Ask ${workspaceName}`)
    await page
      .getByRole('option', { name: `Ask ${workspaceName}` })
      .first()
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: `Ask ${workspaceName}` }).waitFor()
    await expect.poll(() => at.composer.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.keyboard.type('What is the notice period?')
    await page.keyboard.press('Enter')
    const mark = at.answers
      .first()
      .getByRole('button', { name: /^Source 1: / })
      .first()
    await mark.waitFor()
    await expect.poll(() => at.answers.first().getAttribute('aria-busy'), { timeout: waitMs }).toBe(null)
    await at.tabTo(mark, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await at.panel.getByText('Each sentence and its source').waitFor()
    await expect.poll(() => at.panel.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => mark.evaluate((element) => element === document.activeElement)).toBe(true)
    await at.openWorkspace(workspaceName)
    await at.row('Keys.txt').getByRole('checkbox').check({ force: true })
    await page.keyboard.press('Delete')
    await page.getByRole('dialog', { name: 'Remove this document?' }).waitFor()
    await at.look('remove')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => at.row('Keys.txt').count()).toBe(0)
  })
})
