/** A workspace's questions, how well it finds its passages, and the free search, in French. */
import type { retrievalInEnglish } from './en-retrieval.ts'
import type { Format } from './format.ts'

/** Its sentences; numbers and plurals go through `format`. */
export function retrievalInFrench(format: Format): ReturnType<typeof retrievalInEnglish> {
  return {
    questions: {
      title: 'Le test de cet espace',
      lead: 'Des questions dont vous connaissez la réponse, et l’endroit où elle se trouve. Après chaque changement, elles disent si les documents sont trouvés aussi bien qu’avant.',
      few: (count: number) =>
        format.plural(count, {
          one: `${format.number(count)} question. À partir de 10, les chiffres commencent à dire quelque chose ; 50 est le maximum.`,
          other: `${format.number(count)} questions. À partir de 10, les chiffres commencent à dire quelque chose ; 50 est le maximum.`,
        }),
      enough: (count: number) => `${format.number(count)} questions sur 50 au plus.`,
      emptyTitle: 'Pas encore de questions',
      add: 'Ajouter une question',
      edit: (question: string) => `Modifier « ${question} »`,
      remove: (question: string) => `Supprimer « ${question} »`,
      question: 'Question',
      document: 'Document attendu',
      documentHint: 'Tapez une partie de son nom, puis choisissez.',
      noDocument: 'Aucun document',
      forgetDocument: 'N’attendre aucun document particulier',
      gone: 'Un document disparu',
      words: 'Mots attendus',
      wordsHint: 'Séparés par des points-virgules ; chacun doit figurer dans le passage. Majuscules et accents ne comptent pas.',
      needs: 'Indiquez le document, ou des mots du passage, ou les deux.',
      missing: 'Saisissez la question.',
      save: 'Enregistrer',
      expects: (document: string) => `Dans ${document}`,
      expectsGone: 'Dans un document disparu',
      expectsWords: (words: string) => `Mots : ${words}`,
      run: 'Lancer',
      runAnswers: 'Lancer avec réponses',
      runAnswersNote: 'Avec réponses, l’élève de cet espace rédige aussi chacune d’elles : cela prend du temps.',
      running: (done: number, total: number) => `${format.number(done)} questions sur ${format.number(total)}`,
      runningAnswers: (done: number, total: number) => `${format.number(done)} réponses sur ${format.number(total)}`,
      stop: 'Arrêter',
      foundAt: (rank: number) => `Trouvé, place ${format.number(rank)}`,
      foundNotSent: (rank: number) => `Place ${format.number(rank)}, non envoyé`,
      given: 'Donné au modèle',
      notFound: 'Pas parmi les 50 premiers',
      notRun: 'Pas encore lancée',
      answer: (part: number) => `Mots attendus ${format.percent(part)}`,
      support: (part: number) => `Étayée à ${format.percent(part)}`,
      cited: 'Cite la bonne source',
      notCited: 'Ne cite pas la bonne source',
      waits: 'Attend la fin d’une réponse',
      table: 'Questions',
    },
    quality: {
      title: 'Qualité de recherche',
      run: 'Relancer',
      figure: (found: number, of: number) => `${format.number(found)} sur ${format.number(of)}`,
      what: 'questions ont trouvé le bon passage',
      scores: {
        rank: 'Place moyenne',
        answer: 'Mots attendus',
        cited: 'Bonne source citée',
        support: 'Phrases étayées',
        of: (count: number, all: number) => `${format.number(count)} sur ${format.number(all)}`,
      },
      today: 'aujourd’hui',
      reasons: { asked: '', model: 'élève', embedder: 'encodeur', reranker: 'reclasseur', splitting: 'découpage' },
      chart: (count: number, first: string, last: string) =>
        format.plural(count, {
          one: `Questions qui ont trouvé le bon passage : ${last}.`,
          other: `Questions qui ont trouvé le bon passage en ${format.number(count)} essais : de ${first} à ${last}.`,
        }),
      misses: (count: number) =>
        format.plural(count, {
          one: 'Celle qui échoue',
          other: count === 2 ? 'Les deux qui échouent' : `Les ${format.number(count)} qui échouent`,
        }),
      missesNone: 'Aucune n’échoue.',
      withoutText: 'Le passage est dans un fichier sans texte.',
      unread: 'Le document n’est pas encore lu.',
      notSent: (rank: number) => `Trouvé à la place ${format.number(rank)} ; seuls les meilleurs sont envoyés.`,
      notFound: 'Pas parmi les 50 premiers passages.',
      gone: 'Le document attendu a disparu.',
      openSearch: 'Ouvrir dans Recherche',
      openSearchFor: (question: string) => `Ouvrir dans Recherche : « ${question} »`,
      moreMisses: (count: number) =>
        format.plural(count, { one: `Encore ${format.number(count)}`, other: `Encore ${format.number(count)}` }),
      worse: 'Ce qui a baissé',
      worsened: {
        rank: (before: number, now: number | null) =>
          now === null
            ? `Était à la place ${format.number(before)}, n’est plus parmi les 50 premiers.`
            : `Était à la place ${format.number(before)}, est à la ${format.number(now)}.`,
        sent: 'Son passage n’est plus envoyé.',
        answer: (before: number, now: number) =>
          `Mots attendus dans la réponse : ${format.percent(before)} avant, ${format.percent(now)} maintenant.`,
        cited: 'La réponse ne cite plus la bonne source.',
        support: (before: number, now: number) =>
          `Phrases étayées : ${format.percent(before)} avant, ${format.percent(now)} maintenant.`,
      },
      none: 'Pas encore mesurée',
      noneWhat:
        'Écrivez des questions dont vous connaissez la réponse. Elles montrent, après chaque changement, si cet espace trouve ses passages.',
      toQuestions: 'Écrire des questions',
      notRun: 'Les questions n’ont pas encore été lancées.',
    },
    search: {
      lead: 'Cherche des passages comme le ferait une réponse, et montre ce que chaque façon de chercher en a pensé.',
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
      terms: (terms: string) => `Cherché, par leurs radicaux : ${terms}.`,
      nothing: 'Rien dans vos documents n’y répond.',
      nothingWhat: 'Essayez d’autres mots, ou cherchez dans tous les documents.',
      noDocuments: 'Il n’y a pas encore de documents ici.',
      embedding: (embedded: number, passages: number) =>
        `Le sens est connu de ${format.number(embedded)} passages sur ${format.number(passages)} ; les autres sont trouvés par leurs mots.`,
      changing: (old: string, next: string) => `${next} prend la place de ${old}, dont l’index sert jusque-là.`,
      by: (embedder: string) => `Sens par ${embedder}.`,
      byBoth: (embedder: string, reranker: string) => `Sens par ${embedder}, ordre par ${reranker}.`,
      table: 'Passages trouvés',
      passage: 'Passage',
      words: 'Mots',
      meaning: 'Sens',
      reranker: 'Reclasseur',
      score: 'Ensemble',
      fate: 'Envoyé',
      rank: (rank: number) => `${format.number(rank)}.`,
      missed: '–',
      open: (name: string, place: string) => `Lire ${name}, ${place}`,
    },
  }
}
