/** French: the catalogue, downloads, and the door that they come through. */
import type { catalogueInEnglish, neighboursInEnglish, privacyInEnglish } from './en-catalogue.ts'
import type { Format } from './format.ts'

export function catalogueInFrench(format: Format): ReturnType<typeof catalogueInEnglish> {
  return {
    tabs: 'Modèles installés et catalogue',
    tabHere: 'Ici',
    tabCatalogue: 'Catalogue',
    search: 'Chercher dans le catalogue',
    fitting: 'Convient à cette machine',
    french: 'Français',
    reasons: 'Raisonne',
    sources: {
      built_in: (publisher, version, until) =>
        `Catalogue de ${publisher}, version ${format.number(version)}, fourni avec ce programme, valable jusqu’au ${until}`,
      publisher: (publisher, version, until) =>
        `Catalogue de ${publisher}, version ${format.number(version)}, valable jusqu’au ${until}`,
      organisation: (publisher, version, until) =>
        `Le catalogue de votre organisation : ${publisher}, version ${format.number(version)}, valable jusqu’au ${until}`,
    },
    signedBy: (name) => `signature vérifiée, clé « ${name} »`,
    expired: 'Sa validité est passée. Il fonctionne encore ; demandez-en un plus récent à son éditeur.',
    refusedTitle: 'Un catalogue n’a pas été pris',
    lastGood: 'Le dernier qui était bon reste en place.',
    checkNow: 'En chercher un plus récent',
    asking: 'Demande en cours…',
    takeFile: 'En prendre un dans un fichier…',
    forget: 'Revenir à celui de ce programme',
    ownTitle: 'Le catalogue de votre organisation',
    ownLead:
      'Votre organisation peut publier sa propre liste de modèles, signée de sa propre clé. Cette clé garantit aussi les lots et les fiches d’origine.',
    ownAddress: 'Adresse',
    addressHint: 'Interrogée quand Alambic est déverrouillé, et quand vous le demandez. Rien d’autre n’est interrogé.',
    wrongAddress: 'Une adresse commence par https:// et ne contient ni « ? » ni « # ».',
    keys: 'Clés publiques',
    keysHint: 'Une par ligne : un nom, puis la clé, telle que votre administrateur vous l’a donnée.',
    wrongKeys: 'L’une de ces lignes n’est pas une clé. Une clé a 44 caractères et finit par =.',
    mode: 'À côté du nôtre, ou à sa place',
    modes: { extend: 'À côté du nôtre', replace: 'À sa place' },
    nothing: 'Rien de tel dans le catalogue.',
    teacher: 'Enseignant',
    maker: 'Conçu par',
    noTeacher: 'Aucun enseignant n’est nommé.',
    fit: { fits: 'Convient', tight: 'Juste', too_big: 'Trop grand' },
    size: (size, exact) => (exact ? size : `Environ ${size}`),
    context: (tokens) => `${format.number(tokens)} jetons de contexte`,
    needs: (needed, free) => `demande environ ${needed} de mémoire, ${free} sont libres`,
    wouldNeed: (needed, free) => `Demande ${needed} de mémoire, ${free} sont libres.`,
    here: 'Ici, vérifié',
    noFile: 'Aucun fichier connu',
    onItsWay: {
      running: 'En téléchargement',
      waiting: 'Attend le réseau',
      checking: 'En vérification',
      paused: 'En pause',
      failed: 'Arrêté',
    },
    download: 'Télécharger',
    downloadName: (name) => `Télécharger ${name}`,
    downloadOf: (name) => `Téléchargement de ${name}`,
    from: (host) => `depuis ${host}`,
    done: (done, total) => `${done} sur ${total}`,
    running: (done) => `${done}.`,
    runningLeft: (done, speed, left) => `${done}, ${speed}/s, encore ${left} environ.`,
    waiting: (done) => `${done}. Le réseau est absent ; la suite viendra d’elle-même.`,
    paused: (done) => `${done}. En pause ; ce qui est arrivé reste.`,
    stopped: (done) => `${done}. Ce qui est arrivé reste.`,
    checking: 'Tout est arrivé. Vérification avec le catalogue…',
    pause: 'Pause',
    resume: 'Reprendre',
    tryNow: 'Essayer maintenant',
    cancel: (name) => `Arrêter le téléchargement de ${name} et supprimer ce qui est arrivé`,
    askTitle: (name) => `Télécharger ${name} ?`,
    askWhat: (size, host) =>
      `${size} depuis ${host}. Alambic se connecte à ce serveur et à ses serveurs de fichiers seulement, jusqu’à l’arrivée du fichier. Rien de ce qui est à vous n’est envoyé. Le fichier ne devient un modèle que s’il est exactement celui qui a été publié.`,
    askTight: (needed, free) =>
      `Ce sera juste : il demande environ ${needed} de mémoire, et ${free} sont libres. D’autres programmes peuvent ralentir.`,
    askBig: (needed, free) =>
      `Il est trop grand pour cette machine telle qu’elle est : il demande environ ${needed} de mémoire, et ${free} sont libres.`,
    licence: (licence) => `Licence ${licence}.`,
    duties: {
      built_with_llama: 'Qui propose quelque chose fait avec lui doit indiquer « Built with Llama ».',
      llama_prefix: 'Le nom d’un modèle fait à partir de lui doit commencer par « Llama ».',
      notice: 'Qui le transmet transmet aussi la licence et sa mention.',
      acceptable_use: 'Son éditeur interdit certains usages ; ils figurent dans ses conditions d’utilisation.',
      no_commercial: 'Il ne peut pas être utilisé à des fins commerciales.',
    },
    builtWithLlama: 'Built with Llama',
  }
}

