/**
 * Every scenario of the gallery in a real browser under the product's own headers: no accessibility violation, nothing
 * that the content security policy refuses, no sideways scrolling. Catches what only a drawn page shows. `npm run gallery`
 * shows each in every look, loads the page anew for it and keeps its picture; else each is shown in one look, the looks
 * taking turns, by one page after the other.
 */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageHeaders, readPageFiles } from '../../../electron/host/page-files.ts'
import { openBrowser } from '../../fixtures/browser.ts'
import { chatScenarios } from './chat-scenarios.ts'
import { compareFormScenarios, compareScenarios } from './compare-scenarios.ts'
import { scenarios } from './scenarios.ts'
import { backupScenarios, questionScenarios, restoreScenarios, workspaceScenarios } from './workspace-scenarios.ts'
import { sourceEmptyScenarios, sourceScenarios } from './source-scenarios.ts'

const configFile = fileURLToPath(new URL('vite.config.ts', import.meta.url))
const outDir = fileURLToPath(new URL('../../../.cache/gallery', import.meta.url))
const pictures = fileURLToPath(new URL('../../results/pictures/gallery', import.meta.url))
const takesPictures = process.env['ALAMBIC_PICTURES'] === '1'
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The parts of a workspace. */
const workspacePlaces = ['', '/instructions', '/questions', '/search'].map((part) => `#/workspaces/leases${part}`)

/** Where each scenario has something to show, beside its first screen. */
const places: Record<string, string[]> = {
  full: [
    '#/models',
    '#/settings/general',
    '#/settings/documents',
    '#/settings/vault',
    '#/settings/organisation',
    '#/settings/about',
    '#/chat',
  ],
  managed: ['#/settings/general', '#/settings/vault', '#/settings/privacy', '#/settings/organisation'],
  importing: ['#/models'],
  failing: ['#/models', '#/chat'],
  'no-models': ['#/models', '#/chat'],
  'only-offer': ['#/models'],
  bundles: ['#/models'],
  embedders: ['#/models'],
  students: ['#/models', '#/chat'],
  'own-catalogue': ['#/models/catalogue', '#/settings/privacy'],
  connections: ['#/settings/privacy'],
  keychain: ['#/settings/vault'],
  reencrypting: ['#/settings/vault'],
  'reencrypting-full': ['#/settings/vault'],
  reencrypted: ['#/settings/vault'],
  'put-back': ['#/chat'],
  passphrase: ['#/settings/vault'],
  ...Object.fromEntries(
    Object.keys(backupScenarios).map((name) => [
      name,
      name === 'backup-old' ? ['#/settings/vault', '#/chat'] : ['#/settings/vault'],
    ]),
  ),
  recognition: ['#/settings/documents'],
  ...Object.fromEntries(Object.keys(workspaceScenarios).map((name) => [name, workspacePlaces])),
  ...Object.fromEntries(
    Object.keys(questionScenarios).map((name) => [name, [...workspacePlaces.slice(0, 1), '#/workspaces/leases/questions']]),
  ),
  'workspace-rescued': workspacePlaces.slice(0, 1),
  'workspace-full': [...workspacePlaces, '#/workspaces/old', '#/chat?in=leases'],
  ...Object.fromEntries(Object.keys(chatScenarios).map((name) => [name, ['#/chat/talk']])),
  ...Object.fromEntries(Object.keys(compareScenarios).map((name) => [name, ['#/compare/compared']])),
  ...Object.fromEntries(Object.keys(compareFormScenarios).map((name) => [name, ['#/compare']])),
  ...Object.fromEntries(Object.keys(sourceScenarios).map((name) => [name, ['#/chat/talk']])),
  ...Object.fromEntries(Object.keys(sourceEmptyScenarios).map((name) => [name, ['#/chat']])),
}
/** What is done in a scenario before it is looked at. */
const steps: Record<string, (page: Page) => Promise<void>> = {
  'backup-code': async (page) => {
    await page.getByRole('button', { name: /recovery code|code de récupération/ }).click()
    await page.getByRole('dialog').waitFor()
  },
  'backup-restore': async (page) => {
    await page.getByRole('button', { name: /Restore from|Restaurer depuis/ }).click()
    await page.getByRole('button', { name: /Show contents|Afficher le contenu/ }).click()
    await page.getByRole('checkbox').first().waitFor()
  },
  'workspace-rescued': async (page) => {
    const rescue = page.getByRole('button', { name: /^Rescue|^Sauver/ })
    await rescue.click()
    await page.getByText(/340/).waitFor()
  },
  'restore-whole': async (page) => {
    await chooseSets(page)
    await page.getByRole('combobox').first().waitFor()
  },
  'restore-whole-empty': async (page) => {
    await chooseSets(page)
    await page.getByText(/no backup in|pas de sauvegarde dans/).waitFor()
  },
  'restore-whole-wrong': restoreWrongly,
  'restore-whole-paused': restoreWrongly,
  'sources-cited': (page) => openMark(page, 2),
  'sources-text': (page) => openMark(page, 3),
  'sources-gone': (page) => openMark(page, 2),
  'sources-unreadable': (page) => openMark(page, 2),
  'sources-sentence': async (page) => {
    await openMark(page, 2)
    await page.locator('#panel li button').nth(2).click()
  },
  'sources-search': async (page) => {
    await openMark(page, 2)
    await page.getByRole('tab').nth(1).click()
    await page.getByRole('table', { name: /found|trouvé/ }).waitFor()
  },
  passphrase: async (page) => {
    if (!page.url().includes('settings/vault')) return
    await page.getByRole('button', { name: /^Change the passphrase|^Changer la phrase/ }).click()
    const fields = page.getByRole('dialog').locator('input')
    await fields.nth(0).fill('four unrelated words here')
    await fields.nth(1).fill('soleil2024')
    await page.getByRole('dialog').getByRole('radio').nth(1).check()
    await page.getByRole('dialog').locator('.meter').waitFor()
  },
  'sources-scope': async (page) => {
    await page.locator('form button[aria-haspopup="menu"]').first().click()
    await page.getByRole('menuitemcheckbox').nth(1).click()
    await page.getByRole('dialog').waitFor()
  },
}
/** Opens the page on which a whole vault is restored, and a folder of sets. */
async function chooseSets(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Restore from a backup|^Restaurer depuis une sauvegarde/ }).click()
  await page.getByRole('combobox').first().selectOption({ index: 1 })
}

