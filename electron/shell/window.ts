/** The window. It remembers nothing: no position, no title of a conversation, no zoom. */
import type {
  BrowserWindow,
  BrowserWindowConstructorOptions,
  ContextMenuParams,
  Input,
  Menu,
  MenuItemConstructorOptions,
  WebPreferences,
} from 'electron'
import { pageUrl } from './app-protocol.ts'

/** Sizes in CSS pixels. The background is the page's paper, so that nothing flashes before it is drawn. */
export function windowOptions({
  dark,
  webPreferences,
}: {
  dark: boolean
  webPreferences: WebPreferences
}): BrowserWindowConstructorOptions {
  return {
    title: 'Alambic',
    width: 1280,
    height: 820,
    minWidth: 900,
    minHeight: 600,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: dark ? '#171513' : '#FBF9F5',
    webPreferences,
  }
}

/** Shows the page in a new window, and again when its process is gone: everything it showed belongs to the host. */
export async function openWindow(window: BrowserWindow, menu: Pick<typeof Menu, 'buildFromTemplate'>): Promise<void> {
  window.once('ready-to-show', () => window.show())
  // The title bar and the task list are read over shoulders.
  window.on('page-title-updated', (event) => event.preventDefault())
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload()
  })
  window.webContents.on('context-menu', (_event, params) => {
    const roles = editRoles(params)
    if (roles.length > 0) menu.buildFromTemplate(roles.map((role) => ({ role }))).popup({ window })
  })
  window.webContents.on('before-input-event', (event, input) => {
    const step = zoomStep(input, process.platform)
    if (step === null) return
    event.preventDefault()
    window.webContents.setZoomLevel(nextZoom(window.webContents.getZoomLevel(), step))
  })
  await window.loadURL(pageUrl)
}

/** Roles of the menu under the pointer: without them a mouse cannot copy. Their labels are the system's. */
export function editRoles({
  isEditable,
  selectionText,
}: Pick<ContextMenuParams, 'isEditable' | 'selectionText'>): ('cut' | 'copy' | 'paste' | 'selectAll')[] {
  if (isEditable) return ['cut', 'copy', 'paste', 'selectAll']
  return selectionText === '' ? [] : ['copy']
}

/** Levels of a step, and of the smallest and the largest; a level is a factor of 1.2, so that this is from about half to about three times. */
const zoomBy = 0.5
const zoomLevels = { least: -4, most: 6 }

/** What a key does to the size of the page: larger, smaller, as it was. Without a menu bar nobody else listens to these keys. */
export function zoomStep(
  { type, key, code, control, meta, alt }: Pick<Input, 'type' | 'key' | 'code' | 'control' | 'meta' | 'alt'>,
  platform: string,
): 1 | -1 | 0 | null {
  if (type !== 'keyDown' || alt || !(platform === 'darwin' ? meta && !control : control && !meta)) return null
  // The sign decides, wherever a keyboard has it; the zero is a place, since French digits want Shift.
  if (key === '+' || key === '=') return 1
  if (key === '-') return -1
  return code === 'Digit0' || code === 'Numpad0' ? 0 : null
}

/** The level after a step. */
export function nextZoom(level: number, step: 1 | -1 | 0): number {
  return step === 0 ? 0 : Math.max(zoomLevels.least, Math.min(zoomLevels.most, level + step * zoomBy))
}

/** The menu bar. On macOS the keys for copy and paste work only through one; elsewhere none is needed, and none is shown. */
export function menuBar(platform: string): MenuItemConstructorOptions[] | null {
  return platform === 'darwin' ? [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }] : null
}
