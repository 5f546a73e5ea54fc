/** What is said through the system when a long answer has ended. It stands in the host, so that no page can put a word of a conversation there. */
import type { Language } from '../../contract/settings.ts'

export const noticeWords: Record<Language, string> = {
  en: 'The answer has ended.',
  fr: 'La réponse est terminée.',
}
