// Long lists on the real page in Chromium: only the rows in sight are drawn, every row can be reached, neither the focus nor the place is lost, and what fails is told.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPageRoom, type PageRoom } from '../../fixtures/page-room.ts'

let room: PageRoom
beforeAll(async () => {
  room = await openPageRoom()
})
afterAll(() => room.close())

/** The most rows that a window of this height can need. */
const mostDrawn = 120

interface Long {
  name: string
  address: string
  /** What scrolls, a row, and the part of a row that has the focus. */
  scroller: string
  row: string
  part: string
  total: number
  /** Words of the last of all. */
  last: RegExp
}
const lists: Long[] = [
  {
    name: 'ten thousand conversations',
    address: '?scenario=chat-many#/chat/talk',
    scroller: '.list-body',
    row: '.list-body li[data-index]',
    part: '.row-link',
    total: 10_000,
    last: /Matter 9990/,
  },
  {
    name: 'ten thousand documents',
    address: '?scenario=workspace-busy#/workspaces/leases',
    scroller: '.main-scroll',
    row: 'tr[data-index]',
    part: '[data-name]',
    total: 10_000,
    last: /Pièce 10000/,
  },
]

const drawn = (page: Page, { row }: Long): Promise<number> => page.locator(row).count()
const focused = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.closest('[data-index]')?.textContent)

describe.each(lists)('$name', (list) => {
  test('are drawn as far as they are in sight, and the list is as high as all of them', async () => {
    const { page, complaints } = await room.open(list.address)
    await page.locator(list.row).first().waitFor()
    expect(await drawn(page, list)).toBeLessThan(mostDrawn)
    const rowHeight = await page
      .locator(list.row)
      .nth(1)
      .evaluate((row) => row.getBoundingClientRect().height)
    const height = await page.locator(list.scroller).evaluate(({ scrollHeight }) => scrollHeight)
    expect(height).toBeGreaterThan(list.total * rowHeight)
    expect(height).toBeLessThan((list.total + 60) * rowHeight)
    expect(complaints).toEqual([])
    await page.close()
  })

  test('can be scrolled to the last, which is asked for then (bug: only what was loaded could be reached)', async () => {
    const { page, complaints } = await room.open(list.address)
    await page.locator(list.row).first().waitFor()
    await page.locator(list.scroller).evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight))
    await expect.poll(() => page.locator(list.row).count()).toBeGreaterThan(10)
    const isLast = (row: Element): boolean =>
      row.hasAttribute('aria-posinset')
        ? row.getAttribute('aria-posinset') === row.getAttribute('aria-setsize')
        : row.getAttribute('aria-rowindex') === row.closest('table')?.getAttribute('aria-rowcount')
    await expect.poll(() => page.locator(list.row).last().evaluate(isLast)).toBe(true)
    expect(await page.locator(list.row).last().textContent()).toMatch(list.last)
    expect(await drawn(page, list)).toBeLessThan(mostDrawn)
    expect(complaints).toEqual([])
    await page.close()
  })

  test('keep the focus where it is however far one scrolls, and arrows go on from there', async () => {
    const { page } = await room.open(list.address)
    const rows = page.locator(list.row)
    // The third of the longest group.
    const third = page.locator(`${list.row}[data-index="2"]`).last()
    await third.waitFor()
    const [before, next] = [await third.textContent(), await third.locator(`xpath=following-sibling::*[1]`).textContent()]
    await third.locator(list.part).focus()
    await page.locator(list.scroller).evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight / 2))
    await expect
      .poll(() => rows.evaluateAll((all) => all.some((row) => Number(row.getAttribute('data-index')) > 1000)))
      .toBe(true)
    expect(await focused(page)).toBe(before)
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => focused(page)).toBe(next)
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => focused(page)).toBe(before)
    await page.close()
  })

  test('stand still under an update further up', async () => {
    const { page } = await room.open(list.address)
    await page.locator(list.row).first().waitFor()
    await page.locator(list.scroller).evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight / 2))
    const middle = (): Promise<{ text: string | null; top: number } | null> =>
      page.locator(list.scroller).evaluate((scroller, rowOf) => {
        const { top, height } = scroller.getBoundingClientRect()
        const row = [...scroller.querySelectorAll(rowOf)].find((one) => one.getBoundingClientRect().top > top + height / 2)
        return row ? { text: row.textContent, top: Math.round(row.getBoundingClientRect().top) } : null
      }, list.row)
    await expect.poll(middle).not.toBeNull()
    await page.waitForTimeout(200)
    const before = await middle()
    await page.evaluate(() => {
      const { chat, documents } = window.host
      const [talk, first] = [window.app.chat.thread?.conversation, documents.rows.value[0]]
      if (talk) chat.put({ ...talk, id: 'new', title: 'New' }, Date.now() + 1000)
      else if (first) documents.rows.set([{ ...first, id: 'new', name: 'New' }, ...documents.rows.value])
    })
    await expect.poll(() => page.evaluate(() => Math.max(window.app.chat.list.total, window.app.documents.total))).toBe(10_001)
    await page.waitForTimeout(50)
    expect(await middle()).toEqual(before)
    await page.close()
  })
})

describe('what fails is told', () => {
  test('when a list cannot be followed any more (bug: it stood there as if that were all)', async () => {
    const { page } = await room.open('?scenario=chat-many#/chat/talk')
    await page.locator('.list-body li[data-index]').first().waitFor()
    await page.evaluate(() => void window.host.failures.set('chat.list', window.fail('disk_full')))
    await page.locator('.list-body').evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight))
    await expect.poll(() => page.locator('.list-body [role="alert"]').count()).toBe(1)
    await page.close()
  })

  test('when locking fails, until it has worked (bug: nobody saw that the vault stood open)', async () => {
    const { page } = await room.open('?scenario=chat-talk#/chat/talk')
    await page.evaluate(() => void window.host.failures.set('vault.lock', window.fail('disk_full')))
    await page.keyboard.press('Control+l')
    const notice = page.locator('.notices .notice')
    await notice.waitFor()
    expect(await notice.textContent()).toContain('disk')
    await page.keyboard.press('Control+l')
    await page.getByLabel('Passphrase', { exact: true }).waitFor()
    expect(await notice.count()).toBe(0)
    await page.close()
  })
})
