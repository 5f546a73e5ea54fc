// Workspaces and documents as a person meets them: Chromium, the loopback skin, the real reader, index and embedder; only what the student says is known.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropOn, look as lookAt, openBrowser, pasteFiles, serveAlambic, type Served } from '../fixtures/browser.ts'
import { noticeLine, pdfPages, pdfPassword, writeLeaseFiles } from '../fixtures/documents/lease-files.ts'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { e5, missingEmbedders } from '../fixtures/real-embedders.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'

const passphrase = 'seven keys and one lease'
const filePassphrase = 'a passphrase for the journey'
const workspaceName = 'Rue Daru'
const { cited } = testModels()
const [said = '', invented = ''] = ['The notice period is three months', 'The landlord owns a yellow submarine']
const root = temporaryFolder()
const dataFolder = join(root, 'data')
const files = writeLeaseFiles(root)
const embedders = missingEmbedders === null ? [e5] : []
/** Longest wait for reading, embedding and answering on a busy machine. */
const waitMs = 90_000
let served: Served
let browser: Browser
let page: Page

beforeAll(async () => {
  served = await serveAlambic(dataFolder, [], {}, [root], embedders)
  const { client, importModel, close } = await connectLoopback(served.url)
  await client.vault.create({ kind: 'passphrase', passphrase })
  await importModel(cited.path)
  await client.settings.set({ welcomed: true, threads: 1, contextTokens: 4096 })
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
  served = await serveAlambic(dataFolder, [], {}, [root], embedders)
  page = await openPage(served)
  await unlock(page)
}
async function openPage({ url }: Served): Promise<Page> {
  const opened = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'light' })
  opened.setDefaultTimeout(waitMs)
  await opened.goto(url)
  return opened
}
async function unlock(where: Page): Promise<void> {
  await where.getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await where.keyboard.press('Enter')
  await where.getByRole('navigation', { name: 'Alambic' }).waitFor()
}

const look = (name: string) => lookAt(page, `documents-${name}`)
const rail = (name: string) => page.getByRole('navigation', { name: 'Alambic' }).getByRole('link', { name, exact: true }).click()
const row = (name: string) => page.getByRole('row').filter({ hasText: name })
const table = () => page.getByRole('table', { name: 'Documents' })
const shownNames = () => table().locator('[data-name]').allInnerTexts()
const ready = (name: string) => row(name).getByText('Ready', { exact: true }).waitFor()
const composer = () => page.getByRole('textbox', { name: 'Your message' })
const answers = () => page.locator('.answer')
const panel = () => page.locator('#panel')
const workspaceLink = (name: string) =>
  page.getByRole('navigation', { name: 'Workspaces' }).getByRole('link', { name: new RegExp(`^${name}`) })

async function openWorkspace(name = workspaceName): Promise<void> {
  await rail('Workspaces')
  await workspaceLink(name).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}