export const neighboursInFrench: typeof neighboursInEnglish = {
  title: 'D’autres programmes de cet ordinateur',
  lead: 'LM Studio, Jan, Ollama, GPT4All et les outils de Hugging Face ont peut-être déjà téléchargé des modèles.',
  look: 'Les chercher',
  lookAgain: 'Chercher à nouveau',
  looking: 'Recherche…',
  none: 'Aucun autre modèle n’a été trouvé là où ces programmes gardent les leurs.',
  note: 'Utilisé là où il est, un modèle ne prend pas plus de place, mais son programme peut le changer ou le supprimer. Une copie appartient à Alambic. Dans les deux cas il est d’abord vérifié.',
  facts: (size, quantisation, architecture) => `${size}, ${quantisation}, ${architecture}`,
  use: 'Utiliser sur place',
  useName: (name) => `Utiliser sur place : ${name}`,
  copy: 'Copier',
  copyName: (name) => `Copier ${name}`,
  inPlace: 'Fichier d’un autre programme',
  removeWhat:
    'Seule l’entrée est retirée. Le fichier appartient à un autre programme et reste où il est. Vos conversations restent.',
}

export function privacyInFrench(format: Format): ReturnType<typeof privacyInEnglish> {
  return {
    lead: 'Alambic est hors ligne tant que vous ne lui demandez pas de récupérer quelque chose ; il ne se connecte alors qu’aux serveurs que vous avez autorisés.',
    ledger: 'Journal des connexions',
    noEntries: 'Alambic ne s’est jamais connecté.',
    allowed: 'Serveurs autorisés',
    noneAllowed: 'Aucun pour l’instant. La question vous est posée la première fois qu’un serveur est nécessaire.',
    given: 'Autorisé',
    byPolicy: 'Par votre organisation',
    untilLock: (when) => `${when}, jusqu’au verrouillage`,
    withdraw: 'Révoquer',
    withdrawFrom: (host) => `Révoquer : ${host}`,
    action: 'Action',
    via: (proxy) => `par ${proxy}`,
    when: 'Quand',
    host: 'Serveur',
    purpose: 'Pour quoi',
    outcome: 'Résultat',
    received: 'Reçu',
    purposes: {
      model_download: 'Téléchargement de modèles',
      catalogue: 'Le catalogue de l’organisation',
      teacher: 'Modèle enseignant',
      proxy: 'Proxy',
      link: 'Lien ouvert',
    },
    outcomes: { open: 'En cours', passed: 'Autorisé', refused: 'Refusé', failed: 'Interrompu' },
    count: (shown, total) =>
      shown === total
        ? format.plural(total, { one: 'Une tentative.', other: `${format.number(total)} tentatives.` })
        : `Les ${format.number(shown)} dernières sur ${format.number(total)} tentatives.`,
    ways: 'Où et comment',
    hub: 'Serveur de modèles',
    hubHint: 'Le dépôt public, ou son miroir dans votre organisation. Adresses chiffrées seulement (https).',
    wrongHub: 'Il faut une adresse qui commence par https://, sans « ? » ni « # ».',
    proxy: 'Proxy',
    proxyHint: 'Vide : comme le dit l’environnement de cet ordinateur.',
    wrongProxy: 'Il faut une adresse qui commence par http:// ou https://, ou rien.',
    certificates: 'Autres autorités de certification',
    certificatesHint: 'Texte PEM, pour des serveurs de votre organisation. Celles de cet ordinateur sont déjà reconnues.',
    certificatesFile: 'Ajouter depuis un fichier…',
    wrongCertificates: 'Ce texte ne commence pas comme un certificat PEM.',
    save: 'Enregistrer',
    saved: 'Enregistré',
  }
}
