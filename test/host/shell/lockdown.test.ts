/** Every item of the lock-down, so that none is lost in a change: what Electron is asked to close. */
import { expect, test } from 'vitest'
import { closedPreferences, lockContents, lockDown, lockSession, mayLoad, mayUse } from '../../../electron/shell/lockdown.ts'
import { standInApp, standInContents, standInEvent, standInSession } from './electron-stand-ins.ts'

test('before anything runs: sandbox, no names, dead proxy, no traffic of its own, no dumps', () => {
  const { app, appended, did } = standInApp()
  lockDown(app)
  expect(did).toEqual(['enableSandbox'])
  expect(Object.fromEntries(appended)).toMatchObject({
    'host-resolver-rules': 'MAP * ~NOTFOUND',
    'proxy-server': '127.0.0.1:9',
    'proxy-bypass-list': '<-loopback>',
    'force-webrtc-ip-handling-policy': 'disable_non_proxied_udp',
    'webrtc-ip-handling-policy': 'disable_non_proxied_udp',
    'disable-background-networking': '',
    'disable-component-update': '',
    'disable-breakpad': '',
    'no-pings': '',
  })
})

test('a packaged application started with a debugging port ends; in development it may run', () => {
  for (const name of ['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk']) {
    const packaged = standInApp({ switches: [name] })
    lockDown(packaged.app)
    expect([name, packaged.did.includes('exit 1')]).toEqual([name, true])
    const unpackaged = standInApp({ switches: [name], isPackaged: false })
    lockDown(unpackaged.app)
    expect(unpackaged.did).not.toContain('exit 1')
  }
})

test('every session and page made later is closed too, the default session among them', () => {
  const { app } = standInApp()
  lockDown(app)
  const { session, set } = standInSession()
  const { contents, did } = standInContents()
  app.emit('session-created', session)
  app.emit('web-contents-created', standInEvent(), contents)
  expect(set['spellChecker']).toBe(false)
  expect(did).toEqual(['disable_non_proxied_udp'])
})

test('bad certificates, log-ins and client certificates: nobody is trusted, nobody is answered', () => {
  const { app } = standInApp()
  lockDown(app)
  const answers: unknown[] = []
  const certificate = standInEvent()
  app.emit('certificate-error', certificate, null, 'https://x.example', 'net::ERR', {}, (trusted: boolean) =>
    answers.push(trusted),
  )
  const login = standInEvent()
  app.emit('login', login, null, {}, {}, (...given: unknown[]) => answers.push(given))
  const client = standInEvent()
  app.emit('select-client-certificate', client, null, 'https://x.example', [{}], (...given: unknown[]) => answers.push(given))
  expect(answers).toEqual([false, [], []])
  expect([certificate.prevented, login.prevented, client.prevented]).toEqual([true, true, true])
})

test('only our page is loaded, whatever asks', () => {
  const { session, handlers } = standInSession()
  lockSession(session)
  const cancelled = (url: string): unknown => {
    let result: unknown
    handlers['request']?.({ url }, (answer: unknown) => (result = answer))
    return result
  }
  expect(cancelled('app://bundle/assets/index.js')).toEqual({ cancel: false })
  for (const url of [
    'https://x.example/',
    'http://127.0.0.1:8080/',
    'ws://x.example',
    'file:///etc/passwd',
    'ftp://x',
    'app://other/',
    'blob:https://x.example/1',
    'nonsense',
  ]) {
    expect([url, cancelled(url)]).toEqual([url, { cancel: true }])
  }
  expect(['data:image/png;base64,AA==', 'blob:app://bundle/1', 'devtools://devtools/x'].map(mayLoad)).toEqual([true, true, true])
})

test('no permission, no device, no screen, no download; copying is all a page may do', () => {
  const { session, handlers } = standInSession()
  lockSession(session)
  const ours = { getURL: () => 'app://bundle/' }
  const theirs = { getURL: () => 'https://x.example/' }
  const asked = (page: object, permission: string): unknown => {
    let granted: unknown
    handlers['permissionRequest']?.(page, permission, (answer: unknown) => (granted = answer))
    return granted
  }
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'openExternal',
    'fileSystem',
    'clipboard-read',
    'usb',
    'unknown',
  ]) {
    expect([permission, asked(ours, permission), handlers['permissionCheck']?.(ours, permission)]).toEqual([
      permission,
      false,
      false,
    ])
  }
  expect(asked(ours, 'clipboard-sanitized-write')).toBe(true)
  expect(asked(theirs, 'clipboard-sanitized-write')).toBe(false)
  expect(handlers['permissionCheck']?.(null, 'clipboard-sanitized-write')).toBe(false)
  expect(mayUse('clipboard-sanitized-write', 'app://bundle.evil/')).toBe(false)
  expect(handlers['device']?.({})).toBe(false)
  const answers: unknown[] = []
  handlers['screen']?.({}, (streams: unknown) => answers.push(streams))
  handlers['pairing']?.({}, (answer: unknown) => answers.push(answer))
  expect(answers).toEqual([null, { confirmed: false }])
  const download = standInEvent()
  session.emit('will-download', download)
  expect(download.prevented).toBe(true)
})

test('the window stays on our page: no navigation, frame, redirect, window or webview', () => {
  const { contents, seen } = standInContents()
  lockContents(contents, { packaged: true })
  const prevented = (name: string, url: string, isMainFrame = true): boolean => {
    const event = standInEvent(url, isMainFrame)
    contents.emit(name, event)
    return event.prevented
  }
  for (const url of [
    'https://x.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'app://bundle.evil/',
    'app://user@bundle/',
    'data:text/html,x',
    '',
  ]) {
    expect([url, prevented('will-navigate', url), prevented('will-frame-navigate', url)]).toEqual([url, true, true])
  }
  expect(prevented('will-navigate', 'app://bundle/')).toBe(false)
  expect(prevented('will-frame-navigate', 'app://bundle/')).toBe(false)
  expect(prevented('will-frame-navigate', 'app://bundle/', false)).toBe(true)
  expect(prevented('will-redirect', 'app://bundle/')).toBe(true)
  expect(prevented('will-attach-webview', '')).toBe(true)
  expect(seen.openWindow?.()).toEqual({ action: 'deny' })
  let chosen: unknown
  contents.emit('select-bluetooth-device', standInEvent(), [{ deviceId: 'first' }], (device: unknown) => (chosen = device))
  expect(chosen).toBe('')
})

test('developer tools close in a packaged application and stay in development', () => {
  for (const packaged of [true, false]) {
    const { contents, did } = standInContents()
    lockContents(contents, { packaged })
    contents.emit('devtools-opened')
    expect(did.includes('closeDevTools')).toBe(packaged)
  }
})

test('a window has no privilege', () => {
  const { session } = standInSession()
  expect(closedPreferences({ preload: '/p.cjs', session, packaged: true })).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    spellcheck: false,
    navigateOnDragDrop: false,
    devTools: false,
  })
})
