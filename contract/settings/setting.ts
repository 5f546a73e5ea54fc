/** What is said of a setting: its schema and its default, and, if an administrator may fix it, its name, its group and its words. */
import type { z } from 'zod'

/** The groups that administrators find policies in, in the order in which they are shown. */
export const policyGroups = ['general', 'security', 'network', 'models', 'performance', 'documents'] as const
export type PolicyGroup = (typeof policyGroups)[number]

/** What the groups are called. */
export const policyGroupNames: Record<PolicyGroup, { en: string; fr: string }> = {
  general: { en: 'General', fr: 'Général' },
  security: { en: 'Vault', fr: 'Coffre' },
  network: { en: 'Network', fr: 'Réseau' },
  models: { en: 'Models', fr: 'Modèles' },
  performance: { en: 'Processor, memory and disk', fr: 'Processeur, mémoire et disque' },
  documents: { en: 'Documents and workspaces', fr: 'Documents et espaces' },
}

/** What is said of a policy in one language. */
export interface PolicyWords {
  title: string
  /** What it does, in whole sentences. */
  help: string
  /** Each value that can be chosen, by its spelling in the registry. */
  choices?: Readonly<Record<string, string>>
}

/** What an administrator may fix. */
export interface Policy {
  /** Its name in the systems' own registries: letters only, because Windows takes no dots. It says what is allowed, never a negation. */
  name: string
  group: PolicyGroup
  /** The first version that obeys it. */
  since: string
  /** When a change holds while the program is open: at once, or for what is loaded or begun after it. */
  effect: 'at_once' | 'next_load'
  /** The value in force when it is set and cannot be understood. Absent where nothing is restricted: then it is as if it were not set. */
  closed?: string | number | boolean
  /** Whether nobody but an administrator sets it: what a person, and so the page, says does not count. */
  only?: true
  /** Whether its text is one entry per line: administrators may write it as a list. */
  lines?: true
  /** A value that makes sense in an organisation, for the examples. */
  example: string | number | boolean
  en: PolicyWords
  fr: PolicyWords
}

/** A setting. `clear` marks the closed enumerations that the unlock screen needs before the vault is open: they may stand unencrypted on disk. */
export interface Setting {
  schema: z.ZodType
  initial: unknown
  clear: boolean
  policy: Policy | null
}
