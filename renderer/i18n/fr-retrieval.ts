/** A workspace's questions, how well it finds its passages, and the free search, in French. */
import type { retrievalInEnglish } from './en-retrieval.ts'
import type { Format } from './format.ts'

/** Its sentences; numbers and plurals go through `format`. */
export function retrievalInFrench(format: Format): ReturnType<typeof retrievalInEnglish> {
  return {
    questions: {
      title: 'Test de cet espace',
      lead: 'Des questions dont vous connaissez la réponse, et où elle se trouve. Après chaque changement, elles montrent si les documents sont toujours aussi bien trouvés.',
      few: (count: number) =>
        format.plural(count, {
          one: `${format.number(count)} question. Les résultats sont parlants à partir de 10 ; 50 au plus.`,
          other: `${format.number(count)} questions. Les résultats sont parlants à partir de 10 ; 50 au plus.`,
        }),
      enough: (count: number) => `${format.number(count)} questions ; 50 au plus.`,
      emptyTitle: 'Pas encore de questions',
      add: 'Ajouter une question',
      edit: (question: string) => `Modifier « ${question} »`,
      remove: (question: string) => `Supprimer « ${question} »`,
      question: 'Question',
      document: 'Document attendu',
      documentHint: 'Tapez une partie de son nom, puis choisissez.',
      noDocument: 'Aucun document',
      forgetDocument: 'Aucun document particulier',
      gone: 'Un document retiré',
      words: 'Mots attendus',
      wordsHint: 'Séparés par des points-virgules ; chacun doit être dans le passage. Majuscules et accents ne comptent pas.',
      needs: 'Indiquez le document, ou des mots du passage, ou les deux.',
      missing: 'Saisissez la question.',
      save: 'Enregistrer',
      expects: (document: string) => `Dans ${document}`,
      expectsGone: 'Dans un document retiré',
      expectsWords: (words: string) => `Mots : ${words}`,
      run: 'Lancer',
      runAnswers: 'Lancer avec réponses',
      runAnswersNote: 'Avec réponses, le modèle de cet espace répond aussi à chaque question, ce qui prend du temps.',
      running: (done: number, total: number) => `${format.number(done)} questions sur ${format.number(total)}`,
      runningAnswers: (done: number, total: number) => `${format.number(done)} réponses sur ${format.number(total)}`,
      stop: 'Arrêter',
      foundAt: (rank: number) => `Trouvé, rang ${format.number(rank)}`,
      foundNotSent: (rank: number) => `Rang ${format.number(rank)}, non transmis`,
      given: 'Transmis au modèle',
      notFound: 'Pas parmi les 50 premiers',
      notRun: 'Pas encore lancée',
      answer: (part: number) => `Mots attendus : ${format.percent(part)}`,
      support: (part: number) => `Étayée : ${format.percent(part)}`,
      cited: 'Cite la bonne source',
      notCited: 'Ne cite pas la bonne source',
      waits: 'En pause pendant une réponse',
      table: 'Questions',
    },
    quality: {
      title: 'Qualité de recherche',
      run: 'Relancer',
      figure: (found: number, of: number) => `${format.number(found)} sur ${format.number(of)}`,
      what: 'questions dont le passage a été trouvé',
      scores: {
        rank: 'Rang moyen',
        answer: 'Mots attendus',
        cited: 'Bonne source citée',
        support: 'Phrases étayées',
        of: (count: number, all: number) => `${format.number(count)} sur ${format.number(all)}`,
      },
      today: 'aujourd’hui',
      reasons: {
        asked: '',
        model: 'nouveau modèle',
        embedder: 'nouveau modèle de recherche',
        reranker: 'nouveau modèle de classement',
        splitting: 'nouveaux passages',
      },
      chart: (count: number, first: string, last: string) =>
        format.plural(count, {
          one: `Questions dont le passage a été trouvé : ${last}.`,
          other: `Questions dont le passage a été trouvé en ${format.number(count)} essais : de ${first} à ${last}.`,
        }),
      misses: (count: number) => `Non trouvées (${format.number(count)})`,
      missesNone: 'Toutes ont été trouvées.',
      withoutText: 'Le passage est dans un fichier sans texte.',
      unread: 'Le document n’est pas encore lu.',
      notSent: (rank: number) => `Trouvé au rang ${format.number(rank)} ; seuls les meilleurs sont transmis.`,
      notFound: 'Pas parmi les 50 premiers passages.',
      gone: 'Le document attendu a été retiré.',
      openSearch: 'Ouvrir dans Recherche',
      openSearchFor: (question: string) => `Ouvrir dans Recherche : « ${question} »`,
      moreMisses: (count: number) =>
        format.plural(count, { one: `${format.number(count)} autre`, other: `${format.number(count)} autres` }),
      worse: 'Ce qui a baissé',
      worsened: {
        rank: (before: number, now: number | null) =>
          now === null
            ? `Était au rang ${format.number(before)}, n’est plus parmi les 50 premiers.`
            : `Était au rang ${format.number(before)}, maintenant au rang ${format.number(now)}.`,
        sent: 'Son passage n’est plus transmis.',
        answer: (before: number, now: number) =>
          `Mots attendus dans la réponse : ${format.percent(before)} avant, ${format.percent(now)} maintenant.`,
        cited: 'La réponse ne cite plus la bonne source.',
        support: (before: number, now: number) =>
          `Phrases étayées : ${format.percent(before)} avant, ${format.percent(now)} maintenant.`,
      },
      none: 'Pas encore mesurée',
      noneWhat:
        'Écrivez des questions dont vous connaissez la réponse. Après chaque changement, elles montrent si cet espace trouve bien ses passages.',
      toQuestions: 'Écrire des questions',
      notRun: 'Les questions n’ont pas encore été lancées.',
    },
    search: {
      lead: 'Cherche des passages comme le ferait une réponse, et montre leur rang selon chaque méthode.',
      query: 'Que chercher',
      placeholder: 'Préavis à la fin des trois premières années',
      do: 'Chercher',
      searching: 'Recherche…',
      filters: 'Où chercher',
      anyFolder: 'Tous les documents',
      folder: 'Dossier',
      document: 'Document',
      anyDocument: 'N’importe quel document',
      from: 'Modifié depuis le',
      to: 'Modifié jusqu’au',
      facts: (found: number, passages: number, ms: number) =>
        format.plural(found, {
          one: `${format.number(found)} passage sur ${format.number(passages)}, en ${format.number(ms)} ms.`,
          other: `${format.number(found)} passages sur ${format.number(passages)}, en ${format.number(ms)} ms.`,
        }),
      terms: (terms: string) => `Mots cherchés : ${terms}.`,
      nothing: 'Rien dans vos documents ne correspond.',
      nothingWhat: 'Essayez d’autres mots, ou cherchez dans tous les documents.',
      noDocuments: 'Il n’y a pas encore de documents ici.',
      embedding: (embedded: number, passages: number) =>
        `Passages indexés par le sens : ${format.number(embedded)} sur ${format.number(passages)} ; les autres sont trouvés par mots-clés.`,
      changing: (old: string, next: string) => `${next} remplace ${old}, utilisé jusque-là.`,
      by: (embedder: string) => `Par le sens avec ${embedder}.`,
      byBoth: (embedder: string, reranker: string) => `Par le sens avec ${embedder}, classés avec ${reranker}.`,
      table: 'Passages trouvés',
      passage: 'Passage',
      words: 'Mots',
      meaning: 'Sens',
      reranker: 'Classement',
      score: 'Score combiné',
      fate: 'Transmis',
      rank: (rank: number) => format.ordinal(rank),
      missed: '–',
      open: (name: string, place: string) => `Lire ${name}, ${place}`,
    },
  }
}
