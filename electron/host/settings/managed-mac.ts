/** Policies on macOS: what MDM has put under Managed Preferences. Preferences that a person can write do not count. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ManagedReading, ManagedSource, ManagedValue, PolicyScope } from './managed-values.ts'
import { readPropertyList, type PropertyValue } from './property-list.ts'

/** Where the system puts them: the machine's, and in a folder of each person's name that person's. */
export const macPolicyFolder = '/Library/Managed Preferences'
/** The domain of our preferences; profiles name it as their payload's type. */
export const macDomain = 'com.alambic.desktop'
/** What it says under this key is only recommended. */
const recommendedKey = 'Defaults'
/** What profiles say about themselves. */
const isOfProfile = (name: string): boolean => name.startsWith('Payload')

/** @param userName whose own profile counts after the machine's */
export function macPolicies({ userName, folder = macPolicyFolder }: { userName: string; folder?: string }): ManagedSource {
  return () => {
    const reading: ManagedReading = { values: [], unread: [] }
    const places: [string, PolicyScope][] = [
      [join(folder, `${macDomain}.plist`), 'machine'],
      [join(folder, userName, `${macDomain}.plist`), 'user'],
    ]
    for (const [origin, scope] of places) {
      try {
        const bytes = contentOf(origin)
        if (bytes !== null) reading.values.push(...policiesIn(readPropertyList(bytes), origin, scope))
      } catch {
        reading.unread.push(origin)
      }
    }
    return reading
  }
}

/** Null where nothing lies. */
function contentOf(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
}

function policiesIn(list: PropertyValue, origin: string, scope: PolicyScope): ManagedValue[] {
  const { [recommendedKey]: recommended = {}, ...mandatory } = dictionary(list)
  const entries = (of: PropertyValue, level: ManagedValue['level']): ManagedValue[] =>
    Object.entries(dictionary(of))
      .filter(([name]) => !isOfProfile(name))
      .map(([name, value]) => ({ name, value, origin, scope, level }))
  return [...entries(mandatory, 'mandatory'), ...entries(recommended, 'recommended')]
}

/** @throws Error for what is none */
function dictionary(value: PropertyValue): Record<string, PropertyValue> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a dictionary')
  return value
}
