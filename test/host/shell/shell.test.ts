/** The shell's pure parts: its protocol, its line to a window, its links, its window and its way to quit. */
import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserWindow, MessageBoxOptions } from 'electron'
import { expect, test } from 'vitest'
import type { Frame, Port } from '../../../contract/link.ts'
import { readPageFiles } from '../../../electron/host/page-files.ts'
import { answerFrom, appScheme, isOurUrl, pageUrl } from '../../../electron/shell/app-protocol.ts'
import { ConsentDialog } from '../../../electron/shell/consent-dialog.ts'
import { ElectronDesktop } from '../../../electron/shell/electron-desktop.ts'
import { quitAfter, quitWith } from '../../../electron/shell/orderly-quit.ts'
import { answerWindows, linkChannel } from '../../../electron/shell/window-link.ts'
import { editRoles, menuBar, windowOptions } from '../../../electron/shell/window.ts'
import { standInApp, standInEvent, standInIpcMain, standInPort } from './electron-stand-ins.ts'

test('only app://bundle is ours, and no address that looks like it', () => {
  for (const url of [pageUrl, 'app://bundle/assets/a.js', 'app://bundle/?x#y']) expect([url, isOurUrl(url)]).toEqual([url, true])
  for (const url of [
    'app://bundle.evil/',
    'app://bundle:1/',
    'app://x@bundle/',
    'app://evil/bundle',
    'apps://bundle/',
    'https://bundle/',
    'app:bundle',
    '',
    'bundle',
  ]) {
    expect([url, isOurUrl(url)]).toEqual([url, false])
  }
})

test('the protocol serves the page’s files with its policy, and nothing outside them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-shell-'))
  mkdirSync(join(folder, 'page'))
  writeFileSync(join(folder, 'secret.txt'), 'outside')
  writeFileSync(join(folder, 'page', 'index.html'), 'the page')
  const answer = answerFrom(readPageFiles(join(folder, 'page')))
  const page = answer(new Request(pageUrl))
  expect([page.status, await page.text()]).toEqual([200, 'the page'])
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  for (const path of ['../secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt', 'none']) {
    const missing = answer(new Request(`app://bundle/${path}`))
    expect([path, missing.status, await missing.text()]).toEqual([path, 404, ''])
    expect(missing.headers.get('content-security-policy')).toContain(`default-src 'none'`)
  }
  expect(answer(new Request('app://other/')).status).toBe(404)
  expect(answer(new Request(pageUrl, { method: 'POST' })).status).toBe(405)
  // A window's page talks through its port; it has no business connecting anywhere.
  expect(page.headers.get('content-security-policy')).toContain(`connect-src 'none'`)
  expect(appScheme.privileges).not.toHaveProperty('bypassCSP')
  rmSync(folder, { recursive: true })
})

test('a page that is not built, or holds an unknown kind of file, is said at start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-shell-'))
  expect(() => readPageFiles(folder)).toThrow('not built')
  writeFileSync(join(folder, 'index.html'), '')
  writeFileSync(join(folder, 'tool.exe'), '')
  expect(() => readPageFiles(folder)).toThrow('/tool.exe')
  rmSync(folder, { recursive: true })
})

test('a port is taken from our own top frame only', () => {
  const ipcMain = standInIpcMain()
  const given: Port[] = []
  answerWindows(ipcMain, (port) => given.push(port))
  const strangers = [
    null,
    { parent: null, url: 'https://x.example/' },
    { parent: null, url: 'app://bundle.evil/' },
    { parent: null, url: '' },
    { parent: {}, url: pageUrl },
  ]
  for (const senderFrame of strangers) {
    const { port, did } = standInPort()
    ipcMain.emit(linkChannel, { senderFrame, ports: [port] })
    expect(did).toEqual(['close'])
  }
  expect(given).toEqual([])
  ipcMain.emit(linkChannel, { senderFrame: { parent: null, url: pageUrl }, ports: [] })
  const first = standInPort()
  const second = standInPort()
  ipcMain.emit(linkChannel, { senderFrame: { parent: null, url: pageUrl }, ports: [first.port, second.port] })
  expect(given).toHaveLength(1)
  expect(second.did).toEqual(['close'])
})

test('the line carries frames both ways, and what is none ends it instead of the host', () => {
  const ipcMain = standInIpcMain()
  const given: Port[] = []
  answerWindows(ipcMain, (port) => given.push(port))
  const { port, sent, did } = standInPort()
  ipcMain.emit(linkChannel, { senderFrame: { parent: null, url: pageUrl }, ports: [port] })
  const frames: Frame[] = []
  let closed = false
  given[0]?.onFrame((frame) => frames.push(frame))
  given[0]?.onClose(() => (closed = true))
  given[0]?.send({ t: 'done', id: 1 })
  port.emit('message', { data: { t: 'cancel', id: 1 } })
  expect(frames).toEqual([{ t: 'cancel', id: 1 }])
  expect(sent).toEqual([{ t: 'done', id: 1 }])
  for (const data of [null, 'open', { t: 'open', id: 1 }, { t: 'x', id: 1 }, { t: 'cancel', id: 'a' }])
    port.emit('message', { data })
  expect(frames).toHaveLength(1)
  expect(did).toEqual(['start', ...Array<string>(5).fill('close')])
  port.emit('close')
  expect(closed).toBe(true)
})