async function part(name: 'Documents' | 'Search'): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Parts of the workspace' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click()
}
async function addFiles(...paths: string[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Add files' }).click()
  await (await choosing).setFiles(paths)
}
/** What a free search finds: names and how each way saw them. */
async function search(query: string): Promise<{ name: string; words: string; meaning: string }[]> {
  await part('Search')
  await page.getByRole('searchbox', { name: 'What to look for' }).fill(query)
  await page.keyboard.press('Enter')
  await page
    .getByText(/^\d+ passages? of|^Nothing in your documents/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Search', exact: true }).waitFor()
  const lines = await page.getByRole('table').locator('.line').all()
  return Promise.all(
    lines.map(async (line) => {
      const [passage = '', words = '', meaning = ''] = await line.getByRole('cell').allInnerTexts()
      return { name: passage.split('\n')[0] ?? '', words, meaning }
    }),
  )
}
/** Asks in a new conversation of the workspace, of these documents alone if they are named. */
async function ask(question: string, { only, strict = false }: { only?: string; strict?: boolean } = {}): Promise<Locator> {
  await page
    .getByRole('button', { name: /^New chat/ })
    .first()
    .click()
  await page.getByRole('heading', { level: 1, name: 'New chat' }).waitFor()
  if (only !== undefined) {
    await page.getByRole('button', { name: /^Documents that are asked/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Choose documents…' }).click()
    await page.getByRole('dialog').getByText(only).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Ask these' }).click()
    await page.getByRole('button', { name: 'Documents that are asked: 1 document' }).waitFor()
  }
  if (strict) await page.getByRole('button', { name: 'Documents only' }).click()
  return say(question)
}
/** Asks in the open conversation. */
async function say(question: string): Promise<Locator> {
  const before = await answers().count()
  await composer().fill(question)
  await page.keyboard.press('Enter')
  const answer = answers().nth(before)
  await answer.waitFor()
  await expect.poll(() => answer.getAttribute('aria-busy'), { timeout: waitMs }).toBe(null)
  return answer
}
/** Presses Tab, or Shift+Tab, until something has the focus. */
async function tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let step = 0; step < 80; step++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  throw new Error(`${key} does not lead to ${String(target)}`)
}

interface Highlight {
  left: number
  top: number
  right: number
  bottom: number
  strong: boolean
  /** From where to where there is ink at its height, over the whole width of the page; null where there is none. */
  ink: { left: number; right: number } | null
}
/** The boxes on the page that is drawn in the panel, and the ink under them, in fractions of the page. */
async function highlights(): Promise<Highlight[]> {
  const well = panel().getByRole('region', { name: /, with the passage highlighted$/ })
  await expect.poll(() => well.getAttribute('aria-busy'), { timeout: waitMs }).toBe('false')
  return well.evaluate((element) => {
    const canvas = element.querySelector('canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return []
    const frame = canvas.getBoundingClientRect()
    return [...element.querySelectorAll<HTMLElement>('.box')].map((box) => {
      const rect = box.getBoundingClientRect()
      const [top, bottom] = [(rect.top - frame.top) / frame.height, (rect.bottom - frame.top) / frame.height]
      const from = Math.max(0, Math.round(top * canvas.height))
      const { data, width } = context.getImageData(0, from, canvas.width, Math.max(1, Math.round(bottom * canvas.height) - from))
      const columns = new Set<number>()
      for (let at = 0; at < data.length; at += 4) {
        if ((data[at + 3] ?? 0) > 128 && (data[at] ?? 255) < 128) columns.add((at / 4) % width)
      }
      const ink = columns.size === 0 ? null : { left: Math.min(...columns) / width, right: Math.max(...columns) / width }
      const strong = box.dataset['strong'] !== undefined
      return {
        left: (rect.left - frame.left) / frame.width,
        top,
        right: (rect.right - frame.left) / frame.width,
        bottom,
        strong,
        ink,
      }
    })
  })
}

describe('a workspace', { timeout: 240_000 }, () => {
  test('is made, and takes files by the chooser, by dropping and by pasting; each says how far it is until it is ready', async () => {
    await rail('Workspaces')
    await page.getByRole('button', { name: 'Add a workspace' }).click()
    await page.getByRole('menuitem', { name: 'New workspace' }).click()
    await page.getByRole('textbox', { name: 'Name of the new workspace' }).fill(workspaceName)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: workspaceName }).waitFor()
    await page.getByRole('heading', { name: 'No documents yet' }).waitFor()
    await look('empty')

    await addFiles(files.pdf, files.docx, files.text)
    const stages = new Set<string>()
    await row('Lease rue Daru.pdf').waitFor()
    await expect
      .poll(
        async () => {
          const status = (await row('Lease rue Daru.pdf').getByRole('cell').last().innerText()).split('\n').join(' ')
          stages.add(status.replace(/[\d%.]+/g, '').trim())
          return status
        },
        { timeout: waitMs, interval: 50 },
      )
      .toBe('Ready')
    expect(stages.size, [...stages].join('; ')).toBeGreaterThan(1)
    for (const name of ['Amendment.docx', 'Canteen.txt']) await ready(name)

    await dropOn(page, page.getByRole('main'), [files.markdown], async () => {
      await page.getByText('Drop the files to add them').waitFor()
      await look('dragged')
    })
    await ready('Handbook.md')
    await expect.poll(() => page.getByText('Drop the files to add them').count()).toBe(0)
    await pasteFiles(page, [{ name: 'Pasted.txt', text: 'The concierge is called Mrs Amandier.' }])
    await ready('Pasted.txt')
    await look('ready')
    expect(await row('Lease rue Daru.pdf').getByRole('cell').nth(1).innerText()).toBe(String(pdfPages))
    expect(await shownNames()).toHaveLength(5)
  })

  test('takes a folder with all that can be read in it, and says it where there is nothing', async () => {
    await dropOn(page, page.getByRole('main'), [files.dossier, join(root, 'Nothing to read')])
    await ready('Inventory.md')
    await ready('Reply.txt')
    const note = page.getByRole('alert').filter({ hasText: 'Nothing to read was not added.' })
    await note.getByText('There is no file in this folder that Alambic can read.').waitFor()
    await look('folder-nothing')
    await note.getByRole('button', { name: 'Close' }).click()
    expect(await shownNames()).toHaveLength(7)
  })

  test('says in one sentence what is wrong with a broken file, asks for the password of a locked one, and the others are fine', async () => {
    await addFiles(files.broken, files.locked)
    await row('Torn.pdf').getByText('Failed: damaged').waitFor()
    await row('Torn.pdf').getByRole('button', { name: 'Why Torn.pdf was not read' }).click()
    await page
      .getByText('This file is damaged and cannot be read. Open it in the program that made it and save it again.')
      .waitFor()
    await look('broken')
    await page.keyboard.press('Escape')
    await row('Sealed.pdf').getByRole('button', { name: 'Enter it: the password of Sealed.pdf' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password', { exact: true }).fill('wrong')
    await look('password')
    await page.keyboard.press('Enter')
    await row('Sealed.pdf').getByText('Failed: wrong password').waitFor()
    await row('Sealed.pdf').getByRole('button', { name: 'Enter it: the password of Sealed.pdf' }).click()
    await dialog.getByLabel('Password', { exact: true }).fill(pdfPassword)
    await page.keyboard.press('Enter')
    await ready('Sealed.pdf')
    for (const name of ['Lease rue Daru.pdf', 'Amendment.docx', 'Canteen.txt', 'Handbook.md']) await ready(name)
    await page.getByRole('radio', { name: 'Needs you 1' }).check({ force: true })
    await expect.poll(shownNames).toEqual(['Torn.pdf'])
    await page.getByRole('radio', { name: 'All' }).check({ force: true })
  })

  test('finds passages by their words, and by what they mean', async () => {
    const byWords = await search('locker deposit')
    expect(byWords[0]).toMatchObject({ name: 'Handbook.md' })
    expect(byWords[0]?.words).toContain('1')
    await look('search')
    await page
      .getByRole('button', { name: /^Show .*Handbook\.md/ })
      .first()
      .click()
    await page.getByRole('complementary', { name: 'Text of the document' }).locator('[data-marked]').first().waitFor()
    await look('search-text')
    await page.keyboard.press('Escape')
    expect((await search('combination of the vault'))[0]).toMatchObject({ name: 'Sealed.pdf' })
  })

  test.skipIf(missingEmbedders !== null)('finds what is said in other words', async () => {
    const [best] = await search('how long may staff go on vacation')
    expect(best).toMatchObject({ name: 'Handbook.md', words: expect.stringContaining('–') })
    expect(best?.meaning).toContain('1')
  })

  test('answers with a mark that opens the page, drawn, with the very words highlighted, and says how each sentence stands', async () => {
    await page.getByRole('link', { name: 'Ask this workspace' }).click()
    await page.getByRole('heading', { name: `Ask ${workspaceName}` }).waitFor()
    await look('ask')
    const answer = await ask('What is the notice period to end this lease?', { only: 'Lease rue Daru.pdf' })
    expect(await answer.innerText()).toContain(said)
    const mark = answer.getByRole('button', { name: `Source 1: Lease rue Daru.pdf, page ${noticeLine.page}` }).first()
    await look('answer')
    await mark.hover()
    await page.getByRole('tooltip').getByText(noticeLine.text).waitFor()
    await look('peek')
    await mark.click()
    await panel().getByRole('heading', { name: 'Lease rue Daru.pdf' }).waitFor()
    await panel().getByText(`Page ${noticeLine.page} of ${pdfPages}`).waitFor()
    const boxes = await highlights()
    await look('source-pdf')
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
    expect(line?.right).toBeCloseTo(line?.ink?.right ?? -1, 2)

    const claims = panel().getByRole('listitem')
    await panel().getByText('1 of 2 supported').waitFor()
    expect(await claims.first().innerText()).toContain(invented)
    expect(await claims.first().innerText()).toContain('Not supported')
    expect(await claims.last().innerText()).toContain('Supported by this source')
    await answer.getByRole('button', { name: '1 of 2 sentences supported' }).waitFor()
    await panel().getByRole('tab', { name: 'Search' }).click()
    await panel().getByText('1 · sent').or(panel().getByText('sent').first()).first().waitFor()
    await look('search-of-answer')
    await panel().getByRole('tab', { name: 'Source' }).click()
    await page.setViewportSize({ width: 1000, height: 700 })
    await highlights()
    await look('source-narrow')
    await page.setViewportSize({ width: 1440, height: 900 })
    await panel().getByRole('button', { name: 'Open the document in its workspace' }).click()
    await page.getByRole('complementary', { name: 'Text of the document' }).locator('[data-marked]').first().waitFor()
    await look('opened-text')
    await page.keyboard.press('Escape')
  })

  test('shows the faithful text of a Word file with the sentence marked', async () => {
    await rail('Chat')
    const answer = await ask('When does the notice period begin to count?', { only: 'Amendment.docx' })
    await answer
      .getByRole('button', { name: /^Source 1: Amendment\.docx/ })
      .first()
      .click()
    const text = panel().getByRole('region', { name: 'Text of Amendment.docx' })
    const marks = text.locator('mark[data-tone="evidence"]')
    await expect
      .poll(async () => (await marks.allInnerTexts()).join(''))
      .toContain('The notice period is three months, counted from')
    expect(await text.innerText()).toContain('Everything else stays as it was.')
    await look('source-docx')
  })

  test('declines in strict mode what the documents do not say, and shows what was found', async () => {
    const answer = await ask('What is the notice period?', { only: 'Canteen.txt', strict: true })
    await answer.getByText('Your documents do not support an answer to this question').waitFor()
    expect(await answer.innerText()).not.toContain(said)
    await look('declined')
    const kept = await ask('What is the notice period?', { only: 'Amendment.docx', strict: true })
    expect(await kept.innerText()).toContain(said)
    expect(await kept.innerText()).not.toContain(invented)
  })

  test('is gone through by keyboard alone: a file, a question, its source, and back', async () => {
    await openWorkspace()
    await part('Documents')
    await table().waitFor()
    await page.locator('body').click({ position: { x: 2, y: 2 } })
    const choosing = page.waitForEvent('filechooser')
    await tabTo(page.getByRole('button', { name: 'Add files' }))
    await page.keyboard.press('Enter')
    await (
      await choosing
    ).setFiles({ name: 'Keys.txt', mimeType: 'text/plain', buffer: Buffer.from('The notice period is three months.') })
    await ready('Keys.txt')
    await page.keyboard.press('Control+k')
    await page.keyboard.type(`Ask ${workspaceName}`)
    await page
      .getByRole('option', { name: `Ask ${workspaceName}` })
      .first()
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: `Ask ${workspaceName}` }).waitFor()
    await expect.poll(() => composer().evaluate((field) => field === document.activeElement)).toBe(true)
    await page.keyboard.type('What is the notice period?')
    await page.keyboard.press('Enter')
    const mark = answers()
      .first()
      .getByRole('button', { name: /^Source 1: / })
      .first()
    await mark.waitFor()
    await expect.poll(() => answers().first().getAttribute('aria-busy'), { timeout: waitMs }).toBe(null)
    await tabTo(mark, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await panel().getByText('Each sentence against its source').waitFor()
    await expect.poll(() => panel().evaluate((element) => element.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => mark.evaluate((element) => element === document.activeElement)).toBe(true)
    await openWorkspace()
    await row('Keys.txt').getByRole('checkbox').check({ force: true })
    await page.keyboard.press('Delete')
    await page.getByRole('dialog', { name: 'Remove this document?' }).waitFor()
    await look('remove')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => row('Keys.txt').count()).toBe(0)
  })
})

describe('an attachment', { timeout: 180_000 }, () => {
  test('belongs to its conversation alone', async () => {
    await rail('Workspaces')
    await workspaceLink('Personal').click()
    await page.getByRole('link', { name: 'Ask this workspace' }).click()
    await composer().waitFor()
    await composer().focus()
    await pasteFiles(page, [{ name: 'Letter.txt', text: 'Dear tenant, the notice period is three months. Yours, the landlord.' }])
    const list = page.getByRole('list', { name: 'Attachments' })
    await list.getByText('ready').waitFor()
    await dropOn(page, page.getByRole('main'), [files.text], () => page.getByText('Drop the files to attach them').waitFor())
    await expect.poll(() => list.getByText('ready').count()).toBe(2)
    await look('attached')
    const answer = await say('What is the notice period?')
    await answer
      .getByRole('button', { name: /^Source 1: / })
      .first()
      .click()
    await panel().locator('mark[data-tone="evidence"]').first().waitFor()
    expect(await panel().getByRole('heading').first().innerText()).toBe('Letter.txt')
    await look('attachment-source')

    const other = await ask('What is the notice period?')
    expect(await other.innerText()).toContain(said)
    expect(await other.getByRole('button', { name: /^Source / }).count()).toBe(0)
    expect(await page.getByText('Letter.txt').count()).toBe(0)
    await rail('Workspaces')
    await workspaceLink('Personal').click()
    await page.getByRole('heading', { name: 'No documents yet' }).waitFor()
    await openWorkspace()
    expect((await search('letter to the dear tenant')).map(({ name }) => name)).not.toContain('Letter.txt')
  })
})

describe('a file dropped where nobody takes it', () => {
  test('does not take the place of the page', async () => {
    await page.getByRole('navigation', { name: 'Alambic' }).getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('heading', { name: 'General' }).waitFor()
    await dropOn(page, page.getByRole('main'), [files.text])
    await page.getByRole('heading', { name: 'General' }).waitFor()
    expect(new URL(page.url()).origin).toBe(new URL(served.url).origin)
  })
})

describe('a whole workspace', { timeout: 240_000 }, () => {
  const menu = async (item: string): Promise<void> => {
    await rail('Workspaces')
    await workspaceLink(workspaceName).hover()
    await page.getByRole('button', { name: `Actions for “${workspaceName}”` }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }

  test('is in French as well', async () => {
    await page.goto(`${new URL(served.url).origin}/#/settings/general`)
    await page.getByRole('radio', { name: 'Français' }).check({ force: true })
    await page.getByRole('heading', { name: 'Général' }).waitFor()
    await page.getByRole('navigation', { name: 'Alambic' }).getByRole('link', { name: 'Espaces' }).click()
    await page
      .getByRole('navigation', { name: 'Espaces' })
      .getByRole('link', { name: new RegExp(`^${workspaceName}`) })
      .click()
    await page.getByRole('table').waitFor()
    await look('fr-ready')
    await page.setViewportSize({ width: 1000, height: 700 })
    await look('fr-narrow')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('link', { name: 'Interroger cet espace' }).click()
    await page.getByRole('link', { name: /notice period to end this lease/ }).click()
    await answers()
      .first()
      .getByRole('button', { name: /Lease rue Daru\.pdf/ })
      .first()
      .click()
    await expect.poll(() => panel().locator('.well').getAttribute('aria-busy'), { timeout: waitMs }).toBe('false')
    await look('fr-source')
    await page.goto(`${new URL(served.url).origin}/#/settings/general`)
    await page.getByRole('radio', { name: 'English' }).check({ force: true })
    await page.getByRole('heading', { name: 'General' }).waitFor()
  })

  test('is exported, and another Alambic takes it in with the passphrase', async () => {
    await menu('Export…')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Passphrase of the file', { exact: true }).fill(filePassphrase)
    await dialog.getByLabel('The same passphrase again').fill(filePassphrase)
    await look('export')
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await dialog.getByText(/^Written: .*\.alambic/).waitFor()
    await look('exported')
    await dialog.getByRole('button', { name: 'Close' }).first().click()
    const [exported = ''] = readdirSync(root).filter((name) => name.endsWith('.alambic'))
    expect(exported).not.toBe('')

    const elsewhere = await serveAlambic(join(root, 'other data'), [], {}, [], embedders)
    const { client, close } = await connectLoopback(elsewhere.url)
    await client.vault.create({ kind: 'passphrase', passphrase })
    await client.settings.set({ welcomed: true })
    await close()
    await elsewhere.stop()
    const again = await serveAlambic(join(root, 'other data'), [], {}, [], embedders)
    const home = page
    page = await openPage(again)
    try {
      await unlock(page)
      await rail('Workspaces')
      await page.getByRole('button', { name: 'Add a workspace' }).click()
      await page.getByRole('menuitem', { name: 'Import a workspace…' }).click()
      const importing = page.getByRole('dialog')
      const choosing = page.waitForEvent('filechooser')
      await importing.getByRole('button', { name: /^Choose the file/ }).click()
      await (await choosing).setFiles(join(root, exported))
      await importing.getByLabel('Passphrase of the file', { exact: true }).fill('not the passphrase')
      await page.keyboard.press('Enter')
      await importing.getByText('Not the passphrase.').waitFor()
      await look('import-wrong')
      await importing.getByLabel('Passphrase of the file', { exact: true }).fill(filePassphrase)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: workspaceName }).waitFor()
      await ready('Lease rue Daru.pdf')
      expect((await search('locker deposit'))[0]).toMatchObject({ name: 'Handbook.md' })
      await look('imported')
    } finally {
      await page.close()
      page = home
      await again.stop()
    }
  })

  test('is archived and found nowhere, opened again, and erased for good with its file', async () => {
    await menu('Archive')
    await page.getByText('Archived (1)').waitFor()
    await expect.poll(() => workspaceLink(workspaceName).count()).toBe(0)
    await page.keyboard.press('Control+Shift+F')
    await page.keyboard.type('notice period to end')
    await page
      .getByText(/^Nothing/)
      .first()
      .waitFor()
    await look('archived-search')
    await page.keyboard.press('Escape')
    await rail('Workspaces')
    await page.getByText('Archived (1)').click()
    await workspaceLink(workspaceName).click()
    await page.getByText('This workspace is archived').waitFor()
    await look('archived')
    await page.getByRole('main').getByRole('button', { name: 'Open again' }).click()
    await ready('Lease rue Daru.pdf')

    const folder = join(dataFolder, 'workspaces')
    const before = readdirSync(folder).filter((name) => name.endsWith('.db'))
    await menu('Erase for good…')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(`Type ${workspaceName} to confirm`).fill('Rue Dar')
    await dialog.getByRole('button', { name: 'Erase for good' }).click()
    await dialog.getByText('This is not its name.').waitFor()
    await look('erase')
    expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toEqual(before)
    await dialog.getByLabel(`Type ${workspaceName} to confirm`).fill(workspaceName)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    await expect.poll(() => workspaceLink(workspaceName).count()).toBe(0)
    await expect.poll(() => readdirSync(folder).filter((name) => name.endsWith('.db')).length).toBe(before.length - 1)
    await look('erased')
    // Nothing of it comes back with a new start.
    await page.close()
    await restart()
    await rail('Workspaces')
    await workspaceLink('Personal').waitFor()
    expect(await workspaceLink(workspaceName).count()).toBe(0)
    expect(existsSync(files.pdf)).toBe(true)
  })
})
