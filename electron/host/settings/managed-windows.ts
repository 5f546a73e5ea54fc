/** Policies on Windows: what Group Policy or MDM has written under Software\Policies, for the machine and for the person. Its values are read from an export, never from what a console says. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rmSync } from '../base/patient-files.ts'
import type { ManagedReading, ManagedSource, ManagedValue, PolicyScope } from './managed-values.ts'
import { readRegistryExport, type RegistryValue } from './registry-export.ts'

const software = 'SOFTWARE'
const parent = `${software}\\Policies`
const own = `${parent}\\Alambic`

const hives: Record<string, PolicyScope> = { HKLM: 'machine', HKCU: 'user' }

/** What is asked of reg.exe. */
export interface Registry {
  /** The lines of `reg query KEY`, of which only names of keys count. @throws Error when it fails */
  query: (key: string) => string
  /** The file that `reg export KEY` writes. @throws Error when it fails */
  export: (key: string) => Buffer
}

export function windowsPolicies(registry: Registry = reg): ManagedSource {
  return () => {
    const reading: ManagedReading = { values: [], unread: [] }
    for (const [hive, scope] of Object.entries(hives)) {
      try {
        reading.values.push(...policiesIn(readRegistryExport(registry.export(`${hive}\\${own}`)), hive, scope))
      } catch {
        if (isThere(registry, hive)) reading.unread.push(`${hive}\\${own}`)
      }
    }
    return reading
  }
}

/**
 * reg.exe says the same of a key that is missing and of one that cannot be read, in the language of Windows: the key above it knows which are
 * there. A new account may have no `Policies` at all. Where even that cannot be known, it is there.
 */
function isThere({ query }: Registry, hive: string): boolean {
  const has = (key: string, child: string): boolean => {
    const ends = `\\${child}`.toLowerCase()
    // Values are indented, and may end like a key.
    return query(`${hive}\\${key}`)
      .split(/\r?\n/)
      .some((line) => line.startsWith('HKEY_') && line.toLowerCase().endsWith(ends))
  }
  try {
    return has(software, 'Policies') && has(parent, 'Alambic')
  } catch {
    return true
  }
}

/** Values of the key are fixed, those below `Recommended` are not; a key of a policy's name holds its list, an entry a value. */
function policiesIn(values: readonly RegistryValue[], hive: string, scope: PolicyScope): ManagedValue[] {
  const found: ManagedValue[] = []
  const lists = new Map<string, { value: ManagedValue; entries: RegistryValue[] }>()
  for (const each of values) {
    const below = each.key
      .slice(own.length)
      .split('\\')
      .filter((part) => part !== '')
    const level = below[0]?.toLowerCase() === 'recommended' ? 'recommended' : 'mandatory'
    const [list, deeper] = level === 'recommended' ? below.slice(1) : below
    if (deeper !== undefined || (list === undefined && each.name === '')) continue
    const place = { origin: `${hive}\\${each.key}`, scope, level } as const
    if (list === undefined) found.push({ name: each.name, value: each.value, ...place })
    else {
      const kept = lists.get(each.key) ?? { value: { name: list, value: null, ...place }, entries: [] }
      lists.set(each.key, { ...kept, entries: [...kept.entries, each] })
    }
  }
  for (const { value, entries } of lists.values()) {
    // Group Policy numbers them from 1; ten comes after nine.
    const ordered = entries.toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
    found.push({ ...value, value: ordered.map((entry) => entry.value) })
  }
  return found
}

/** The 64-bit view of both hives, where policies are written. */
const view = '/reg:64'

const reg: Registry = {
  query: (key) => run(['query', key, view]),
  export: (key) => {
    const folder = mkdtempSync(join(tmpdir(), 'alambic-policies-'))
    try {
      const path = join(folder, 'policies.reg')
      run(['export', key, path, '/y', view])
      return readFileSync(path)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** What reg.exe says of both keys now, for comparing only: it is the same as long as nothing changes. */
export async function lookAtRegistry(): Promise<string> {
  const said = Object.keys(hives).map(
    (hive) =>
      new Promise<string>((resolve) => {
        const words = ['query', `${hive}\\${own}`, '/s', view]
        // A key that is not there is an answer as well.
        execFile(program(), words, { encoding: 'latin1', timeout: 10_000, windowsHide: true }, (_error, text) => resolve(text))
      }),
  )
  return (await Promise.all(said)).join('\n')
}

/** By its full path, so that nobody's PATH is asked. */
function program(): string {
  return join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe')
}

/** Names of keys that count are ASCII, in whatever code page the console has. */
function run(words: string[]): string {
  return execFileSync(program(), words, {
    encoding: 'latin1',
    timeout: 10_000,
    maxBuffer: 16 * 1024 * 1024,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}
