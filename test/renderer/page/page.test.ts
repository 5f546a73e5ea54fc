// The real page in Chromium over the fake host: what is typed is not lost, what streams costs nothing elsewhere, keys do what they say, and nothing pulls a person about.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPageRoom, type PageRoom } from '../../fixtures/page-room.ts'

let room: PageRoom
beforeAll(async () => {
  room = await openPageRoom()
})
afterAll(() => room.close())

const composer = (page: Page) => page.getByRole('textbox', { name: 'Your message' })
const talk = '?scenario=chat-talk#/chat/talk'

/** What is kept of drafts by the host. */
const kept = (page: Page): Promise<(string | null)[]> =>
  page.evaluate(() => window.host.chat.drafts.value.map(({ text }) => text))

test('code and tables in list items and quotes have their boxes (bug: bare code without a button that copies it)', async () => {
  const { page, complaints } = await room.open('?scenario=chat-nested#/chat/talk')
  const answer = page.locator('.answer')
  await answer.locator('li .code-box .hljs-keyword').first().waitFor()
  const told = await answer.evaluate((root) => ({
    code: [...root.querySelectorAll('li > .code-box code, blockquote > .code-box code')].map((code) => code.textContent),
    copies: root.querySelectorAll('.code-box button').length,
    bare: root.querySelectorAll('pre:not(.code-box pre)').length,
    tables: [...root.querySelectorAll('li > .table-box[tabindex="0"] > table')].length,
    order: [...(root.querySelector('ol > li')?.children ?? [])].map((part) => part.className || part.tagName),
  }))
  expect(told).toEqual({
    code: ['SELECT 1\nFROM a', 'ls -l'],
    copies: 2,
    bare: 0,
    tables: 1,
    order: ['P', expect.stringContaining('code-box'), 'P'],
  })
  expect(complaints).toEqual([])
  await page.close()
})

describe('what is typed', () => {
  test('is kept a moment later, is there after a reload, and in another window at once; locking keeps the last letter', async () => {
    const { page } = await room.open(talk)
    await composer(page).pressSequentially('Half a thou')
    await expect.poll(() => kept(page)).toEqual(['Half a thou'])
    await page.evaluate(() =>
      window.host.chat.drafts.set([{ conversationId: 'talk', messageId: null, text: 'From the other window' }]),
    )
    await expect.poll(() => composer(page).inputValue()).toBe('From the other window')
    await composer(page).fill('The last let')
    await composer(page).press('t')
    await page.keyboard.press('Control+l')
    await page.getByLabel('Passphrase', { exact: true }).waitFor()
    expect(await kept(page)).toEqual(['The last lett'])
    expect(await page.evaluate(() => window.app.chat.draft)).toBe('')
    await page.close()
  })

  test('stays when it cannot be kept, which is told, and is not overwritten by what the host has', async () => {
    const { page } = await room.open(talk)
    await page.evaluate(() => (window.host.chat.draftTrouble = window.fail('disk_full')))
    await composer(page).fill('Not on the disk')
    await page.getByText('What you typed could not be kept yet.').waitFor()
    await page.evaluate(() => window.host.chat.drafts.set([{ conversationId: 'talk', messageId: null, text: 'older' }]))
    await page.waitForTimeout(100)
    expect(await composer(page).inputValue()).toBe('Not on the disk')
    await page.close()
  })

  test('into a question that is edited survives updates, failures, leaving and Esc, which asks (bug: each took it)', async () => {
    const { page } = await room.open(talk)
    const question = page.locator('.turn').last()
    await question.hover()
    await question.getByRole('button', { name: 'Edit', exact: true }).click()
    const field = page.getByRole('textbox', { name: 'Your question' })
    await field.fill('Draft it in English')
    // An update of the whole conversation brings other objects for the same messages.
    await page.evaluate(() => {
      window.host.chat.put(structuredClone(window.app.chat.thread!.conversation!))
    })
    await page.waitForTimeout(50)
    expect(await field.inputValue()).toBe('Draft it in English')
    await page.evaluate(() => void window.host.failures.set('chat.send', window.fail('engine_died')))
    await field.press('Enter')
    await page.getByRole('alert').first().waitFor()
    expect(await field.inputValue()).toBe('Draft it in English')
    await page.evaluate(() => (location.hash = '#/chat/other-2'))
    await field.waitFor({ state: 'detached' })
    await page.evaluate(() => (location.hash = '#/chat/talk'))
    await field.waitFor()
    expect(await field.inputValue()).toBe('Draft it in English')
    await field.press('Escape')
    await page.getByText('Discard your changes?').waitFor()
    await page.getByRole('button', { name: 'Keep editing' }).click()
    expect(await field.inputValue()).toBe('Draft it in English')
    await field.press('Enter')
    await field.waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('.question').last().innerText()).toBe('Draft it in English')
    await expect.poll(() => kept(page)).toEqual([])
    await page.close()
  })

  test('and pasted beyond what a message holds is offered as a file, whole (bug: it was cut)', async () => {
    const { page } = await room.open(talk)
    await composer(page).fill('About this: ')
    const sent = await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text/plain', 'x'.repeat(250_000))
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
      document.activeElement?.dispatchEvent(event)
      return event.defaultPrevented
    })
    expect(sent).toBe(true)
    await page.getByText('This text has 250,000 characters; a message holds at most 200,000.').waitFor()
    await page.getByRole('button', { name: 'Attach it as a file' }).click()
    await page.getByText('Pasted text.txt').waitFor()
    expect(await page.evaluate(() => window.app.attachments.sendings.map(({ totalBytes }) => totalBytes))).toEqual([250_000])
    expect(await composer(page).inputValue()).toBe('About this: ')
    await page.close()
  })

  test('into instructions and a preset is there when one comes back, also after a failure', async () => {
    const { page } = await room.open('?scenario=workspace-full#/workspaces/leases/instructions')
    const field = page.locator('textarea').first()
    await page.evaluate(() => void window.host.failures.set('workspaces.configure', window.fail('disk_full')))
    await field.fill('Be brief, and')
    await page.evaluate(() => (location.hash = '#/workspaces/leases/questions'))
    await field.waitFor({ state: 'detached' })
    await page.evaluate(() => (location.hash = '#/workspaces/leases/instructions'))
    await expect.poll(() => field.inputValue()).toBe('Be brief, and')
    await page.close()
  })
})

