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
      from_future: 'A newer version of Alambic has written it. Install that version to open it.',
      migration_failed: 'Its file could not be brought up to this version of Alambic. The file is as it was.',
      disk_error: 'The disk reported an error while the file was in use.',
      disk_full: 'The disk was full when the file was to be opened. Free some room, then try again.',
    } satisfies Record<WorkspaceDamage, string>,
    others: 'Your other workspaces work as usual. Nothing was deleted.',
    again: 'Try again',
    copies: 'Put back a copy',
    noCopy: 'There is no copy of this workspace on this computer.',
    copiesNote: 'The file that is replaced is set aside, not deleted. What was added since the copy is missing.',
    copy: (madeAt: number, sizeBytes: number) => `${format.moment(madeAt)}, ${format.bytes(sizeBytes)}`,
    set: (madeAt: number) => `Backup of ${format.moment(madeAt)}`,
    putBack: 'Put back',
    rescue: 'Rescue what can be read',
    rescueNote: 'Alambic makes a new workspace beside this one, of every conversation and document that it can still read.',
    rescuedName: (name: string) => `${name} (rescued)`,
    rescued: (name: string, conversations: number, documents: number) =>
      `“${name}” has ${format.plural(conversations, { one: 'one conversation', other: `${format.number(conversations)} conversations` })} and ${format.plural(documents, { one: 'one document', other: `${format.number(documents)} documents` })} that could be read.`,
    lost: (rows: number) =>
      rows === 0
        ? 'Nothing is missing that could be noticed.'
        : format.plural(rows, {
            one: 'About one entry could not be read and is missing.',
            other: `About ${format.number(rows)} entries could not be read and are missing.`,
          }),
    putBackNamed: (madeAt: number) => `Put back the copy of ${format.moment(madeAt)}`,
    erase: 'Erase for good…',
  }
}
