/** Where the launcher and the tests find and keep things that are not the application's own. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The repository. */
export const root = join(import.meta.dirname, '..')

/** What can be made again and belongs to this checkout: stamps, lint results, made fixtures. */
export const projectCache = join(root, '.cache')

/** Node of the version that the project is pinned to. */
export const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** What can be fetched again and serves every checkout of this person: the starter models. The XDG specification, and Apple's and Microsoft's places. */
export function userCache(
  environment: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Alambic', 'Cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Alambic')
  const configured = environment['XDG_CACHE_HOME']
  return join(configured?.startsWith('/') ? configured : join(home, '.cache'), 'alambic')
}

/** A folder of models beside the checkout that saves a download; null where there is none, which is the usual case. */
export function sharedModels(): string | null {
  const folder = join(root, '..', 'shared', 'models')
  return existsSync(folder) ? folder : null
}
