/** What a person is asked outside of the page, in both languages. It stands in the host because the page must have no part in it. */
import type { NetworkPurpose } from '../../contract/network.ts'
import type { Language } from '../../contract/settings.ts'
import type { ConsentAnswer, ConsentQuestion } from './consent.ts'

export interface ConsentWords {
  title: string
  /** What will happen, in a sentence or two. */
  detail: string
  /** The safe answer first. */
  answers: readonly { answer: ConsentAnswer; words: string }[]
}

interface Dictionary {
  titles: Record<NetworkPurpose, (host: string) => string>
  details: Record<NetworkPurpose, string>
  no: string
  allow: string
  open: string
  openAlways: (host: string) => string
  done: string
  over: string
}

const english: Dictionary = {
  titles: {
    model_download: (host) => `Download models from ${host}?`,
    catalogue: (host) => `Fetch your organisation’s catalogue from ${host}?`,
    teacher: (host) => `Ask the model on ${host}?`,
    proxy: (host) => `Connect through the proxy ${host}?`,
    link: (host) => `Open this link to ${host}?`,
  },
  details: {
    model_download:
      'Alambic will connect to this server and the file servers under its name. None of your data is sent. You can withdraw this under Settings, Privacy.',
    catalogue:
      'Alambic will connect to this server for its list of models. None of your data is sent. You can withdraw this under Settings, Privacy.',
    teacher: 'What you ask will leave this computer and go to this server. You can withdraw this under Settings, Privacy.',
    proxy:
      'Alambic’s connections will go through this server, which sees which servers you contact. You can withdraw this under Settings, Privacy.',
    link: 'Your browser or mail program will open it. The site will know that you opened it, and see everything in the address.',
  },
  no: 'Not now',
  allow: 'Allow',
  open: 'Open',
  openAlways: (host) => `Always open ${host} until Alambic locks`,
  done: 'Thank you. You can close this window.',
  over: 'This question has expired. You can close this window.',
}

const french: Dictionary = {
  titles: {
    model_download: (host) => `Télécharger des modèles depuis ${host}\u202f?`,
    catalogue: (host) => `Télécharger le catalogue de votre organisation sur ${host}\u202f?`,
    teacher: (host) => `Interroger le modèle sur ${host}\u202f?`,
    proxy: (host) => `Se connecter par le proxy ${host}\u202f?`,
    link: (host) => `Ouvrir ce lien vers ${host}\u202f?`,
  },
  details: {
    model_download:
      'Alambic se connectera à ce serveur et aux serveurs de fichiers du même nom. Aucune de vos données n’est envoyée. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    catalogue:
      'Alambic se connectera à ce serveur pour sa liste de modèles. Aucune de vos données n’est envoyée. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    teacher:
      'Ce que vous demandez quittera cet ordinateur pour ce serveur. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    proxy:
      'Les connexions d’Alambic passeront par ce serveur, qui saura quels serveurs sont contactés. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    link: 'Votre navigateur ou votre messagerie l’ouvrira. Le site saura que vous l’avez ouvert, et verra tout ce que contient l’adresse.',
  },
  no: 'Pas maintenant',
  allow: 'Autoriser',
  open: 'Ouvrir',
  openAlways: (host) => `Toujours ouvrir ${host} jusqu’au verrouillage`,
  done: 'Merci. Vous pouvez fermer cette fenêtre.',
  over: 'Cette question a expiré. Vous pouvez fermer cette fenêtre.',
}

const dictionaries: Record<Language, Dictionary> = { en: english, fr: french }

export function consentWords({ purpose, host, address, language }: ConsentQuestion): ConsentWords {
  const { titles, details, no, allow, open, openAlways } = dictionaries[language]
  const isMail = address.startsWith('mailto:')
  return {
    title: titles[purpose](host),
    detail: details[purpose],
    answers: [
      { answer: 'no', words: no },
      ...(purpose === 'link'
        ? [{ answer: 'once' as const, words: open }, ...(isMail ? [] : [{ answer: 'always' as const, words: openAlways(host) }])]
        : [{ answer: 'always' as const, words: allow }]),
    ],
  }
}

/** What is said once the question was answered, or is not open any more. */
export function consentEnding(language: Language, isAnswered: boolean): string {
  const { done, over } = dictionaries[language]
  return isAnswered ? done : over
}
