/** Sources in the chat, in French. */
import type { sourcesInEnglish } from './en-sources.ts'
import type { Format } from './format.ts'
import { verdictOfOne } from './verdict-of-one.ts'

export function sourcesInFrench(format: Format): ReturnType<typeof sourcesInEnglish> {
  // Of a sentence, which is feminine.
  const verdicts = { supported: 'étayée', partly: 'étayée en partie', not_found: 'non étayée' }
  const found = { supported: 'Étayée', partly: 'Étayée en partie', not_found: 'Non étayée' }
  const inPart = (partly: number): string => (partly === 0 ? '' : `, ${format.number(partly)} en partie`)
  return {
    places: {
      page: (page) => `page ${format.number(page)}`,
      paragraph: (paragraph) => `paragraphe ${format.number(paragraph)}`,
      sheet: (sheet, cells) => `feuille « ${sheet} », cellules ${cells}`,
      slide: (slide) => `diapositive ${format.number(slide)}`,
      section: (section) => `section ${format.number(section)}`,
      titled: (title) => `section « ${title} »`,
      pages: (first, last) => `pages ${format.number(first)} à ${format.number(last)}`,
      paragraphs: (first, last) => `paragraphes ${format.number(first)} à ${format.number(last)}`,
      slides: (first, last) => `diapositives ${format.number(first)} à ${format.number(last)}`,
    },
    heads: {
      page: (page) => `Page ${format.number(page)}`,
      pageOf: (page, pages) => `Page ${format.number(page)} sur ${format.number(pages)}`,
      paragraph: (paragraph) => `Paragraphe ${format.number(paragraph)}`,
      sheet: (sheet, cells) => `Feuille « ${sheet} », cellules ${cells}`,
      slide: (slide) => `Diapositive ${format.number(slide)}`,
      section: (section) => `Section ${format.number(section)}`,
      titled: (title) => `Section « ${title} »`,
      pages: (first, last) => `Pages ${format.number(first)} à ${format.number(last)}`,
      paragraphs: (first, last) => `Paragraphes ${format.number(first)} à ${format.number(last)}`,
      slides: (first, last) => `Diapositives ${format.number(first)} à ${format.number(last)}`,
    },
    mark: (number, name, place) => `Source ${format.number(number)} : ${name}, ${place}`,
    declined: 'Vos documents ne permettent pas de répondre ; « Documents seuls » est actif.',
    declinedFound: 'Ce qui a été trouvé',
    supported: (supported, partly, total) =>
      total === 1
        ? `sa phrase est ${verdicts[verdictOfOne(supported, partly)]}`
        : format.plural(supported, {
            one: `${format.number(supported)} phrase étayée sur ${format.number(total)}`,
            other: `${format.number(supported)} phrases étayées sur ${format.number(total)}`,
          }) + inPart(partly),
    given: (count) => format.plural(count, { zero: 'aucune source', one: '1 source', other: `${format.number(count)} sources` }),
    verdicts,
    tab: 'Source',
    searchTab: 'Recherche',
    noSource: 'Choisissez un numéro dans une réponse pour voir sa source ici.',
    of: (number, total) => `Source ${format.number(number)} sur ${format.number(total)}`,
    previousSource: 'Source précédente',
    nextSource: 'Source suivante',
    copyPassage: 'Copier le passage avec sa référence',
    openDocument: 'Ouvrir le document dans son espace de travail',
    reference: (passage, name, place) => `« ${passage} »\n(${name}, ${place})`,
    references: 'Sources',
    referenceLine: (number, name, place) => `[${number}] ${name}, ${place}`,
    gone: 'Ce document n’est plus dans l’espace de travail. Voici le texte qui a été transmis au modèle.',
    changed: 'Ce document a changé depuis. Voici le texte qui a été transmis au modèle.',
    unreadable: 'Page impossible à afficher. En voici le texte.',
    notRead: (why) => `${why} Voici le texte qui a été transmis au modèle.`,
    pageLabel: (page, name) => `Page ${format.number(page)} de ${name}`,
    pageMarked: (page, name) => `Page ${format.number(page)} de ${name}, passage surligné`,
    textLabel: (name) => `Texte de ${name}`,
    drawing: 'Chargement de la page…',
    previousPage: 'Page précédente',
    nextPage: 'Page suivante',
    pageOf: (page, pages) => `${format.number(page)} / ${format.number(pages)}`,
    toPassage: 'Revenir au passage',
    enlarge: 'Agrandir',
    reduce: 'Réduire',
    earlierText: 'Texte précédent',
    laterText: 'Suite du texte',
    table: 'Tableau',
    supportTitle: 'Chaque phrase et sa source',
    supportShort: (supported, partly, total) =>
      total === 1
        ? found[verdictOfOne(supported, partly)]
        : format.plural(supported, {
            one: `${format.number(supported)} étayée sur ${format.number(total)}`,
            other: `${format.number(supported)} étayées sur ${format.number(total)}`,
          }) + inPart(partly),
    unchecked: 'Les phrases sont vérifiées dès que la réponse est complète.',
    nothingToCheck: 'Aucune phrase de cette réponse n’a pu être vérifiée.',
    found,
    why: {
      here: (place) => `par cette source, ${place}`,
      source: (number, place) => `par la source ${format.number(number)}, ${place}`,
      none: (count) =>
        format.plural(count, {
          zero: 'par aucune source',
          one: 'par la source',
          other: `par aucune des ${format.number(count)} sources`,
        }),
    },
    search: {
      title: 'Ce qui a été cherché',
      none: 'Quand une réponse vient de documents, vous voyez ici ce qui a été trouvé, comment, et ce qui a été transmis au modèle.',
      query: (query) => `Recherche : « ${query} »`,
      terms: (terms) => `Mots cherchés : ${terms}`,
      both: (embedder) => `Par mots-clés, et par le sens avec ${embedder}`,
      wordsOnly: 'Recherche par mots-clés uniquement',
      reranked: (reranker) => `Classés avec ${reranker}`,
      searched: (passages, tookMs) =>
        format.plural(passages, {
          one: `${format.number(passages)} passage en ${format.number(tookMs)} ms`,
          other: `${format.number(passages)} passages en ${format.number(tookMs)} ms`,
        }),
      partly: (embedded, passages) =>
        `Passages alors indexés par le sens : ${format.number(embedded)} sur ${format.number(passages)}`,
      whole: 'Les documents étaient assez courts pour être transmis en entier.',
      leftOut: (count) =>
        format.plural(count, {
          one: '1 bon passage a été laissé de côté faute de place.',
          other: `${format.number(count)} bons passages ont été laissés de côté faute de place.`,
        }),
      nothing: 'Rien n’a été trouvé.',
      asking: 'Chargement…',
      label: 'Ce qui a été trouvé',
      passage: 'Passage',
      words: 'Mots',
      meaning: 'Sens',
      reranker: 'Classement',
      score: 'Score',
      fate: 'Résultat',
      rank: (rank) => format.ordinal(rank),
      score2: (score) => format.number(score, 2),
      absent: '–',
      open: (name, place) => `Montrer ${name}, ${place}`,
      fates: { sent: 'transmis', joined: 'joint au précédent', room: 'plus de place', below: 'moins pertinent' },
    },
    scope: {
      label: (what) => `Documents utilisés : ${what}`,
      menu: 'Quels documents utiliser',
      documents: (count) =>
        format.plural(count, { zero: 'Aucun document', one: '1 document', other: `${format.number(count)} documents` }),
      none: 'Aucun document',
      all: 'Tous les documents de l’espace',
      choose: 'Choisir des documents…',
      strict: 'Documents seuls',
      strictHint: 'Ne répond que d’après les documents, ou dit ne pas pouvoir',
      strictNothing: 'Aucun document pour répondre',
      title: 'Choisir les documents à utiliser',
      lead: 'Les questions de cette conversation n’utilisent que ceux-ci. Les pièces jointes sont toujours utilisées.',
      search: 'Chercher par le nom',
      nothing: 'Aucun document de ce nom.',
      more: (count) =>
        format.plural(count, {
          one: 'Un de plus : tapez une partie de son nom.',
          other: `${format.number(count)} de plus : tapez une partie du nom.`,
        }),
      chosen: (count) =>
        format.plural(count, { zero: 'Aucun choisi', one: '1 choisi', other: `${format.number(count)} choisis` }),
      use: 'Utiliser ces documents',
      askNone: 'Choisissez-en au moins un.',
    },
    placeholder: (workspace) => `Interroger ${workspace}`,
    attach: {
      add: 'Joindre des fichiers',
      drop: 'Déposez les fichiers pour les joindre à cette conversation',
      list: 'Pièces jointes',
      sent: 'Joints à cette question',
      sending: (done, total) => `${done} copiés sur ${total}`,
      waiting: 'en attente de lecture',
      reading: 'lecture en cours',
      readingOf: (done, total) => `lecture, ${format.number(done)} sur ${format.number(total)}`,
      recognising: 'reconnaissance du texte',
      recognisingOf: (done, total) => `reconnaissance, ${format.number(done)} sur ${format.number(total)}`,
      ready: 'prêt',
      noText: 'aucun texte trouvé',
      recognise: 'Reconnaître le texte',
      recogniseNamed: (name) => `Reconnaître le texte : ${name}`,
      again: 'Réessayer',
      againNamed: (name) => `Réessayer : ${name}`,
      password: 'Mot de passe',
      passwordOf: (name) => `Mot de passe de ${name}`,
      unlock: 'Lire',
      remove: (name) => `Retirer ${name}`,
      dismiss: (name) => `Ignorer : ${name}`,
      refused: (name, why) => `${name} n’a pas été joint. ${why}`,
      wait: 'Vous pourrez envoyer dès que les pièces jointes seront lues.',
    },
    empty: {
      lead: (count, workspace) =>
        format.plural(count, {
          zero: `${workspace} n’a pas encore de documents.`,
          one: `Les réponses viennent du document de ${workspace} et indiquent où chaque point a été trouvé.`,
          other: `Les réponses viennent des ${format.number(count)} documents de ${workspace} et indiquent où chaque point a été trouvé.`,
        }),
      summarise: (name) => `Résume « ${name} » en cinq phrases.`,
      dates: (name) => `Quelles dates et échéances fixe « ${name} » ?`,
      people: (name) => `Qui est nommé dans « ${name} », et à quel titre ?`,
      compare: (name, other) => `Compare « ${name} » et « ${other} » : qu’est-ce qui diffère ?`,
      money: 'Quelles sommes sont dues, à qui et quand ?',
      one: 'Sur ce document seulement',
      list: 'En liste, chaque point avec sa source',
      two: 'Sur ces deux documents',
      all: (count) =>
        format.plural(count, {
          one: 'Dans le document',
          other: `Dans les ${format.number(count)} documents`,
        }),
    },
  }
}
