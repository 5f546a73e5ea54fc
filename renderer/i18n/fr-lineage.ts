/** French: where a model comes from, who vouches for that, and what its licence asks. */
import type { lineageInEnglish } from './en-lineage.ts'
import type { Format } from './format.ts'

const languageNames = new Intl.DisplayNames('fr-FR', { type: 'language' })
const list = new Intl.ListFormat('fr-FR')

export function lineageInFrench(format: Format): ReturnType<typeof lineageInEnglish> {
  return {
    open: 'Origine',
    openName: (name) => `Origine de ${name}`,
    title: (name) => `D’où vient ${name}`,
    close: 'Fermer',
    source: {
      card: 'Selon la fiche du modèle.',
      catalogue: 'Selon le catalogue.',
      file: 'Selon le fichier du modèle, que personne n’a signé.',
    },
    signature: {
      verified: (by) => `Vérifiée par ${by}`,
      unsigned: 'Non signée',
      unknown_key: 'Signée avec une clé inconnue',
      wrong_signature: 'La signature ne correspond pas',
    },
    signatureNote: {
      unknown_key: 'Cette fiche est signée avec une clé que cet ordinateur ne connaît pas. Considérez-la comme non signée.',
      wrong_signature:
        'Cette fiche a été modifiée après sa signature. Ne vous y fiez pas ; demandez la bonne à la personne qui vous a donné le modèle.',
    },
    drawing: 'De l’enseignant à l’élève',
    teacher: 'Enseignant',
    base: 'Tiré de',
    wornBy: 'Utilisé avec',
    unknownTeacher: 'Enseignant inconnu',
    unknownTeacherNote: 'Le modèle dont il a appris n’est pas indiqué.',
    kind: { base: 'Modèle de base', student: 'Élève', adapter: 'Adaptateur', unknown: 'Modèle' },
    notKnown: 'Non précisé',
    facts: {
      organisation: 'Conçu par',
      licence: 'Licence',
      data: 'Données',
      languages: 'Langues',
      training: 'Entraînement',
      file: 'Fichier',
    },
    examples: (count) =>
      format.plural(count, { one: `${format.number(count)} exemple.`, other: `${format.number(count)} exemples.` }),
    synthetic: 'Écrites par un programme ou un modèle.',
    real: 'Écrites par des personnes.',
    dataLicence: (licence) => `Licence des données : ${licence}.`,
    languages: (codes) => list.format(codes.map((code) => languageNames.of(code) ?? code)),
    trainer: (trainer) => `Avec ${trainer}.`,
    steps: (steps) => format.plural(steps, { one: `${format.number(steps)} étape.`, other: `${format.number(steps)} étapes.` }),
    tokens: (tokens) =>
      format.plural(tokens, { one: `${format.number(tokens)} jeton.`, other: `${format.number(tokens)} jetons.` }),
    trained: (day) => `Le ${day}.`,
    evaluation: 'Évaluation',
    noEvaluation: 'Aucune évaluation indiquée.',
    suite: 'Test',
    metric: 'Mesure',
    value: 'Résultat',
    items: 'Questions',
    versus: 'Comparé à',
    interval: (low, high) => `de ${figure(low)} à ${figure(high)}`,
    figure,
    compared: (name, value) => `${name} : ${figure(value)}`,
    duties: 'Ce qu’exige sa licence',
    notice: 'Mention',
    aboutTitle: 'Modèles installés',
    aboutNotices: 'Mentions de licence',
    builtWithLlama: 'Built with Llama',
    builtWithLlamaNote: (names) =>
      format.plural(names.length, {
        one: `Parce que ${list.format(names)} est installé.`,
        other: `Parce que ${list.format(names)} sont installés.`,
      }),
    require: 'Fiches des modèles',
    requireNote:
      'Quels modèles peuvent servir : tous, ceux qui ont une fiche, ou ceux dont la fiche est signée par une clé de confiance.',
    requireChoices: {
      off: 'Non exigées',
      card: 'Une fiche est exigée',
      signed: 'Une fiche vérifiée est exigée',
    },
    requireTitle: 'Modèles',
  }

  function figure(value: number): string {
    return format.number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 3 : 1)
  }
}
