/** Electron's program, which its package does not bring: found, or fetched by the package's own installer, with little patience. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownNode, projectCache, root } from './places.ts'
import { run } from './processes.ts'

const folder = join(root, 'node_modules', 'electron')
const failureNote = join(projectCache, 'electron-not-fetched')
const forgetFailureMs = 24 * 60 * 60 * 1000
const fetchMs = 20_000

/** The path of the program; null where it has not been fetched. */
export function electronBinary(): string | null {
  const pointer = join(folder, 'path.txt')
  if (!existsSync(pointer)) return null
  const path = join(folder, 'dist', readFileSync(pointer, 'utf8').trim())
  return existsSync(path) ? path : null
}

/** The program, fetched if it can be within 20 seconds. A failure is remembered for a day, so that every start but the first is quick. */
export async function fetchElectron(say: (line: string) => void, signal: AbortSignal): Promise<string | null> {
  const found = electronBinary()
  if (found) return found
  if (existsSync(failureNote) && Date.now() - statSync(failureNote).mtimeMs < forgetFailureMs) return null
  say('Fetching Electron …')
  await run(ownNode, [join(folder, 'install.js')], { signal: AbortSignal.any([signal, AbortSignal.timeout(fetchMs)]) })
  signal.throwIfAborted()
  const fetched = electronBinary()
  if (fetched) rmSync(failureNote, { force: true })
  else {
    mkdirSync(projectCache, { recursive: true })
    writeFileSync(failureNote, '')
  }
  return fetched
}
