/** Policies on Windows: what Group Policy or MDM has written under Software\Policies, for the machine and then for the person. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { ManagedReading, ManagedSource } from './managed-values.ts'

const parent = 'SOFTWARE\\Policies'
const key = `${parent}\\Alambic`

/** @param query runs reg.exe with these words; throws when it fails */
export function windowsPolicies({ query = reg }: { query?: (words: string[]) => string } = {}): ManagedSource {
  return () => {
    const reading: ManagedReading = { values: [], unread: [] }
    for (const hive of ['HKLM', 'HKCU']) {
      const origin = `${hive}\\${key}`
      try {
        // reg.exe says the same of a key that is missing and of one that cannot be read: its parent knows which are there.
        const there = query(['query', `${hive}\\${parent}`, '/reg:64'])
        if (!/\\Alambic\r?$/im.test(there)) continue
        for (const [, name = '', type = '', text = ''] of query(['query', origin, '/reg:64']).matchAll(line))
          reading.values.push({ name, value: valueOf(type, text), origin })
      } catch {
        reading.unread.push(origin)
      }
    }
    return reading
  }
}

/** A line of reg.exe: name, type and value, four spaces between them. */
const line = /^ {4}(\w+) {4}(REG_\w+) {4}(.*?)\r?$/gm

/** Text stays text, numbers become numbers; of a list each line. */
function valueOf(type: string, text: string): unknown {
  if (type === 'REG_DWORD' || type === 'REG_QWORD') return Number(text)
  return type === 'REG_MULTI_SZ' ? text.split('\\0').join('\n') : text
}

/** By its full path, so that nobody's PATH is asked. */
function reg(words: string[]): string {
  const program = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe')
  return execFileSync(program, words, {
    encoding: 'utf8',
    timeout: 10_000,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}
