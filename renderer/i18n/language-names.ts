/** What each language calls itself. The same in every dictionary, so in none. */
import type { Language } from '../../contract/settings.ts'

/** By language, in the order in which they are offered. */
export const languageNames: Record<Language, string> = { en: 'English', fr: 'Français' }
