/** A workspace that cannot be used, in English: what happened, and the ways on. */
import type { WorkspaceDamage } from '../../contract/entities.ts'
import type { Format } from './format.ts'

/** Its sentences; numbers and times go through `format`. */
export function damagedWorkspaceInEnglish(format: Format) {
  return {
    mark: 'Damaged',
    title: 'This workspace cannot be opened',
    what: {
      database_missing: 'Its file is missing. It was moved or deleted.',
      database_empty: 'Its file is empty.',
      database_corrupt: 'Its file is damaged, or was replaced by another one.',
      database_unreadable: 'This computer does not let Alambic open its file. Its access rights may have changed.',
      key_missing: 'Its key cannot be read. Without the key, nobody can open the file.',
      from_future: 'It was written by a newer version of Alambic. Install that version to open it.',
      migration_failed: 'Its file could not be updated to this version of Alambic. It is unchanged.',
      disk_error: 'The disk reported an error while the file was in use.',
      disk_full: 'The disk was full. Free some space, then try again.',
    } satisfies Record<WorkspaceDamage, string>,
    others: 'Your other workspaces work as usual. Nothing was deleted.',
    again: 'Try again',
    copies: 'Restore a copy',
    noCopy: 'There is no copy of this workspace on this computer.',
    copiesNote: 'The present file is set aside, not deleted. What was added since the copy will be missing.',
    copy: (madeAt: number, sizeBytes: number) => `${format.moment(madeAt)}, ${format.bytes(sizeBytes)}`,
    set: (madeAt: number) => `Backup of ${format.moment(madeAt)}`,
    putBack: 'Restore',
    rescue: 'Rescue what can be read',
    rescueNote: 'Alambic creates a new workspace with every conversation and document that it can still read.',
    rescuedName: (name: string) => `${name} (rescued)`,
    rescued: (name: string, conversations: number, documents: number) =>
      `“${name}” has ${format.plural(conversations, { one: 'one conversation', other: `${format.number(conversations)} conversations` })} and ${format.plural(documents, { one: 'one document', other: `${format.number(documents)} documents` })} that could be read.`,
    lost: (rows: number) =>
      rows === 0
        ? 'Nothing seems to be missing.'
        : format.plural(rows, {
            one: 'About one entry could not be read and is missing.',
            other: `About ${format.number(rows)} entries could not be read and are missing.`,
          }),
    putBackNamed: (madeAt: number) => `Restore the copy of ${format.moment(madeAt)}`,
    erase: 'Erase for good…',
  }
}