/** Restores with a passphrase that is not the set's. */
async function restoreWrongly(page: Page): Promise<void> {
  await chooseSets(page)
  await page.getByRole('radio').nth(1).check()
  const fields = page.locator('input[type="password"]')
  await fields.nth(0).fill('not the passphrase')
  for (const at of [1, 2]) await fields.nth(at).fill('four unrelated words here')
  await page.locator('button[type="submit"]').click()
  await page.getByRole('alert').waitFor()
}

async function openMark(page: Page, number: number): Promise<void> {
  await page
    .locator('.cite', { hasText: String(number) })
    .first()
    .click()
  await page.locator('#panel .page[data-drawn], #panel mark').first().waitFor()
}
/** Shows an address in a tab that may have shown another one. */
async function show(page: Page, address: string): Promise<void> {
  if (takesPictures || !page.url().startsWith(base)) {
    await page.goto(address)
    // In the page's own world, as if the page had brought it: its headers let nothing else in.
    await page.evaluate(axeSource)
  } else await page.evaluate((detail) => void window.dispatchEvent(new CustomEvent('gallery:show', { detail })), address)
}

/** Waits until what is on the screen stands still. */
const settled = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await document.fonts.ready
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map(({ finished }) => finished))
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })

const looks = [
  { language: 'en', theme: 'light', width: 1440, height: 900 },
  { language: 'fr', theme: 'dark', width: 900, height: 700 },
]
/** Each with its turn, so that the places of one scenario take turns, and so does one place over the scenarios. */
const cases = Object.keys(scenarios).flatMap((scenario, at) =>
  (places[scenario] ?? ['']).map((place, number): [string, string, number] => [scenario, place, at + number]),
)

let server: Server
let browser: Browser
let base: string

