/** Policies on Linux: JSON files that root owns and nobody else can write, as browsers read theirs. */
import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { ManagedReading, ManagedSource } from './managed-values.ts'

/** Where administrators put them. */
export const linuxPolicyFolder = '/etc/alambic/policies/managed'
/** Bytes of the largest file that is read. */
const mostBytes = 4 * 1024 * 1024

/** Files are read in the order of their names, and the first to name a policy counts. @param isTrusted whether only an administrator can have written it */
export function linuxPolicies({
  folder = linuxPolicyFolder,
  isTrusted = ownedByRoot,
}: { folder?: string; isTrusted?: (stats: Stats) => boolean } = {}): ManagedSource {
  return () => {
    const reading: ManagedReading = { values: [], unread: [] }
    for (const name of namesIn(folder, reading)) {
      const path = join(folder, name)
      try {
        const stats = statSync(path)
        if (!isTrusted(stats) || !isTrusted(statSync(folder)) || stats.size > mostBytes) throw new Error('not an administrator’s')
        const json: unknown = JSON.parse(readFileSync(path, 'utf8'))
        if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not an object')
        for (const [policy, value] of Object.entries(json)) reading.values.push({ name: policy, value, origin: path })
      } catch {
        reading.unread.push(path)
      }
    }
    return reading
  }
}

function namesIn(folder: string, reading: ManagedReading): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) reading.unread.push(folder)
    return []
  }
}

/** Root's, and writable by nobody else (facts: a file that a person can write is that person's wish, not a policy). */
function ownedByRoot({ uid, mode }: Stats): boolean {
  return uid === 0 && (mode & 0o022) === 0
}
