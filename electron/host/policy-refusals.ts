/** Whether policy, as it stands now, forbids a call that comes under one of its rules. What acts on the call looks again, with more in its hands. */
import type { Protection } from '../../contract/entities.ts'
import type { PolicyRule } from '../../contract/call-tags.ts'
import { AppError } from '../../contract/errors.ts'
import type { ManagedSettings, SettingKey, Settings } from '../../contract/settings.ts'
import { forbiddenAmong, neededFor } from './network-rules.ts'
import { refusedChange } from './settings/settings-area.ts'

/** The values in force, and which of them administrators have fixed. */
export interface PoliciesOfNow {
  values: Settings
  managed: ManagedSettings
}

type Rule = (input: unknown, now: PoliciesOfNow) => AppError | null

const rules: Record<PolicyRule, Rule> = {
  fixed: (change, now) => refusedChange(change as Partial<Settings>, now),
  model_download: (_input, now) =>
    forbiddenAmong(neededFor({ purpose: 'model_download', address: now.values.hub }, now.values), now),
  catalogue: (_input, now) => {
    const address = now.values.catalogueAddress
    return address === '' ? null : forbiddenAmong(neededFor({ purpose: 'catalogue', address }, now.values), now)
  },
  model_import: (input, now) =>
    unlessEnabled('modelImportsEnabled', now) ??
    ((input as { inPlace?: boolean }).inPlace === true ? unlessEnabled('inPlaceModelsEnabled', now) : null),
  protection: (input, { values }) => {
    const { kind } = protectionIn(input as ProtectionInput)
    return values.vaultProtection === 'any' || values.vaultProtection === kind ? null : managed('vaultProtection')
  },
  folder_watch: (_input, now) => unlessEnabled('watchedFoldersEnabled', now),
  workspace_export: (_input, now) => unlessEnabled('workspaceExportsEnabled', now),
  workspace_import: (_input, now) => unlessEnabled('workspaceImportsEnabled', now),
}

/** The settings that allow something or not. */
type SwitchKey = { [Key in SettingKey]: Settings[Key] extends boolean ? Key : never }[SettingKey]

function unlessEnabled(setting: SwitchKey, { values }: PoliciesOfNow): AppError | null {
  return values[setting] ? null : managed(setting)
}

function managed(setting: SettingKey): AppError {
  return new AppError('managed', 'An administrator has fixed this', { setting })
}

/** What the calls that protect a vault say of it, each in its own place. */
type ProtectionInput = Protection | { next: Protection } | { protection: Protection }

function protectionIn(input: ProtectionInput): Protection {
  if ('next' in input) return input.next
  return 'protection' in input ? input.protection : input
}

/** What the call is refused with; null where policy has nothing against it. @param input as the contract's schema took it */
export function refusalOf(rule: PolicyRule, input: unknown, now: PoliciesOfNow): AppError | null {
  return rules[rule](input, now)
}
