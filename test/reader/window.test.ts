/** The reader in its window reads as the reader in its process does, and a parser that was taken over in it reaches nothing. */
import { createSocket, type Socket } from 'node:dgram'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleReader } from '../../build/reader-bundle.ts'
import { programFiles } from '../../electron/host/program-files.ts'
import { forkReader } from '../../electron/host/workspaces/ingest/fork-reader.ts'
import type { WorkerProcess } from '../../electron/host/base/worker-process.ts'
import { ReaderKeeper, type ReaderLimits } from '../../electron/host/workspaces/reader-keeper.ts'
import type { ReadItem } from '../../electron/reader/contract.ts'
import { readingOf } from '../fixtures/documents/read-document.ts'
import { hostilePage, hostileProgram, type Listeners } from '../fixtures/documents/hostile-program.ts'
import { openReaderBrowser, readerInBrowser, type ReaderInBrowser } from '../fixtures/documents/reader-browser.ts'
import { realDocuments, samples, type Sample } from '../fixtures/documents/samples.ts'
import { isFullLength } from '../fixtures/test-length.ts'
import { launchReader, temporaryFolder } from '../fixtures/test-host.ts'

const root = join(import.meta.dirname, '../..')
let folder: string
let browser: Browser
let windowed: ReaderInBrowser
let server: Server
let datagrams: Socket
let listeners: Listeners
/** What arrived here from a reader. */
const cameOut: string[] = []
const keepers: ReaderKeeper[] = []

beforeAll(async () => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  // Inside the checkout, whose package says that files are modules.
  folder = mkdtempSync(join(root, '.cache', 'reader-'))
  await bundleReader(folder)
  browser = await openReaderBrowser()
  windowed = readerInBrowser(browser, folder)
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (bytes) => {
      cameOut.push(bytes.toString('latin1').split('\r\n')[0] ?? '')
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  datagrams = createSocket('udp4', () => cameOut.push('a datagram'))
  await new Promise<void>((resolve) => datagrams.bind(0, '127.0.0.1', resolve))
  listeners = { http: (server.address() as AddressInfo).port, udp: datagrams.address().port }
})
afterAll(async () => {
  for (const keeper of keepers) await keeper.close()
  await browser.close()
  server.close()
  datagrams.close()
  rmSync(folder, { recursive: true, force: true })
})

async function itemsOf(keeper: ReaderKeeper, { name, bytes, ...more }: Sample): Promise<ReadItem[]> {
  const items: ReadItem[] = []
  for await (const item of keeper.read(readingOf(name, bytes, more), new AbortController().signal)) items.push(item)
  return items
}

function kept(launch: () => WorkerProcess, limits: Partial<ReaderLimits> = {}): ReaderKeeper {
  const keeper = new ReaderKeeper({ launch, limits })
  keepers.push(keeper)
  return keeper
}

/** In `npm test` the other tests of the reader have read these with the built one. */
test('every format reads the same in the window and in the built process; at full length, in that of the sources too', async () => {
  const { readerData } = programFiles({ dirname: join(root, 'electron'), filename: 'serve.ts' })
  const parts = [join(folder, 'reader.js'), join(folder, 'reader-core.js'), join(root, 'package.json')]
  const inWindow = kept(windowed.launch)
  const built = kept(() => forkReader(join(folder, 'reader.js'), parts, readerData))
  const sources = kept(launchReader)
  for (const sample of samples) {
    const expected = await itemsOf(built, sample)
    expect([sample.name, expected[0]]).toMatchObject([sample.name, { type: 'begin', format: sample.format }])
    if (isFullLength) expect([sample.name, await itemsOf(sources, sample)]).toEqual([sample.name, expected])
    expect([sample.name, await itemsOf(inWindow, sample)]).toEqual([sample.name, expected])
  }
  expect(windowed.requests).toEqual([])
})

const formats = existsSync(realDocuments) ? 23 : 21
test(`all ${formats} formats were among them`, () => {
  expect(new Set(samples.map(({ format }) => format)).size).toBe(formats)
})

if (!existsSync(realDocuments))
  test.skip(
    'NOT RUN: older Word files and Outlook mails were not read in the window, because no real documents are beside this checkout',
  )

