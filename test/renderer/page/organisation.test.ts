// The page of the organisation in Chromium: what is set, by whom and what is wrong with it, live; and the way of these settings to other computers.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPageRoom, type PageRoom } from '../../fixtures/page-room.ts'

let room!: PageRoom
beforeAll(async () => {
  room = await openPageRoom()
})
afterAll(() => room.close())

test('each entry has its value, its origin and what is wrong with it, and one that is changed is there at once', async () => {
  const { page } = await room.open('?scenario=managed#/settings/organisation')
  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) }).first()
  await row('IdleLockMinutes').waitFor()
  expect(await row('IdleLockMinutes').innerText()).toMatch(/Lock[^]*5[^]*IT, for this computer[^]*\.json/)
  expect(await row('ModelDownloadsEnabled').innerText()).toMatch(/Not allowed/)
  expect(await row('RequireCard').innerText()).toContain('Cannot be read, so the strictest value applies.')
  expect(await row('Nonsense').innerText()).toContain('Alambic does not know this policy.')
  // Only what is fixed has a lock: not what is recommended, nor an entry for which another counts.
  expect(await row('Theme').locator('svg').count()).toBe(0)
  expect(
    await page
      .getByRole('row', { name: /Another entry counts/ })
      .locator('svg')
      .count(),
  ).toBe(0)
  expect(await row('IdleLockMinutes').locator('svg').count()).toBe(1)
  await page.evaluate(() => window.host.findings.set([]))
  await page.getByText('Your organisation has set nothing on this computer.').waitFor()
  await page.close()
})

test('these settings are written for another system, a failure is told, and neither is there after a lock', async () => {
  const { page } = await room.open('?scenario=managed#/settings/organisation')
  await page.getByRole('button', { name: 'Export these settings…' }).click()
  await page.getByText('Exported: alambic-policies.reg.').waitFor()
  await page.evaluate(() => void window.host.failures.set('settings.export', window.fail('disk_full')))
  await page.getByRole('button', { name: 'Export these settings…' }).click()
  await page.getByRole('alert').getByText(/disk/).waitFor()
  expect(await page.getByText('Exported:').count()).toBe(0)
  await page.evaluate(() => window.app.settings.forget())
  await expect.poll(() => page.getByRole('alert').count()).toBe(0)
  await page.close()
})
