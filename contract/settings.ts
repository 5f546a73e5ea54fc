/**
 * Every setting: its schema and its default, one entry each, and what an administrator needs to know who may fix it. `clear` marks the closed enumerations that the unlock
 * screen needs before the vault is open; they are the only ones that may stand unencrypted on disk.
 */
import { z } from 'zod'
import { RecognitionCodes } from './recognition.ts'

/** Languages of the interface. A third is one more dictionary in renderer/i18n. */
export const Language = z.enum(['en', 'fr'])
export type Language = z.infer<typeof Language>

/** `system` follows the operating system. */
export const Theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof Theme>

/**
 * What an administrator may fix: its name in the systems' own registries (no dots: Windows does not take them) and what it does. `closed` is
 * the value in force when a policy is set and cannot be understood: it never opens anything.
 */
export interface Policy {
  name: string
  closed: string | number | boolean
  /** Whether nobody but an administrator sets it: what a person, and so the page, says does not count. */
  only?: boolean
  en: string
  fr: string
}

/** An https address without a query, a fragment or a name: nothing can be smuggled out in it unseen. */
const PlainAddress = z
  .url({ protocol: /^https$/ })
  .max(500)
  .regex(/^https:\/\/[^/?#@\\]+(\/[^?#\\]*)?$/i)

/** All settings, by key. */
export const settings = {
  language: { schema: Language, initial: 'en', clear: true, policy: null },
  theme: { schema: Theme, initial: 'system', clear: true, policy: null },
  /** Minutes without use after which the vault locks; 0 is never. */
  idleLockMinutes: {
    schema: z.literal([5, 15, 30, 60, 0]),
    initial: 15,
    clear: false,
    policy: {
      name: 'IdleLockMinutes',
      closed: 5,
      en: 'Minutes without activity after which Alambic locks: 0 (never), 5, 15, 30 or 60.',
      fr: 'Minutes sans activité au bout desquelles Alambic se verrouille : 0 (jamais), 5, 15, 30 ou 60.',
    },
  },
  /** The least that a new passphrase may score, from 0 (anything of 8 characters) to 4, as zxcvbn counts. */
  passphraseStrength: {
    schema: z.literal([0, 1, 2, 3, 4]),
    initial: 3,
    clear: false,
    policy: {
      name: 'PassphraseStrength',
      closed: 3,
      en: 'The least strength of a new passphrase, from 0 (8 characters are enough) to 4 (very hard to guess).',
      fr: 'Solidité minimale d’une nouvelle phrase secrète, de 0 (8 caractères suffisent) à 4 (très difficile à deviner).',
    },
  },
  /** The student that answers when a conversation has chosen none; null is the most recently used. */
  modelId: { schema: z.string().nullable(), initial: null, clear: false, policy: null },
  /** Tokens of context to ask for, as far as the model was trained for it and memory allows. */
  contextTokens: {
    schema: z.literal([2048, 4096, 8192, 16384, 32768]),
    initial: 8192,
    clear: false,
    policy: null,
  },
  /** Processor threads for answers; 0 lets Alambic choose: as many as were fastest when it tried. */
  threads: { schema: z.number().int().min(0).max(256), initial: 0, clear: false, policy: null },
  /** What answers are computed on; `auto` is the best that was proved to compute rightly. */
  backend: {
    schema: z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']),
    initial: 'auto',
    clear: false,
    policy: {
      name: 'Backend',
      closed: 'cpu',
      en: 'The hardware that is used: auto, cpu, cuda, vulkan or metal.',
      fr: 'Le matériel utilisé : auto, cpu, cuda, vulkan ou metal.',
    },
  },
  /** Whether the end of a long answer is said while another window is in front. */
  answerNotice: { schema: z.boolean(), initial: true, clear: false, policy: null },
  /** Minutes without a question after which the memory of all models is freed; 0 is never. */
  unloadMinutes: {
    schema: z.literal([5, 15, 30, 60, 0]),
    initial: 30,
    clear: false,
    policy: null,
  },
  /** How long documents may be read before the first word, at the speed that was measured: about 10 seconds, about 30, or however long it takes. */
  readingTime: { schema: z.enum(['quick', 'thorough', 'everything']), initial: 'quick', clear: false, policy: null },
  /** Whether models are loaded and documents read before anybody asks: also on battery, only at the mains, or not. */
  warmUp: {
    schema: z.enum(['always', 'plugged', 'never']),
    initial: 'plugged',
    clear: false,
    policy: {
      name: 'WarmUp',
      closed: 'never',
      en: 'Whether models are loaded and documents read before a question: always, plugged (not on battery) or never.',
      fr: 'Chargement des modèles et lecture des documents avant toute question : always (toujours), plugged (pas sur batterie) ou never (jamais).',
    },
  },
  /** Gigabytes of disk for what models have read of conversations, encrypted, so that going back to one is quick; 0 keeps nothing. */
  keptGigabytes: {
    schema: z.literal([0, 1, 2, 5, 10]),
    initial: 2,
    clear: false,
    policy: {
      name: 'KeptGigabytes',
      closed: 0,
      en: 'Gigabytes of encrypted working states of conversations kept on disk: 0, 1, 2, 5 or 10.',
      fr: 'Gigaoctets d’états de travail chiffrés conservés sur le disque : 0, 1, 2, 5 ou 10.',
    },
  },
  /** Where the organisation publishes its own catalogue; empty for nowhere. Its signatures lie beside it, under `.sig`. */
  catalogueAddress: {
    schema: z.union([z.literal(''), PlainAddress]),
    initial: '',
    clear: false,
    policy: {
      name: 'CatalogueAddress',
      closed: '',
      en: 'Address (https) of the organisation’s own catalogue; empty for none.',
      fr: 'Adresse (https) du catalogue de l’organisation ; vide s’il n’y en a pas.',
    },
  },
  /** The organisation's public keys, one a line: a name, then 32 bytes in base64. They vouch for catalogues, bundles and cards. */
  catalogueKeys: {
    schema: z.string().max(10_000),
    initial: '',
    clear: false,
    policy: {
      name: 'CatalogueKeys',
      closed: '',
      en: 'Public keys that are trusted for catalogues, bundles and model cards, one per line: a name, then the key in base64. Where RequireSignedBundles or RequireCard (signed) is set, only these and Alambic’s own count.',
      fr: 'Clés publiques de confiance pour les catalogues, lots et fiches de modèles, une par ligne : un nom, puis la clé en base64. Si RequireSignedBundles ou RequireCard (signed) est défini, seules ces clés et celles d’Alambic comptent.',
    },
  },
  /** Whether the organisation's catalogue stands beside ours or in its place. */
  catalogueMode: {
    schema: z.enum(['extend', 'replace']),
    initial: 'extend',
    clear: false,
    policy: {
      name: 'CatalogueMode',
      closed: 'replace',
      en: 'Whether the organisation’s catalogue extends the built-in one or replaces it: extend or replace.',
      fr: 'Le catalogue de l’organisation complète celui d’origine ou le remplace : extend ou replace.',
    },
  },
  /** Where models of the catalogue are fetched: the hub, or a mirror of it inside the organisation. */
  hub: {
    schema: PlainAddress,
    initial: 'https://huggingface.co',
    clear: false,
    policy: {
      name: 'Hub',
      closed: 'https://hub.invalid',
      en: 'Address (https) that models are fetched from: the hub or a mirror of it.',
      fr: 'Adresse (https) d’où viennent les modèles : le dépôt public ou un miroir.',
    },
  },
  /** Address of a proxy; empty takes what the system's environment names. */
  proxy: {
    schema: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(1024)]),
    initial: '',
    clear: false,
    policy: {
      name: 'Proxy',
      closed: 'http://proxy.invalid',
      en: 'Address of the proxy for downloads; empty for the system’s.',
      fr: 'Adresse du proxy des téléchargements ; vide pour celui du système.',
    },
  },
  /** Who may be reached at all. A policy only. */
  connections: {
    schema: z.enum(['ask', 'listed', 'off']),
    initial: 'ask',
    clear: false,
    policy: {
      name: 'Connections',
      closed: 'off',
      only: true,
      en: 'Which servers may be reached, opened links included: ask (those that a person allows), listed (only AllowedHosts and servers that other policies name) or off (none).',
      fr: 'Serveurs accessibles, liens ouverts compris : ask (ceux qu’une personne autorise), listed (seulement AllowedHosts et les serveurs que nomment d’autres règles) ou off (aucun).',
    },
  },
  /** Servers that may be reached without a question. A policy only. */
  allowedHosts: {
    schema: z.string().max(10_000),
    initial: '',
    clear: false,
    policy: {
      name: 'AllowedHosts',
      closed: '',
      only: true,
      en: 'Servers that may be reached without a question, one per line: a purpose (model_download, catalogue, teacher, proxy, link or *), then a host (*.example.org for all below it) and, unless it is 443, its port.',
      fr: 'Serveurs accessibles sans question, un par ligne : un usage (model_download, catalogue, teacher, proxy, link ou *), puis un hôte (*.example.org pour tous ceux en dessous) et, si ce n’est pas 443, son port.',
    },
  },
  /** Further certificate authorities to trust, as PEM text. */
  certificates: {
    schema: z.string().max(1_000_000),
    initial: '',
    clear: false,
    policy: {
      name: 'Certificates',
      closed: '',
      en: 'Further certificate authorities to trust, as PEM text.',
      fr: 'Autorités de certification supplémentaires, en texte PEM.',
    },
  },
  /** What a model needs to run: nothing, a lineage card, or one that is vouched for. */
  requireCard: {
    schema: z.enum(['off', 'card', 'signed']),
    initial: 'off',
    clear: false,
    policy: {
      name: 'RequireCard',
      closed: 'signed',
      en: 'What a model needs to run: off, card (a model card) or signed (a model card signed by a trusted key).',
      fr: 'Ce qu’il faut à un modèle pour fonctionner : off, card (une fiche de modèle) ou signed (une fiche signée par une clé de confiance).',
    },
  },
  /** Whether only bundles come in that a trusted key has signed, whoever insists. */
  requireSignedBundles: {
    schema: z.boolean(),
    initial: false,
    clear: false,
    policy: {
      name: 'RequireSignedBundles',
      closed: true,
      en: 'Whether only bundles signed by a trusted key may be imported.',
      fr: 'Seuls les lots signés par une clé de confiance sont acceptés.',
    },
  },
  /** The embedder that finds passages by meaning; null is the one that came with the application. */
  embedderId: { schema: z.string().nullable(), initial: null, clear: false, policy: null },
  /** Reorders what was found; null for none. */
  rerankerId: { schema: z.string().nullable(), initial: null, clear: false, policy: null },
  /** The languages that text in pictures is recognised in, unless others are chosen for a document. */
  recognitionLanguages: { schema: RecognitionCodes, initial: ['eng', 'fra'] as string[], clear: false, policy: null },
  /** Whether the welcome screens are behind us. */
  welcomed: { schema: z.boolean(), initial: false, clear: false, policy: null },
} as const satisfies Record<string, { schema: z.ZodType; initial: unknown; clear: boolean; policy: Policy | null }>

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
