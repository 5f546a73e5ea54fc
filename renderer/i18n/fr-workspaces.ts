/** Workspaces in French: their list, documents, instructions, and what is done with a whole one. */
import type { workspacesInEnglish } from './en-workspaces.ts'
import { retrievalInFrench } from './fr-retrieval.ts'
import type { Format } from './format.ts'

/** Its sentences; numbers and plurals go through `format`. */
export function workspacesInFrench(format: Format): ReturnType<typeof workspacesInEnglish> {
  return {
    title: 'Espaces de travail',
    all: 'Tous les espaces de travail',
    choose: 'Choisir un espace de travail',
    list: {
      hide: 'Masquer la liste',
      show: 'Afficher la liste',
      search: 'Rechercher',
      nothing: 'Aucun espace de travail de ce nom.',
      add: 'Ajouter un espace de travail',
      make: 'Nouvel espace de travail',
      import: 'Importer un espace de travail…',
      name: 'Nom',
      namePlaceholder: 'Nom du nouvel espace',
      making: 'Création…',
      archived: (count: number) => `Archivés (${format.number(count)})`,
      actions: (name: string) => `Actions pour « ${name} »`,
      rename: 'Renommer',
      archive: 'Archiver',
      restore: 'Rouvrir',
      export: 'Exporter…',
      erase: 'Effacer définitivement…',
      encrypted: 'Chiffrés sur cet ordinateur',
    },
    head: {
      facts: (documents: number, passages: number, size: string) =>
        `${format.plural(documents, { one: `${format.number(documents)} document`, other: `${format.number(documents)} documents` })}, ${format.plural(passages, { one: `${format.number(passages)} passage`, other: `${format.number(passages)} passages` })}, ${size}.`,
      closedFacts: (documents: number, size: string) =>
        format.plural(documents, {
          one: `${format.number(documents)} document, ${size}.`,
          other: `${format.number(documents)} documents, ${size}.`,
        }),
      empty: 'Pas encore de documents.',
      usedToday: (clock: string) => `Utilisé aujourd’hui à ${clock}.`,
      usedYesterday: (clock: string) => `Utilisé hier à ${clock}.`,
      usedOn: (day: string) => `Utilisé le ${day}.`,
      student: 'Modèle utilisé ici',
      studentIs: (name: string) => `${name} répond ici. Choisir un autre modèle.`,
      usualStudent: (name: string) => `Le modèle habituel (${name})`,
      noStudent: 'Aucun modèle',
      ask: 'Interroger cet espace',
      archived: 'Archivé : masqué et exclu des recherches.',
      tabs: 'Parties de l’espace de travail',
    },
    tabs: { documents: 'Documents', instructions: 'Consignes', questions: 'Questions', search: 'Recherche' },
    documents: {
      table: 'Documents',
      add: 'Ajouter des fichiers',
      watch: 'Surveiller un dossier',
      show: 'Afficher',
      all: 'Tous',
      ready: 'Prêts',
      readyCount: (count: number) => `Prêts ${format.number(count)}`,
      needYou: 'À traiter',
      needYouCount: (count: number) => `À traiter ${format.number(count)}`,
      find: 'Chercher un nom',
      name: 'Nom',
      pages: 'Pages',
      passages: 'Passages',
      status: 'État',
      sort: 'Ordre des documents',
      sorts: { newest: 'Nom, les plus récents d’abord', name: 'Nom, de A à Z', size: 'Nom, les plus gros d’abord' },
      choose: { newest: 'Les plus récents d’abord', name: 'Par nom', size: 'Les plus gros d’abord' },
      sheets: (count: number) =>
        format.plural(count, { one: `${format.number(count)} feuille`, other: `${format.number(count)} feuilles` }),
      slides: (count: number) =>
        format.plural(count, { one: `${format.number(count)} diapo`, other: `${format.number(count)} diapos` }),
      sections: (count: number) =>
        format.plural(count, { one: `${format.number(count)} partie`, other: `${format.number(count)} parties` }),
      none: '–',
      select: (name: string) => `Sélectionner ${name}`,
      selectAll: 'Tout sélectionner',
      selected: (count: number) =>
        format.plural(count, { one: `${format.number(count)} sélectionné`, other: `${format.number(count)} sélectionnés` }),
      removeSelected: 'Retirer',
      clearSelection: 'Tout désélectionner',
      removeTitle: (count: number) =>
        format.plural(count, {
          one: 'Retirer ce document ?',
          other: `Retirer ${format.number(count)} documents ?`,
        }),
      removeWhat:
        'Ils sont retirés de l’espace et de son index. Les fichiers d’origine restent où ils sont. Les réponses qui les citent gardent leurs passages.',
      emptyTitle: 'Pas encore de documents',
      emptyLead:
        'Ajoutez des fichiers, ou déposez-les n’importe où ici. Ils sont copiés dans le fichier chiffré de cet espace ; les originaux restent où ils sont.',
      emptyFormats:
        'PDF, Word, PowerPoint, Excel, OpenDocument, RTF, EPUB, pages web, e-mails, calendriers, fiches de contact, Markdown, CSV, JSON, XML et texte. Les scans aussi : leur texte peut être reconnu.',
      noneReady: 'Aucun document n’est encore prêt.',
      noneNeedYou: 'Aucun document à traiter.',
      noneNamed: (name: string) => `Aucun document avec « ${name} » dans son nom.`,
      drop: 'Déposez les fichiers pour les ajouter',
      pasted: (moment: string) => `Texte collé, ${moment}`,
      pastedDone: 'Le texte collé est maintenant un document.',
      sending: (name: string, number: number, of: number) =>
        `Copie de ${name}, ${format.number(number)} sur ${format.number(of)}`,
      stopSending: 'Arrêter',
      refused: (name: string, others: number) =>
        others === 0
          ? `${name} n’a pas été ajouté.`
          : format.plural(others, {
              one: `${name} et un autre fichier n’ont pas été ajoutés.`,
              other: `${name} et ${format.number(others)} autres fichiers n’ont pas été ajoutés.`,
            }),
      again: 'Réessayer',
      read: (name: string) => `Lire ${name}`,
      open: 'Lire le texte',
    },
    work: {
      reading: (count: number) =>
        format.plural(count, {
          one: `${format.number(count)} document en cours de lecture`,
          other: `${format.number(count)} documents en cours de lecture`,
        }),
      left: (duration: string) => `encore ${duration} environ`,
      paused: (count: number) =>
        count === 0
          ? 'En pause : les nouveaux fichiers attendent la reprise.'
          : format.plural(count, {
              one: `En pause. ${format.number(count)} document attend.`,
              other: `En pause. ${format.number(count)} documents attendent.`,
            }),
      givesWay: 'En pause pendant une réponse.',
      searchable: 'Vous pouvez déjà chercher dans ce qui est lu.',
      pause: 'Pause',
      resume: 'Reprendre',
      done: 'Tous les documents sont lus.',
      said: (working: number, needYou: number) =>
        `Encore à lire : ${format.number(working)}. À traiter : ${format.number(needYou)}.`,
    },
    status: {
      waiting: 'En attente',
      reading: 'Lecture',
      readingAt: (fraction: number) => `Lecture, ${format.percent(fraction)}`,
      recognising: 'Reconnaissance',
      recognisingAt: (fraction: number) => `Reconnaissance, ${format.percent(fraction)}`,
      embedding: (fraction: number) => `Indexation, ${format.percent(fraction)}`,
      of: (done: number, total: number) => `${format.number(done)} sur ${format.number(total)}`,
      ready: 'Prêt',
      recognised: (confidence: number) => `fiabilité ${format.percent(confidence)}`,
      pictures: (pages: number) =>
        format.plural(pages, {
          one: `${format.number(pages)} page est une image`,
          other: `${format.number(pages)} pages sont des images`,
        }),
      partly: 'Prêt en partie',
      noText: 'Aucun texte trouvé',
      failed: 'Échec',
      failedFor: {
        document_encrypted: 'Mot de passe requis',
        document_wrong_password: 'Mot de passe incorrect',
        document_protected: 'Fichier protégé',
        document_broken: 'Fichier endommagé',
        document_empty: 'Fichier vide',
        document_unknown_format: 'Format inconnu',
        document_too_big: 'Fichier trop gros',
        document_gone: 'Fichier introuvable',
        reader_died: 'Le lecteur s’est arrêté',
        reader_hung: 'Lecture trop longue',
        file_unreadable: 'Fichier illisible',
        disk_full: 'Disque plein',
      },
      runOcr: 'Reconnaître le texte',
      runOcrOn: (name: string) => `Reconnaître le texte : ${name}`,
      enter: 'Saisir le mot de passe',
      enterFor: (name: string) => `Saisir le mot de passe : ${name}`,
      why: 'Pourquoi',
      whyNot: (name: string) => `Pourquoi ${name} n’a pas été lu`,
      again: 'Relire',
    },
    folder: {
      state: (newToday: number) =>
        newToday === 0
          ? 'surveillé'
          : format.plural(newToday, {
              one: `surveillé, ${format.number(newToday)} nouveau aujourd’hui`,
              other: `surveillé, ${format.number(newToday)} nouveaux aujourd’hui`,
            }),
      missing: 'introuvable',
      about: (name: string) => `Le dossier surveillé ${name}`,
      what: (count: number) => `Les fichiers lisibles de ce dossier sont ajoutés automatiquement (${format.number(count)}).`,
      missingWhat: 'Ce dossier est introuvable ou illisible. Ses documents restent, et la surveillance reprendra à son retour.',
      keep: 'Ne plus surveiller, garder les documents',
      remove: 'Ne plus surveiller, retirer les documents',
      title: 'Surveiller un dossier',
      lead: 'Ses fichiers lisibles sont ajoutés automatiquement, puis tenus à jour s’ils sont modifiés, renommés ou supprimés.',
      folders: 'Dossiers',
      none: 'Alambic a été lancé sans dossier à surveiller. Lancez-le avec --folder et le chemin du dossier.',
      do: 'Surveiller',
    },
    ocr: {
      title: (count: number) =>
        format.plural(count, {
          one: 'Reconnaître le texte',
          other: `Reconnaître le texte de ${format.number(count)} documents`,
        }),
      lead: 'Les pages qui sont des images sont converties en texte sur cet ordinateur. Comptez quelques secondes par page ; le plus utile est de bien choisir la langue.',
      languages: 'Langues du document',
      add: 'Ajouter une langue…',
      wrong: 'Choisissez une à quatre langues.',
      do: 'Reconnaître le texte',
    },
    password: {
      title: (name: string) => `Mot de passe de ${name}`,
      lead: 'Il sert une seule fois, à lire le fichier, et n’est pas conservé.',
      label: 'Mot de passe',
      show: 'Afficher le mot de passe',
      hide: 'Masquer le mot de passe',
      missing: 'Saisissez le mot de passe.',
      do: 'Lire le fichier',
    },
    reader: {
      label: 'Texte du document',
      close: 'Fermer le texte',
      loading: 'Chargement du texte…',
      empty: 'Il ne contient pas de texte.',
      more: 'Lire la suite',
      table: 'Tableau',
    },
    instructions: {
      label: 'Consignes',
      hint: 'Transmises au modèle avant la première question : qui pose la question, comment répondre, à quoi faire attention.',
      placeholder: 'Répondre dans la langue de la question. Nommer la clause. Montants hors taxes.',
      save: 'Enregistrer',
      saving: 'Enregistrement…',
      saved: 'Enregistré',
      changed: 'Pas encore enregistré',
      tooLong: (count: number) => `Au plus 20 000 caractères ; il y en a ${format.number(count)}.`,
      student: 'Modèle utilisé ici',
      studentNote: 'Sauf si une conversation utilise un autre modèle.',
      strict: 'Documents seuls',
      strictNote: 'Les nouvelles conversations ne répondent que d’après les documents.',
      on: 'Oui',
      off: 'Non',
    },
    ...retrievalInFrench(format),
    erase: {
      title: (name: string) => `Effacer définitivement « ${name} » ?`,
      what: (documents: number) =>
        format.plural(documents, {
          zero: 'Ses conversations, ses consignes, ses questions et son index sont effacés, et sa clé est détruite. Personne ne pourra les récupérer, même avec une sauvegarde ou une copie du fichier.',
          one: 'Son document, ses conversations, ses consignes, ses questions et son index sont effacés, et sa clé est détruite. Personne ne pourra les récupérer, même avec une sauvegarde ou une copie du fichier. L’original du document reste où il est.',
          other: `Ses ${format.number(documents)} documents, ses conversations, ses consignes, ses questions et son index sont effacés, et sa clé est détruite. Personne ne pourra les récupérer, même avec une sauvegarde ou une copie du fichier. Les originaux des documents restent où ils sont.`,
        }),
      personal: 'Personnel est vidé, pas supprimé.',
      exportFirst: 'Exportez-le d’abord si quelqu’un peut en avoir besoin.',
      type: (name: string) => `Tapez ${name} pour confirmer`,
      differs: 'Le nom ne correspond pas.',
      do: 'Effacer définitivement',
      doing: 'Effacement…',
    },
    export: {
      title: (name: string) => `Exporter « ${name} »`,
      lead: 'Un fichier chiffré avec ses documents, ses conversations, ses questions et son index, pour un autre Alambic. Seule cette phrase secrète l’ouvre.',
      folder: 'Dossier',
      none: 'Alambic a été lancé sans dossier où écrire. Lancez-le avec --folder et le chemin du dossier.',
      passphrase: 'Phrase secrète du fichier',
      warning: 'Personne ne peut retrouver une phrase secrète oubliée. Sans elle, le fichier reste illisible pour toujours.',
      do: 'Exporter',
      pick: 'Choisir un dossier et exporter',
      doing: 'Export en cours…',
      stop: 'Arrêter',
      done: (name: string, size: string) => `Exporté : ${name}, ${size}.`,
      close: 'Fermer',
    },
    import: {
      title: 'Importer un espace de travail',
      lead: 'Un fichier qu’un autre Alambic a exporté. Il devient un espace à part, avec une nouvelle clé ; rien n’est remplacé ici.',
      choose: 'Choisir le fichier',
      chooseNote: 'Son nom se termine par .alambic.',
      chosen: 'Saisissez la phrase secrète choisie à l’export.',
      passphrase: 'Phrase secrète du fichier',
      missing: 'Saisissez la phrase secrète.',
      sending: (fraction: number) => `Copie, ${format.percent(fraction)}`,
      do: 'Importer',
      doing: 'Import en cours…',
      stop: 'Arrêter',
    },
    empty: {
      title: (name: string) => `Interroger ${name}`,
      none: 'Cet espace n’a pas encore de documents. Vous pouvez quand même poser une question, ou en ajouter d’abord.',
      add: 'Ajouter des documents',
    },
    palette: {
      workspaces: 'Espaces de travail',
      ask: (name: string) => `Interroger ${name}`,
      addFiles: 'Ajouter des fichiers à cet espace…',
      import: 'Importer un espace de travail…',
      search: 'Chercher dans les documents de cet espace',
    },
  }
}
