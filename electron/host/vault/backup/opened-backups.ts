/** What backups need of an open vault: its keys and files, which nobody else is handed. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupKey } from '../../../../contract/backup.ts'
import { AppError } from '../../../../contract/errors.ts'
import { rename, rmSync } from '../../base/patient-files.ts'
import { diskFull } from '../files/disk-full.ts'
import { openEncryptedDatabase } from '../files/encrypted-database.ts'
import type { OpenDatabases } from '../files/open-databases.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import type { Arrival } from '../gate/gate.ts'
import type { Journeys } from '../gate/journeys.ts'
import type { Derivation } from '../keys/derivation.ts'
import type { Wraps } from '../keys/wraps.ts'
import { BackupArea, type BackupAreaOptions } from './backup-area.ts'
import type { SetFacts } from './backup-set.ts'
import { fetchFile, openSet, tidyWorkspace, type OpenedSet } from './restoring.ts'
import { placeTrouble } from './set-writer.ts'
import { verifyCopy, type CheckCopy } from './snapshot.ts'

interface OpenedBackupsOptions {
  keys: VaultKeys
  files: VaultFiles
  databases: OpenDatabases
  wraps: Pick<Wraps, 'openByPassphrase'>
  /** Takes a database in through the gate and gives it a key. */
  takeIn: Journeys['takeInDatabase']
  /** Checks copies. Null does it in this process, which others wait for in slices: for tests. */
  derivation: Pick<Derivation, 'check'> | null
  now: () => number
  alarm: BackupAreaOptions['alarm']
}

export class OpenedBackups {
  readonly #options: OpenedBackupsOptions

  constructor(options: OpenedBackupsOptions) {
    this.#options = options
  }

  /** The area, for as long as the vault is open. */
  area(options: Pick<BackupAreaOptions, 'workspaces' | 'forget' | 'onBug'>): BackupArea {
    const { keys, files, databases, derivation, now, alarm } = this.#options
    const check: CheckCopy = derivation ? (...asked) => derivation.check(...asked) : verifyCopy
    const main = databases.get('main')
    return new BackupArea({ ...options, keys, files, check, now, alarm, main, ownFolder: files.backupSets })
  }

  /** The id of this vault, which its sets carry. */
  get vaultId(): string {
    return this.#options.keys.record.vaultId
  }

  /** @throws AppError backup_malformed, backup_newer, backup_not_opened, recovery_code_wrong {group}, wrong_passphrase, backup_folder_gone */
  open(place: { folder: string; sequence: number; key: BackupKey }): Promise<OpenedSet> {
    return openSet(place, { vault: this.#options.keys, wraps: this.#options.wraps })
  }

  /**
   * Takes a workspace of a set in, through the gate for foreign rows, under an id and a key of its own; returns what the list said of it.
   * @throws AppError not_found, backup_unverified, workspace_file_malformed, workspace_file_newer, porter_died, disk_full; the signal's reason
   */
  async take(set: OpenedSet, name: string, arrival: Arrival): Promise<SetFacts> {
    const { files, takeIn } = this.#options
    const { file, facts } = workspaceOf(set, name)
    const fetched = join(files.restoring, `${arrival.workspaceId}.db`)
    mkdirSync(files.restoring, { recursive: true, mode: 0o700 })
    try {
      const key = await fetchFile(file, fetched, arrival.signal)
      try {
        await takeIn({ path: fetched, key, origin: set.own ? 'own' : 'stranger' }, arrival)
      } finally {
        key.fill(0)
      }
      return facts
    } catch (error) {
      throw placeTrouble(diskFull(error))
    } finally {
      rmSync(files.restoring, { recursive: true, force: true })
    }
  }

  /**
   * Puts a workspace of one of this vault's own sets in the place of its damaged file, which is set aside.
   * @throws AppError not_found, backup_not_opened, backup_unverified, workspace_damaged {damage}, disk_full
   */
  async putBack(set: OpenedSet, workspaceId: string, signal: AbortSignal): Promise<void> {
    const { files, databases, keys, now } = this.#options
    const { file } = workspaceOf(set, workspaceId)
    if (!databases.damaged.has(workspaceId)) throw new AppError('not_found', 'Nothing is damaged')
    mkdirSync(files.restoring, { recursive: true, mode: 0o700 })
    const arriving = join(files.restoring, `${workspaceId}.db`)
    const fetched = `${arriving}.fetched`
    try {
      const key = await fetchFile(file, arriving, signal)
      try {
        tidy(arriving, key, set)
        // The vault may have given the workspace another key since.
        keys.use(workspaceId, (own) => {
          if (own.equals(key)) return
          const database = openEncryptedDatabase(arriving, key, { create: false })
          try {
            database.rekey(own)
          } finally {
            database.close()
          }
        })
      } finally {
        key.fill(0)
      }
      await rename(arriving, fetched)
      databases.putInPlace(workspaceId, fetched, now())
    } catch (error) {
      throw placeTrouble(diskFull(error))
    } finally {
      rmSync(files.restoring, { recursive: true, force: true })
    }
  }
}

function workspaceOf({ files }: OpenedSet, name: string) {
  const file = files.find((file) => file.name === name)
  const facts = file?.entry.facts
  if (!file || !facts) throw new AppError('not_found', 'It is not in this set')
  return { file, facts }
}

function tidy(path: string, key: Buffer, set: OpenedSet): void {
  const copy = openEncryptedDatabase(path, key, { create: false, overwritesDeleted: true })
  try {
    tidyWorkspace(copy, set)
  } finally {
    copy.close()
  }
}
