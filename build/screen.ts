/** Whether somebody can look at a window here, and the way to show them an address. */
import { spawn } from 'node:child_process'

/** True where windows can be opened. */
export function hasScreen(environment: NodeJS.ProcessEnv = process.env, platform: string = process.platform): boolean {
  if (platform === 'darwin' || platform === 'win32') return true
  return Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'])
}

/**
 * Opens an address in the default browser; when that fails, the printed line is still there.
 * @param address stands on a command line, which every user of the machine can read: no secret may be in it
 */
export function openBrowser(address: string, platform: string = process.platform): void {
  const [command, ...words] = openers[platform] ?? ['xdg-open']
  const child = spawn(command, [...words, address], { detached: true, stdio: 'ignore' })
  child.on('error', () => undefined)
  child.unref()
}

const openers: Record<string, [string, ...string[]]> = {
  darwin: ['open'],
  // `start` is a word of cmd's, and would cut the address at an `&`.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}
