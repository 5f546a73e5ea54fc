/** What went wrong, in French. */
import type { ErrorCode } from '../../contract/errors.ts'
import type { Format } from './format.ts'
import type { TroubleFacts } from './trouble-facts.ts'

/** The sentences, as in English. */
export function errorsInFrench(format: Format): Record<ErrorCode, (facts: TroubleFacts) => string> {
  return {
    invalid_input: () => 'Alambic n’a pas compris cette demande. Rechargez la page et réessayez.',
    not_found: () => 'Cet élément n’existe plus.',
    cancelled: () => 'Arrêté.',
    disconnected: () => 'La page a perdu la liaison avec Alambic. Elle la rétablit d’elle-même ; réessayez ensuite.',
    internal: ({ reference }) =>
      reference
        ? `Une erreur s’est produite dans Alambic. Le journal la garde sous la référence ${reference}.`
        : 'Une erreur s’est produite dans Alambic. Le journal en garde le détail.',
    busy: () => 'Alambic est occupé. Réessayez dans un instant.',
    managed: () => 'Votre organisation a fixé ce réglage. Il ne peut pas être modifié ici.',
    disk_full: ({ neededBytes, freeBytes }) =>
      neededBytes !== undefined && freeBytes !== undefined
        ? `Pas assez de place sur le disque : il faut ${format.bytes(neededBytes)}, il reste ${format.bytes(freeBytes)}.`
        : 'Le disque est plein. Libérez de la place et réessayez.',
    locked: () => 'Alambic est verrouillé. Déverrouillez-le et réessayez.',
    vault_exists: () => 'Il y a déjà un historique ici. Rechargez la page pour l’ouvrir.',
    wrong_passphrase: ({ triesLeft }) =>
      triesLeft === undefined || triesLeft === 0
        ? 'Ce n’est pas la phrase secrète.'
        : format.plural(triesLeft, {
            one: 'Ce n’est pas la phrase secrète. Encore un essai avant une pause.',
            other: `Ce n’est pas la phrase secrète. Encore ${format.number(triesLeft)} essais avant une pause.`,
          }),
    too_many_tries: ({ retryAt }) =>
      retryAt === undefined
        ? 'Trop d’essais infructueux. Patientez un instant.'
        : `Trop d’essais infructueux. Vous pourrez réessayer à ${format.clock(retryAt)}.`,
    weak_passphrase: () =>
      'Cette phrase secrète est trop courte ou trop facile à deviner. Il faut au moins 8 caractères, de préférence quelques mots sans rapport entre eux.',
    keychain_unavailable: ({ trouble }) =>
      trouble === undefined
        ? 'Le trousseau de cet ordinateur est inutilisable. Une phrase secrète fonctionne toujours.'
        : {
            no_library: 'Ce système n’a pas de bibliothèque de trousseau (libsecret). Une phrase secrète fonctionne toujours.',
            no_service: 'Aucun trousseau ne fonctionne dans cette session. Une phrase secrète fonctionne toujours.',
            locked: 'Le trousseau de cet ordinateur est verrouillé. Déverrouillez-le, puis réessayez.',
            timeout: 'Le trousseau de cet ordinateur n’a pas répondu à temps. Il vous attend peut-être dans une autre fenêtre.',
            refused: 'Le trousseau de cet ordinateur a refusé de garder la clé. Une phrase secrète fonctionne toujours.',
          }[trouble],
    vault_damaged: () => 'L’historique chiffré ne peut pas être ouvert. Rien n’a été modifié.',
    vault_read_only: () =>
      'Alambic ne peut pas écrire dans son dossier de données, et doit pouvoir y écrire même pour lire. Rien n’y est abîmé. Rendez ce dossier accessible en écriture, ou copiez-le sur un disque où vous pouvez écrire et lancez Alambic avec cette copie.',
    vault_from_future: () =>
      'Cet historique a été écrit par une version plus récente d’Alambic. Installez cette version pour l’ouvrir.',
    model_missing: ({ name }) =>
      name
        ? `Le fichier de ${name} a disparu. Quelqu’un l’a déplacé ou supprimé.`
        : 'Le fichier du modèle a disparu. Quelqu’un l’a déplacé ou supprimé.',
    model_changed: ({ name }) =>
      name
        ? `Le fichier de ${name} n’est pas celui qui a été vérifié : il n’est pas utilisé.`
        : 'Le fichier du modèle n’est pas celui qui a été vérifié : il n’est pas utilisé.',
    model_not_gguf: () => 'Ce fichier n’est pas un modèle. Alambic lit les fichiers GGUF ; leur nom finit d’ordinaire par .gguf.',
    model_part_missing: ({ name }) =>
      `Ce modèle est en plusieurs fichiers, et ${name ?? 'l’un d’eux'} n’est pas à côté des autres. Réunissez-les dans un même dossier et réessayez.`,
    model_truncated: () =>
      'Le fichier s’arrête trop tôt : le téléchargement ou la copie a sans doute été interrompu. Récupérez-le de nouveau.',
    model_malformed: () =>
      'Le fichier se présente comme un modèle, mais son contenu est incohérent. Récupérez-le de nouveau auprès de son éditeur.',
    model_unknown_architecture: ({ architecture }) =>
      architecture
        ? `Cette version d’Alambic ne connaît pas les modèles du type « ${architecture} ».`
        : 'Cette version d’Alambic ne connaît pas ce type de modèle.',
    model_not_chat: () => 'Ce modèle n’est pas fait pour la conversation : il ne peut pas répondre ici.',
    model_wrong_hash: () => 'Le fichier n’est pas celui que son éditeur a annoncé : la somme de contrôle diffère.',
    model_too_big: ({ neededBytes, totalBytes }) =>
      neededBytes !== undefined && totalBytes !== undefined
        ? `Trop gros pour cette machine : il lui faut ${format.bytes(neededBytes)} de mémoire, il y en a ${format.bytes(totalBytes)} en tout.`
        : 'Trop gros pour la mémoire de cette machine.',
    adapter_no_base: ({ baseName }) =>
      baseName
        ? `Cet élève est un complément du modèle « ${baseName} », et aucun modèle présent ne lui convient. Téléchargez ou importez d’abord ce modèle.`
        : 'Cet élève est un complément d’un autre modèle, et aucun modèle présent ne lui convient. Téléchargez ou importez d’abord ce modèle.',
    adapter_other_base: ({ baseName, name }) =>
      baseName
        ? `Cet élève a été formé sur « ${baseName} ». Il a la forme de ${name ?? 'un modèle présent'}, qui porte un autre nom. Sur un autre modèle que le sien, il répond n’importe quoi.`
        : `Cet élève ne dit pas sur quel modèle il a été formé. Il a la forme de ${name ?? 'un modèle présent'}. Sur un autre modèle que le sien, il répond n’importe quoi.`,
    file_unreadable: () => 'Le fichier est illisible. Vérifiez qu’il est toujours là et que vous avez le droit de l’ouvrir.',
    card_malformed: () =>
      'La fiche de lignée venue avec le modèle n’est pas de celles qu’Alambic sait lire : elle n’a pas été gardée. Le modèle, lui, est ici.',
    card_wrong_file: () =>
      'La fiche de lignée venue avec le modèle décrit un autre fichier : elle n’a pas été gardée. Le modèle, lui, est ici.',
    card_missing: ({ name }) =>
      name
        ? `${name} n’a pas de fiche de lignée, et seuls les modèles qui en ont une peuvent servir ici.`
        : 'Ce modèle n’a pas de fiche de lignée, et seuls les modèles qui en ont une peuvent servir ici.',
    card_unsigned: ({ name }) =>
      name
        ? `Personne en qui cet ordinateur ait confiance ne se porte garant de la fiche de lignée de ${name}, et seules les fiches vérifiées sont admises ici.`
        : 'Personne en qui cet ordinateur ait confiance ne se porte garant de la fiche de lignée de ce modèle, et seules les fiches vérifiées sont admises ici.',
    bundle_missing: () =>
      'Il n’y a pas de lot dans ce dossier. Un lot est un dossier qui contient un fichier nommé manifest.json.',
    bundle_malformed: () => 'Ce n’est pas un lot qu’Alambic sait lire. Rien n’a été installé.',
    bundle_newer: () =>
      'Ce lot a été préparé par une version plus récente d’Alambic et contient ce que celle-ci ne connaît pas. Rien n’a été installé.',
    bundle_tampered: ({ name }) =>
      name
        ? `Le fichier de ${name} n’est pas celui que le lot annonce : il manque, il est abîmé ou il a été remplacé. Rien n’a été installé.`
        : 'Un fichier n’est pas celui que le lot annonce. Rien n’a été installé.',
    bundle_wrong_signature: () => 'Ce lot a été modifié après sa signature. Rien n’a été installé.',
    bundle_not_vouched: () => 'Personne en qui cet ordinateur ait confiance ne se porte garant de ce lot. Rien n’a été installé.',
    bundle_must_be_signed: () =>
      'Personne en qui cet ordinateur ait confiance n’a signé ce lot, et seuls les lots signés entrent ici. Rien n’a été installé.',
    bundle_gone: () => 'La clé n’est plus là. Remettez-la, puis réessayez ; ce qui a été copié reste.',
    key_unusable: () =>
      'Ce fichier ne contient pas de clé capable de signer. Il faut une clé privée ed25519 au format PEM, sans phrase secrète.',
    document_encrypted: () => 'Ce fichier est protégé par un mot de passe. Saisissez-le pour que le fichier soit lu.',
    document_wrong_password: () => 'Ce n’est pas le mot de passe du fichier.',
    document_protected: () =>
      'Ce fichier est protégé d’une façon qu’Alambic ne sait pas ouvrir. Ouvrez-le dans son propre programme et enregistrez-le sans mot de passe.',
    document_broken: () =>
      'Ce fichier est endommagé et ne peut pas être lu. Ouvrez-le dans le programme qui l’a créé et enregistrez-le à nouveau.',
    document_empty: () => 'Ce fichier est vide.',
    document_unknown_format: () =>
      'Alambic ne sait pas lire ce type de fichier. Il lit PDF, Word, PowerPoint, Excel, OpenDocument, RTF, EPUB, les pages web, les courriels, les calendriers, les cartes de visite, Markdown, CSV, JSON, XML et le texte.',
    document_too_big: ({ limit }) =>
      limit === undefined
        ? 'Ce fichier se décompresse en plus de données qu’Alambic n’en lit.'
        : `Ce fichier dépasse les ${format.bytes(limit)} qu’Alambic peut lire.`,
    document_no_text: () =>
      'Aucun texte n’a été trouvé dans ce fichier. S’il s’agit d’un document numérisé, faites reconnaître son texte.',
    document_gone: () => 'Ce document n’est plus dans l’espace de travail.',
    document_part_unread: ({ missing }) =>
      missing === 'formulas'
        ? 'Certaines formules de ce classeur n’ont jamais été calculées : leurs valeurs n’y sont pas. Ouvrez-le dans un tableur, enregistrez-le, puis ajoutez-le à nouveau.'
        : missing === 'encrypted'
          ? 'Ce courriel est chiffré : seule la clé de son destinataire ouvre le message. Ouvrez-le dans votre logiciel de messagerie et enregistrez le message déchiffré.'
          : 'Une partie de ce fichier a été laissée de côté : il est plus long que ce qu’Alambic lit, ou contient quelque chose d’illisible.',
    reader_died: () =>
      'La lecture de ce fichier a arrêté le lecteur. Le fichier a été laissé de côté ; rien d’autre n’est touché.',
    reader_hung: () => 'La lecture de ce fichier prenait trop de temps : il a été laissé de côté.',
    folder_empty: () => 'Il n’y a dans ce dossier aucun fichier qu’Alambic sache lire.',
    folder_unreadable: () => 'Ce dossier n’est pas là ou ne peut pas être lu.',
    backup_folder_gone: () =>
      'Le dossier des sauvegardes est introuvable. Connectez le disque ou le dossier partagé, puis réessayez.',
    backup_folder_refused: () => 'Alambic n’a pas le droit d’écrire dans le dossier des sauvegardes. Choisissez-en un autre.',
    backup_unverified: () => 'Une copie n’a pas pu être relue ; cette sauvegarde ne compte pas. Les précédentes sont intactes.',
    backup_malformed: () => 'Cette sauvegarde est endommagée, ou n’en est pas une.',
    backup_newer: () => 'Cette sauvegarde vient d’une version plus récente d’Alambic. Pour l’ouvrir, installez cette version.',
    backup_not_opened: () =>
      'Ce coffre n’ouvre pas cette sauvegarde. Utilisez son code de récupération, ou la phrase secrète d’alors.',
    recovery_code_wrong: ({ group }) =>
      group === undefined
        ? 'Ce n’est pas le code de récupération de cette sauvegarde.'
        : `Le code est mal saisi : vérifiez le groupe ${format.number(group)}.`,
    workspace_damaged: () => 'Cet espace de travail ne peut pas être ouvert. Sa page, sous Espaces de travail, dit pourquoi.',
    workspace_archived: () => 'Cet espace de travail est archivé. Rouvrez-le d’abord.',
    workspace_file_malformed: () => 'Ce n’est pas un espace de travail exporté, ou il a été endommagé en chemin.',
    workspace_file_newer: () =>
      'Cet espace de travail a été exporté par une version plus récente d’Alambic. Installez cette version pour l’ouvrir.',
    nothing_rescued: () => 'Plus rien de cet espace de travail n’est lisible.',
    porter_died: () =>
      'L’ouverture de ce fichier a arrêté le processus chargé des fichiers venus d’ailleurs : il est peut-être endommagé. Rien n’en a été repris.',
    recognition_data_wrong: ({ reason, name }) =>
      ({
        name: 'Le nom de ce fichier ne dit pas pour quelle langue il est fait. Il doit rester tel que publié, par exemple deu.traineddata.',
        shipped: 'Cette langue est fournie avec Alambic ; il n’y a rien à ajouter.',
        too_big: 'Ce fichier est plus gros que les données d’aucune langue.',
        malformed: 'Ce fichier ne contient pas de données de tesseract, ou il a été endommagé en chemin. Récupérez-le à nouveau.',
        no_network:
          'Ce fichier n’est fait que pour d’anciennes versions de tesseract. Prenez celui des collections « fast » ou « best ».',
        unusable: 'Tesseract ne peut pas se servir de ce fichier : il n’a pas été conservé.',
        changed: `Les données d’une langue (${name ?? '?'}) ne sont pas celles qui ont été vérifiées : elles ne sont pas utilisées. Ajoutez-les à nouveau sous Réglages, Documents.`,
      })[reason ?? 'unusable'],
    recognition_language_missing: ({ name }) =>
      `Les données d’une langue (${name ?? '?'}) ne sont pas là. Ajoutez-les sous Réglages, Documents.`,
    no_embedder: () => 'Aucun modèle de recherche par le sens n’est installé : les documents sont cherchés par leurs seuls mots.',
    catalogue_unreadable: ({ detail }) =>
      detail ? `Ce n’est pas un catalogue qu’Alambic sait lire (${detail}).` : 'Ce n’est pas un catalogue qu’Alambic sait lire.',
    catalogue_unsigned: () =>
      'Personne n’a signé ce catalogue : ses signatures ne sont ni dedans, ni dans un fichier voisin dont le nom finit par .sig.',
    catalogue_unknown_key: () =>
      'Ce catalogue est signé par une clé qui n’est pas reconnue ici. Il faut d’abord saisir la clé publique de votre organisation.',
    catalogue_tampered: () => 'Ce catalogue n’est pas celui qui a été signé. Quelqu’un l’a modifié en chemin.',
    catalogue_expired: ({ at }) =>
      at === undefined
        ? 'La validité de ce catalogue est passée. Demandez-en un plus récent à son éditeur.'
        : `Ce catalogue était valable jusqu’au ${format.day(at)}. Demandez-en un plus récent à son éditeur.`,
    catalogue_older: ({ version, known }) =>
      version !== undefined && known !== undefined
        ? `C’est la version ${format.number(version)} du catalogue, et la version ${format.number(known)} a déjà été ici. Une version plus ancienne n’est jamais prise.`
        : 'Un catalogue plus récent a déjà été ici. Une version plus ancienne n’est jamais prise.',
    network_closed: ({ host }) =>
      host
        ? `Alambic ne peut pas se connecter à ${host} : le serveur a renvoyé vers une adresse qui n’a pas été autorisée.`
        : 'Alambic ne peut pas se connecter à cette adresse.',
    network_not_allowed: ({ host }) =>
      host
        ? `Vous n’avez pas autorisé Alambic à se connecter à ${host}.`
        : 'Vous n’avez pas autorisé Alambic à se connecter à ce serveur.',
    network_forbidden: ({ host }) =>
      host
        ? `Votre organisation n’autorise pas les connexions à ${host}.`
        : 'Votre organisation n’autorise pas les connexions à ce serveur.',
    network_ended: ({ host }) =>
      host ? `L’autorisation de se connecter à ${host} a pris fin.` : 'L’autorisation de se connecter à ce serveur a pris fin.',
    network_unreachable: ({ host }) =>
      host ? `${host} est injoignable pour l’instant.` : 'Le serveur est injoignable pour l’instant.',
    network_untrusted: ({ host }) =>
      host
        ? `${host} n’a pas pu prouver son identité, rien n’a donc été téléchargé. Dans une organisation, il faut peut-être ajouter son autorité de certification dans Réglages, Confidentialité.`
        : 'Le serveur n’a pas pu prouver son identité, rien n’a donc été téléchargé.',
    network_status: ({ host, status }) =>
      host && status !== undefined
        ? `${host} ne donne pas ce fichier (réponse ${status}).`
        : 'Le serveur ne donne pas ce fichier.',
    download_changed: ({ host }) =>
      `${host ?? 'Le serveur'} a maintenant un autre fichier que celui qui était annoncé. Ce qui est arrivé reste ; réessayez plus tard, ou depuis un autre serveur.`,
    download_wrong: ({ host }) =>
      `${host ?? 'Le serveur'} a envoyé une autre partie du fichier que celle demandée. Réessayez plus tard.`,
    download_not_the_file: ({ host }) =>
      `${host ?? 'Le serveur'} a envoyé autre chose que le fichier, peut-être la page de connexion du réseau. Le téléchargement reprendra dès que le fichier arrivera.`,
    download_unverifiable: ({ name }) =>
      `Personne ne dit ce que doit être le fichier${name ? ` de ${name}` : ''} : il ne peut pas être vérifié et n’est pas téléchargé.`,
    out_of_memory: ({ neededBytes, freeBytes }) =>
      neededBytes !== undefined && freeBytes !== undefined
        ? `Pas assez de mémoire libre : il faut ${format.bytes(neededBytes)}, il reste ${format.bytes(freeBytes)}. Fermez d’autres programmes, ou choisissez un modèle ou un contexte plus petit.`
        : 'Pas assez de mémoire libre. Fermez d’autres programmes, ou choisissez un modèle ou un contexte plus petit.',
    engine_died: () => 'Le moteur s’est arrêté de façon inattendue. Il a été relancé : la prochaine question fonctionnera.',
    engine_hung: () => 'Le moteur ne répondait plus et a été arrêté. Il a été relancé : la prochaine question fonctionnera.',
    engine_failed: ({ detail }) =>
      detail ? `Le moteur n’a pas pu utiliser ce modèle : ${detail}` : 'Le moteur n’a pas pu utiliser ce modèle.',
    backend_failed: ({ detail }) =>
      detail ? `Cette façon de calculer ne fonctionne pas ici : ${detail}` : 'Cette façon de calculer ne fonctionne pas ici.',
    state_not_kept: () => 'Ce qui a été lu de cette conversation n’a pas pu être gardé ; elle sera relue.',
    no_model: () => 'Aucun modèle ne peut répondre. Importez-en ou téléchargez-en un sous Modèles.',
    prompt_too_long: ({ promptTokens, room }) =>
      promptTokens !== undefined && room !== undefined
        ? `La question à elle seule prend ${format.number(promptTokens)} jetons, et il y a place pour ${format.number(room)}. Abrégez-la, ou augmentez la taille du contexte dans les réglages.`
        : 'La question dépasse le contexte du modèle. Abrégez-la, ou augmentez la taille du contexte dans les réglages.',
  }
}
