/** A workspace that cannot be used, in French: what happened, and the ways on. */
import type { damagedWorkspaceInEnglish } from './en-damaged.ts'
import type { Format } from './format.ts'

/** Its sentences; numbers and times go through `format`. */
export function damagedWorkspaceInFrench(format: Format): ReturnType<typeof damagedWorkspaceInEnglish> {
  return {
    mark: 'Endommagé',
    title: 'Cet espace de travail ne peut pas être ouvert',
    what: {
      database_missing: 'Son fichier a disparu. Il a été déplacé ou supprimé.',
      database_empty: 'Son fichier est vide.',
      database_corrupt: 'Son fichier est endommagé, ou a été remplacé par un autre.',
      database_unreadable: 'Cet ordinateur ne laisse pas Alambic ouvrir son fichier. Ses droits d’accès ont peut-être changé.',
      key_missing: 'Sa clé est illisible. Sans elle, personne ne peut ouvrir le fichier.',
      from_future: 'Il a été écrit par une version plus récente d’Alambic. Pour l’ouvrir, installez cette version.',
      migration_failed: 'Son fichier n’a pas pu être adapté à cette version d’Alambic. Il est inchangé.',
      disk_error: 'Le disque a signalé une erreur pendant l’utilisation du fichier.',
      disk_full: 'Le disque était plein. Libérez de la place, puis réessayez.',
    },
    others: 'Vos autres espaces de travail fonctionnent normalement. Rien n’a été supprimé.',
    again: 'Réessayer',
    copies: 'Restaurer une copie',
    noCopy: 'Il n’y a pas de copie de cet espace de travail sur cet ordinateur.',
    copiesNote: 'Le fichier actuel est mis de côté, pas supprimé. Ce qui a été ajouté depuis la copie manquera.',
    copy: (madeAt: number, sizeBytes: number) => `${format.moment(madeAt)}, ${format.bytes(sizeBytes)}`,
    set: (madeAt: number) => `Sauvegarde du ${format.moment(madeAt)}`,
    putBack: 'Restaurer',
    rescue: 'Sauver ce qui est lisible',
    rescueNote: 'Alambic crée un nouvel espace de travail avec les conversations et les documents encore lisibles.',
    rescuedName: (name: string) => `${name} (récupéré)`,
    rescued: (name: string, conversations: number, documents: number) =>
      `« ${name} » contient ${format.plural(conversations, { one: `${format.number(conversations)} conversation`, other: `${format.number(conversations)} conversations` })} et ${format.plural(documents, { one: `${format.number(documents)} document`, other: `${format.number(documents)} documents` })} qui ont pu être lus.`,
    lost: (rows: number) =>
      rows === 0
        ? 'Rien ne semble manquer.'
        : format.plural(rows, {
            one: 'Environ une entrée n’a pas pu être lue et manque.',
            other: `Environ ${format.number(rows)} entrées n’ont pas pu être lues et manquent.`,
          }),
    putBackNamed: (madeAt: number) => `Restaurer la copie du ${format.moment(madeAt)}`,
    erase: 'Effacer définitivement…',
  }
}