test('the dialog for consent shows the whole address, and whatever closes it is a no', async () => {
  const shown: MessageBoxOptions[] = []
  let response = 0
  const consent = new ConsentDialog({
    dialog: {
      showMessageBox: (...given: unknown[]) => {
        shown.push(given.at(-1) as MessageBoxOptions)
        return Promise.resolve({ response, checkboxChecked: false })
      },
    },
  })
  const question = { purpose: 'link', host: 'x.example', address: 'https://x.example/a?b=c', language: 'en' } as const
  const { signal } = new AbortController()
  expect(await consent.ask(question, signal)).toBe('no')
  expect(shown[0]).toMatchObject({ defaultId: 0, cancelId: 0, message: 'Open this link to x.example?' })
  expect(shown[0]?.detail).toContain('https://x.example/a?b=c')
  expect(shown[0]?.buttons).toEqual(['Not now', 'Open', 'Always open x.example until Alambic locks'])
  response = 1
  expect(await consent.ask(question, signal)).toBe('once')
  expect(await consent.ask({ ...question, purpose: 'model_download', language: 'fr' }, signal)).toBe('always')
  expect(shown[2]?.buttons).toEqual(['Pas maintenant', 'Autoriser'])
  response = 7
  expect(await consent.ask(question, signal)).toBe('no')
  response = 1
  expect(await consent.ask(question, AbortSignal.abort())).toBe('no')
})

test('a chosen file comes back, and only that', async () => {
  const desktop = new ElectronDesktop({
    dialog: { showOpenDialog: () => Promise.resolve({ canceled: false, filePaths: ['/a.gguf', '/b.gguf'] }) },
    shell: { openExternal: () => Promise.resolve() },
    notice: { show: () => undefined },
  })
  expect(await desktop.pickModelFile()).toBe('/a.gguf')
  expect([await desktop.pickFolder(), await desktop.pickKeyFile()]).toEqual(['/a.gguf', '/a.gguf'])
  // A window has the dialog, and needs no folder that somebody named.
  expect(desktop.folders()).toEqual([])
  expect(desktop.state()).toMatchObject({ pickFiles: 'dialog' })
})

test('quitting waits until everything has closed, and asks once', async () => {
  const { app, did } = standInApp()
  const { promise, resolve } = Promise.withResolvers<void>()
  let asked = 0
  quitAfter(app, {
    close: () => {
      asked++
      return promise
    },
    isStuck: () => false,
    kill: () => did.push('kill'),
  })
  const window: EventEmitter = new EventEmitter()
  quitWith(window as BrowserWindow, app)
  app.emit('window-all-closed')
  expect(did).toEqual([])
  window.emit('closed')
  const [first, second, last] = [standInEvent(), standInEvent(), standInEvent()]
  app.emit('before-quit', first)
  app.emit('before-quit', second)
  expect([first.prevented, second.prevented, asked, did]).toEqual([true, true, 1, ['quit']])
  resolve()
  await expect.poll(() => did).toEqual(['quit', 'quit'])
  app.emit('before-quit', last)
  expect(last.prevented).toBe(false)
})

test('what does not close is told by the exit code', async () => {
  const { app, did } = standInApp()
  quitAfter(app, { close: () => Promise.reject(new Error('broken')), isStuck: () => false, kill: () => did.push('kill') })
  app.emit('before-quit', standInEvent())
  await expect.poll(() => did).toEqual(['exit 1'])
})

test.each([() => Promise.resolve(), () => Promise.reject(new Error('broken'))])(
  'a dialog of the keychain that still stands holds nothing up: Electron’s own exit would wait for its thread',
  async (close) => {
    const { app, did } = standInApp()
    quitAfter(app, { close, isStuck: () => true, kill: () => did.push('kill') })
    app.emit('before-quit', standInEvent())
    await expect.poll(() => did).toEqual(['kill'])
  },
)

test('the window is not smaller than the page can be, and flashes in neither theme', () => {
  const light = windowOptions({ dark: false, webPreferences: {} })
  expect([light.minWidth, light.minHeight, light.backgroundColor]).toEqual([900, 600, '#FBF9F5'])
  expect(windowOptions({ dark: true, webPreferences: {} }).backgroundColor).toBe('#171513')
})

test('copy and paste work by keys on macOS and by mouse everywhere', () => {
  expect(menuBar('darwin')).toContainEqual({ role: 'editMenu' })
  expect(menuBar('linux')).toBeNull()
  expect(editRoles({ isEditable: true, selectionText: '' })).toContain('paste')
  expect(editRoles({ isEditable: false, selectionText: 'words' })).toEqual(['copy'])
  expect(editRoles({ isEditable: false, selectionText: '' })).toEqual([])
})
