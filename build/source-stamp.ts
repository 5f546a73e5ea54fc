/** Whether dist still is what the sources say: a hash of their names, sizes and times, kept beside the build. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './places.ts'

const sources = [
  'contract',
  'electron',
  'renderer',
  'resources',
  'build/bundle.ts',
  'vite.config.ts',
  'package-lock.json',
  'package.json',
]
const stampFile = join(root, 'dist', 'sources')

/** True when nothing was changed since {@link stampBuild}. */
export function isBuilt(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hashSources()
}

/** Notes what dist was built from. */
export function stampBuild(): void {
  writeFileSync(stampFile, hashSources())
}

function hashSources(): string {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const path of filesUnder(join(root, source))) {
      const { size, mtimeMs } = statSync(path)
      hash.update(`${path} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

function filesUnder(path: string): string[] {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
