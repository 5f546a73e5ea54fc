/** French: bundles on USB drives, on their way in and out. */
import type { bundlesInEnglish } from './en-bundles.ts'
import type { Format } from './format.ts'

export function bundlesInFrench(format: Format): ReturnType<typeof bundlesInEnglish> {
  const students = (count: number): string =>
    format.plural(count, { zero: 'aucun modèle', one: 'un modèle', other: `${format.number(count)} modèles` })
  return {
    menu: 'Clé USB',
    export: 'Exporter sur une clé USB…',
    import: 'Importer un lot…',
    exportTitle: 'Exporter sur une clé USB',
    exportWhat:
      'Un lot emporte des modèles, avec leurs fiches et leurs mentions de licence, vers un ordinateur sans réseau. Chaque fichier y est vérifié avant toute installation.',
    name: 'Nom du lot',
    defaultName: 'Modèles d’Alambic',
    models: 'Modèles',
    baseOf: 'Inclus : un adaptateur en a besoin.',
    presets: 'Mes styles de réponse',
    presetsNote: 'Nom, consignes et réglages de ceux que vous avez créés. Toute personne qui a la clé USB peut les lire.',
    catalogue: 'Le catalogue actuel',
    catalogueOf: (publisher, version) => `${publisher}, version ${format.number(version)}`,
    catalogueAlone: 'Le catalogue seul, sans modèle.',
    size: (size) => `${size} au total.`,
    nothing: (hasCatalogue) =>
      hasCatalogue ? 'Choisissez au moins un modèle, ou le catalogue.' : 'Choisissez au moins un modèle.',
    unsigned:
      'Il ne sera pas signé, et la personne qui l’importera en sera avertie. Un administrateur peut signer les lots avec la clé de signature de votre organisation.',
    signedWith: (file) => `Signé avec la clé de signature du fichier ${file}, lue une seule fois et jamais conservée.`,
    pickKey: 'Signer avec une clé de signature…',
    noKey: 'Ne pas signer',
    folder: 'Dossier',
    noFolders:
      'Un navigateur ne peut pas ouvrir de dossier. Lancez Alambic avec --folder et le chemin du dossier, par exemple --folder /media/usb.',
    exportDo: 'Exporter',
    exportPick: 'Choisir le dossier…',
    importTitle: 'Importer un lot',
    importWhat: 'Choisissez un dossier de la clé USB. Vous verrez ce que contient un lot avant d’importer quoi que ce soit.',
    looking: 'Recherche…',
    look: 'Chercher les lots',
    made: (day) => `Préparé le ${day}`,
    signature: {
      verified: (by) => `Vérifié par ${by}`,
      unsigned: 'Non signé',
      unknown_key: 'Signé avec une clé inconnue',
      wrong_signature: 'La signature ne correspond pas',
    },
    signatureNote: {
      unsigned: 'Ce lot n’est pas signé. Ne l’importez que si vous savez qui l’a préparé et comment il est arrivé ici.',
      unknown_key:
        'Ce lot est signé avec une clé de signature que cet ordinateur ne connaît pas. Ne l’importez que si vous savez qui l’a préparé et comment il est arrivé ici.',
      wrong_signature: 'Ce lot a été modifié après sa signature. Il n’est pas importé.',
    },
    signedOnlyNote:
      'Non signé par une clé de confiance, et seuls les lots signés peuvent être importés ici. Le réglage se trouve dans Réglages, Général.',
    require: 'Lots sur clé USB',
    requireNote: 'Ce qui arrive à un lot non signé par une clé de confiance.',
    requireChoices: { all: 'Importer après un avertissement', signed: 'Refuser' },
    here: 'Déjà installé',
    adapter: 'Adaptateur',
    withPresets: 'Styles de réponse',
    withCatalogue: (publisher, version) => `Catalogue de ${publisher}, version ${format.number(version)}`,
    fate: {
      newer: 'Sera utilisé',
      same: 'Déjà utilisé',
      older: 'Non utilisé : vous en avez déjà un au moins aussi récent',
    },
    catalogueRefused: 'Le catalogue de ce lot a été refusé : rien n’est importé.',
    room: (needed, free) => `Il faut ${needed} sur le disque ; ${free} sont libres.`,
    importDo: 'Importer',
    insist: 'Importer quand même',
    insistName: (name) => `Importer quand même : ${name}`,
    importName: (name) => `Importer ${name}`,
    work: {
      import: (name) => `Import de ${name}`,
      export: (name) => `Export de ${name}`,
    },
    reading: (done, total) => `${done} copiés et vérifiés sur ${total}. Rien n’est installé avant que tout soit là.`,
    writing: (done, total) => `${done} écrits sur ${total}.`,
    installing: 'Tout est vérifié. Installation…',
    imported: (count) =>
      count === 0
        ? 'Importé et vérifié.'
        : format.plural(count, {
            one: `Importé et vérifié : ${students(count)}.`,
            other: `Importés et vérifiés : ${students(count)}.`,
          }),
    exported: (count, folder) =>
      count === 0
        ? `Écrit : le catalogue, dans le dossier ${folder}. Éjectez la clé USB avant de la retirer.`
        : format.plural(count, {
            one: `Écrit : ${students(count)}, dans le dossier ${folder}. Éjectez la clé USB avant de la retirer.`,
            other: `Écrits : ${students(count)}, dans le dossier ${folder}. Éjectez la clé USB avant de la retirer.`,
          }),
    stopped: (done, total) => `${done} sur ${total}. Rien n’est installé. Ce qui a été copié est gardé pour un autre essai.`,
    stoppedExport: 'Aucun fichier partiel n’est resté sur la clé USB.',
    again: 'Réessayer',
    stop: (name) => `Arrêter : ${name}, et supprimer ce qui a été copié`,
    close: (name) => `Fermer : ${name}`,
  }
}
