/** What an organisation has set, in French. */
import type { organisationInEnglish } from './en-organisation.ts'
import type { Format } from './format.ts'

export function organisationInFrench(format: Format): ReturnType<typeof organisationInEnglish> {
  return {
    nothing: 'Votre organisation n’a rien réglé sur cet ordinateur.',
    fixed: (count) =>
      format.plural(count, {
        zero: 'Votre organisation recommande des réglages ici ; elle n’en a fixé aucun.',
        one: 'Votre organisation a fixé 1 réglage. Les autres dépendent de vous.',
        other: `Votre organisation a fixé ${format.number(count)} réglages. Les autres dépendent de vous.`,
      }),
    setting: 'Réglage',
    inForce: 'En vigueur',
    setBy: 'Fixé par',
    policy: 'Stratégie',
    scopes: { machine: 'L’informatique, pour cet ordinateur', user: 'L’informatique, pour votre compte' },
    recommended: 'L’informatique, à titre de conseil',
    allowed: 'Autorisé',
    forbidden: 'Non autorisé',
    none: 'Rien',
    unknown: 'Stratégie inconnue',
    overruled: 'Une autre entrée l’emporte.',
    problems: {
      unread: 'Illisible : la valeur la plus stricte s’applique.',
      unknown: 'Alambic ne connaît pas cette stratégie.',
      duplicate: 'Écrite deux fois : la dernière entrée compte.',
      not_recommendable: 'Peut seulement être fixée, pas recommandée.',
    },
    export: {
      title: 'Pour les administrateurs',
      lead: 'Réglez un premier ordinateur à la main, puis exportez ce qui diffère des valeurs par défaut comme stratégies pour les autres.',
      format: 'Format',
      formats: {
        reg: 'Registre de Windows (.reg)',
        mobileconfig: 'Profil macOS (.mobileconfig)',
        json: 'Linux (.json)',
      },
      folder: 'Dossier',
      noFolder: 'Alambic a été lancé sans dossier où écrire. Lancez-le avec --folder et le chemin du dossier.',
      do: 'Exporter ces réglages…',
      done: (name) => `Exporté : ${name}.`,
    },
  }
}
