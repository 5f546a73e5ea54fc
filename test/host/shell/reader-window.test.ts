/** The reader's window, with stand-ins for Electron's: what it is given, how its line runs, and how it ends. */
import { EventEmitter } from 'node:events'
import type { App, BrowserWindow, BrowserWindowConstructorOptions, MessageChannelMain } from 'electron'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ExitReason } from '../../../electron/host/base/worker-process.ts'
import { answerReader, mayReaderLoad, readerUrl } from '../../../electron/shell/reader-page.ts'
import { ReaderWindows } from '../../../electron/shell/reader-window.ts'
import { standInEvent, standInPort, standInSession } from './electron-stand-ins.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const noData = { cmap: '', font: '', decoder: '', recogniser: '', language: '' }

function standInWindow() {
  const did: unknown[][] = []
  const state = { destroyed: false, pid: 4711 }
  const { promise: loaded, resolve: load, reject: fail } = Promise.withResolvers<void>()
  const webContents = Object.assign(new EventEmitter(), {
    getOSProcessId: () => state.pid,
    forcefullyCrashRenderer: () => did.push(['crash']),
    postMessage: (...given: unknown[]) => did.push(['post', ...given]),
  })
  const window = Object.assign(new EventEmitter(), {
    webContents,
    isDestroyed: () => state.destroyed,
    destroy: () => {
      state.destroyed = true
      did.push(['destroy'])
    },
    loadURL: (url: string) => {
      did.push(['load', url])
      return loaded
    },
  })
  return { window: window as unknown as BrowserWindow, webContents, did, state, load, fail }
}

function room() {
  const sessions: Record<string, ReturnType<typeof standInSession>> = {}
  const windows: (ReturnType<typeof standInWindow> & { options: BrowserWindowConstructorOptions })[] = []
  const lines: ReturnType<typeof standInPort>[] = []
  const metrics: { pid: number; memory: { workingSetSize: number } }[] = []
  const readers = new ReaderWindows({
    makeWindow: (options) => {
      const made = { ...standInWindow(), options }
      windows.push(made)
      return made.window
    },
    makeChannel: () => {
      const line = standInPort()
      lines.push(line)
      return { port1: line.port, port2: 'the other end' } as unknown as MessageChannelMain
    },
    sessionOf: (partition) => {
      const made = standInSession()
      Object.assign(made.session, { protocol: { handle: (_scheme: string, answer: never) => (made.handlers['app'] = answer) } })
      sessions[partition] = made
      return made.session
    },
    app: { isPackaged: true, getAppMetrics: () => metrics } as unknown as App,
    preload: '/preload.cjs',
    program: 'the program',
    script: 'the script',
    data: noData,
  })
  return { readers, sessions, windows, lines, metrics }
}

test('it is hidden, sandboxed and without Node, in a session in memory, and loads its page', async () => {
  const { readers, sessions, windows } = room()
  readers.launch()
  const [{ options, did, load } = standInWindow() as never] = windows
  expect(options).toMatchObject({ show: false, focusable: false, skipTaskbar: true })
  expect(options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
    backgroundThrottling: false,
    devTools: false,
    preload: '/preload.cjs',
  })
  expect(Object.keys(sessions)).toEqual(['reader-0'])
  expect(Object.keys(sessions).some((partition) => partition.startsWith('persist:'))).toBe(false)
  expect(did).toEqual([['load', readerUrl]])
  load()
  await vi.advanceTimersByTimeAsync(0)
  expect(did.at(-1)).toEqual(['post', 'reader', 'the program', ['the other end']])
})

test('its session answers two addresses, refuses every other and every permission', () => {
  const { readers, sessions } = room()
  readers.launch()
  const { handlers } = sessions['reader-0']!
  const refused = (url: string): unknown => {
    let answer: unknown
    handlers['request']?.({ url }, (said: unknown) => (answer = said))
    return answer
  }
  for (const url of ['app://reader/', 'app://reader/start.js', 'blob:null/1'])
    expect([url, refused(url)]).toEqual([url, { cancel: false }])
  for (const url of [
    ...[
      'app://bundle/',
      'app://reader/other',
      'app://reader/?a',
      'app://reader.evil/',
      'blob:app://bundle/1',
      'data:text/html,x',
    ],
    ...['https://example.org/', 'http://127.0.0.1:80/', 'ws://127.0.0.1/', 'file:///etc/passwd', 'devtools://devtools/', ''],
  ])
    expect([url, refused(url)]).toEqual([url, { cancel: true }])
  let granted: unknown
  handlers['permissionRequest']?.(null, 'clipboard-sanitized-write', (said: unknown) => (granted = said))
  expect([granted, handlers['permissionCheck']?.(null, 'clipboard-sanitized-write')]).toEqual([false, false])
})

