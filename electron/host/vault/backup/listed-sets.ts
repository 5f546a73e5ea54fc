/** The backup sets in a folder, as a person is shown them before one is opened. */
import type { BackupSet } from '../../../../contract/backup.ts'
import { readSets } from './backup-set.ts'
import { placeTrouble } from './set-writer.ts'

/** The newest first; of folders inside none. @param vaultId of the open vault, null before one is. @throws AppError backup_folder_gone, backup_folder_refused */
export async function listSets(folder: string, vaultId: string | null): Promise<BackupSet[]> {
  try {
    return (await readSets(folder)).map((set) => ({
      ...{
        sequence: set.sequence,
        madeAt: set.madeAt,
        workspaceIds: set.files.flatMap(({ name }) => (name === 'main' ? [] : [name])),
      },
      own: set.vaultId === vaultId,
      recovery: set.recovery !== null,
    }))
  } catch (error) {
    throw placeTrouble(error)
  }
}
