/** Whether policy, as it stands now, forbids a call that comes under one of its rules. What acts on the call looks again, with more in its hands. */
import type { PolicyRule } from '../../contract/call-tags.ts'
import type { AppError } from '../../contract/errors.ts'
import type { ManagedSettings, Settings } from '../../contract/settings.ts'
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
}

/** What the call is refused with; null where policy has nothing against it. @param input as the contract's schema took it */
export function refusalOf(rule: PolicyRule, input: unknown, now: PoliciesOfNow): AppError | null {
  return rules[rule](input, now)
}