beforeAll(async () => {
  await build({ configFile, logLevel: 'error' })
  const files = readPageFiles(outDir)
  server = createServer((request, response) => {
    const file = files.get((request.url ?? '/').split('?')[0] ?? '/')
    response
      .writeHead(file ? 200 : 204, {
        ...pageHeaders(`'self'`),
        ...(file ? { 'Content-Type': file.contentType, 'Cache-Control': file.cacheControl } : {}),
      })
      .end(file?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  server?.close()
})

const narrowLooks = [
  { language: 'fr', theme: 'light', width: 420, height: 800 },
  { language: 'en', theme: 'dark', width: 420, height: 800 },
]
const narrowCases = Object.keys(restoreScenarios).map((name, at): [string, string, number] => [name, '', at])
/** Looks that take turns, or each with all cases where pictures are taken. */
const shared = <Look>(looks: readonly Look[], all: typeof cases) =>
  looks.map((look, turn) => ({ ...look, cases: takesPictures ? all : all.filter(([, , at]) => at % looks.length === turn) }))
const allLooks = [...shared(looks, cases), ...shared(narrowLooks, narrowCases)]

describe.each(allLooks)('$language, $theme, $width×$height', ({ language, theme, width, height, cases }) => {
  // One tab for all scenarios: a window of its own for each costs Chromium more than drawing the page does.
  let page: Page
  let complaints: string[] = []

  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' })
    await page.addInitScript(() => {
      localStorage.clear()
      sessionStorage.clear()
    })
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
  })

  afterAll(() => page?.close())

  it.each(cases)('%s %s', async (scenario, place) => {
    complaints = []
    await page.mouse.move(0, 0)
    const name = `${scenario}${place.replace(/\W+/g, '-')}`
    // The name makes each address another one: with another fragment only, the page would stay as the last case left it.
    await show(page, `${base}?scenario=${scenario}&language=${language}&theme=${theme}&case=${name}${place}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    if (scenario in chatScenarios) await page.locator('.budget').waitFor()
    if (scenario in compareScenarios) await page.locator('.column').first().waitFor()
    if (scenario === 'students' && place === '#/chat') await page.locator('form button[aria-haspopup="menu"]').last().click()
    await steps[scenario]?.(page)
    await settled(page)
    if (takesPictures) await page.screenshot({ path: `${pictures}/${name}-${language}-${theme}-${width}.png` })
    const violations: string[] = await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(' | ')))`)
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
    expect({ violations, complaints, sideways }).toEqual({ violations: [], complaints: [], sideways: false })
  })
})

it('makes marks of numbers that were given, in words, lists and tables, and of nothing else', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${base}?scenario=sources-marks#/chat/talk`)
  await page.locator('.cite').first().waitFor()
  const told = await page.evaluate(() => ({
    marks: [...document.querySelectorAll('.prose button.cite')].map((mark) => mark.textContent),
    names: [...new Set([...document.querySelectorAll('.prose button.cite')].map((mark) => mark.getAttribute('aria-label')))],
    links: [...document.querySelectorAll('.prose a')].map((link) => link.getAttribute('href')),
    text: document.querySelector('.prose .block')?.textContent,
    code: [...document.querySelectorAll('.prose code')].map((code) => code.textContent),
  }))
  await page.close()
  expect(told).toEqual({
    marks: ['1', '2', '3', '2', '1', '3', '2', '1', '1'],
    names: [
      'Source 1: Cass. civ. 3e, 12 octobre 2023.html, section “Motifs”',
      'Source 2: Bail commercial – SCI Les Tilleuls.pdf, pages 4 to 5',
      'Source 3: Loyers et indices 2019–2026.xlsx, sheet “Loyers”, cells A1:C3',
    ],
    links: [null],
    text: 'A1,23 and [99]. [1] and b2 1 <button class="cite">1</button> Picture, not loaded: 3\n',
    code: ['[1]', 'x', '[1]'],
  })
})

it('says what each student is good at and how soon it could answer, and compares the one that answers with others', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${base}?scenario=students#/chat`)
  await page.locator('form button[aria-haspopup="menu"]').last().click()
  const told = await page.getByRole('menuitemcheckbox', { name: /Llama 3\.2 1B/ }).innerText()
  expect(told).toContain('Quick short answers on small computers.')
  expect(told).toMatch(/Ready in about 2\sseconds/)
  await page.getByRole('menuitem', { name: 'Compare models…' }).click()
  const chosen = page.locator('fieldset button[aria-pressed="true"]')
  await chosen.first().waitFor()
  expect((await chosen.allInnerTexts()).map((name) => name.trim())).toContain('Llama 3.2 3B Instruct')
  await page.close()
})

