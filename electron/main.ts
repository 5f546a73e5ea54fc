/** The Electron skin's entry: locks down, builds the host, opens the window. Only wiring. */
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, session, shell, utilityProcess } from 'electron'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Closer } from './host/base/closer.ts'
import { Host } from './host/host.ts'
import { programFiles } from './host/program-files.ts'
import { readPageFiles } from './host/page-files.ts'
import { startFailure } from './host/start-failure.ts'
import { readStartOptions } from './host/start-options.ts'
import { SystemKeychain } from './host/vault/keys/keychain.ts'
import { answerFrom, appScheme } from './shell/app-protocol.ts'
import { ConsentDialog } from './shell/consent-dialog.ts'
import { ElectronDesktop } from './shell/electron-desktop.ts'
import { forkUtilityEngine, forkUtilityReader } from './shell/fork-engine.ts'
import { closedPreferences, lockDown } from './shell/lockdown.ts'
import { quitAfter } from './shell/orderly-quit.ts'
import { answerWindows } from './shell/window-link.ts'
import { menuBar, openWindow, windowOptions } from './shell/window.ts'

const files = programFiles(import.meta)
const { dataFolder, starterFiles, embedderFiles } = readStartOptions(process.argv.slice(app.isPackaged ? 1 : 2), {
  strict: false,
})
const closer = new Closer()

// Chromium's own folder, without which it would make one elsewhere. The page's session is in memory and leaves nothing here.
const chromiumFolder = join(dataFolder, 'window')
mkdirSync(chromiumFolder, { recursive: true, mode: 0o700 })
app.setPath('userData', chromiumFolder)
lockDown(app)
protocol.registerSchemesAsPrivileged([appScheme])
quitAfter(app, () => closer.close())
app.on('second-instance', () => BrowserWindow.getAllWindows()[0]?.focus())

async function start(): Promise<void> {
  app.configureHostResolver({ enableBuiltInResolver: false, secureDnsMode: 'off' })
  const menu = menuBar(process.platform)
  Menu.setApplicationMenu(menu && Menu.buildFromTemplate(menu))
  const pageFiles = readPageFiles(files.page)
  const host = await Host.start({
    dataFolder,
    desktop: new ElectronDesktop({ dialog, shell }),
    consent: new ConsentDialog({ dialog }),
    launchEngine: () => forkUtilityEngine(files.engine, utilityProcess),
    launchReader: () => forkUtilityReader(files.reader, files.readerParts, files.readerData, utilityProcess),
    keychain: new SystemKeychain(),
    starterFiles,
    embedderFiles,
  })
  closer.add('host', () => host.close())
  answerWindows(ipcMain, (port) => host.serve(port, { kind: 'window' }))
  // Without "persist:" a partition lives in memory only.
  const pageSession = session.fromPartition('page')
  pageSession.protocol.handle(appScheme.scheme, answerFrom(pageFiles))
  const webPreferences = closedPreferences({ preload: files.preload, session: pageSession, packaged: app.isPackaged })
  await openWindow(new BrowserWindow(windowOptions({ dark: nativeTheme.shouldUseDarkColors, webPreferences })), Menu)
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
