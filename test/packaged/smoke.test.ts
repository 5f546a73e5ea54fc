/**
 * The window itself, for the day an Electron binary is there. It is never fetched for a test: where it is missing, one
 * skipped test says so by its name.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const binary = electronBinary()
const entry = join(root, 'dist', 'main.js')
const missing = binary === null ? 'no Electron binary is installed' : existsSync(entry) ? null : 'dist/main.js is not built'

/** Where electron's own package keeps the binary. Importing the package instead would try to fetch it. */
function electronBinary(): string | null {
  const folder = join(root, 'node_modules', 'electron')
  const pointer = join(folder, 'path.txt')
  const path = existsSync(pointer) ? join(folder, 'dist', readFileSync(pointer, 'utf8').trim()) : null
  return path !== null && existsSync(path) ? path : null
}

if (missing === null) describe('the Electron window', testWindow)
else test.skip(`NOT RUN: the Electron window was not tested, because ${missing}`, testWindow)

function testWindow(): void {
  async function launch(): Promise<{ app: Awaited<ReturnType<typeof _electron.launch>>; folder: string }> {
    const folder = mkdtempSync(join(tmpdir(), 'alambic-window-'))
    const app = await _electron.launch({ executablePath: binary ?? '', args: [entry, `--data=${folder}`] })
    return { app, folder }
  }

  test('shows the page, without a privilege and with its policy', async () => {
    const { app, folder } = await launch()
    const page = await app.firstWindow()
    expect(page.url()).toBe('app://bundle/')
    expect(await page.evaluate('typeof require + typeof process + typeof module')).toBe('undefined'.repeat(3))
    expect(await page.evaluate(`fetch('https://example.com/').then(() => 'reached', () => 'closed')`)).toBe('closed')
    expect(await page.evaluate(`String(window.open('https://example.com/'))`)).toBe('null')
    await page.getByRole('main').waitFor()
    await app.close()
    rmSync(folder, { recursive: true })
  })

  test('cannot be led away from the page', async () => {
    const { app, folder } = await launch()
    const page = await app.firstWindow()
    await page.evaluate(`location.href = 'https://example.com/'`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(page.url()).toBe('app://bundle/')
    await app.close()
    rmSync(folder, { recursive: true })
  })

  test('closes in order and gives its data folder back', async () => {
    const { app, folder } = await launch()
    await app.firstWindow()
    expect(readdirSync(folder)).toContain('alambic.pid')
    await app.close()
    expect(readdirSync(folder)).not.toContain('alambic.pid')
    rmSync(folder, { recursive: true })
  })
}