it('takes certificate authorities from files, one after the other, and says when one is none', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${base}?scenario=full#/settings/privacy`)
  const field = page.getByRole('textbox', { name: 'Additional certificate authorities' })
  await field.waitFor()
  const give = (text: string): Promise<void> =>
    page
      .locator('input[type="file"][accept*=".pem"]')
      .setInputFiles({ name: 'ca.pem', mimeType: 'application/x-pem-file', buffer: Buffer.from(text) })
  const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`
  await give(`${pem('one')}\n`)
  await give(pem('two'))
  await expect.poll(() => field.inputValue()).toBe(`${pem('one')}\n${pem('two')}`)
  await field.fill('')
  await give('0\x82\x03')
  await page.getByText('This is not a certificate in PEM format.').waitFor()
  await page.close()
})

it('says “Built with Llama” in About as long as such a model is here, with its notice, and not otherwise', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const models = page.getByRole('region', { name: 'Installed models' })
  await page.goto(`${base}?scenario=full#/settings/about`)
  await models.waitFor()
  const words = await models.innerText()
  expect(words).toContain('Built with Llama')
  expect(words).toContain('Because Llama 3.2 3B Instruct is installed.')
  expect(words).toContain('Llama 3.2 is licensed under the Llama 3.2 Community License, Copyright © Meta Platforms, Inc.')
  await page.goto(`${base}?scenario=no-models#/settings/about`)
  await page.getByRole('heading', { name: 'Promises' }).or(page.locator('#promises')).first().waitFor()
  expect(await models.count()).toBe(0)
  await page.close()
})

it('opens a source by Enter at its mark, and Esc brings the focus back there', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${base}?scenario=sources-cited#/chat/talk`)
  const mark = page.locator('.cite').nth(1)
  await mark.focus()
  await page.keyboard.press('Enter')
  await page.locator('#panel .page[data-drawn]').waitFor()
  const ringed = await page.locator('.cite[aria-expanded="true"]').count()
  const ink = await page.locator('#panel canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    return data.some((value, at) => at % 4 === 0 && value < 80)
  })
  await page.keyboard.press('Escape')
  const focused = await mark.evaluate((button) => button === document.activeElement)
  await page.close()
  expect({ ringed, ink, focused }).toEqual({ ringed: 4, ink: true, focused: true })
})

it('names at each mark the page of the words that its sentence rests on, and shows these under it', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${base}?scenario=sources-cited#/chat/talk`)
  const marks = page.locator('.cite')
  await marks.first().waitFor()
  await page.waitForFunction(() => /page 5$/.test(document.querySelectorAll('.cite')[1]?.getAttribute('aria-label') ?? ''))
  const names = (await marks.all()).map((mark) => mark.getAttribute('aria-label'))
  const places = (await Promise.all(names)).slice(0, 4).map((name) => name?.split(', ').at(-1))
  await marks.nth(1).hover()
  const peek = page.locator('[role="tooltip"]')
  await peek.waitFor()
  const shown = await peek.innerText()
  await page.close()
  expect(places).toEqual(['page 4', 'page 5', 'pages 4 to 5', 'pages 4 to 5'])
  expect(shown).toMatch(/\nPage 5\n\s*… /)
})

it('keeps what formulas, lists and tables say of themselves, and no address but a link’s', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${base}?scenario=chat-rich#/chat/talk`)
  await page.locator('.prose math').first().waitFor()
  const told = await page.evaluate(() => {
    const one = (selector: string): Element | null => document.querySelector(`.prose ${selector}`)
    const display = one('math[display="block"]')
    return {
      display: display ? getComputedStyle(display).getPropertyValue('math-style') : null,
      start: one('ol')?.getAttribute('start'),
      align: one('td[align]')?.getAttribute('align'),
      link: one('a')?.getAttribute('href'),
    }
  })
  await page.close()
  expect(told).toEqual({ display: 'normal', start: '3', align: 'right', link: 'https://www.legifrance.gouv.fr' })
})
