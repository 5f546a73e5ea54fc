/** French: where a model comes from, who vouches for that, and what its licence asks. */
import type { lineageInEnglish } from './en-lineage.ts'
import type { Format } from './format.ts'

const languageNames = new Intl.DisplayNames('fr-FR', { type: 'language' })
const list = new Intl.ListFormat('fr-FR')

export function lineageInFrench(format: Format): ReturnType<typeof lineageInEnglish> {
  return {
    open: 'Lignée',
    openName: (name) => `Lignée de ${name}`,
    title: (name) => `D’où vient ${name}`,
    close: 'Fermer',
    source: {
      card: 'Selon sa fiche de lignée.',
      catalogue: 'Selon le catalogue.',
      file: 'Selon le fichier du modèle lui-même. Personne ne s’en porte garant.',
    },
    signature: {
      verified: (by) => `Vérifiée par ${by}`,
      unsigned: 'Non signée',
      unknown_key: 'Signée par une clé inconnue',
      wrong_signature: 'La signature ne correspond pas',
    },
    signatureNote: {
      unknown_key:
        'Quelqu’un a signé cette fiche, mais personne en qui cet ordinateur ait confiance. Lisez-la comme si elle n’était pas signée.',
      wrong_signature:
        'Cette fiche a été modifiée après sa signature. Ne vous y fiez pas, et demandez la bonne à qui vous a donné le modèle.',
    },
    drawing: 'De l’enseignant à l’élève',
    teacher: 'Enseignant',
    base: 'Tiré de',
    wornBy: 'Porté par',
    unknownTeacher: 'Aucun enseignant connu',
    unknownTeacherNote: 'Personne ne dit de qui il a appris.',
    kind: { base: 'Modèle de base', student: 'Élève', adapter: 'Adaptateur', unknown: 'Modèle' },
    notKnown: 'On ne sait pas',
    facts: {
      organisation: 'Auteur',
      licence: 'Licence',
      data: 'Données',
      languages: 'Langues',
      training: 'Entraînement',
      file: 'Fichier',
    },
    examples: (count) => format.plural(count, { one: 'Un exemple.', other: `${format.number(count)} exemples.` }),
    synthetic: 'Écrites par un programme ou un modèle.',
    real: 'Écrites par des personnes.',
    dataLicence: (licence) => `Licence des données : ${licence}.`,
    languages: (codes) => list.format(codes.map((code) => languageNames.of(code) ?? code)),
    trainer: (trainer) => `Avec ${trainer}.`,
    steps: (steps) => format.plural(steps, { one: 'Une étape.', other: `${format.number(steps)} étapes.` }),
    tokens: (tokens) => format.plural(tokens, { one: 'Un jeton.', other: `${format.number(tokens)} jetons.` }),
    trained: (day) => `Le ${day}.`,
    evaluation: 'Ce qu’il vaut',
    noEvaluation: 'Personne ne dit ce qu’il vaut.',
    suite: 'Épreuve',
    metric: 'Mesure',
    value: 'Résultat',
    items: 'Questions',
    versus: 'Autres',
    interval: (low, high) => `de ${figure(low)} à ${figure(high)}`,
    figure,
    compared: (name, value) => `${name} : ${figure(value)}`,
    duties: 'Ce que demande sa licence',
    notice: 'Mention',
    aboutTitle: 'Modèles présents ici',
    aboutNotices: 'Mentions de leurs licences',
    builtWithLlama: 'Built with Llama',
    builtWithLlamaNote: (names) =>
      format.plural(names.length, {
        one: `Parce que ${list.format(names)} est ici.`,
        other: `Parce que ${list.format(names)} sont ici.`,
      }),
    require: 'Fiches des modèles',
    requireNote: 'Quels modèles peuvent servir : tous, ceux qui ont une fiche de lignée, ou ceux dont la fiche a un garant.',
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
