/** Quits Electron only after everything has closed in order: the vault is open until then. */
import type { App } from 'electron'

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
  // On macOS too: an open vault without a window would be forgotten.
  app.on('window-all-closed', () => app.quit())
}
