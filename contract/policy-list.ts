/** The policies alone, group by group: what every template, the guide and the exports are made from. */
import { settingKeys, settings, type SettingKey } from './settings.ts'
import { kindOf, type PolicyKind } from './settings/policy-kind.ts'
import { policyGroups, type Policy, type Setting } from './settings/setting.ts'

export interface ListedPolicy {
  key: SettingKey
  policy: Policy
  kind: PolicyKind
  /** What holds where nobody has said anything. */
  initial: unknown
}

export const policyList: readonly ListedPolicy[] = policyGroups.flatMap((group) =>
  settingKeys.flatMap((key): ListedPolicy[] => {
    const setting: Setting = settings[key]
    const { policy, initial } = setting
    return policy?.group === group ? [{ key, policy, kind: kindOf(setting), initial }] : []
  }),
)
