/** A policy is a setting that somebody else has decided: what administrators wrote, read against the one list of settings. */
import { userInfo } from 'node:os'
import {
  policyOf,
  settingKeys,
  settings,
  type ManagedSettings,
  type SettingKey,
  type Settings,
} from '../../../contract/settings.ts'
import { linuxPolicies, linuxPolicyFolder } from './managed-linux.ts'
import { macPolicies } from './managed-mac.ts'
import type { ManagedReading, ManagedSource } from './managed-values.ts'
import { windowsPolicies } from './managed-windows.ts'

/** The values that are fixed, and where each comes from. */
export interface Policies {
  values: Partial<Settings>
  managed: ManagedSettings
}

/**
 * Each key is fixed by itself. One that is set and cannot be understood takes its closed value; where a whole place cannot be read, every
 * policy that is not set elsewhere does: a restriction must not be lifted by breaking a file.
 */
export function readPolicies({ values, unread }: ManagedReading): Policies {
  const policies: Policies = { values: {}, managed: {} }
  for (const key of settingKeys) {
    const policy = policyOf(key)
    if (policy === null) continue
    const found = values.find(({ name }) => name === policy.name)
    const parsed = found && settings[key].schema.safeParse(asBoolean(key, found.value))
    const origin = found?.origin ?? unread[0]
    if (origin === undefined) continue
    const value: unknown = parsed?.success ? parsed.data : policy.closed
    Object.assign(policies.values, { [key]: value })
    policies.managed[key] = { origin, unread: !parsed?.success }
  }
  fixKeys(policies)
  return policies
}

/**
 * Where a policy requires a signature, the person must not be able to give it: then the organisation's keys come from policies alone,
 * and without one there are none.
 */
function fixKeys({ values, managed }: Policies): void {
  const requirement =
    (values.requireSignedBundles ? managed.requireSignedBundles : undefined) ??
    (values.requireCard === 'signed' ? managed.requireCard : undefined)
  if (!requirement || managed.catalogueKeys) return
  values.catalogueKeys = ''
  managed.catalogueKeys = { origin: requirement.origin, unread: false }
}

/** The registry has no booleans: 0 and 1 stand for them. */
function asBoolean(key: SettingKey, value: unknown): unknown {
  const isBoolean = typeof settings[key].initial === 'boolean'
  return isBoolean && (value === 0 || value === 1) ? value === 1 : value
}

/** The folder that this system keeps policies in; null where it keeps them otherwise. */
export function systemPolicyFolder(platform: NodeJS.Platform): string | null {
  return platform === 'win32' || platform === 'darwin' ? null : linuxPolicyFolder
}

/** Where this system keeps policies. */
export function systemPolicies(platform: NodeJS.Platform): ManagedSource {
  if (platform === 'win32') return windowsPolicies()
  if (platform === 'darwin') return macPolicies({ userName: userInfo().username })
  return linuxPolicies()
}
