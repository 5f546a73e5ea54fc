/** What backups need of an open vault: its keys and files, which nobody else is handed. */
import { mkdirSync } from 'node:fs'
import type { BackupKey } from '../../../../contract/backup.ts'
import { AppError } from '../../../../contract/errors.ts'
import { rmSync } from '../../base/patient-files.ts'
import { diskFull } from '../files/disk-full.ts'
import type { OpenDatabases } from '../files/open-databases.ts'
import { copyApart } from '../files/rekeyed-copy.ts'
import { VaultFiles } from '../files/vault-files.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import type { Arrival } from '../gate/gate.ts'
import type { Journeys } from '../gate/journeys.ts'
import type { Derivation } from '../keys/derivation.ts'
import { BackupArea, type BackupAreaOptions } from './backup-area.ts'
import type { SetFacts } from './backup-set.ts'
import { bringIn, openSet, type OpenedSet, type SetReaders } from './restoring.ts'
import { placeTrouble } from './set-writer.ts'
import { verifyCopy, type CheckCopy } from './snapshot.ts'

interface OpenedBackupsOptions {
  keys: VaultKeys
  files: VaultFiles
  databases: OpenDatabases
  /** What opens a set with a passphrase or the recovery code. */
  elsewhere: Pick<SetReaders, 'wraps' | 'tries' | 'opened'>
  /** Takes a database in through the gate and gives it a key. */
  takeIn: Journeys['takeInDatabase']
  /** A gate into another folder. */
  gateInto: Journeys['gateInto']
  /** Does something to a file while nothing is being encrypted anew. */
  apart: (work: () => Promise<void>) => Promise<void>
  /** Copies and checks databases. Null does it in this process, which others wait for: for tests. */
  derivation: Pick<Derivation, 'check' | 'copy'> | null
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

  /** @throws AppError backup_malformed, backup_newer, backup_not_opened, recovery_code_wrong {group, triesLeft, retryAt}, wrong_passphrase {triesLeft,
   *   retryAt}, too_many_tries {retryAt}, backup_folder_gone */
  open(place: { folder: string; sequence: number; key: BackupKey }): Promise<OpenedSet> {
    const { keys, elsewhere } = this.#options
    return openSet(place, {
      ...{ vault: keys, ...elsewhere },
      keyHere: ({ vaultId }) => Promise.resolve(vaultId === keys.record.vaultId ? Buffer.from(keys.vaultKey) : null),
    })
  }

  /**
   * Takes a workspace of a set in, through the gate for foreign rows, under an id and a key of its own; returns what the list said of it.
   * @throws AppError not_found, backup_unverified, backup_newer, porter_died, disk_full; the signal's reason
   */
  async take(set: OpenedSet, name: string, arrival: Arrival): Promise<SetFacts> {
    const { takeIn } = this.#options
    const { file, facts } = workspaceOf(set, name)
    try {
      await bringIn(file, set, (backedUp) => takeIn(backedUp, arrival), arrival.signal)
      return facts
    } catch (error) {
      throw placeTrouble(diskFull(error))
    }
  }

  /**
   * Puts a workspace of one of this vault's own sets, brought in through the gate, in the place of its damaged file, which is set aside.
   * @throws AppError not_found, backup_unverified, backup_newer, porter_died, workspace_damaged {damage}, disk_full; the signal's reason
   */
  async putBack(set: OpenedSet, workspaceId: string, signal: AbortSignal): Promise<void> {
    const { files, databases, keys, gateInto, apart, derivation } = this.#options
    const { file } = workspaceOf(set, workspaceId)
    if (!databases.damaged.has(workspaceId)) throw new AppError('not_found', 'Nothing is damaged')
    rmSync(files.restoring, { recursive: true, force: true })
    mkdirSync(files.restoring, { mode: 0o700 })
    const staging = new VaultFiles(files.restoring)
    const path = staging.unfinished(workspaceId)
    try {
      const gate = gateInto(staging)
      const arrival = { workspaceId, embedderId: null, signal }
      const { key } = await bringIn(file, set, (backedUp) => gate.takeInDatabase(backedUp, arrival), signal)
      try {
        await apart(async () => {
          // What comes through the gate has a key of its own; the vault has one for this workspace already.
          const own = keys.use(workspaceId, (key) => Buffer.from(key))
          const target = staging.rekeyed(path)
          await copyApart(derivation, { source: path, target, keys: [key, own], signal }).finally(() => own.fill(0))
          await databases.putInPlace(workspaceId, target, signal)
        })
      } finally {
        key.fill(0)
      }
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
