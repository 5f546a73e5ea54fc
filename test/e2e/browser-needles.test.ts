// What is typed into the page is in no file of the browser's profile: not while it stands in the fields, not after closing, not after a kill.
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chromiumPath, pagePatienceMs, quietSwitches, type Served } from '../fixtures/browser.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'
import { byLength } from '../fixtures/test-length.ts'
import { servePrepared } from '../fixtures/workspace-page.ts'

const passphrase = 'needle passphrase that is shown'
/** Milliseconds between two savings of Chromium's session, with some room: it saves 2.5 s after a change. */
const savingMs = 4_000
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A browser with a profile on the disk, as a person has it. */
interface Profiled {
  browser: Browser
  process: ChildProcess
  page: Page
}

let profile = ''
let running: Profiled | null = null
let served: Served | null = null
beforeEach(() => {
  profile = join(temporaryFolder(), 'profile')
})
afterEach(async () => {
  running?.process.kill('SIGKILL')
  await served?.stop()
  served = null
})

async function openProfile(): Promise<Profiled> {
  const switches = [...quietSwitches, '--headless=new', `--user-data-dir=${profile}`, '--remote-debugging-port=0']
  const child = spawn(chromiumPath, [...switches, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  for await (const line of createInterface({ input: child.stderr })) {
    const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1]
    if (!address) continue
    child.stderr.resume()
    const browser = await chromium.connectOverCDP(address)
    const [context] = browser.contexts()
    if (!context) throw new Error('The profile has no context')
    context.setDefaultTimeout(pagePatienceMs)
    running = { browser, process: child, page: context.pages()[0] ?? (await context.newPage()) }
    return running
  }
  throw new Error('Chromium ended before it listened')
}

/** Ends it as its window's button does, so that it writes what it wants to keep. */
async function closeBrowser({ browser, process }: Profiled): Promise<void> {
  const gone = new Promise((resolve) => process.once('exit', resolve))
  const session = await browser.newBrowserCDPSession()
  await session.send('Browser.close').catch(() => undefined)
  await gone
}

async function killBrowser({ process: child }: Profiled): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  await gone
}

/** Files of the profile in which a word stands, in either of the encodings that Chromium writes. */
function found(word: string): string[] {
  const wanted = [Buffer.from(word), Buffer.from(word, 'utf16le')]
  return readdirSync(profile, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name)
    try {
      const bytes = entry.isFile() ? readFileSync(path) : Buffer.alloc(0)
      return path.includes(word) || wanted.some((needle) => bytes.includes(needle)) ? [path.slice(profile.length + 1)] : []
    } catch {
      // Gone by now.
      return []
    }
  })
}

let count = 0
/** Types something of its own into every field that can be seen. Resolves with how many there were. */
async function fillAll(page: Page): Promise<number> {
  const fields = page.locator(
    'textarea:visible:enabled, input:visible:enabled:not([type=radio], [type=checkbox], [type=file], [type=number])',
  )
  const number = await fields.count()
  for (let index = 0; index < number; index++) {
    const field = fields.nth(index)
    if (await field.isVisible().catch(() => false))
      await field.pressSequentially(`needle${count++} `, { timeout: 5_000 }).catch(() => undefined)
  }
  return number
}

const everywhere = ['settings/general', 'settings/privacy', 'settings/vault', 'models', 'compare', 'workspaces', 'chat']

async function typeEverywhere(page: Page, origin: string, places: readonly string[]): Promise<number> {
  let fields = 0
  const goTo = async (place: string): Promise<void> => {
    await page.goto(`${origin}/#/${place}`)
    await page.getByRole('main').waitFor()
    await after(300)
    fields += await fillAll(page)
  }
  for (const place of places) await goTo(place)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill(`needle${count++}`)
  await after(savingMs)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Shift+F')
  await page.keyboard.type(`needle${count++}`)
  await after(300)
  await page.keyboard.press('Escape')
  const composer = page.getByRole('textbox', { name: 'Your message' })
  await composer.fill(`needle${count++} is asked`)
  await page.keyboard.press('Enter')
  await page.locator('.answer').first().waitFor()
  await composer.fill(`needle${count++} is not sent yet`)
  await page.getByRole('button', { name: 'Side panel' }).click()
  fields += await fillAll(page)
  return fields
}

test(
  'typed text is in no file of the profile: while it stands there, after closing, and after a kill',
  { timeout: 300_000 },
  async () => {
    served = await servePrepared(join(temporaryFolder(), 'data'), passphrase, { models: [testModels().english.path] })
    const first = await openProfile()
    await first.page.goto(served.url)
    const field = first.page.getByLabel('Passphrase', { exact: true })
    await first.page.getByRole('button', { name: /show/i }).click()
    await field.fill(passphrase)
    await after(savingMs)
    expect(found('needle'), 'a passphrase that is shown').toEqual([])
    await first.page.keyboard.press('Enter')
    await first.page.getByRole('navigation', { name: 'Main' }).waitFor()
    const { origin } = new URL(served.url)
    expect(await typeEverywhere(first.page, origin, everywhere)).toBeGreaterThan(5)
    await after(savingMs)
    expect(found('needle'), 'while it stands there').toEqual([])
    await closeBrowser(first)
    expect(found('needle'), 'closed').toEqual([])

    const second = await openProfile()
    await second.page.goto(await served.newAddress())
    await second.page.getByRole('main').waitFor()
    await typeEverywhere(second.page, origin, byLength({ short: ['workspaces', 'chat'], full: everywhere }))
    await after(savingMs)
    await killBrowser(second)
    expect(found('needle'), 'killed').toEqual([])
    // The address is there, and its token is worth nothing any more.
    expect(found(origin)).not.toEqual([])
  },
)

test('the same search does find what is typed into a field that does not ask for it', async () => {
  const other = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>other</title><textarea></textarea>')
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const opened = await openProfile()
  await opened.page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
  await opened.page.locator('textarea').fill('needle in clear')
  await after(savingMs)
  // Whatever makes Chromium save the tab's state: going on does.
  await opened.page.goto('about:blank')
  await after(savingMs)
  await killBrowser(opened)
  other.close()
  expect(found('needle in clear').map((path) => path.split('/').slice(0, 2).join('/'))).toContain('Default/Sessions')
})
