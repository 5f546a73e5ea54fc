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
    disconnected: () => 'La page a perdu le contact avec Alambic. Elle le rétablit toute seule ; réessayez ensuite.',
    internal: ({ reference }) =>
      reference
        ? `Une erreur s’est produite dans Alambic. Référence dans le journal : ${reference}.`
        : 'Une erreur s’est produite dans Alambic. Le détail est dans le journal.',
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
        ? 'Phrase secrète incorrecte.'
        : format.plural(triesLeft, {
            one: 'Phrase secrète incorrecte. Encore un essai avant une pause.',
            other: `Phrase secrète incorrecte. Encore ${format.number(triesLeft)} essais avant une pause.`,
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
      'Alambic ne peut pas écrire dans son dossier de données, ce dont il a besoin même pour lire. Rien n’est abîmé. Autorisez l’écriture dans ce dossier, ou copiez-le ailleurs et lancez Alambic avec la copie.',
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
      `Ce modèle est en plusieurs fichiers, et ${name ?? 'l’un d’eux'} n’est pas avec les autres. Réunissez-les dans un même dossier et réessayez.`,
    model_truncated: () =>
      'Le fichier est incomplet : le téléchargement ou la copie a sans doute été interrompu. Téléchargez-le à nouveau.',
    model_malformed: () =>
      'Le fichier ressemble à un modèle, mais son contenu est incohérent. Téléchargez-le à nouveau auprès de son éditeur.',
    model_unknown_architecture: ({ architecture }) =>
      architecture
        ? `Cette version d’Alambic ne sait pas utiliser les modèles du type « ${architecture} ».`
        : 'Cette version d’Alambic ne sait pas utiliser ce type de modèle.',
    model_not_chat: () => 'Ce modèle n’est pas fait pour la conversation : il ne peut pas répondre ici.',
    model_wrong_hash: () => 'Le fichier n’est pas celui qu’annonce son éditeur : la somme de contrôle diffère.',
    model_too_big: ({ neededBytes, totalBytes }) =>
      neededBytes !== undefined && totalBytes !== undefined
        ? `Trop gros pour cet ordinateur : il lui faut ${format.bytes(neededBytes)} de mémoire, et il y en a ${format.bytes(totalBytes)} au total.`
        : 'Trop gros pour la mémoire de cet ordinateur.',
    adapter_no_base: ({ baseName }) =>
      baseName
        ? `Cet adaptateur s’utilise avec le modèle « ${baseName} », qui n’est pas installé. Téléchargez ou importez d’abord ce modèle.`
        : 'Cet adaptateur s’utilise avec un autre modèle, qui n’est pas installé. Téléchargez ou importez d’abord ce modèle.',
    adapter_other_base: ({ baseName, name }) =>
      baseName
        ? `Cet adaptateur a été entraîné sur « ${baseName} ». Il s’adapte à ${name ?? 'un modèle installé'}, qui porte un autre nom. Sur le mauvais modèle, il répond n’importe quoi.`
        : `Cet adaptateur ne dit pas sur quel modèle il a été entraîné. Il s’adapte à ${name ?? 'un modèle installé'}. Sur le mauvais modèle, il répond n’importe quoi.`,
    clipboard_refused: () => 'Rien n’a été copié. Cliquez dans la page et réessayez.',
    file_unreadable: () => 'Le fichier est illisible. Vérifiez qu’il est toujours là et que vous avez le droit de l’ouvrir.',
    place_unwritable: () =>
      'Alambic ne peut pas écrire à cet endroit : le dossier est introuvable, en lecture seule ou appartient à quelqu’un d’autre. Corrigez cela, puis réessayez.',
    card_malformed: () =>
      'Alambic ne sait pas lire la fiche venue avec ce modèle : elle n’a pas été conservée. Le modèle, lui, est importé.',
    card_wrong_file: () =>
      'La fiche venue avec ce modèle décrit un autre fichier : elle n’a pas été conservée. Le modèle, lui, est importé.',
    model_forbidden: ({ name }) =>
      name ? `Votre organisation ne permet pas d’utiliser ${name}.` : 'Votre organisation ne permet pas d’utiliser ce modèle.',
    card_missing: ({ name }) =>
      name
        ? `${name} n’a pas de fiche de modèle, et seuls les modèles qui en ont une peuvent servir ici.`
        : 'Ce modèle n’a pas de fiche, et seuls les modèles qui en ont une peuvent servir ici.',
    card_unsigned: ({ name }) =>
      name
        ? `La fiche de ${name} n’est pas signée par une clé de confiance, et seuls les modèles dont la fiche est vérifiée peuvent servir ici.`
        : 'Sa fiche n’est pas signée par une clé de confiance, et seuls les modèles dont la fiche est vérifiée peuvent servir ici.',
    bundle_missing: () =>
      'Il n’y a pas de lot dans ce dossier. Un lot est un dossier qui contient un fichier nommé manifest.json.',
    bundle_malformed: () => 'Alambic ne sait pas lire ce lot. Rien n’a été installé.',
    bundle_newer: () =>
      'Ce lot a été préparé par une version plus récente d’Alambic, et celle-ci ne sait pas le lire. Rien n’a été installé.',
    bundle_tampered: ({ name }) =>
      name
        ? `Le fichier de ${name} ne correspond pas au lot : il manque, il est abîmé ou il a été remplacé. Rien n’a été installé.`
        : 'Un fichier ne correspond pas au lot. Rien n’a été installé.',
    bundle_wrong_signature: () => 'Ce lot a été modifié après sa signature. Rien n’a été installé.',
    bundle_not_vouched: () => 'Non signé par une clé de confiance. Rien n’a été installé.',
    bundle_must_be_signed: () =>
      'Non signé par une clé de confiance, et seuls les lots signés peuvent être importés ici. Rien n’a été installé.',
    bundle_gone: () => 'La clé USB n’est plus là. Rebranchez-la, puis réessayez ; ce qui a été copié est gardé.',
    key_unusable: () =>
      'Ce fichier ne contient pas de clé de signature utilisable. Il faut une clé privée ed25519 au format PEM, sans phrase secrète.',
    document_encrypted: () => 'Ce fichier est protégé par un mot de passe. Saisissez-le pour lire le fichier.',
    document_wrong_password: () => 'Mot de passe incorrect.',
    document_protected: () =>
      'Alambic ne sait pas ouvrir ce type de protection. Ouvrez le fichier dans son programme et enregistrez-le sans mot de passe.',
    document_broken: () =>
      'Ce fichier est endommagé et ne peut pas être lu. Ouvrez-le dans le programme qui l’a créé et enregistrez-le à nouveau.',
    document_empty: () => 'Ce fichier est vide.',
    document_unknown_format: () =>
      'Alambic ne sait pas lire ce type de fichier. Il lit PDF, Word, PowerPoint, Excel, OpenDocument, RTF, EPUB, les pages web, les e-mails, les calendriers, les fiches de contact, Markdown, CSV, JSON, XML et le texte.',
    document_too_big: ({ limit }) =>
      limit === undefined
        ? 'Une fois décompressé, ce fichier est trop gros pour Alambic.'
        : `Ce fichier dépasse la limite de ${format.bytes(limit)}.`,
    document_no_text: () => 'Aucun texte n’a été trouvé dans ce fichier. S’il est numérisé, utilisez « Reconnaître le texte ».',
    document_gone: () => 'Ce document n’est plus dans l’espace de travail.',
    document_part_unread: ({ missing }) =>
      missing === 'formulas'
        ? 'Certaines formules de ce classeur n’ont jamais été calculées : leurs valeurs manquent. Ouvrez-le dans un tableur, enregistrez-le et ajoutez-le à nouveau.'
        : missing === 'encrypted'
          ? 'Cet e-mail est chiffré : seule la clé de son destinataire ouvre le message. Ouvrez-le dans votre logiciel de messagerie et enregistrez le message déchiffré.'
          : 'Une partie de ce fichier a été laissée de côté : elle est trop longue ou illisible.',
    reader_died: () => 'Ce fichier a interrompu le lecteur. Il a été laissé de côté ; rien d’autre n’est touché.',
    reader_hung: () => 'La lecture de ce fichier prenait trop de temps : il a été laissé de côté.',
    folder_empty: () => 'Alambic ne sait lire aucun fichier de ce dossier.',
    folder_unreadable: () => 'Ce dossier est introuvable ou illisible.',
    backup_folder_gone: () =>
      'Le dossier des sauvegardes est introuvable. Connectez le disque ou le dossier partagé, puis réessayez.',
    backup_folder_refused: () => 'Alambic n’a pas le droit d’écrire dans le dossier des sauvegardes. Choisissez-en un autre.',
    backup_unverified: () => 'Une copie n’a pas pu être relue ; cette sauvegarde ne compte pas. Les précédentes sont intactes.',
    backup_malformed: () => 'Ce n’est pas une sauvegarde, ou elle est endommagée.',
    backup_newer: () => 'Cette sauvegarde vient d’une version plus récente d’Alambic. Pour l’ouvrir, installez cette version.',
    backup_not_opened: () =>
      'Ce coffre ne peut pas ouvrir cette sauvegarde. Utilisez son code de récupération, ou la phrase secrète de l’époque.',
    recovery_code_wrong: ({ group }) =>
      group === undefined
        ? 'Ce n’est pas le code de récupération de cette sauvegarde.'
        : `Le code est mal saisi : vérifiez le groupe ${format.number(group)}.`,
    workspace_damaged: () => 'Cet espace de travail ne peut pas être ouvert. Sa page, dans Espaces de travail, dit pourquoi.',
    workspace_archived: () => 'Cet espace de travail est archivé. Rouvrez-le d’abord.',
    workspace_file_malformed: () => 'Ce n’est pas un espace de travail exporté, ou le fichier est endommagé.',
    workspace_file_newer: () =>
      'Cet espace de travail a été exporté par une version plus récente d’Alambic. Installez cette version pour l’ouvrir.',
    nothing_rescued: () => 'Plus rien n’est lisible dans cet espace de travail.',
    porter_died: () => 'L’ouverture de ce fichier a échoué : il est peut-être endommagé. Rien n’en a été repris.',
    recognition_data_wrong: ({ reason, name }) =>
      ({
        name: 'Le nom de ce fichier n’indique pas sa langue. Gardez le nom d’origine, par exemple deu.traineddata.',
        shipped: 'Cette langue est déjà fournie avec Alambic.',
        too_big: 'Fichier trop gros pour une langue.',
        malformed: 'Ce n’est pas un fichier de langue Tesseract, ou il est endommagé. Téléchargez-le à nouveau.',
        no_network:
          'Ce fichier ne convient qu’à d’anciennes versions de Tesseract. Prenez celui de la collection « fast » ou « best ».',
        unusable: 'Tesseract ne peut pas utiliser ce fichier : il n’a pas été conservé.',
        changed: `Le fichier d’une langue (${name ?? '?'}) n’est pas celui qui a été vérifié : il n’est pas utilisé. Ajoutez-le à nouveau dans Réglages, Documents.`,
      })[reason ?? 'unusable'],
    recognition_language_missing: ({ name }) =>
      `Le fichier d’une langue (${name ?? '?'}) manque. Ajoutez-le dans Réglages, Documents.`,
    no_embedder: () => 'Aucun modèle de recherche n’est installé : les documents sont cherchés par mots-clés uniquement.',
    catalogue_unreadable: ({ detail }) =>
      detail ? `Alambic ne sait pas lire ce catalogue (${detail}).` : 'Alambic ne sait pas lire ce catalogue.',
    catalogue_unsigned: () =>
      'Non signé par une clé de confiance : il n’y a de signature ni dans ce catalogue, ni dans un fichier .sig à côté.',
    catalogue_unknown_key: () =>
      'Ce catalogue est signé avec une clé inconnue. Saisissez d’abord la clé publique de votre organisation.',
    catalogue_tampered: () => 'Ce catalogue a été modifié après sa signature.',
    catalogue_expired: ({ at }) =>
      at === undefined
        ? 'Ce catalogue a expiré. Demandez-en un plus récent à son éditeur.'
        : `Ce catalogue était valable jusqu’au ${format.day(at)}. Demandez-en un plus récent à son éditeur.`,
    catalogue_older: ({ version, known }) =>
      version !== undefined && known !== undefined
        ? `C’est la version ${format.number(version)} du catalogue, mais vous avez déjà eu la version ${format.number(known)}. Une version plus ancienne n’est jamais utilisée.`
        : 'Vous avez déjà eu un catalogue plus récent. Une version plus ancienne n’est jamais utilisée.',
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
      host ? `L’autorisation de se connecter à ${host} a expiré.` : 'L’autorisation de se connecter à ce serveur a expiré.',
    network_unreachable: ({ host }) =>
      host ? `${host} est injoignable pour l’instant.` : 'Le serveur est injoignable pour l’instant.',
    network_untrusted: ({ host }) =>
      host
        ? `${host} n’a pas pu prouver son identité : rien n’a été téléchargé. Dans une organisation, il faut peut-être ajouter son autorité de certification dans Réglages, Confidentialité.`
        : 'Le serveur n’a pas pu prouver son identité : rien n’a été téléchargé.',
    network_status: ({ host, status }) =>
      host && status !== undefined
        ? `${host} n’a pas fourni le fichier (HTTP ${status}).`
        : 'Le serveur n’a pas fourni le fichier.',
    download_changed: ({ host }) =>
      `${host ?? 'Le serveur'} a maintenant un autre fichier que celui annoncé. Ce qui est téléchargé est gardé ; réessayez plus tard, ou depuis un autre serveur.`,
    download_wrong: ({ host }) => `${host ?? 'Le serveur'} a envoyé une mauvaise partie du fichier. Réessayez plus tard.`,
    download_not_the_file: ({ host }) =>
      `${host ?? 'Le serveur'} a envoyé autre chose que le fichier, peut-être la page de connexion du réseau. Le téléchargement reprendra dès que le fichier arrivera.`,
    download_unverifiable: ({ name }) => `Aucune somme de contrôle publiée${name ? ` pour ${name}` : ''} : non téléchargé.`,
    out_of_memory: ({ neededBytes, freeBytes }) =>
      neededBytes !== undefined && freeBytes !== undefined
        ? `Pas assez de mémoire libre : il faut ${format.bytes(neededBytes)}, il reste ${format.bytes(freeBytes)}. Fermez d’autres programmes, ou choisissez un modèle ou un contexte plus petit.`
        : 'Pas assez de mémoire libre. Fermez d’autres programmes, ou choisissez un modèle ou un contexte plus petit.',
    engine_died: () => 'Le moteur s’est arrêté et a été relancé. Vous pouvez reposer votre question.',
    engine_hung: () => 'Le moteur ne répondait plus et a été relancé. Vous pouvez reposer votre question.',
    engine_failed: ({ detail }) =>
      detail ? `Le moteur n’a pas pu utiliser ce modèle : ${detail}` : 'Le moteur n’a pas pu utiliser ce modèle.',
    backend_failed: ({ detail }) =>
      detail ? `Ce matériel n’est pas utilisable ici : ${detail}` : 'Ce matériel n’est pas utilisable ici.',
    state_not_kept: () => 'Ce que le modèle avait lu de cette conversation n’a pas pu être gardé ; elle sera relue.',
    no_model: () => 'Aucun modèle n’est installé. Importez-en ou téléchargez-en un dans Modèles.',
    prompt_too_long: ({ promptTokens, room }) =>
      promptTokens !== undefined && room !== undefined
        ? `La question à elle seule prend ${format.number(promptTokens)} jetons, et il y a place pour ${format.number(room)}. Abrégez-la, ou augmentez la taille du contexte dans les réglages.`
        : 'La question dépasse le contexte du modèle. Abrégez-la, ou augmentez la taille du contexte dans les réglages.',
  }
}
