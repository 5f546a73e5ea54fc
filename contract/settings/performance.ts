/** Settings of what models may take of the machine: processor, memory, disk and time. */
import { z } from 'zod'
import type { Setting } from './setting.ts'

export const performanceSettings = {
  /** Tokens of context to ask for, as far as the model was trained for it and memory allows. */
  contextTokens: {
    schema: z.literal([2048, 4096, 8192, 16384, 32768]),
    initial: 8192,
    clear: false,
    policy: {
      name: 'ContextTokens',
      group: 'performance',
      since: '0.1.0',
      effect: 'next_load',
      example: 8192,
      en: {
        title: 'Context',
        help: 'Tokens that a model keeps in mind at once, as far as it was trained for them and memory allows.',
        choices: { '2048': '2,048', '4096': '4,096', '8192': '8,192', '16384': '16,384', '32768': '32,768' },
      },
      fr: {
        title: 'Contexte',
        help: 'Jetons qu’un modèle garde en tête à la fois, dans la limite de son entraînement et de la mémoire.',
        choices: { '2048': '2 048', '4096': '4 096', '8192': '8 192', '16384': '16 384', '32768': '32 768' },
      },
    },
  },
  /** Processor threads for answers; 0 lets Alambic choose: as many as were fastest when it tried. */
  threads: {
    schema: z.number().int().min(0).max(256),
    initial: 0,
    clear: false,
    policy: {
      name: 'Threads',
      group: 'performance',
      since: '0.1.0',
      effect: 'next_load',
      example: 0,
      en: { title: 'Processor threads', help: 'Processor threads for answers, from 1 to 256; 0 lets Alambic choose.' },
      fr: {
        title: 'Fils d’exécution',
        help: 'Fils d’exécution du processeur pour répondre, de 1 à 256 ; 0 laisse Alambic choisir.',
      },
    },
  },
  /** What answers are computed on; `auto` is the best that was proved to compute rightly. */
  backend: {
    schema: z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']),
    initial: 'auto',
    clear: false,
    policy: {
      name: 'Backend',
      group: 'performance',
      since: '0.1.0',
      effect: 'next_load',
      closed: 'cpu',
      example: 'auto',
      en: {
        title: 'Hardware',
        help: 'The hardware that answers are computed on.',
        choices: {
          auto: 'The best that computes rightly',
          cpu: 'Processor',
          cuda: 'NVIDIA CUDA',
          vulkan: 'Vulkan',
          metal: 'Apple Metal',
        },
      },
      fr: {
        title: 'Matériel',
        help: 'Le matériel qui calcule les réponses.',
        choices: {
          auto: 'Le meilleur qui calcule juste',
          cpu: 'Processeur',
          cuda: 'NVIDIA CUDA',
          vulkan: 'Vulkan',
          metal: 'Apple Metal',
        },
      },
    },
  },
  /** Minutes without a question after which the memory of all models is freed; 0 is never. */
  unloadMinutes: {
    schema: z.literal([5, 15, 30, 60, 0]),
    initial: 30,
    clear: false,
    policy: {
      name: 'UnloadMinutes',
      group: 'performance',
      since: '0.1.0',
      effect: 'at_once',
      example: 15,
      en: {
        title: 'Free memory after',
        help: 'Minutes without a question after which the memory of all models is freed.',
        choices: { '5': '5 minutes', '15': '15 minutes', '30': '30 minutes', '60': '1 hour', '0': 'Never' },
      },
      fr: {
        title: 'Libérer la mémoire après',
        help: 'Minutes sans question au bout desquelles la mémoire de tous les modèles est libérée.',
        choices: { '5': '5 minutes', '15': '15 minutes', '30': '30 minutes', '60': '1 heure', '0': 'Jamais' },
      },
    },
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
      group: 'performance',
      since: '0.1.0',
      effect: 'at_once',
      closed: 'never',
      example: 'plugged',
      en: {
        title: 'Prepare before a question',
        help: 'Whether models are loaded and documents read before anybody asks.',
        choices: { always: 'Always', plugged: 'Not on battery', never: 'Never' },
      },
      fr: {
        title: 'Préparer avant les questions',
        help: 'Chargement des modèles et lecture des documents avant toute question.',
        choices: { always: 'Toujours', plugged: 'Pas sur batterie', never: 'Jamais' },
      },
    },
  },
  /** Gigabytes of disk for what models have read of conversations, encrypted, so that going back to one is quick; 0 keeps nothing. */
  keptGigabytes: {
    schema: z.literal([0, 1, 2, 5, 10]),
    initial: 2,
    clear: false,
    policy: {
      name: 'KeptGigabytes',
      group: 'performance',
      since: '0.1.0',
      effect: 'at_once',
      closed: 0,
      example: 2,
      en: {
        title: 'Disk for working states',
        help: 'Gigabytes of encrypted working states of conversations that are kept on disk.',
        choices: { '0': 'None', '1': '1 GB', '2': '2 GB', '5': '5 GB', '10': '10 GB' },
      },
      fr: {
        title: 'Disque pour les états de travail',
        help: 'Gigaoctets d’états de travail chiffrés des conversations conservés sur le disque.',
        choices: { '0': 'Aucun', '1': '1 Go', '2': '2 Go', '5': '5 Go', '10': '10 Go' },
      },
    },
  },
} as const satisfies Record<string, Setting>