test('the core asks for nothing of Node', () => {
  const core = readFileSync(join(folder, 'reader-core.js'), 'utf8')
  const asked = [...core.matchAll(/^\s*(?:import\b[^(\n]*from|import|export\b[^\n]*from)\s*["'`]([^"'`]+)/gm)].map(
    ([, name]) => name,
  )
  expect(asked).toEqual([])
  expect(core).not.toMatch(/["'`]node:[a-z]|\bimport\(["'][\w@./]/)
})

test('what takes the reader’s place in its worker gets nothing out and keeps nothing', async () => {
  const taken = readerInBrowser(browser, folder, hostileProgram(listeners))
  const process = taken.launch()
  const outcomes = await new Promise<Record<string, string>>((resolve) =>
    process.port.onFrame((frame) => frame.t === 'item' && resolve(frame.value as Record<string, string>)),
  )
  process.kill()
  expect(Object.keys(outcomes).length).toBeGreaterThan(20)
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'refused')).toEqual([])
  expect(taken.requests).toEqual([])
  expect(cameOut).toEqual([])
})

test('what breaks out of the worker into its page gets nothing either', async () => {
  const taken = readerInBrowser(browser, folder, 'export const startInWorker = () => undefined')
  const process = taken.launch()
  await expect.poll(() => taken.page()?.url()).toBe('https://reader.test/')
  const page = taken.page()
  const outcomes = await page.evaluate<Record<string, string>>(hostilePage(listeners))
  expect(Object.keys(outcomes).length).toBeGreaterThan(30)
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'refused')).toEqual([])
  expect(taken.requests).toEqual([])
  // Leading itself elsewhere is what no policy of a page forbids: the window's guards and its session refuse it.
  await page.evaluate((port) => void (location.href = `http://127.0.0.1:${port}/elsewhere`), listeners.http)
  await expect.poll(() => taken.requests).toEqual([`http://127.0.0.1:${listeners.http}/elsewhere`])
  process.kill()
  expect(cameOut).toEqual([])
})

const sample: Sample = { name: 'a.txt', format: 'text', bytes: Buffer.from('Words.'), password: null, recognition: null }

test('a reader that hangs is ended, and the next one reads', async () => {
  const launches = [readerInBrowser(browser, folder, 'export const startInWorker = () => { for (;;); }').launch]
  const keeper = kept(() => (launches.shift() ?? windowed.launch)(), { silenceMs: 20_000 })
  await expect(itemsOf(keeper, sample)).rejects.toMatchObject({ code: 'reader_hung' })
  expect((await itemsOf(keeper, sample))[0]).toMatchObject({ format: 'text' })
})

test('a page that crashes ends its reader, and the next one reads', async () => {
  const keeper = kept(windowed.launch)
  await itemsOf(keeper, sample)
  const crashed = windowed.page()
  const gone = new Promise<void>((resolve) => crashed.once('crash', () => resolve()))
  const session = await crashed.context().newCDPSession(crashed)
  session.send('Page.crash').catch(() => undefined)
  await gone
  expect((await itemsOf(keeper, sample))[0]).toMatchObject({ format: 'text' })
  expect(windowed.page()).not.toBe(crashed)
})

test('nothing of a document is left on disk, while it is read and after', async () => {
  const before = process.env['TMPDIR']
  const profile = temporaryFolder()
  mkdirSync(profile, { recursive: true })
  process.env['TMPDIR'] = profile
  const own = await openReaderBrowser()
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  const needle = 'needle-4f2a91c7'
  try {
    const keeper = kept(readerInBrowser(own, folder).launch)
    const bytes = Buffer.from(`The ${needle} is in the haystack. `.repeat(20_000))
    const items = await itemsOf(keeper, { name: `${needle}.txt`, format: 'text', bytes, password: needle, recognition: null })
    expect(JSON.stringify(items)).toContain(needle)
    expect(filesWith(profile, needle)).toEqual([])
    await keeper.close()
  } finally {
    await own.close()
  }
  expect(filesWith(profile, needle)).toEqual([])
})

/** Files in which a text stands, in one byte a letter or in two. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path)
      return bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))
    })
}
