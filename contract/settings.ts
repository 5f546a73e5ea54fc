/**
 * Every setting, out of one file a group: its schema and its default, one entry each, and what an administrator needs to know who may fix it. `clear` marks the closed
 * enumerations that the unlock screen needs before the vault is open; they are the only ones that may stand unencrypted on disk.
 */
import { z } from 'zod'
import { documentSettings } from './settings/documents.ts'
import { generalSettings } from './settings/general.ts'
import { modelSettings } from './settings/models.ts'
import { networkSettings } from './settings/network.ts'
import { performanceSettings } from './settings/performance.ts'
import { securitySettings } from './settings/security.ts'
import type { Policy, Setting } from './settings/setting.ts'

export { Language, Theme } from './settings/general.ts'

/** All settings, by key. */
export const settings = {
  ...generalSettings,
  ...securitySettings,
  ...networkSettings,
  ...modelSettings,
  ...performanceSettings,
  ...documentSettings,
} as const satisfies Record<string, Setting>

/** The name of a setting. */
export type SettingKey = keyof typeof settings
export const settingKeys = Object.keys(settings) as SettingKey[]

/** What an administrator may do with this setting; null for nothing. */
export function policyOf(key: SettingKey): Policy | null {
  return settings[key].policy
}

function each<Part extends 'schema' | 'initial'>(part: Part): { [Key in SettingKey]: (typeof settings)[Key][Part] } {
  const entries = settingKeys.map((key) => [key, settings[key][part]])
  // The same keys, each with that part of its entry.
  return Object.fromEntries(entries) as { [Key in SettingKey]: (typeof settings)[Key][Part] }
}

/** The value of every setting. */
export const Settings = z.object(each('schema'))
export type Settings = z.infer<typeof Settings>

/** What holds where nobody has said anything. */
export const defaultSettings: Settings = each('initial')

/** The settings that are a choice among a few values. */
export type ChoiceKey = {
  [Key in SettingKey]: (typeof settings)[Key]['schema'] extends z.ZodEnum | z.ZodLiteral | z.ZodBoolean ? Key : never
}[SettingKey]

/** The values to choose among, in the order in which they are offered. */
export function choicesOf<Key extends ChoiceKey>(key: Key): Settings[Key][] {
  const { schema } = settings[key]
  if (schema instanceof z.ZodBoolean) return [false, true] as Settings[Key][]
  return (schema instanceof z.ZodEnum ? schema.options : [...schema.values]) as Settings[Key][]
}

/** Which settings an administrator has fixed. `origin` names the place; `unread`: what stands there could not be understood, so the closed value is in force. */
export const ManagedSettings = z.partialRecord(z.enum(settingKeys), z.object({ origin: z.string(), unread: z.boolean() }))
export type ManagedSettings = z.infer<typeof ManagedSettings>
