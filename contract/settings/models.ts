/** Settings of models: where they come from, what vouches for them and which of them may run. */
import { z } from 'zod'
import { PlainAddress } from './plain-address.ts'
import type { Setting } from './setting.ts'

export const modelSettings = {
  /** The student that answers when a conversation has chosen none; null is the most recently used. */
  modelId: { schema: z.string().nullable(), initial: null, clear: false, policy: null },
  /** Where the organisation publishes its own catalogue; empty for nowhere. Its signatures lie beside it, under `.sig`. */
  catalogueAddress: {
    schema: z.union([z.literal(''), PlainAddress]),
    initial: '',
    clear: false,
    policy: {
      name: 'CatalogueAddress',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: '',
      example: 'https://models.example.org/catalogue.json',
      en: { title: 'Address of the catalogue', help: 'Address (https) of the organisation’s own catalogue; empty for none.' },
      fr: {
        title: 'Adresse du catalogue',
        help: 'Adresse (https) du catalogue de l’organisation ; vide s’il n’y en a pas.',
      },
    },
  },
  /** The organisation's public keys, one a line: a name, then 32 bytes in base64. They vouch for catalogues, bundles and cards. */
  catalogueKeys: {
    schema: z.string().max(10_000),
    initial: '',
    clear: false,
    policy: {
      name: 'CatalogueKeys',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: '',
      lines: true,
      example: '',
      en: {
        title: 'Trusted keys',
        help: 'Public keys that are trusted for catalogues, bundles and model cards, one per line: a name, then the key in base64. Where RequireSignedBundles or RequireCard (signed) is set, only these and Alambic’s own count.',
      },
      fr: {
        title: 'Clés de confiance',
        help: 'Clés publiques de confiance pour les catalogues, lots et fiches de modèles, une par ligne : un nom, puis la clé en base64. Si RequireSignedBundles ou RequireCard (signed) est défini, seules ces clés et celles d’Alambic comptent.',
      },
    },
  },
  /** Whether the organisation's catalogue stands beside ours or in its place. */
  catalogueMode: {
    schema: z.enum(['extend', 'replace']),
    initial: 'extend',
    clear: false,
    policy: {
      name: 'CatalogueMode',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'replace',
      example: 'replace',
      en: {
        title: 'Place of the catalogue',
        help: 'Whether the organisation’s catalogue stands beside the built-in one or in its place.',
        choices: { extend: 'Beside the built-in one', replace: 'In its place' },
      },
      fr: {
        title: 'Place du catalogue',
        help: 'Le catalogue de l’organisation complète celui d’origine ou le remplace.',
        choices: { extend: 'À côté de celui d’origine', replace: 'À sa place' },
      },
    },
  },
  /** Whether models can be downloaded. A policy only. */
  modelDownloadsEnabled: {
    schema: z.boolean(),
    initial: true,
    clear: false,
    policy: {
      name: 'ModelDownloadsEnabled',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: false,
      only: true,
      example: true,
      en: {
        title: 'Download models',
        help: 'Whether models of the catalogue may be downloaded. A download that is under way ends.',
      },
      fr: {
        title: 'Télécharger des modèles',
        help: 'Les modèles du catalogue peuvent être téléchargés. Un téléchargement en cours s’arrête.',
      },
    },
  },
  /** Whether models come in from files and bundles. A policy only. */
  modelImportsEnabled: {
    schema: z.boolean(),
    initial: true,
    clear: false,
    policy: {
      name: 'ModelImportsEnabled',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: false,
      only: true,
      example: false,
      en: {
        title: 'Import models',
        help: 'Whether a person may bring in models from files, from other programs and from bundles. What was begun before may finish.',
      },
      fr: {
        title: 'Importer des modèles',
        help: 'Une personne peut faire entrer des modèles depuis des fichiers, d’autres programmes ou des lots. Ce qui était commencé peut se terminer.',
      },
    },
  },
  /** Whether another program's model can be used where it lies. A policy only. */
  inPlaceModelsEnabled: {
    schema: z.boolean(),
    initial: true,
    clear: false,
    policy: {
      name: 'InPlaceModelsEnabled',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: false,
      only: true,
      example: false,
      en: {
        title: 'Use models in place',
        help: 'Whether a model of another program may be used where it lies, without a copy. Those that are in use already go on.',
      },
      fr: {
        title: 'Utiliser des modèles sur place',
        help: 'Un modèle d’un autre programme peut être utilisé là où il se trouve, sans copie. Ceux qui le sont déjà le restent.',
      },
    },
  },
  /** The SHA-256 of the models that may run, one a line; empty for all. A policy only. */
  allowedModels: {
    schema: z.string().max(100_000),
    initial: '',
    clear: false,
    policy: {
      name: 'AllowedModels',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'none',
      only: true,
      lines: true,
      example: '',
      en: {
        title: 'Allowed models',
        help: 'The models that may run, one per line: the SHA-256 of the file, then anything you like, such as its name. Empty for all. A line that is no SHA-256 allows nothing. What comes with Alambic to search documents may always run.',
      },
      fr: {
        title: 'Modèles autorisés',
        help: 'Les modèles qui peuvent fonctionner, un par ligne : le SHA-256 du fichier, puis ce que vous voulez, son nom par exemple. Vide pour tous. Une ligne sans SHA-256 n’autorise rien. Ce qui est livré avec Alambic pour chercher dans les documents fonctionne toujours.',
      },
    },
  },
  /** What a model needs to run: nothing, a lineage card, or one that is vouched for. */
  requireCard: {
    schema: z.enum(['off', 'card', 'signed']),
    initial: 'off',
    clear: false,
    policy: {
      name: 'RequireCard',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'signed',
      example: 'signed',
      en: {
        title: 'Card of a model',
        help: 'What a model needs to run.',
        choices: { off: 'Nothing', card: 'A model card', signed: 'A model card signed by a trusted key' },
      },
      fr: {
        title: 'Fiche d’un modèle',
        help: 'Ce qu’il faut à un modèle pour fonctionner.',
        choices: { off: 'Rien', card: 'Une fiche de modèle', signed: 'Une fiche signée par une clé de confiance' },
      },
    },
  },
  /** Whether only bundles come in that a trusted key has signed, whoever insists. */
  requireSignedBundles: {
    schema: z.boolean(),
    initial: false,
    clear: false,
    policy: {
      name: 'RequireSignedBundles',
      group: 'models',
      since: '0.1.0',
      effect: 'at_once',
      closed: true,
      example: true,
      en: { title: 'Signed bundles only', help: 'Whether only bundles signed by a trusted key may be imported.' },
      fr: { title: 'Lots signés seulement', help: 'Seuls les lots signés par une clé de confiance sont acceptés.' },
    },
  },
  /** The embedder that finds passages by meaning; null is the one that came with the application. */
  embedderId: { schema: z.string().nullable(), initial: null, clear: false, policy: null },
  /** Reorders what was found; null for none. */
  rerankerId: { schema: z.string().nullable(), initial: null, clear: false, policy: null },
} as const satisfies Record<string, Setting>
