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
      'Alambic will connect to this server and the file servers under its name. Nothing of yours is sent. You can withdraw this under Settings, Privacy.',
    catalogue:
      'Alambic will connect to this server for its list of models. Nothing of yours is sent. You can withdraw this under Settings, Privacy.',
    teacher: 'What you ask will leave this computer and go to this server. You can withdraw this under Settings, Privacy.',
    proxy:
      'Alambic’s connections will go through this server, which learns what servers are reached. You can withdraw this under Settings, Privacy.',
    link: 'Your browser or mail program will open it. Whoever runs it learns that you came, and whatever the address itself says.',
  },
  no: 'Not now',
  allow: 'Allow',
  open: 'Open',
  openAlways: (host) => `Always open ${host} until Alambic locks`,
  done: 'Thank you. You can close this window.',
  over: 'This question is over. You can close this window.',
}

const french: Dictionary = {
  titles: {
    model_download: (host) => `Télécharger des modèles depuis ${host}\u00a0?`,
    catalogue: (host) => `Récupérer le catalogue de votre organisation sur ${host}\u00a0?`,
    teacher: (host) => `Interroger le modèle sur ${host}\u00a0?`,
    proxy: (host) => `Se connecter par le proxy ${host}\u00a0?`,
    link: (host) => `Ouvrir ce lien vers ${host}\u00a0?`,
  },
  details: {
    model_download:
      'Alambic se connectera à ce serveur et aux serveurs de fichiers du même nom. Rien de ce qui est à vous n’est envoyé. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    catalogue:
      'Alambic se connectera à ce serveur pour sa liste de modèles. Rien de ce qui est à vous n’est envoyé. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    teacher:
      'Ce que vous demandez quittera cet ordinateur pour ce serveur. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    proxy:
      'Les connexions d’Alambic passeront par ce serveur, qui saura quels serveurs sont contactés. Vous pourrez revenir sur ce choix dans Réglages, Confidentialité.',
    link: 'Votre navigateur ou votre messagerie l’ouvrira. Le site saura que vous êtes venu, ainsi que tout ce que contient l’adresse.',
  },
  no: 'Pas maintenant',
  allow: 'Autoriser',
  open: 'Ouvrir',
  openAlways: (host) => `Toujours ouvrir ${host} jusqu’au verrouillage`,
  done: 'Merci. Vous pouvez fermer cette fenêtre.',
  over: 'Cette question n’est plus posée. Vous pouvez fermer cette fenêtre.',
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
