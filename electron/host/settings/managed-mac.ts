/** Policies on macOS: what MDM has put under Managed Preferences. Preferences that a person can write do not count. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ManagedReading, ManagedSource } from './managed-values.ts'

const usualFolder = '/Library/Managed Preferences'
const file = 'com.alambic.desktop.plist'

/** @param userName whose own profile counts after the machine's @param toJson turns a property list into JSON */
export function macPolicies({
  userName,
  folder = usualFolder,
  toJson = plutil,
}: {
  userName: string
  folder?: string
  toJson?: (path: string) => string
}): ManagedSource {
  return () => {
    const reading: ManagedReading = { values: [], unread: [] }
    for (const path of [join(folder, file), join(folder, userName, file)].filter((each) => existsSync(each))) {
      try {
        for (const [name, value] of Object.entries(JSON.parse(toJson(path)) as Record<string, unknown>))
          reading.values.push({ name, value, origin: path })
      } catch {
        reading.unread.push(path)
      }
    }
    return reading
  }
}

/** Apple's own converter, by its full path so that nobody's PATH is asked. */
function plutil(path: string): string {
  return execFileSync('/usr/bin/plutil', ['-convert', 'json', '-o', '-', path], { encoding: 'utf8', timeout: 10_000 })
}
