/** Backups in French: the plan, the recovery code, restoring. */
import type { backupInEnglish } from './en-backup.ts'
import type { Format } from './format.ts'

/** Its sentences; numbers and times go through `format`. */
export function backupInFrench(format: Format): ReturnType<typeof backupInEnglish> {
  return {
    title: 'Sauvegardes',
    lead: 'Les sauvegardes sont chiffrées, puis vérifiées.',
    last: 'Dernière sauvegarde',
    lastWas: (madeAt: number, sizeBytes: number, workspaces: number) =>
      format.plural(workspaces, {
        one: `${format.moment(madeAt)} : ${format.number(workspaces)} espace de travail, ${format.bytes(sizeBytes)}`,
        other: `${format.moment(madeAt)} : ${format.number(workspaces)} espaces de travail, ${format.bytes(sizeBytes)}`,
      }),
    never: 'Il n’y a pas encore de sauvegarde.',
    leftOut: (names: string) => `Non inclus, car endommagés : ${names}.`,
    now: 'Sauvegarder maintenant',
    copying: (fraction: number) => `Copie, ${format.percent(fraction)}`,
    checking: 'Vérification de la copie…',
    stop: 'Arrêter',
    old: 'Votre dernière sauvegarde date de plus de 7 jours.',
    oldDismiss: 'Ne plus afficher',
    daily: 'Sauvegarder chaque jour',
    dailyOn: 'Oui',
    dailyOff: 'Non',
    dailyNote: (nextAt: number | null) =>
      nextAt === null
        ? 'Une sauvegarde n’est faite que si vous la demandez.'
        : `Prochaine : ${format.moment(nextAt)}, si Alambic est ouvert.`,
    kept: 'Sauvegardes conservées',
    keptNote: 'Les plus anciennes sont supprimées quand une plus récente a été vérifiée.',
    place: 'Emplacement',
    ownPlace: 'Dans le dossier d’Alambic, sur ce disque',
    ownPlaceNote:
      'Si ce disque tombe en panne, ces sauvegardes sont perdues aussi. Choisissez un autre disque ou un dossier partagé.',
    choose: 'Choisir un dossier…',
    useOwn: 'Utiliser le dossier d’Alambic',
    unreached: (places: string) =>
      `Des copies d’espaces effacés restent dans ${places}. Elles seront supprimées quand cet emplacement sera accessible.`,
    code: {
      title: 'Code de récupération',
      none: 'Sans code de récupération, les sauvegardes ne s’ouvrent qu’avec la protection de ce coffre. Si cet ordinateur est perdu, elles peuvent l’être aussi.',
      madeAt: (at: number) => `Créé le ${format.day(at)}. Il ouvre les sauvegardes faites depuis, sur n’importe quel ordinateur.`,
      make: 'Créer un code de récupération',
      again: 'Créer un nouveau code',
      shown: 'Votre code de récupération',
      lead: 'Notez ou imprimez ce code et gardez-le en lieu sûr. Alambic ne le conserve pas et ne pourra plus l’afficher.',
      newLead: 'Les nouvelles sauvegardes ne s’ouvrent qu’avec ce code. Les anciennes gardent le leur.',
      print: 'Imprimer',
      written: 'Je l’ai noté',
      sheet: (at: number) => `Code de récupération d’Alambic, ${format.day(at)}`,
      sheetNote: 'Toute personne qui a ce code et une sauvegarde peut tout y lire.',
    },
    restore: {
      title: 'Restaurer',
      note: 'Les espaces restaurés s’ajoutent aux vôtres. Rien n’est remplacé.',
      open: 'Restaurer depuis une sauvegarde…',
      choose: 'Sauvegarde',
      chooseFolder: 'Choisir le dossier des sauvegardes…',
      none: 'Il n’y a pas de sauvegarde dans ce dossier.',
      set: (sequence: number, madeAt: number) => `Nº ${format.number(sequence)}, ${format.moment(madeAt)}`,
      opensWith: 'Ouvrir avec',
      keys: { vault: 'Ce coffre', code: 'Code de récupération', passphrase: 'Phrase secrète de l’époque' },
      code: 'Code de récupération',
      passphrase: 'Phrase secrète',
      look: 'Afficher le contenu',
      what: 'Ce qu’il faut restaurer',
      workspace: (name: string, documents: number, sizeBytes: number) =>
        format.plural(documents, {
          one: `${name} : ${format.number(documents)} document, ${format.bytes(sizeBytes)}`,
          other: `${name} : ${format.number(documents)} documents, ${format.bytes(sizeBytes)}`,
        }),
      do: 'Restaurer',
      doing: 'Restauration et vérification…',
      done: (count: number) =>
        format.plural(count, {
          zero: 'Aucun espace restauré.',
          one: '1 espace restauré.',
          other: `${format.number(count)} espaces restaurés.`,
        }),
    },
    whole: {
      link: 'Restaurer depuis une sauvegarde',
      title: 'Restaurer depuis une sauvegarde',
      lead: 'Tout le contenu de la sauvegarde revient sur cet ordinateur. Ce qui s’y trouve est mis de côté, pas supprimé.',
      protect: 'Le protéger sur cet ordinateur avec',
      keychain: 'Le trousseau de cet ordinateur',
      passphrase: 'Une phrase secrète',
      back: 'Retour',
    },
  }
}