describe('while an answer is written', () => {
  test('nothing but its last block is touched, and earlier answers with sources are not looked at again (bug: all of them, each 30 ms)', async () => {
    const { page } = await room.open('?scenario=sources-cited#/chat/talk')
    await page.locator('.cite').first().waitFor()
    await page.evaluate(() => {
      window.host.chat.wordMs = 15
      window.host.chat.script = `A first block.\n\n${'and then a word '.repeat(5000)}`
    })
    await composer(page).fill('And then?')
    await composer(page).press('Enter')
    await page.locator('.answer[aria-busy] .block').nth(1).waitFor()
    const touched = await page.evaluate(async () => {
      const turns = [...document.querySelectorAll('.turn')]
      const last = turns.at(-1)!
      const count = { elsewhere: 0, firstBlock: 0, lastBlock: 0, painted: 0 }
      const first = last.querySelector('.prose > *')!
      new MutationObserver((records) => {
        for (const { target } of records) {
          if (!last.contains(target)) count.elsewhere++
          else if (first.contains(target)) count.firstBlock++
          else count.lastBlock++
        }
      }).observe(document.querySelector('.measure')!, { subtree: true, childList: true, characterData: true, attributes: true })
      const add = Highlight.prototype.add
      Highlight.prototype.add = function (range) {
        count.painted++
        return add.call(this, range)
      }
      while (count.lastBlock < 20) await new Promise((resolve) => setTimeout(resolve, 20))
      Highlight.prototype.add = add
      return count
    })
    expect(touched).toMatchObject({ elsewhere: 0, firstBlock: 0, painted: 0 })
    await page.close()
  })

  test('whoever scrolled up by the least step stays there (bug: pulled down by the next word)', async () => {
    const { page } = await room.open(talk, { width: 1000, height: 500 })
    await page.evaluate(() => {
      window.host.chat.wordMs = 15
      window.host.chat.script = 'a line of words\n\n'.repeat(5000)
    })
    await composer(page).fill('And then?')
    await composer(page).press('Enter')
    await page.locator('.answer[aria-busy] .block').nth(30).waitFor()
    const log = page.getByRole('log')
    await log.hover()
    await page.mouse.wheel(0, -20)
    const scrolled = (): Promise<number> => log.evaluate((element) => element.scrollTop)
    let top = -1
    // The wheel is followed for a moment.
    await expect.poll(async () => top === (top = await scrolled())).toBe(true)
    const below = page.getByRole('button', { name: 'New text below' })
    await below.waitFor()
    expect(Math.abs((await scrolled()) - top)).toBeLessThan(2)
    await below.click()
    await expect
      .poll(() => log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight))
      .toBeLessThan(2)
    await page.close()
  })
})

