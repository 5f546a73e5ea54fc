/** Where everything is kept when nobody says otherwise: the system's place for data of applications. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The system this runs on, as far as it decides about folders. */
export interface FolderFacts {
  platform: string
  environment: Record<string, string | undefined>
  home: string
}

/**
 * The default data folder, the same for both skins. On Windows it is the local one: models must not roam.
 * Sources: XDG Base Directory Specification 0.8, Apple's File System Programming Guide, Windows Known Folders.
 */
export function defaultDataFolder(
  { platform, environment, home }: FolderFacts = { platform: process.platform, environment: process.env, home: homedir() },
): string {
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Alambic')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Alambic')
  const configured = environment['XDG_DATA_HOME']
  // The specification: a relative path is invalid and to be ignored.
  return join(configured?.startsWith('/') ? configured : join(home, '.local', 'share'), 'alambic')
}
