/**
 * Every setting: its schema and its default, one entry each. `clear` marks the closed enumerations that the unlock
 * screen needs before the vault is open; they are the only ones that may stand unencrypted on disk.
 */
import { z } from 'zod'

/** Languages of the interface. A third is one more dictionary in renderer/i18n. */
export const Language = z.enum(['en', 'fr'])
export type Language = z.infer<typeof Language>

/** `system` follows the operating system. */
export const Theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof Theme>

/** All settings, by key. */
export const settings = {
  language: { schema: Language, initial: 'en', clear: true },
  theme: { schema: Theme, initial: 'system', clear: true },
  /** Minutes without use after which the vault locks; 0 is never. */
  idleLockMinutes: {
    schema: z.union([z.literal(0), z.literal(5), z.literal(15), z.literal(30), z.literal(60)]),
    initial: 15,
    clear: false,
  },
  /** The student that answers when a conversation has chosen none; null is the most recently used. */
  modelId: { schema: z.string().nullable(), initial: null, clear: false },
  /** Tokens of context to ask for, as far as the model was trained for it and memory allows. */
  contextTokens: {
    schema: z.union([z.literal(2048), z.literal(4096), z.literal(8192), z.literal(16384), z.literal(32768)]),
    initial: 8192,
    clear: false,
  },
  /** Processor threads for answers; 0 lets Alambic choose: physical cores less one, at least one. */
  threads: { schema: z.number().int().min(0).max(256), initial: 0, clear: false },
  /** What answers are computed on; `auto` is the best that was proved to compute rightly. */
  backend: { schema: z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']), initial: 'auto', clear: false },
  /** Minutes without a question after which the memory of all models is freed; 0 is never. */
  unloadMinutes: {
    schema: z.union([z.literal(0), z.literal(5), z.literal(15), z.literal(30), z.literal(60)]),
    initial: 30,
    clear: false,
  },
  /** Gigabytes of disk for what models have read of conversations, encrypted, so that going back to one is quick; 0 keeps nothing. */
  keptGigabytes: {
    schema: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(5), z.literal(10)]),
    initial: 2,
    clear: false,
  },
  /** Where the organisation publishes its own catalogue; empty for nowhere. Its signatures lie beside it, under `.sig`. */
  catalogueAddress: {
    schema: z.union([z.literal(''), z.url({ protocol: /^https$/ }).max(1024)]),
    initial: '',
    clear: false,
  },
  /** The organisation's public keys, one a line: a name, then 32 bytes in base64. They vouch for catalogues, bundles and cards. */
  catalogueKeys: { schema: z.string().max(10_000), initial: '', clear: false },
  /** Whether the organisation's catalogue stands beside ours or in its place. */
  catalogueMode: { schema: z.enum(['extend', 'replace']), initial: 'extend', clear: false },
  /** Where models of the catalogue are fetched: the hub, or a mirror of it inside the organisation. */
  hub: { schema: z.url({ protocol: /^https$/ }).max(1024), initial: 'https://huggingface.co', clear: false },
  /** Address of a proxy; empty takes what the system's environment names. */
  proxy: { schema: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(1024)]), initial: '', clear: false },
  /** Further certificate authorities to trust, as PEM text. */
  certificates: { schema: z.string().max(1_000_000), initial: '', clear: false },
  /** What a model needs to run: nothing, a lineage card, or one that is vouched for. */
  requireCard: { schema: z.enum(['off', 'card', 'signed']), initial: 'off', clear: false },
  /** Whether only bundles come in that a trusted key has signed, whoever insists. */
  requireSignedBundles: { schema: z.boolean(), initial: false, clear: false },
  /** Whether the welcome screens are behind us. */
  welcomed: { schema: z.boolean(), initial: false, clear: false },
} as const satisfies Record<string, { schema: z.ZodType; initial: unknown; clear: boolean }>

/** The name of a setting. */
export type SettingKey = keyof typeof settings

/** The value of every setting. */
export const Settings = z.object({
  language: settings.language.schema,
  theme: settings.theme.schema,
  idleLockMinutes: settings.idleLockMinutes.schema,
  modelId: settings.modelId.schema,
  contextTokens: settings.contextTokens.schema,
  threads: settings.threads.schema,
  backend: settings.backend.schema,
  unloadMinutes: settings.unloadMinutes.schema,
  keptGigabytes: settings.keptGigabytes.schema,
  catalogueAddress: settings.catalogueAddress.schema,
  catalogueKeys: settings.catalogueKeys.schema,
  catalogueMode: settings.catalogueMode.schema,
  hub: settings.hub.schema,
  proxy: settings.proxy.schema,
  certificates: settings.certificates.schema,
  requireCard: settings.requireCard.schema,
  requireSignedBundles: settings.requireSignedBundles.schema,
  welcomed: settings.welcomed.schema,
})
export type Settings = z.infer<typeof Settings>
