/** Quits Electron only after everything has closed in order: the vault is open until then. */
import type { App, BrowserWindow } from 'electron'

interface Quitting {
  close: () => Promise<void>
  /** Whether a call into the system stands that may never return: a process that exits would wait for its thread. */
  isStuck: () => boolean
  /** Ends the process without waiting for anything. */
  kill: () => void
}

/** Puts every way of quitting off until `close` has ended, however it ended. */
export function quitAfter(app: Pick<App, 'on' | 'quit' | 'exit'>, { close, isStuck, kill }: Quitting): void {
  let state: 'running' | 'closing' | 'closed' = 'running'
  app.on('before-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    close().then(
      () => {
        state = 'closed'
        if (isStuck()) kill()
        else app.quit()
      },
      () => (isStuck() ? kill() : app.exit(1)),
    )
  })
  // A listener alone: without one Electron quits, and a reader's hidden window may be the last before ours is open.
  app.on('window-all-closed', () => undefined)
}

/** Quits with the window that a person sees, on macOS too: an open vault without a window would be forgotten. */
export function quitWith(window: Pick<BrowserWindow, 'on'>, app: Pick<App, 'quit'>): void {
  window.on('closed', () => app.quit())
}
