/** Quits Electron only after everything has closed in order: the vault is open until then. */
import type { App, BrowserWindow } from 'electron'

/** Puts every way of quitting off until `close` has ended, however it ended. */
export function quitAfter(app: Pick<App, 'on' | 'quit' | 'exit'>, close: () => Promise<void>): void {
  let state: 'running' | 'closing' | 'closed' = 'running'
  app.on('before-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    close().then(
      () => {
        state = 'closed'
        app.quit()
      },
      () => app.exit(1),
    )
  })
  // A listener alone: without one Electron quits, and a reader's hidden window may be the last before ours is open.
  app.on('window-all-closed', () => undefined)
}

/** Quits with the window that a person sees, on macOS too: an open vault without a window would be forgotten. */
export function quitWith(window: Pick<BrowserWindow, 'on'>, app: Pick<App, 'quit'>): void {
  window.on('closed', () => app.quit())
}
