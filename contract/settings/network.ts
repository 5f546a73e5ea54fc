/** Settings of the door to the network: who may be reached, and the ways through it. */
import { z } from 'zod'
import { PlainAddress } from './plain-address.ts'
import type { Setting } from './setting.ts'

export const networkSettings = {
  /** Who may be reached at all. A policy only. */
  connections: {
    schema: z.enum(['ask', 'listed', 'off']),
    initial: 'ask',
    clear: false,
    policy: {
      name: 'Connections',
      group: 'network',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'off',
      only: true,
      example: 'listed',
      en: {
        title: 'Connections',
        help: 'Which servers may be reached, opened links included.',
        choices: {
          ask: 'Those that a person allows',
          listed: 'Only AllowedHosts and servers that other policies name',
          off: 'None',
        },
      },
      fr: {
        title: 'Connexions',
        help: 'Les serveurs accessibles, liens ouverts compris.',
        choices: {
          ask: 'Ceux qu’une personne autorise',
          listed: 'Seulement AllowedHosts et les serveurs que nomment d’autres règles',
          off: 'Aucun',
        },
      },
    },
  },
  /** Servers that may be reached without a question. A policy only. */
  allowedHosts: {
    schema: z.string().max(10_000),
    initial: '',
    clear: false,
    policy: {
      name: 'AllowedHosts',
      group: 'network',
      since: '0.1.0',
      effect: 'at_once',
      closed: '',
      only: true,
      lines: true,
      example: 'model_download models.example.org\nlink *.example.org',
      en: {
        title: 'Allowed servers',
        help: 'Servers that may be reached without a question, one per line: a purpose (model_download, catalogue, teacher, proxy, link or *), then a host (*.example.org for all below it) and, unless it is 443, its port.',
      },
      fr: {
        title: 'Serveurs autorisés',
        help: 'Serveurs accessibles sans question, un par ligne : un usage (model_download, catalogue, teacher, proxy, link ou *), puis un hôte (*.example.org pour tous ceux en dessous) et, si ce n’est pas 443, son port.',
      },
    },
  },
  /** Whether links in answers and documents can be opened outside. A policy only. */
  linksEnabled: {
    schema: z.boolean(),
    initial: true,
    clear: false,
    policy: {
      name: 'LinksEnabled',
      group: 'network',
      since: '0.1.0',
      effect: 'at_once',
      closed: false,
      only: true,
      example: true,
      en: { title: 'Open links', help: 'Whether links of answers and documents may be opened in the browser, after a question.' },
      fr: {
        title: 'Ouvrir les liens',
        help: 'Les liens des réponses et des documents peuvent être ouverts dans le navigateur, après une question.',
      },
    },
  },
  /** Where models of the catalogue are fetched: the hub, or a mirror of it inside the organisation. */
  hub: {
    schema: PlainAddress,
    initial: 'https://huggingface.co',
    clear: false,
    policy: {
      name: 'Hub',
      group: 'network',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'https://hub.invalid',
      example: 'https://models.example.org',
      en: {
        title: 'Where models are fetched from',
        help: 'Address (https) that models are fetched from: the hub or a mirror of it. Fixed, it is reached without a question, and no other.',
      },
      fr: {
        title: 'Origine des modèles',
        help: 'Adresse (https) d’où viennent les modèles : le dépôt public ou un miroir. Fixée, elle est jointe sans question, et aucune autre.',
      },
    },
  },
  /** Address of a proxy; empty takes what the system's environment names. */
  proxy: {
    schema: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(1024)]),
    initial: '',
    clear: false,
    policy: {
      name: 'Proxy',
      group: 'network',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'http://proxy.invalid',
      example: 'http://proxy.example.org:3128',
      en: { title: 'Proxy', help: 'Address of the proxy for downloads; empty for the system’s.' },
      fr: { title: 'Proxy', help: 'Adresse du proxy des téléchargements ; vide pour celui du système.' },
    },
  },
  /** Further certificate authorities to trust, as PEM text. */
  certificates: {
    schema: z.string().max(1_000_000),
    initial: '',
    clear: false,
    policy: {
      name: 'Certificates',
      group: 'network',
      since: '0.1.0',
      effect: 'at_once',
      closed: '',
      lines: true,
      example: '',
      en: {
        title: 'Certificate authorities',
        help: 'Further certificate authorities to trust, as PEM text. Those of the operating system are trusted already.',
      },
      fr: {
        title: 'Autorités de certification',
        help: 'Autorités de certification supplémentaires, en texte PEM. Celles du système d’exploitation sont déjà reconnues.',
      },
    },
  },
} as const satisfies Record<string, Setting>
