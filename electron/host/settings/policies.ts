/** A policy is a setting that somebody else has decided: what administrators wrote, read against the one list of settings. */
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { PolicyFinding } from '../../../contract/policy-finding.ts'
import {
  policyOf,
  settingKeys,
  settings,
  type ManagedSettings,
  type SettingKey,
  type Settings,
} from '../../../contract/settings.ts'
import { linuxPolicies, linuxPolicyFolder, recommendedBeside } from './managed-linux.ts'
import { macPolicies, macPolicyFolder } from './managed-mac.ts'
import type { ManagedReading, ManagedSource, ManagedValue } from './managed-values.ts'
import { lookAtRegistry, windowsPolicies } from './managed-windows.ts'
import { understood } from './policy-value.ts'
import type { PolicyWatchOptions } from './policy-watch.ts'

/** The values that are fixed and those that hold until a person chooses, where each comes from, and what is wrong with what was written. */
export interface Policies {
  values: Partial<Settings>
  managed: ManagedSettings
  recommended: Partial<Settings>
  findings: PolicyFinding[]
}

/**
 * Each key is fixed by itself, by the machine's policy over the person's. One that is set and cannot be understood takes its closed value; where a
 * whole place cannot be read, every policy that is not set elsewhere does: a restriction must not be lifted by breaking a file.
 */
export function readPolicies({ values, unread }: ManagedReading): Policies {
  const policies: Policies = { values: {}, managed: {}, recommended: {}, findings: [] }
  const written = new Map<SettingKey, ManagedValue[]>()
  for (const value of values) {
    const key = keys.get(value.name.toLowerCase())
    if (key === undefined) policies.findings.push(finding(value, null, { counts: false, problem: 'unknown' }))
    else written.set(key, [...(written.get(key) ?? []), value])
  }
  for (const key of settingKeys) readPolicy(key, { written: written.get(key) ?? [], unread }, policies)
  policies.findings.push(...unread.map(unreadPlace))
  fixKeys(policies)
  return policies
}

/** Windows does not tell large letters from small ones in names, and people do not either. */
const keys = new Map(
  settingKeys.flatMap((key) => (policyOf(key) === null ? [] : [[policyOf(key)?.name.toLowerCase() ?? '', key]])),
)

/** Whose word counts, the last most. */
const ranks = ['user', 'machine'] as const

function readPolicy(
  key: SettingKey,
  { written, unread }: { written: ManagedValue[]; unread: string[] },
  policies: Policies,
): void {
  const policy = policyOf(key)
  if (policy === null) return
  // Sorting is stable: in one place the last counts.
  const ranked = written.toSorted((one, other) => ranks.indexOf(one.scope) - ranks.indexOf(other.scope))
  const mandatory = ranked.findLast(({ level }) => level === 'mandatory')
  const recommended = policy.only ? undefined : ranked.findLast(({ level }) => level === 'recommended')
  for (const each of ranked) {
    const counts = each === mandatory || each === recommended
    policies.findings.push(finding(each, key, { counts, problem: problemOf(each, { key, counts, ranked }) }))
  }
  const wished = recommended && understood(settings[key], recommended.value)
  if (wished !== undefined) Object.assign(policies.recommended, { [key]: wished })
  const value = mandatory && understood(settings[key], mandatory.value)
  const origin = mandatory?.origin ?? unread[0]
  if (origin === undefined || (value === undefined && policy.closed === undefined)) return
  Object.assign(policies.values, { [key]: value ?? policy.closed })
  policies.managed[key] = { origin, unread: value === undefined }
}

function problemOf(
  value: ManagedValue,
  { key, counts, ranked }: { key: SettingKey; counts: boolean; ranked: readonly ManagedValue[] },
): PolicyFinding['problem'] {
  if (value.level === 'recommended' && policyOf(key)?.only) return 'not_recommendable'
  if (understood(settings[key], value.value) === undefined) return 'unread'
  const isTwice = ranked.some((other) => other !== value && other.level === value.level && other.scope === value.scope)
  return isTwice && !counts ? 'duplicate' : null
}

function finding(
  { name, scope, level, origin }: ManagedValue,
  setting: SettingKey | null,
  rest: Pick<PolicyFinding, 'counts' | 'problem'>,
): PolicyFinding {
  return { name, setting, scope, level, origin, ...rest }
}

function unreadPlace(origin: string): PolicyFinding {
  return { name: '', setting: null, scope: 'machine', level: 'mandatory', origin, counts: false, problem: 'unread' }
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

/** How a change of them is heard of on this system: folders that tell, or a look from time to time. */
export function systemPolicyNews(platform: NodeJS.Platform): Pick<PolicyWatchOptions, 'folders' | 'look'> {
  if (platform === 'win32') return { folders: [], look: lookAtRegistry }
  if (platform === 'darwin') return { folders: [macPolicyFolder, join(macPolicyFolder, userInfo().username)] }
  return { folders: [linuxPolicyFolder, recommendedBeside(linuxPolicyFolder)] }
}

/** Where this system keeps policies. */
export function systemPolicies(platform: NodeJS.Platform): ManagedSource {
  if (platform === 'win32') return windowsPolicies()
  if (platform === 'darwin') return macPolicies({ userName: userInfo().username })
  return linuxPolicies()
}
