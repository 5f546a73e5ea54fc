// Taking words away in the real page: what a paste gets, what is saved and told, what is printed.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPageRoom, type PageRoom } from '../../fixtures/page-room.ts'

let room: PageRoom
beforeAll(async () => {
  room = await openPageRoom()
})
afterAll(() => room.close())

const cited = '?scenario=sources-cited#/chat/talk'
const talk = '?scenario=chat-rich#/chat/talk'

async function choose(page: Page, item: string, from: 'answer' | 'conversation' = 'answer'): Promise<void> {
  const place = from === 'answer' ? page.locator('.answer').last() : page.locator('main header')
  if (from === 'answer') await place.hover()
  await place.getByRole('button', { name: 'Copy, save or print' }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** What an editor of formatted text gets of the clipboard, and what a plain one does. */
async function pasted(page: Page): Promise<{ html: string; text: string }> {
  await page.evaluate(() => {
    const editor = document.createElement('div')
    editor.contentEditable = 'true'
    editor.id = 'editor'
    editor.addEventListener('paste', (event) => {
      event.preventDefault()
      editor.dataset['html'] = event.clipboardData?.getData('text/html') ?? ''
      editor.dataset['text'] = event.clipboardData?.getData('text/plain') ?? ''
    })
    document.body.append(editor)
    editor.focus()
  })
  await page.keyboard.press('Control+v')
  const editor = page.locator('#editor')
  await expect.poll(() => editor.getAttribute('data-text')).not.toBeNull()
  const got = { html: (await editor.getAttribute('data-html')) ?? '', text: (await editor.getAttribute('data-text')) ?? '' }
  await editor.evaluate((element) => element.remove())
  return got
}

test('an answer is copied with its headings, tables, code and sources, and is Markdown to a plain editor', async () => {
  const { page, complaints } = await room.open(cited)
  await page.context().grantPermissions(['clipboard-write'])
  await choose(page, 'Copy with formatting')
  await page.getByRole('button', { name: 'Copied' }).first().waitFor()
  const { html, text } = await pasted(page)
  expect(html).toContain('[2]')
  expect(html).toMatch(/<h3>Sources<\/h3>/)
  expect(html).toMatch(/<strong>\[2\] [^<]+<\/strong>, /)
  expect(html).toContain('<blockquote>')
  expect(text).toMatch(/\n\nSources\n\n\[/)
  expect(text).not.toContain('You asked')
  expect(await page.evaluate(() => window.host.taken)).toEqual(['copy'])
  expect(complaints).toEqual([])
  await page.close()
})

test('a conversation is copied whole: who speaks, tables and code; only as Markdown where that is asked for', async () => {
  const { page } = await room.open(talk)
  await page.context().grantPermissions(['clipboard-write'])
  await choose(page, 'Copy with formatting', 'conversation')
  await page.getByRole('button', { name: 'Copied' }).first().waitFor()
  const { html, text } = await pasted(page)
  for (const part of [
    '<h1>',
    '<h2>You asked',
    '<table',
    '<th',
    '<pre><code>SELECT',
    '<ol start="3">',
    '<blockquote>',
    'href="https://www.legifrance.gouv.fr/"',
  ])
    expect(html).toContain(part)
  expect(text).toMatch(/^# .+\n\n## You asked/)
  await page.getByRole('button', { name: 'Copy, save or print' }).first().waitFor()
  await choose(page, 'Copy as Markdown', 'conversation')
  await page.getByRole('button', { name: 'Copied' }).first().waitFor()
  const plain = await pasted(page)
  expect(plain.html).toBe('')
  expect(plain.text).toBe(text)
  await page.close()
})

test('what the host forbids is not copied, and it says so', async () => {
  const { page } = await room.open(talk)
  await page.evaluate(() => {
    window.host.failures.set('papers.begin', window.fail('managed'))
    navigator.clipboard.write = () => Promise.reject(new Error('Copied all the same'))
  })
  await choose(page, 'Copy with formatting')
  await page.getByRole('dialog').getByRole('alert').waitFor()
  expect(await page.evaluate(() => window.host.taken)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.close()
})

test('is saved into a folder that is chosen; a folder that takes nothing is told, and may be chosen again', async () => {
  const { page } = await room.open(talk)
  await page.evaluate(() => void window.host.failures.set('papers.save', window.fail('place_unwritable')))
  await choose(page, 'Save as PDF…')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /save/i }).last().click()
  await dialog.getByText(/^Alambic cannot write there/).waitFor()
  await dialog.getByRole('button', { name: /save/i }).last().click()
  await dialog.getByText('Saved: Notice.pdf, 48 kB.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await choose(page, 'Save as Word…', 'conversation')
  await dialog.getByRole('button', { name: /save/i }).last().click()
  await dialog.getByText('Saved: Notice.docx, 48 kB.').waitFor()
  expect(await page.evaluate(() => window.host.papers)).toEqual(['pdf', 'docx'])
  await page.close()
})

test('is printed without the page around it, and the page is as it was afterwards', async () => {
  const { page } = await room.open(talk)
  const printed = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        window.print = () => {
          resolve([...document.body.children].map((element) => element.className || element.id || element.tagName))
        }
      }),
  )
  await choose(page, 'Print…', 'conversation')
  expect(await printed).toContain('print-sheet')
  await page.emulateMedia({ media: 'print' })
  await page.locator('.print-sheet').waitFor()
  await page.locator('main').waitFor({ state: 'hidden' })
  expect(await page.locator('.print-sheet h1').innerText()).not.toBe('')
  await page.emulateMedia({ media: 'screen' })
  await page.locator('.print-sheet').waitFor({ state: 'hidden' })
  await page.locator('main').waitFor()
  await page.evaluate(() => dispatchEvent(new Event('afterprint')))
  expect(await page.locator('.print-sheet').count()).toBe(0)
  expect(await page.evaluate(() => window.host.taken)).toEqual(['print'])
  await page.close()
})
