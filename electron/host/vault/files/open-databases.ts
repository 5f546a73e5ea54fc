/**
 * The encrypted files while the vault is open: opened, brought to the newest shape, and closed together. A workspace whose file cannot be
 * opened, or fails later, is damaged by itself; the others go on.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../../../contract/errors.ts'
import type { WorkspaceDamage } from '../../../../contract/entities.ts'
import { renameSync } from '../../base/patient-files.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import type { Backups } from './backups.ts'
import type { Watchable } from '../../base/watchable.ts'
import { diskFull } from './disk-full.ts'
import { workspaceDamaged, workspaceDamageOf } from './damage-told.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from './encrypted-database.ts'
import { randomKey } from '../keys/key-box.ts'
import { FileName } from '../keys/key-record.ts'
import { migrate, shapeOf, type Migration } from './migrate.ts'
import type { VaultFiles } from './vault-files.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'

/** The steps of both kinds of file. */
export interface Migrations {
  main: readonly Migration[]
  workspace: readonly Migration[]
}

interface OpenDatabasesOptions {
  keys: VaultKeys
  files: VaultFiles
  backups: Backups
  migrations: Migrations
  /** What happened to each workspace that cannot be used is kept here. */
  damaged: Watchable<ReadonlyMap<string, WorkspaceDamage>>
  /** Told when `main` can no longer be trusted. */
  onMainDamage: (damage: AppError) => void
  /** Why a workspace is damaged, where it is a fault of this program's: a migration that failed. */
  onBug: (error: unknown) => void
}

export class OpenDatabases {
  readonly #options: OpenDatabasesOptions
  readonly #databases = new Map<string, EncryptedDatabase>()

  /** Opens every file the record knows. @throws AppError for `main` alone: vault_damaged {damage, file}, vault_from_future {file, version, known}, disk_full */
  constructor(options: OpenDatabasesOptions) {
    this.#options = options
    this.#openFile('main')
    for (const name of Object.keys(options.keys.record.keys)) {
      try {
        this.open(name)
      } catch {
        // It is damaged, and known to be.
      }
    }
  }

  /** What happened to each workspace that cannot be used. */
  get damaged(): ReadonlyMap<string, WorkspaceDamage> {
    return this.#options.damaged.value
  }

