/** Whether everything that is shipped may be shipped: the licences of the packages that run, and of those that are bundled into the page. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './places.ts'

/** Licences that ask for no more than their text and a notice. MPL-2.0 covers its own files only, which we do not change. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'Unlicense',
  'WTFPL',
  'Zlib',
])

/** Packages whose manifest says less than the licence that lies in them, which was read: `BSD` is the one of two clauses. */
const read: Readonly<Record<string, string>> = { 'node_modules/duck': 'BSD-2-Clause' }

/** Development dependencies that end up inside the page or the package. The others only build and test. */
export const bundled: readonly string[] = [
  ...['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono', '@lucide/svelte', 'bits-ui', 'dompurify'],
  ...['electron', 'highlight.js', 'marked', 'svelte', 'temml'],
]

/** What this needs of package-lock.json, version 3. */
export interface Lockfile {
  packages: Record<string, LockedPackage>
}
interface LockedPackage {
  license?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** Every shipped package whose licence is unknown or not allowed, with what it says; none is good. */
export function refusedLicences(lockfile: Lockfile, licenceOf: (path: string) => string | undefined): string[] {
  const refused: string[] = []
  for (const path of shippedPackages(lockfile)) {
    const licence = read[path] ?? lockfile.packages[path]?.license ?? licenceOf(path)
    if (licence === undefined || !isAllowed(licence))
      refused.push(`${path.replace(/^.*node_modules\//, '')}: ${licence ?? 'no licence'}`)
  }
  return refused
}

/** The licences of this checkout. */
export function checkLicences(): string[] {
  const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile
  return refusedLicences(lockfile, licenceInFolder)
}

/** A package that names no licence in its manifest may have it beside it. */
function licenceInFolder(path: string): string | undefined {
  try {
    return readFileSync(join(root, path, 'LICENSE'), 'utf8').startsWith('MIT License') ? 'MIT' : undefined
  } catch {
    return undefined
  }
}

/** Whether an SPDX expression can be met: one side of an OR, both of an AND. Parentheses never nest in practice; if they do, it is refused. */
export function isAllowed(expression: string): boolean {
  const text = expression.replace(/^\((.*)\)$/, '$1')
  if (/[()]/.test(text)) return false
  return text.split(' OR ').some((side) => side.split(' AND ').every((licence) => allowed.has(licence.trim())))
}

/** Lockfile paths of all that is reached from the dependencies and the bundled ones. */
function shippedPackages({ packages }: Lockfile): Set<string> {
  const found = new Set<string>()
  const queue: [from: string, name: string][] = [...Object.keys(packages['']?.dependencies ?? {}), ...bundled].map((name) => [
    '',
    name,
  ])
  for (let next = queue.pop(); next; next = queue.pop()) {
    const path = resolve(packages, ...next)
    if (path === null || found.has(path)) continue
    found.add(path)
    const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {}
    // What electron's package itself depends on fetches the program, and is not part of it.
    if (path === 'node_modules/electron') continue
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) queue.push([path, name])
  }
  return found
}

/** As Node looks for a package: in the folder's own node_modules, then in those above. */
function resolve(packages: Lockfile['packages'], from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[path]) return path
    if (folder === '') return null
  }
}
