/**
 * Everything that is closed in Electron, one function an item, after its security checklist
 * (electronjs.org/docs/latest/tutorial/security) and our own measurements. Content-Security-Policy alone does not stop
 * name look-ups by navigation, frames, redirects, window.open and WebRTC: only all of this together leaked nothing.
 */
import type { App, CommandLine, Session, WebContents, WebPreferences } from 'electron'
import { isOurUrl } from './app-protocol.ts'

/** Closes what must be closed before Electron is ready, and sees to it that nothing made later is open. */
export function lockDown(app: App): void {
  sandboxEveryRenderer(app)
  resolveNoNames(app.commandLine)
  useDeadProxy(app.commandLine)
  quietChromium(app.commandLine)
  hideAddressesFromWebRtc(app.commandLine)
  writeNoMemoryDumps(app.commandLine)
  refuseDebuggers(app)
  trustNoBadCertificate(app)
  answerNoServer(app)
  app.on('session-created', lockSession)
  app.on('web-contents-created', (_event, contents) => lockContents(contents, { packaged: app.isPackaged }))
}

/** Closes one session. Every session: Chromium's default one downloads dictionaries although no window uses it. */
export function lockSession(session: Session): void {
  switchSpellCheckerOff(session)
  loadOnlyOurPage(session)
  refusePermissions(session)
  refuseDevices(session)
  refuseScreenCapture(session)
  refuseDownloads(session)
}

/** Closes one page. */
export function lockContents(contents: WebContents, { packaged }: { packaged: boolean }): void {
  stayOnOurPage(contents)
  openNoWindow(contents)
  attachNoWebview(contents)
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  pairNoBluetooth(contents)
  if (packaged) closeDevTools(contents)
}

/** What a window's page may do: nothing but draw. */
export function closedPreferences(given: { preload: string; session: Session; packaged: boolean }): WebPreferences {
  return {
    preload: given.preload,
    session: given.session,
    // A hole in Chromium's renderer must not be a hole in the machine.
    sandbox: true,
    // The page must not reach into the preload's world, nor change what it stands on.
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    enableWebSQL: false,
    webviewTag: false,
    plugins: false,
    // It would send words to a dictionary server.
    spellcheck: false,
    // A file dropped on the window would replace the page.
    navigateOnDragDrop: false,
    // A page that asks again and again must not hold the person up.
    safeDialogs: true,
    devTools: !given.packaged,
  }
}

/** Renderers without the operating system's sandbox would have all of the person's rights. */
export function sandboxEveryRenderer(app: App): void {
  app.enableSandbox()
}

/** A name look-up is a message to a server: whatever slips through, no name is ever looked up. */
export function resolveNoNames(commandLine: CommandLine): void {
  commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
}

/** Addresses need no look-up: they go to a proxy that is not there, and loopback ones as well. Port 9 is "discard". */
export function useDeadProxy(commandLine: CommandLine): void {
  commandLine.appendSwitch('proxy-server', '127.0.0.1:9')
  commandLine.appendSwitch('proxy-bypass-list', '<-loopback>')
}

/** Chromium's own traffic: component updates, reports, pings, probes. */
export function quietChromium(commandLine: CommandLine): void {
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
    'no-pings',
    'disable-quic',
  ]) {
    commandLine.appendSwitch(name)
  }
}

/** WebRTC asks STUN servers, past the proxy, and tells the page this machine's addresses. */
export function hideAddressesFromWebRtc(commandLine: CommandLine): void {
  // Chromium has dropped the first name for the second, and says nothing of a switch that it does not know.
  for (const name of ['force-webrtc-ip-handling-policy', 'webrtc-ip-handling-policy'])
    commandLine.appendSwitch(name, 'disable_non_proxied_udp')
}

/** A memory dump holds what the person wrote, in clear: Electron's crash reporter is never started, and Chromium's is off. */
export function writeNoMemoryDumps(commandLine: CommandLine): void {
  commandLine.appendSwitch('disable-breakpad')
}

/** Anybody who may start programs could else read the page through its debugging port. Fuses close Node's inspector only. */
export function refuseDebuggers(app: App): void {
  const debuggers = ['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk']
  if (app.isPackaged && debuggers.some((name) => app.commandLine.hasSwitch(name))) app.exit(1)
}

/** A certificate that is not trusted is never made trusted, by nobody. */
export function trustNoBadCertificate(app: App): void {
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, decide) => {
    event.preventDefault()
    decide(false)
  })
}

/** No server is given a name, a password or a certificate. */
export function answerNoServer(app: App): void {
  app.on('login', (event, _contents, _details, _authentication, answer) => {
    event.preventDefault()
    answer()
  })
  app.on('select-client-certificate', (event, _contents, _url, _certificates, choose) => {
    event.preventDefault()
    choose()
  })
}

/** It downloads dictionaries from Google even when it is off for a window. */
export function switchSpellCheckerOff(session: Session): void {
  session.setSpellCheckerEnabled(false)
  session.setSpellCheckerDictionaryDownloadURL('app://bundle/no-dictionaries/')
}

/** No remote content: whatever asks for it, the request ends here. */
export function loadOnlyOurPage(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !mayLoad(url) }))
}

/** Our page, what it holds in memory, and in development the developer tools, which a packaged application has none of. */
export function mayLoad(address: string): boolean {
  return isOurUrl(address) || /^(data|blob:app|devtools):/.test(address)
}

/** Electron grants every permission that nobody refuses. Copying text to the clipboard is all that our page may do. */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) => decide(mayUse(permission, contents.getURL())))
  session.setPermissionCheckHandler((contents, permission) => contents !== null && mayUse(permission, contents.getURL()))
}

/** Whether the page at this address has the permission. */
export function mayUse(permission: string, address: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOurUrl(address)
}

/** USB, serial, HID: a permission that is kept per device is asked for elsewhere. */
export function refuseDevices(session: Session): void {
  session.setDevicePermissionHandler(() => false)
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }))
}

/** The screen shows other programs too. */
export function refuseScreenCapture(session: Session): void {
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null))
}

/** A download would put something in clear into a folder that nobody chose; files are saved by the host. */
export function refuseDownloads(session: Session): void {
  session.on('will-download', (event) => event.preventDefault())
}

/** A link in an answer, a dropped file, a redirect: the window shows our page and nothing else, in no frame. */
export function stayOnOurPage(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOurUrl(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurUrl(event.url)) event.preventDefault()
  })
  // Our protocol never redirects.
  contents.on('will-redirect', (event) => event.preventDefault())
}

/** A new window would come without this window's guards; links are opened by the host, after the page has asked. */
export function openNoWindow(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** A webview is a browser of its own, with preferences that the page chooses. */
export function attachNoWebview(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

/** Electron would pick the first device that is in reach. */
export function pairNoBluetooth(contents: WebContents): void {
  contents.on('select-bluetooth-device', (event, _devices, choose) => {
    event.preventDefault()
    choose('')
  })
}

/** They show everything the page knows to whoever stands before an unlocked machine. */
export function closeDevTools(contents: WebContents): void {
  contents.on('devtools-opened', () => contents.closeDevTools())
}