  /** @param damage null when there is none any more */
  #setDamage(workspaceId: string, damage: WorkspaceDamage | null): void {
    const damaged = new Map(this.damaged)
    if (damage) damaged.set(workspaceId, damage)
    else if (!damaged.delete(workspaceId)) return
    this.#options.damaged.set(damaged)
  }

  /** @throws AppError workspace_damaged {damage}, vault_damaged {damage: key_missing, file} when the record has no key for it */
  get(name: string): EncryptedDatabase {
    const damage = this.damaged.get(name)
    if (damage) throw workspaceDamaged(damage)
    const database = this.#databases.get(name)
    if (!database) throw new AppError('vault_damaged', `No key for ${name}`, { damage: 'key_missing', file: `${name}.db` })
    return database
  }

  /**
   * Makes a workspace's file and key. The file is whole and on the disk before the record names it, and gets its name after.
   * @throws AppError invalid_input for an id that is taken or cannot be a file name
   */
  create(workspaceId: string): void {
    const { keys, files } = this.#options
    if (!FileName.safeParse(workspaceId).success || keys.has(workspaceId)) {
      throw new AppError('invalid_input', 'This id cannot be that of a new workspace')
    }
    try {
      keys.add(workspaceId, (key) => makeDatabase(files, workspaceId, key, this.#options.migrations.workspace))
      files.finish(workspaceId)
    } catch (error) {
      throw diskFull(error)
    }
    this.open(workspaceId)
  }

  /**
   * Takes a whole database that lies at the arriving place, under `key`, in as a new workspace with a key of its own. Somebody else may have
   * made it: it must be, table for table, what our own steps make.
   * @throws AppError workspace_file_malformed, workspace_file_newer, disk_full
   */
  adopt(workspaceId: string, key: Buffer): void {
    const { keys, files, migrations } = this.#options
    const shape = this.#newShape(workspaceId)
    keys.add(workspaceId, (newKey) => {
      const path = files.arriving(workspaceId)
      const database = openArrived(path, key)
      try {
        if (database.userVersion > migrations.workspace.length)
          throw new AppError('workspace_file_newer', `Version ${database.userVersion} is not known here`)
        orMalformed(() => migrate(database, migrations.workspace, { backup: () => undefined }))
        if (
          !isDeepStrictEqual(
            orMalformed(() => shapeOf(database)),
            shape,
          ) ||
          !database.isWhole()
        )
          throw new AppError('workspace_file_malformed', 'The database is damaged, or none of ours')
        database.rekey(newKey)
      } finally {
        database.close()
      }
      flushFile(path)
      renameSync(path, files.unfinished(workspaceId))
      flushFolder(dirname(path))
    })
    files.finish(workspaceId)
    this.open(workspaceId)
  }

  /** What our own steps make of a new file. */
  #newShape(workspaceId: string): unknown[] {
    const { files, migrations } = this.#options
    const key = randomKey()
    try {
      makeDatabase(files, workspaceId, key, migrations.workspace)
      const made = openEncryptedDatabase(files.unfinished(workspaceId), key, { create: false })
      try {
        return shapeOf(made)
      } finally {
        made.close()
      }
    } finally {
      key.fill(0)
      files.prepare(workspaceId)
    }
  }

  /** Writes a copy under another key. `tidy` takes out of it what must not travel. */
  copyOut(name: string, path: string, key: Buffer, tidy: (copy: EncryptedDatabase) => void): void {
    this.get(name).copyTo(path)
    this.#options.keys.use(name, (own) => {
      const copy = openEncryptedDatabase(path, own, { create: false, overwritesDeleted: true })
      try {
        tidy(copy)
        copy.rekey(key)
      } finally {
        copy.close()
      }
    })
  }

  /** Closes one file; it can be opened again. */
  closeOne(name: string): void {
    const database = this.#databases.get(name)
    this.#databases.delete(name)
    database?.close()
  }

  /** Puts a copy in the place of a damaged workspace's file, and that file aside. @throws AppError not_found, workspace_damaged {damage}, disk_full */
  putBack(workspaceId: string, copyId: string, now: number): void {
    if (!this.damaged.has(workspaceId)) throw new AppError('not_found', 'Nothing is damaged')
    this.replace(workspaceId, this.#options.backups.find(workspaceId, copyId), now)
  }

  /** Puts another file, which has the same key, in the place of a workspace's, and that one aside. @throws AppError workspace_damaged {damage}, disk_full */
  replace(workspaceId: string, path: string, now: number): void {
    this.closeOne(workspaceId)
    try {
      this.#options.files.replaceDatabase(workspaceId, path, now)
    } catch (error) {
      throw diskFull(error)
    }
    this.open(workspaceId)
  }

  /**
   * Destroys the key of a workspace, then removes its file, its backups, and what backups of the list say of it; false where that could not
   * be done yet: but for the list it is noise.
   */
  erase(workspaceId: string, forget: (list: EncryptedDatabase) => void): boolean {
    const { keys, files, backups } = this.#options
    if (keys.has(workspaceId)) keys.destroy(workspaceId)
    this.#setDamage(workspaceId, null)
    succeeds(() => this.closeOne(workspaceId))
    const steps = [
      () => files.remove(workspaceId),
      () => backups.removeAll(workspaceId),
      ...backups.list('main').map(
        ({ id }) =>
          () =>
            this.#change(backups.find('main', id), forget),
      ),
    ]
    return steps.map(succeeds).every(Boolean)
  }

  /** Changes a copy of the list. */
  #change(path: string, work: (list: EncryptedDatabase) => void): void {
    this.#options.keys.use('main', (key) => {
      const list = openEncryptedDatabase(path, key, { create: false, overwritesDeleted: true })
      try {
        work(list)
      } finally {
        list.close()
      }
    })
  }

  /** @throws AggregateError when one did not close well; all were tried. */
  close(): void {
    const failures = this.#closeAll()
    if (failures.length > 0) throw new AggregateError(failures, 'Not every database closed well')
  }

  /**
   * Opens a workspace's file and brings it to the newest shape; nothing happens when it is open. One that was damaged is tried again.
   * @throws AppError workspace_damaged {damage}
   */
  open(workspaceId: string): void {
    if (this.#databases.has(workspaceId) && !this.damaged.has(workspaceId)) return
    this.#setDamage(workspaceId, null)
    try {
      this.closeOne(workspaceId)
      this.#openFile(workspaceId)
    } catch (error) {
      const damage = workspaceDamageOf(error)
      this.#setDamage(workspaceId, damage)
      if (damage === 'migration_failed') this.#options.onBug(error)
      throw workspaceDamaged(damage, error)
    }
  }

  #openFile(name: string): void {
    const { keys, files, backups, migrations } = this.#options
    const database = keys.use(name, (key) =>
      openEncryptedDatabase(files.database(name), key, {
        create: false,
        overwritesDeleted: name === 'main',
        onDamage: (damage) => this.#fail(name, damage),
      }),
    )
    try {
      migrate(database, name === 'main' ? migrations.main : migrations.workspace, {
        backup: (fromVersion) => backups.make(name, database, fromVersion),
      })
    } catch (error) {
      database.close()
      throw error
    }
    this.#databases.set(name, database)
  }

  /** A file fails while it is open: from now on nothing is read of it nor written to it. */
  #fail(name: string, error: AppError): AppError {
    if (name === 'main') {
      this.#options.onMainDamage(error)
      return error
    }
    const damage = workspaceDamageOf(error)
    // While it is being opened whoever opens it says so.
    if (this.#databases.has(name)) this.#setDamage(name, damage)
    return workspaceDamaged(damage, error)
  }

  #closeAll(): unknown[] {
    const failures: unknown[] = []
    for (const database of this.#databases.values()) {
      try {
        database.close()
      } catch (error) {
        failures.push(error)
      }
    }
    this.#databases.clear()
    return failures
  }
}

/** @throws AppError workspace_file_malformed */
function openArrived(path: string, key: Buffer): EncryptedDatabase {
  return orMalformed(() => openEncryptedDatabase(path, key, { create: false }))
}

/** What fails in somebody else's file fails because of it, but for a full disk. @throws AppError workspace_file_malformed, disk_full */
function orMalformed<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof AppError && error.code === 'disk_full') throw error
    throw new AppError('workspace_file_malformed', 'The database is none of ours', undefined, { cause: error })
  }
}

function succeeds(step: () => void): boolean {
  try {
    step()
    return true
  } catch {
    return false
  }
}

function flushFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Makes a new database, whole and on the disk, under its unfinished name. */
export function makeDatabase(files: VaultFiles, name: string, key: Buffer, migrations: readonly Migration[]): void {
  files.prepare(name)
  const path = files.unfinished(name)
  const database = openEncryptedDatabase(path, key, { create: true })
  try {
    migrate(database, migrations, { backup: () => undefined })
  } finally {
    database.close()
  }
  flushFolder(dirname(path))
}
