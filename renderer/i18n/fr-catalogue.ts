/** French: the catalogue, downloads, and the door that they come through. */
import type { catalogueInEnglish, neighboursInEnglish, privacyInEnglish } from './en-catalogue.ts'
import type { Format } from './format.ts'

export function catalogueInFrench(format: Format): ReturnType<typeof catalogueInEnglish> {
  return {
    tabs: 'Modèles installés et catalogue',
    tabHere: 'Installés',
    tabCatalogue: 'Catalogue',
    search: 'Chercher dans le catalogue',
    fitting: 'Convient à cet ordinateur',
    recent: 'Nouveau',
    language: 'Langue',
    anyLanguage: 'Toutes les langues',
    licenceFilter: 'Licence',
    anyLicence: 'Toutes les licences',
    recommended: (name) => `Conseillé pour cet ordinateur : ${name}.`,
    recommendedWhy: {
      card: 'Il est récent, parle français, et c’est le plus grand qui tient ici en mémoire.',
      processor: 'Il est récent, parle français, tient ici en mémoire et reste assez léger pour se passer de carte graphique.',
    },
    chosenAlready: 'Déjà choisi',
    quantisedBy: (quantisation, by) => `${quantisation} par ${by}`,
    reasons: 'Raisonnement',
    sources: {
      built_in: (publisher, version, until) =>
        `Catalogue de ${publisher}, version ${format.number(version)}, fourni avec Alambic, valable jusqu’au ${until}`,
      publisher: (publisher, version, until) =>
        `Catalogue de ${publisher}, version ${format.number(version)}, valable jusqu’au ${until}`,
      organisation: (publisher, version, until) =>
        `Le catalogue de votre organisation : ${publisher}, version ${format.number(version)}, valable jusqu’au ${until}`,
    },
    signedBy: (name) => `signature vérifiée, clé « ${name} »`,
    expired: 'Expiré, mais utilisable.',
    refusedTitle: 'Un catalogue a été refusé',
    lastGood: 'Le précédent reste utilisé.',
    checkNow: 'Chercher une version plus récente',
    asking: 'Recherche…',
    takeFile: 'Charger depuis un fichier…',
    forget: 'Revenir à celui d’Alambic',
    ownTitle: 'Le catalogue de votre organisation',
    ownLead:
      'Votre organisation peut publier sa propre liste de modèles, signée avec sa propre clé. Les lots et les fiches de modèles signés avec cette clé sont aussi acceptés.',
    ownAddress: 'Adresse',
    addressHint: 'Contactée quand vous déverrouillez Alambic ou le demandez. Aucune autre adresse n’est contactée.',
    wrongAddress: 'L’adresse doit commencer par https:// et ne contenir ni « ? » ni « # ».',
    keys: 'Clés publiques',
    keysHint: 'Une par ligne : un nom, puis la clé que votre administrateur vous a donnée.',
    wrongKeys: 'L’une de ces lignes n’est pas une clé. Une clé a 44 caractères et se termine par =.',
    mode: 'Comment l’utiliser',
    modes: { extend: 'Avec celui d’Alambic', replace: 'À la place de celui d’Alambic' },
    nothing: 'Aucun modèle correspondant.',
    teacher: 'Enseignant',
    maker: 'Conçu par',
    noTeacher: 'Aucun enseignant indiqué.',
    fit: { fits: 'Convient', tight: 'Limite', too_big: 'Trop gros' },
    size: (size, exact) => (exact ? size : `Environ ${size}`),
    context: (tokens) => `${format.number(tokens)} jetons de contexte`,
    needs: (needed, free) => `demande environ ${needed} de mémoire ; ${free} sont libres`,
    wouldNeed: (needed, free) => `Demande ${needed} de mémoire ; ${free} sont libres.`,
    here: 'Installé et vérifié',
    noFile: 'Aucun fichier disponible',
    onItsWay: {
      running: 'Téléchargement',
      waiting: 'En attente du réseau',
      checking: 'Vérification',
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
    waiting: (done) => `${done}. Pas de réseau : le téléchargement reprendra tout seul.`,
    paused: (done) => `${done}. En pause ; ce qui est téléchargé est gardé.`,
    stopped: (done) => `${done}. Ce qui est téléchargé est gardé.`,
    checking: 'Téléchargé. Vérification d’après le catalogue…',
    pause: 'Pause',
    resume: 'Reprendre',
    tryNow: 'Réessayer maintenant',
    cancel: (name) => `Arrêter le téléchargement de ${name} et supprimer le fichier partiel`,
    askTitle: (name) => `Télécharger ${name} ?`,
    askWhat: (size, host) =>
      `${size} depuis ${host}. Alambic ne se connecte qu’à ce serveur et à ses serveurs de fichiers, le temps de ce téléchargement. Aucune de vos données n’est envoyée. Le fichier n’est accepté que s’il est exactement celui qui a été publié.`,
    askTight: (needed, free) =>
      `Ce sera limite : il demande environ ${needed} de mémoire, et ${free} sont libres. D’autres programmes peuvent ralentir.`,
    askBig: (needed, free) =>
      `Trop gros pour cet ordinateur en ce moment : il demande environ ${needed} de mémoire, et ${free} sont libres.`,
    licence: (licence) => `Licence ${licence}.`,
    duties: {
      built_with_llama: 'Ce que vous proposez et qui est fait avec lui doit indiquer « Built with Llama ».',
      llama_prefix: 'Le nom d’un modèle tiré de celui-ci doit commencer par « Llama ».',
      notice: 'Si vous le transmettez, joignez-y la licence et sa mention.',
      acceptable_use: 'Son éditeur interdit certains usages : voir ses conditions d’utilisation.',
      no_commercial: 'Pas d’usage commercial.',
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
  note: 'Utilisé sur place, un modèle ne prend pas plus d’espace, mais son programme peut le modifier ou le supprimer. Une copie appartient à Alambic. Dans les deux cas, il est d’abord vérifié.',
  facts: (size, quantisation, architecture) => `${size}, ${quantisation}, ${architecture}`,
  use: 'Utiliser sur place',
  useName: (name) => `Utiliser sur place : ${name}`,
  copy: 'Copier',
  copyName: (name) => `Copier ${name}`,
  inPlace: 'Fichier d’un autre programme',
  removeWhat:
    'Seule cette entrée est retirée. Le fichier appartient à un autre programme et reste où il est. Vos conversations restent.',
}

export function privacyInFrench(format: Format): ReturnType<typeof privacyInEnglish> {
  return {
    lead: 'Alambic est hors ligne tant que vous ne lui demandez pas de télécharger quelque chose. Il ne se connecte alors qu’aux serveurs que vous avez autorisés.',
    ledger: 'Journal des connexions',
    noEntries: 'Alambic ne s’est jamais connecté.',
    allowed: 'Serveurs autorisés',
    noneAllowed: 'Aucun pour l’instant. Alambic vous pose la question la première fois qu’il a besoin d’un serveur.',
    given: 'Autorisé',
    byPolicy: 'Par votre organisation',
    untilLock: (when) => `${when}, jusqu’au verrouillage`,
    withdraw: 'Retirer',
    withdrawFrom: (host) => `Retirer : ${host}`,
    action: 'Action',
    via: (proxy) => `via ${proxy}`,
    when: 'Quand',
    host: 'Serveur',
    purpose: 'Motif',
    outcome: 'Résultat',
    received: 'Reçu',
    purposes: {
      model_download: 'Téléchargement de modèles',
      catalogue: 'Catalogue de votre organisation',
      teacher: 'Modèle enseignant',
      proxy: 'Proxy',
      link: 'Lien ouvert',
    },
    outcomes: { open: 'En cours', passed: 'Autorisé', refused: 'Refusé', failed: 'Interrompu' },
    audit: {
      title: 'Journal d’audit',
      lead: 'Qui a déverrouillé, exporté, effacé ou modifié quoi, sans un mot de vous. Votre organisation peut vérifier un export ailleurs.',
      verifying: 'Vérification…',
      standing: (entries) => ({
        unverified: format.plural(entries, {
          one: `${format.number(entries)} entrée`,
          other: `${format.number(entries)} entrées`,
        }),
        verified: format.plural(entries, {
          one: `${format.number(entries)} entrée, vérifiée`,
          other: `${format.number(entries)} entrées, vérifiées`,
        }),
        set_back: 'Un journal plus ancien a été remis en place : des entrées manquent.',
        broken: 'Le journal a été modifié : ce n’est pas ce qui a été écrit.',
      }),
      folder: 'Dossier',
      noFolder: 'Alambic a été démarré sans dossier où écrire. Démarrez-le avec --folder et le chemin du dossier.',
      export: 'Exporter…',
      exported: (name) => `Exporté : ${name}.`,
    },
    count: (shown, total) =>
      shown === total
        ? format.plural(total, { zero: 'Aucune tentative.', one: 'Une tentative.', other: `${format.number(total)} tentatives.` })
        : `Les ${format.number(shown)} dernières tentatives sur ${format.number(total)}.`,
    ways: 'Serveurs et proxy',
    hub: 'Serveur de modèles',
    hubHint: 'Le serveur public de modèles, ou sa copie dans votre organisation. Adresses en https seulement.',
    wrongHub: 'L’adresse doit commencer par https:// et ne contenir ni « ? » ni « # ».',
    proxy: 'Proxy',
    proxyHint: 'Vide : selon les réglages de cet ordinateur.',
    wrongProxy: 'L’adresse doit commencer par http:// ou https://, ou rester vide.',
    certificates: 'Autres autorités de certification',
    certificatesHint:
      'Texte PEM, pour des serveurs de votre organisation. Celles que cet ordinateur reconnaît fonctionnent déjà.',
    certificatesFile: 'Ajouter depuis un fichier…',
    wrongCertificates: 'Ce n’est pas un certificat au format PEM.',
    save: 'Enregistrer',
    saved: 'Enregistré',
  }
}
