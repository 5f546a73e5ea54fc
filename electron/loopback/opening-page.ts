/**
 * The file that a browser is opened on. A command line can be read by every user of the machine, so the address with its token stands
 * in a file that this user alone can read, which sends the browser on; its name is worth nothing to anybody else.
 */
import { existsSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rmSync } from '../host/base/patient-files.ts'
import { tokenMs } from './gate.ts'

const prefix = 'alambic-open-'

/** The system as far as it decides where the file lies. */
export interface OpeningFacts {
  platform: string
  environment: Record<string, string | undefined>
  home: string
  dataFolder: string
  /** Browsers in a snap see no hidden folder of the person's and no /run: only what lies openly in the home folder. */
  hasSnaps: boolean
}

/** The folder that a browser of this user can read from and no other user. */
export function openingFolder({ platform, environment, home, dataFolder, hasSnaps }: OpeningFacts): string {
  if (platform !== 'linux') return dataFolder
  if (hasSnaps) return home
  const runtime = environment['XDG_RUNTIME_DIR']
  return runtime !== undefined && existsSync(runtime) ? runtime : dataFolder
}

/**
 * Writes the file, into a folder of its own (0700), readable by this user alone (0600). What an earlier run left there is removed.
 * @returns its address, and the way to remove it, which may be called twice
 */
export function writeOpeningPage(folder: string, address: string): { url: string; remove: () => void } {
  sweep(folder)
  const own = mkdtempSync(join(folder, prefix))
  const path = join(own, 'open.html')
  writeFileSync(path, pageFor(address), { flag: 'wx', mode: 0o600 })
  return { url: pathToFileURL(path).href, remove: () => rmSync(own, { recursive: true, force: true }) }
}

/** Those of a run that was killed; their tokens are dead. Younger ones may be another Alambic's. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue
    try {
      const path = join(folder, name)
      if (Date.now() - statSync(path).mtimeMs > 2 * tokenMs) rmSync(path, { recursive: true, force: true })
    } catch {
      // Somebody else's, or gone by now.
    }
  }
}

function pageFor(address: string): string {
  const text = JSON.stringify(address).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Alambic</title>
<script>location.replace(${text})</script>
</head>
<body></body>
</html>
`
}
