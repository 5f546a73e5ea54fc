/** Settings of the vault: how it is protected and when it locks. */
import { z } from 'zod'
import type { Setting } from './setting.ts'

export const securitySettings = {
  /** Minutes without use after which the vault locks; 0 is never. */
  idleLockMinutes: {
    schema: z.literal([5, 15, 30, 60, 0]),
    initial: 15,
    clear: false,
    policy: {
      name: 'IdleLockMinutes',
      group: 'security',
      since: '0.1.0',
      effect: 'at_once',
      closed: 5,
      example: 15,
      en: {
        title: 'Lock after',
        help: 'Minutes without activity after which Alambic locks.',
        choices: { '5': '5 minutes', '15': '15 minutes', '30': '30 minutes', '60': '1 hour', '0': 'Never' },
      },
      fr: {
        title: 'Verrouiller après',
        help: 'Minutes sans activité au bout desquelles Alambic se verrouille.',
        choices: { '5': '5 minutes', '15': '15 minutes', '30': '30 minutes', '60': '1 heure', '0': 'Jamais' },
      },
    },
  },
  /** The least that a new passphrase may score, from 0 (anything of 8 characters) to 4, as zxcvbn counts. */
  passphraseStrength: {
    schema: z.literal([0, 1, 2, 3, 4]),
    initial: 3,
    clear: false,
    policy: {
      name: 'PassphraseStrength',
      group: 'security',
      since: '0.1.0',
      effect: 'at_once',
      closed: 3,
      example: 3,
      en: {
        title: 'Least strength of a passphrase',
        help: 'The least strength of a new passphrase, of the vault or of an exported workspace.',
        choices: {
          '0': '0: 8 characters are enough',
          '1': '1: not among the first guesses',
          '2': '2: withstands guessing over a network',
          '3': '3: hard to guess',
          '4': '4: very hard to guess',
        },
      },
      fr: {
        title: 'Solidité minimale d’une phrase secrète',
        help: 'Solidité minimale d’une nouvelle phrase secrète, du coffre ou d’un espace exporté.',
        choices: {
          '0': '0 : 8 caractères suffisent',
          '1': '1 : absente des premiers essais',
          '2': '2 : résiste à des essais par le réseau',
          '3': '3 : difficile à deviner',
          '4': '4 : très difficile à deviner',
        },
      },
    },
  },
  /** What a new vault, or one whose protection is changed, may be protected by. A policy only. */
  vaultProtection: {
    schema: z.enum(['any', 'keychain', 'passphrase']),
    initial: 'any',
    clear: false,
    policy: {
      name: 'VaultProtection',
      group: 'security',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'passphrase',
      only: true,
      example: 'passphrase',
      en: {
        title: 'Protection of the vault',
        help: 'What protects a new vault, one that is restored, and one whose protection is changed. A vault that is there already keeps its protection. Choose the passphrase where credentials do not follow the user to another computer.',
        choices: { any: 'As the person chooses', keychain: 'The system’s keychain', passphrase: 'A passphrase' },
      },
      fr: {
        title: 'Protection du coffre',
        help: 'Ce qui protège un nouveau coffre, un coffre restauré et un coffre dont on change la protection. Un coffre déjà présent garde la sienne. Choisissez la phrase secrète là où les identifiants ne suivent pas la personne d’un ordinateur à l’autre.',
        choices: { any: 'Au choix de la personne', keychain: 'Le trousseau du système', passphrase: 'Une phrase secrète' },
      },
    },
  },
} as const satisfies Record<string, Setting>
