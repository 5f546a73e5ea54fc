/** Policies on Linux: JSON files that root owns and nobody else can write, as browsers read theirs: what is fixed, and what is only recommended. */
import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ManagedReading, ManagedSource, PolicyLevel } from './managed-values.ts'

/** Where administrators put what is fixed; what is only recommended lies in `recommended` beside it. */
export const linuxPolicyFolder = '/etc/alambic/policies/managed'
/** Bytes of the largest file that is read. */
const mostBytes = 4 * 1024 * 1024

/** Where the recommended ones lie. */
export function recommendedBeside(folder: string): string {
  return join(dirname(folder), 'recommended')
}

/** Files are read in the order of their names, and the last to name a policy counts. @param isTrusted whether only an administrator can have written it */
export function linuxPolicies({
  folder = linuxPolicyFolder,
  isTrusted = ownedByRoot,
}: { folder?: string; isTrusted?: (stats: Stats) => boolean } = {}): ManagedSource {
  return () => {
    const reading: ManagedReading = { values: [], unread: [] }
    const places: [string, PolicyLevel][] = [
      [folder, 'mandatory'],
      [recommendedBeside(folder), 'recommended'],
    ]
    for (const [place, level] of places)
      for (const path of filesIn(place, reading)) {
        try {
          const policies = Object.entries(objectIn(path, isTrusted))
          for (const [policy, value] of policies)
            reading.values.push({ name: policy, value, origin: path, scope: 'machine', level })
        } catch {
          reading.unread.push(path)
        }
      }
    return reading
  }
}

/** @throws Error for a file that is none of an administrator's, or no object */
function objectIn(path: string, isTrusted: (stats: Stats) => boolean): object {
  const stats = statSync(path)
  if (!isTrusted(stats) || !isTrusted(statSync(dirname(path))) || stats.size > mostBytes)
    throw new Error('not an administrator’s')
  // Editors of Windows write a byte order mark before the text.
  const json: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not an object')
  return json
}

function filesIn(folder: string, reading: ManagedReading): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) reading.unread.push(folder)
    return []
  }
}

/** Root's, and writable by nobody else (facts: a file that a person can write is that person's wish, not a policy). */
function ownedByRoot({ uid, mode }: Stats): boolean {
  return uid === 0 && (mode & 0o022) === 0
}
