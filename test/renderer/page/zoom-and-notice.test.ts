// The real page in Chromium at 200 % zoom, which is a window of half the size, and behind another window when a long answer ends.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPageRoom, type PageRoom } from '../../fixtures/page-room.ts'

let room: PageRoom
beforeAll(async () => {
  room = await openPageRoom()
})
afterAll(() => room.close())

/** A window of 1280 × 800 at 200 %. */
const zoomed = { width: 640, height: 400 }

/** What of these stands out of the window, or is too small to be used. */
async function outside(page: Page, selectors: readonly string[]): Promise<string[]> {
  return page.evaluate(
    (wanted) =>
      wanted.filter((selector) => {
        const element = document.querySelector(selector)
        if (!element) return true
        const { left, top, right, bottom } = element.getBoundingClientRect()
        return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1 || right - left < 12
      }),
    selectors,
  )
}
const scrollsSideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

describe('at 200 %', () => {
  test.each(
    ['chat-talk', 'chat-reasoning', 'chat-died', 'chat-crowded', 'chat-full-context'].map((scenario) => [scenario] as const),
  )('%s has its thread and its composer in the window', async (scenario) => {
    const { page } = await room.open(`?scenario=${scenario}#/chat/talk`, zoomed)
    await page.locator('.composer').waitFor()
    expect(await scrollsSideways(page)).toBeLessThanOrEqual(0)
    expect(await outside(page, ['.composer', '.composer textarea', '.composer .send', 'h1'])).toEqual([])
    const log = await page.getByRole('log').evaluate((element) => element.getBoundingClientRect().height)
    expect(log).toBeGreaterThan(100)
    await page.close()
  })

  test('an answer can be edited and kept, and menus stay in the window', async () => {
    const { page } = await room.open('?scenario=chat-talk#/chat/talk', zoomed)
    const turn = page.locator('.turn').last()
    await turn.hover()
    await turn.getByRole('button', { name: 'Answer with another model' }).click()
    await expect.poll(() => outside(page, ['[role="menu"]'])).toEqual([])
    await page.keyboard.press('Escape')
    await turn.getByRole('button', { name: 'Edit answer' }).click()
    await page.getByRole('textbox', { name: 'The answer, in Markdown' }).fill('Line\n'.repeat(60))
    await page.getByRole('button', { name: 'Keep this version' }).click()
    await turn.getByText('Edited by hand', { exact: true }).waitFor()
    expect(await scrollsSideways(page)).toBeLessThanOrEqual(0)
    await page.close()
  })

  test.each(['workspaces', 'models', 'settings', 'compare'].map((screen) => [screen] as const))(
    '%s runs out of the window nowhere',
    async (screen) => {
      const { page } = await room.open(`?scenario=chat-talk#/${screen}`, zoomed)
      await page.locator('h1').first().waitFor()
      expect(await scrollsSideways(page)).toBeLessThanOrEqual(0)
      await expect.poll(() => outside(page, ['h1'])).toEqual([])
      await page.close()
    },
  )
})

test('the keys of the browser’s own zoom are left to it', async () => {
  const { page } = await room.open('?scenario=chat-talk#/chat/talk')
  const taken = await page.evaluate(() =>
    ['+', '-', '=', '0'].filter((key) => {
      const event = new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true })
      document.body.dispatchEvent(event)
      return event.defaultPrevented
    }),
  )
  expect(taken).toEqual([])
  await page.close()
})

describe('a long answer that ends behind another window', () => {
  /** An answer of a minute begins and ends, while nobody looks. */
  async function answered(page: Page): Promise<void> {
    await page.evaluate(async () => {
      document.hasFocus = () => false
      const { conversation } = window.app.chat.thread!
      const writing = { messageId: 'answer-2', stage: 'writing' as const, fraction: 0, since: Date.now() }
      window.host.chat.put(conversation!, Date.now(), writing)
    })
    await page.waitForFunction(() => window.app.chat.list.rows.some((row) => row.writing))
    await page.evaluate(() => {
      const { now } = Date
      Date.now = () => now() + 60_000
      window.host.chat.put(window.app.chat.thread!.conversation!, now())
    })
    await page.waitForFunction(() => !window.app.chat.list.rows.some((row) => row.writing))
  }

  test('is said by the title alone, until one looks, where no notice was allowed: and nobody is asked', async () => {
    const { page } = await room.open('?scenario=chat-talk#/chat/talk')
    await page.evaluate(() => {
      const stub = Object.assign(function Notification() {}, {
        permission: 'default',
        requestPermission: () => {
          throw new Error('Asked')
        },
      })
      Object.assign(window, { Notification: stub })
    })
    const before = await page.title()
    await answered(page)
    await expect.poll(() => page.title()).toBe(`● ${before}`)
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect.poll(() => page.title()).toBe(before)
    await page.close()
  })

  test('is said through the browser where that was allowed, without a word of the conversation', async () => {
    const { page } = await room.open('?scenario=chat-talk#/chat/talk')
    await page.evaluate(() => {
      const said: unknown[] = []
      Object.assign(window, {
        said,
        Notification: Object.assign(
          function Notification(...given: unknown[]) {
            said.push(given)
          },
          { permission: 'granted' },
        ),
      })
    })
    const before = await page.title()
    await answered(page)
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { said: unknown[] }).said))
      .toEqual([['Alambic', { body: 'The answer has ended.', tag: 'answer', silent: true }]])
    expect(await page.title()).toBe(before)
    await page.close()
  })

  test('is said by the skin where it can, and by nobody once that is switched off', async () => {
    const { page } = await room.open('?scenario=chat-talk#/chat/talk')
    await page.evaluate(async () => {
      window.host.desktop = { ...window.host.desktop, notices: 'skin' }
      await window.app.desktop.ask()
    })
    await answered(page)
    await expect.poll(() => page.evaluate(() => window.host.noticed)).toBe(1)
    await page.evaluate(() => (location.hash = '#/settings'))
    await page.getByRole('radio', { name: 'Don’t notify' }).click()
    await expect.poll(() => page.evaluate(() => window.app.settings.values.answerNotice)).toBe(false)
    await page.evaluate(() => (location.hash = '#/chat/talk'))
    await page.waitForFunction(() => window.app.chat.thread !== null)
    await answered(page)
    expect(await page.evaluate(() => window.host.noticed)).toBe(1)
    await page.close()
  })
})