test('the page has a policy without an origin, a connection or a frame', async () => {
  const answer = answerReader('the script')
  const page = answer(new Request(readerUrl))
  const policy = page.headers.get('content-security-policy') ?? ''
  for (const part of [`default-src 'none'`, 'sandbox allow-scripts', `form-action 'none'`]) expect(policy).toContain(part)
  expect(policy).not.toMatch(/allow-same-origin|unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|connect-src|https?:/)
  expect(await answer(new Request('app://reader/start.js')).text()).toBe('the script')
  for (const path of ['other', 'start.js?', '../start.js/'])
    expect([path, answer(new Request(`app://reader/${path}`)).status]).toEqual([path, 404])
  expect(answer(new Request(readerUrl, { method: 'POST' })).status).toBe(405)
  expect(mayReaderLoad('app://reader')).toBe(false)
})

test('frames travel as they are; what is none ends the reader', () => {
  const { readers, windows, lines } = room()
  const reader = readers.launch()
  const received: unknown[] = []
  reader.port.onFrame((frame) => received.push(frame))
  reader.port.send({ t: 'cancel', id: 1 })
  lines[0]!.port.emit('message', { data: { t: 'done', id: 1 } })
  expect([lines[0]!.sent, received]).toEqual([[{ t: 'cancel', id: 1 }], [{ t: 'done', id: 1 }]])
  expect(windows[0]!.did).not.toContainEqual(['crash'])
  lines[0]!.port.emit('message', { data: 'hello' })
  expect(windows[0]!.did).toContainEqual(['crash'])
})

test('killed, its process is ended at once; it is gone when that says so, or a second later', async () => {
  for (const says of [true, false]) {
    const { readers, windows } = room()
    const reader = readers.launch()
    const reasons: ExitReason[] = []
    reader.onExit((reason) => reasons.push(reason))
    expect(reader.pid).toBe(4711)
    reader.kill()
    reader.kill()
    expect(windows[0]!.did.filter(([what]) => what === 'crash')).toHaveLength(1)
    expect(reasons).toEqual([])
    if (says) windows[0]!.webContents.emit('render-process-gone', {}, { reason: 'killed', exitCode: 9 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(reasons).toEqual([says ? { code: 9, signal: null } : { code: null, signal: 'SIGKILL' }])
    expect(windows[0]!.did.filter(([what]) => what === 'destroy')).toHaveLength(1)
    expect(reader.pid).toBeUndefined()
  }
})

test.each<[what: string, trouble: (made: ReturnType<typeof room>) => void]>([
  ['its process crashes', ({ windows }) => windows[0]!.webContents.emit('render-process-gone', {}, { exitCode: 5 })],
  ['its worker ends itself', ({ lines }) => lines[0]!.port.emit('close')],
  ['its page cannot be loaded', ({ windows }) => windows[0]!.fail(new Error('no page'))],
  ['its window is closed by somebody', ({ windows }) => windows[0]!.window.emit('closed')],
  ['it takes too much memory', ({ metrics }) => metrics.push({ pid: 4711, memory: { workingSetSize: 1_900_000 } })],
])('when %s it is over, and the next launch makes another in the same session', async (_what, trouble) => {
  const made = room()
  const reader = made.readers.launch()
  const over = vi.fn()
  reader.onExit(over)
  reader.port.onClose(over)
  await vi.advanceTimersByTimeAsync(600)
  expect(over).not.toHaveBeenCalled()
  trouble(made)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(over).toHaveBeenCalledTimes(2)
  made.metrics.length = 0
  made.readers.launch()
  expect(made.windows).toHaveLength(2)
  expect(Object.keys(made.sessions)).toEqual(['reader-0'])
})

test('another process of the application may take what memory it likes', async () => {
  const { readers, metrics, windows } = room()
  readers.launch()
  metrics.push({ pid: 4712, memory: { workingSetSize: 9_000_000 } }, { pid: 4711, memory: { workingSetSize: 1_000_000 } })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(windows[0]!.did).not.toContainEqual(['crash'])
})

test('two at once have two sessions, so that they share no process (bug: killing one kills the other)', () => {
  const { readers, sessions } = room()
  readers.launch()
  readers.launch()
  expect(Object.keys(sessions)).toEqual(['reader-0', 'reader-1'])
})

test('it can be led nowhere, not even to our own page', () => {
  const { readers, windows } = room()
  readers.launch()
  for (const name of ['will-navigate', 'will-frame-navigate'] as const) {
    const event = standInEvent('app://bundle/')
    windows[0]!.webContents.emit(name, event)
    expect([name, event.prevented]).toEqual([name, true])
  }
})