test('a conversation of 2,000 turns is drawn from its end, goes on upwards without a jump, and is found in whole', async () => {
  const { page } = await room.open(talk)
  await page.evaluate(() => {
    const [question, answer] = window.app.chat.thread!.messages
    const messages = Array.from({ length: 4000 }, (_, at) => ({
      ...(at % 2 === 0 ? question! : answer!),
      id: `m${at}`,
      parentId: at === 0 ? null : `m${at - 1}`,
      siblings: [`m${at}`],
      text: `${at % 2 === 0 ? 'Question' : 'Answer'} ${at}`,
    }))
    window.host.chat.put({ ...window.app.chat.thread!.conversation!, id: 'long', messages })
    location.hash = '#/chat/long'
  })
  await page.getByText('Answer 3999').waitFor()
  expect(await page.locator('.turn').count()).toBeLessThan(60)
  const log = page.getByRole('log')
  await log.evaluate((element) => element.scrollTo({ top: 10 }))
  await expect.poll(() => page.locator('.turn').count()).toBeGreaterThan(20)
  const moved = await log.evaluate(async (element) => {
    const first = element.querySelectorAll('.turn')[25]!
    const before = first.getBoundingClientRect().top
    element.scrollBy({ top: -element.clientHeight })
    const meant = first.getBoundingClientRect().top
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { by: Math.round(meant - before), later: Math.round(first.getBoundingClientRect().top - meant) }
  })
  expect(Math.abs(moved.later)).toBeLessThan(40)
  // What is looked for may stand in what is not drawn yet.
  await page.evaluate(() => {
    const { conversation } = window.app.chat.thread!
    window.host.chat.put({ ...conversation!, messages: conversation!.messages.slice(0, 200) })
  })
  await page.keyboard.press('Control+f')
  await expect.poll(() => page.locator('.turn').count()).toBe(100)
  await page.keyboard.type('Question 0')
  await page.getByText('1 of 1').waitFor()
  await page.close()
})

describe('keys', () => {
  test('of an input method send nothing, rename nothing and close nothing', async () => {
    const { page } = await room.open(talk)
    await composer(page).fill('にほん')
    const turns = await page.locator('.turn').count()
    const press = (key: string, init: object): Promise<void> =>
      page.evaluate(
        ({ key, init }) => {
          document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }))
        },
        { key, init },
      )
    await press('Enter', { isComposing: true })
    await press('Enter', { keyCode: 229 })
    await page.getByRole('main').getByRole('heading', { level: 1 }).getByRole('button').click()
    const title = page.getByRole('textbox', { name: 'Title' })
    await title.fill('題')
    await press('Enter', { keyCode: 229 })
    await press('Escape', { isComposing: true })
    expect(await title.inputValue()).toBe('題')
    expect(await page.locator('.turn').count()).toBe(turns)
    expect(await page.getByRole('link', { name: '題' }).count()).toBe(0)
    expect(await composer(page).inputValue()).toBe('にほん')
    await page.close()
  })

  test('Esc closes what is on top, and stops only when nothing is; a double click on Send stops nothing', async () => {
    const { page } = await room.open(talk)
    await page.evaluate(() => {
      window.host.chat.wordMs = 30
      window.host.chat.script = 'word '.repeat(5000)
    })
    await composer(page).fill('Count')
    await page.getByRole('button', { name: 'Send' }).dblclick()
    const busy = page.locator('.answer[aria-busy]')
    await busy.waitFor()
    await page.waitForTimeout(300)
    expect(await busy.count()).toBe(1)
    await page.keyboard.press('Control+f')
    await page.locator('search input').waitFor()
    await composer(page).focus()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('search input').count()).toBe(0)
    expect(await busy.count()).toBe(1)
    await page.keyboard.press('Escape')
    await expect.poll(() => busy.count()).toBe(0)
    await page.close()
  })

  test('scroll the thread: by itself, and a page at a time from the message', async () => {
    const { page } = await room.open('?scenario=chat-long-question#/chat/talk', { width: 1000, height: 500 })
    const log = page.getByRole('log')
    const top = (): Promise<number> => log.evaluate((element) => element.scrollTop)
    await expect.poll(top).toBeGreaterThan(100)
    const end = await top()
    await composer(page).focus()
    await page.keyboard.press('PageUp')
    await expect.poll(top).toBeLessThan(end)
    await log.focus()
    await page.keyboard.press('Home')
    await expect.poll(top).toBe(0)
    await page.close()
  })
})

test('in a narrow window the list goes once a conversation is chosen, and the message’s row stays in the page', async () => {
  const { page } = await room.open('?scenario=chat-talk&language=fr#/chat/talk', { width: 420, height: 800 })
  await page.getByRole('button', { name: 'Afficher la liste' }).click()
  await page.getByRole('link', { name: /Force majeure/ }).click()
  await expect.poll(() => page.locator('nav.list').count()).toBe(0)
  await page.evaluate(() => (location.hash = '#/chat/talk'))
  await page.locator('.budget').waitFor()
  const wide = await page.evaluate(
    () =>
      [...document.querySelectorAll('.composer *, .foot *')].filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
        .length,
  )
  expect(wide).toBe(0)
  await page.close()
})

test('whoever goes elsewhere while a question is taken is not pulled back, and a search keeps the focus', async () => {
  const { page } = await room.open('?scenario=chat-talk#/chat')
  await page.evaluate(() => void window.host.lateMs.set('chat.send', 300))
  await composer(page).fill('A slow one')
  await composer(page).press('Enter')
  await page.evaluate(() => (location.hash = '#/chat/other-2'))
  const search = page.getByRole('searchbox').first()
  await search.click()
  await page.waitForTimeout(500)
  expect(await page.evaluate(() => location.hash)).toBe('#/chat/other-2')
  expect(await search.evaluate((field) => field === document.activeElement)).toBe(true)
  await page.close()
})
