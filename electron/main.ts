/** The Electron skin's entry: locks down, builds the host, opens the window. Only wiring. */
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  Notification,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Closer } from './host/base/closer.ts'
import { noConfinement } from './host/base/confinement.ts'
import { guardOwnProcess } from './host/base/own-process.ts'
import { Host } from './host/host.ts'
import { outliveBugs } from './host/outlive.ts'
import { programFiles } from './host/program-files.ts'
import { readPageFiles } from './host/page-files.ts'
import { startFailure } from './host/start-failure.ts'
import { readStartOptions } from './host/start-options.ts'
import { SystemKeychain } from './host/vault/keys/keychain.ts'
import { answerFrom, appScheme } from './shell/app-protocol.ts'
import { AnswerNotice } from './shell/answer-notice.ts'
import { ConsentDialog } from './shell/consent-dialog.ts'
import { ElectronDesktop } from './shell/electron-desktop.ts'
import { forkUtilityEngine, forkUtilityKeyWorker, forkUtilityPorter } from './shell/fork-engine.ts'
import { closedPreferences, lockDown } from './shell/lockdown.ts'
import { quitAfter, quitWith } from './shell/orderly-quit.ts'
import { ReaderWindows } from './shell/reader-window.ts'
import { answerWindows } from './shell/window-link.ts'
import { menuBar, openWindow, windowOptions } from './shell/window.ts'

const files = programFiles(import.meta)
const { dataFolder, starterFiles, embedderFiles } = readStartOptions(process.argv.slice(app.isPackaged ? 1 : 2), {
  strict: false,
})
guardOwnProcess()
const closer = new Closer()

// Chromium's own folder, without which it would make one elsewhere. The page's session is in memory and leaves nothing here.
const chromiumFolder = join(dataFolder, 'window')
mkdirSync(chromiumFolder, { recursive: true, mode: 0o700 })
app.setPath('userData', chromiumFolder)
lockDown(app)
protocol.registerSchemesAsPrivileged([appScheme])
const keychain = new SystemKeychain()
quitAfter(app, {
  close: () => closer.close(),
  isStuck: () => keychain.isAsking,
  kill: () => process.kill(process.pid, 'SIGKILL'),
})
let mainWindow: BrowserWindow | null = null
app.on('second-instance', () => mainWindow?.focus())

async function start(): Promise<void> {
  app.configureHostResolver({ enableBuiltInResolver: false, secureDnsMode: 'off' })
  const menu = menuBar(process.platform)
  Menu.setApplicationMenu(menu && Menu.buildFromTemplate(menu))
  const pageFiles = readPageFiles(files.page)
  const readers = new ReaderWindows({
    makeWindow: (options) => new BrowserWindow(options),
    makeChannel: () => new MessageChannelMain(),
    sessionOf: (partition) => session.fromPartition(partition),
    app,
    preload: files.readerWindow.preload,
    program: readFileSync(files.readerWindow.program, 'utf8'),
    script: readFileSync(files.readerWindow.script, 'utf8'),
    data: files.readerData,
  })
  const notice = new AnswerNotice({
    isSupported: () => Notification.isSupported(),
    make: (options) => new Notification(options),
    window: () => mainWindow,
  })
  const host = await Host.start({
    dataFolder,
    desktop: new ElectronDesktop({ dialog, shell, notice }),
    consent: new ConsentDialog({ dialog }),
    launchEngine: (opens) => forkUtilityEngine(files.engine, { ...opens, parts: files.engineParts }, utilityProcess),
    launchReader: () => readers.launch(),
    launchKeyWorker: () => forkUtilityKeyWorker(files.keyWorker, utilityProcess),
    launchPorter: (folder) => forkUtilityPorter(files.porter, files.porterParts, folder, utilityProcess),
    confinement: noConfinement('unsupported'),
    keychain,
    starterFiles,
    embedderFiles,
    fontFolder: files.fonts,
  })
  closer.add('host', () => host.close())
  outliveBugs(process, (error, where) => host.bug(error, where))
  answerWindows(ipcMain, (port) => host.serve(port, { kind: 'window' }))
  // Without "persist:" a partition lives in memory only.
  const pageSession = session.fromPartition('page')
  pageSession.protocol.handle(appScheme.scheme, answerFrom(pageFiles))
  const webPreferences = closedPreferences({ preload: files.preload, session: pageSession, packaged: app.isPackaged })
  mainWindow = new BrowserWindow(windowOptions({ dark: nativeTheme.shouldUseDarkColors, webPreferences }))
  quitWith(mainWindow, app)
  await openWindow(mainWindow, Menu)
}

if (app.requestSingleInstanceLock()) {
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      dialog.showErrorBox('Alambic', startFailure(error) ?? String(error))
      app.quit()
    })
} else app.exit(0)
