/** Settings of the window: language and looks. */
import { z } from 'zod'
import type { Setting } from './setting.ts'

/** Languages of the interface. A third is one more dictionary in renderer/i18n. */
export const Language = z.enum(['en', 'fr'])
export type Language = z.infer<typeof Language>

/** `system` follows the operating system. */
export const Theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof Theme>

export const generalSettings = {
  language: {
    schema: Language,
    initial: 'en',
    clear: true,
    policy: {
      name: 'Language',
      group: 'general',
      since: '0.1.0',
      effect: 'at_once',
      example: 'fr',
      en: { title: 'Language', help: 'The language of Alambic.', choices: { en: 'English', fr: 'French' } },
      fr: { title: 'Langue', help: 'La langue d’Alambic.', choices: { en: 'Anglais', fr: 'Français' } },
    },
  },
  theme: {
    schema: Theme,
    initial: 'system',
    clear: true,
    policy: {
      name: 'Theme',
      group: 'general',
      since: '0.1.0',
      effect: 'at_once',
      example: 'system',
      en: {
        title: 'Colours',
        help: 'Light or dark colours, or those of the operating system.',
        choices: { system: 'As the operating system', light: 'Light', dark: 'Dark' },
      },
      fr: {
        title: 'Couleurs',
        help: 'Couleurs claires ou sombres, ou celles du système d’exploitation.',
        choices: { system: 'Comme le système d’exploitation', light: 'Claires', dark: 'Sombres' },
      },
    },
  },
  /** Whether the end of a long answer is said while another window is in front. */
  answerNotice: { schema: z.boolean(), initial: true, clear: false, policy: null },
  /** Whether the welcome screens are behind us. */
  welcomed: { schema: z.boolean(), initial: false, clear: false, policy: null },
} as const satisfies Record<string, Setting>
