/** French: bundles on sticks, on their way in and out. */
import type { bundlesInEnglish } from './en-bundles.ts'
import type { Format } from './format.ts'

export function bundlesInFrench(format: Format): ReturnType<typeof bundlesInEnglish> {
  const students = (count: number): string => format.plural(count, { one: 'un modèle', other: `${format.number(count)} modèles` })
  return {
    menu: 'Clés USB',
    export: 'Exporter sur une clé…',
    import: 'Importer un lot…',
    exportTitle: 'Exporter sur une clé',
    exportWhat:
      'Un lot emporte des modèles, avec leurs fiches de lignée et leurs mentions, vers une machine qui n’a jamais vu de réseau. Il y est vérifié octet par octet avant toute installation.',
    name: 'Nom du lot',
    defaultName: 'Modèles d’Alambic',
    models: 'Modèles',
    baseOf: 'Inclus : un adaptateur en a besoin.',
    presets: 'Mes préréglages',
    presetsNote: 'Nom, instructions et échantillonnage de ceux que vous avez créés. Qui a la clé peut les lire.',
    catalogue: 'Le catalogue en vigueur',
    catalogueOf: (publisher, version) => `${publisher}, version ${format.number(version)}`,
    catalogueAlone: 'Le catalogue seul, sans modèle.',
    size: (size) => `${size} en tout.`,
    nothing: (hasCatalogue) =>
      hasCatalogue ? 'Choisissez au moins un modèle, ou le catalogue.' : 'Choisissez au moins un modèle.',
    unsigned:
      'Personne ne le signe, et celui qui l’importe en est averti. Un administrateur signe les lots avec la clé de l’organisation.',
    signedWith: (file) => `Signé avec la clé du fichier ${file}, lue une fois et jamais gardée.`,
    pickKey: 'Signer avec une clé…',
    noKey: 'Ne pas signer',
    folder: 'Dossier',
    noFolders:
      'Un navigateur ne peut pas ouvrir de dossier. Qui lance Alambic nomme ceux qui peuvent servir, par exemple avec --folder /media/cle.',
    exportDo: 'Exporter',
    exportPick: 'Choisir le dossier…',
    importTitle: 'Importer un lot',
    importWhat:
      'Choisissez le dossier d’une clé : on y cherche les lots, et rien n’entre avant que vous n’ayez vu de quoi il s’agit.',
    looking: 'Recherche…',
    look: 'Chercher les lots',
    made: (day) => `Préparé le ${day}`,
    signature: {
      verified: (by) => `Vérifié par ${by}`,
      unsigned: 'Non signé',
      unknown_key: 'Signé par une clé inconnue',
      wrong_signature: 'La signature ne correspond pas',
    },
    signatureNote: {
      unsigned: 'Personne n’a signé ce lot. Ne l’importez que si vous savez qui l’a préparé et comment il est arrivé ici.',
      unknown_key:
        'Quelqu’un a signé ce lot, mais personne en qui cet ordinateur ait confiance. Ne l’importez que si vous savez qui l’a préparé et comment il est arrivé ici.',
      wrong_signature: 'Ce lot a été modifié après sa signature. Il n’est pas importé.',
    },
    signedOnlyNote:
      'Personne en qui cet ordinateur ait confiance n’a signé ce lot, et seuls les lots signés entrent ici. Le réglage se trouve dans Réglages, Général.',
    require: 'Lots sur clé USB',
    requireNote: 'Ce que devient un lot que personne n’a signé, ou qui est signé avec une clé inconnue de cet ordinateur.',
    requireChoices: { all: 'Entre après un avertissement', signed: 'N’entre pas' },
    here: 'Déjà ici',
    adapter: 'Adaptateur',
    withPresets: 'Préréglages',
    withCatalogue: (publisher, version) => `Catalogue de ${publisher}, version ${format.number(version)}`,
    fate: {
      newer: 'Entre en vigueur',
      same: 'Déjà en vigueur',
      older: 'N’est pas pris : un autre, au moins aussi récent, a déjà été ici',
    },
    catalogueRefused: 'Le catalogue de ce lot est refusé, donc rien de ce lot n’entre.',
    room: (needed, free) => `Il faut ${needed} sur le disque, il y en a ${free} de libres.`,
    importDo: 'Importer',
    insist: 'Importer malgré tout',
    insistName: (name) => `Importer malgré tout : ${name}`,
    importName: (name) => `Importer ${name}`,
    work: {
      import: (name) => `Importation de ${name}`,
      export: (name) => `Exportation de ${name}`,
    },
    reading: (done, total) => `${done} sur ${total} copiés et vérifiés. Rien n’est installé avant que tout le soit.`,
    writing: (done, total) => `${done} sur ${total} écrits.`,
    installing: 'Tout est ici et vérifié. Installation…',
    imported: (count) =>
      count === 0
        ? 'Importé et vérifié.'
        : format.plural(count, {
            one: `Importé et vérifié : ${students(count)}.`,
            other: `Importés et vérifiés : ${students(count)}.`,
          }),
    exported: (count, folder) =>
      count === 0
        ? `Écrit : le catalogue, dans le dossier ${folder}. Éjectez la clé avant de la retirer.`
        : format.plural(count, {
            one: `Écrit : ${students(count)}, dans le dossier ${folder}. Éjectez la clé avant de la retirer.`,
            other: `Écrits : ${students(count)}, dans le dossier ${folder}. Éjectez la clé avant de la retirer.`,
          }),
    stopped: (done, total) => `${done} sur ${total}. Rien n’est installé ; ce qui a été copié reste pour un autre essai.`,
    stoppedExport: 'Il n’en reste rien sur la clé.',
    again: 'Réessayer',
    stop: (name) => `Arrêter : ${name}, et supprimer ce qui a été copié`,
    close: (name) => `Fermer : ${name}`,
  }
}
