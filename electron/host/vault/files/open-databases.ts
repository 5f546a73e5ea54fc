/** The encrypted files while the vault is open: all of them opened, brought to the newest shape, and closed together. */
import { dirname } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import type { Backups } from '../backup/backups.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from './encrypted-database.ts'
import { FileName } from '../keys/key-record.ts'
import { migrate, type Migration } from './migrate.ts'
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
}

export class OpenDatabases {
  readonly #options: OpenDatabasesOptions
  readonly #databases = new Map<string, EncryptedDatabase>()

  /** Opens every file the record knows, or none. @throws AppError vault_damaged {damage, file}, vault_from_future {file, version, known}, disk_full */
  constructor(options: OpenDatabasesOptions) {
    this.#options = options
    try {
      for (const name of Object.keys(options.keys.record.keys)) this.open(name)
    } catch (error) {
      this.#closeAll()
      throw error
    }
  }

  /** @throws AppError vault_damaged {damage: key_missing, file} when the record has no key for it */
  get(name: string): EncryptedDatabase {
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
    this.#requireFree(workspaceId)
    keys.add(workspaceId, (key) => makeDatabase(files, workspaceId, key, this.#options.migrations.workspace))
    files.finish(workspaceId)
    this.open(workspaceId)
  }

  /** Takes a whole database that lies under its unfinished name in as a new workspace. @throws AppError invalid_input for an id that is taken, disk_full */
  adopt(workspaceId: string, key: Buffer): void {
    const { keys, files } = this.#options
    this.#requireFree(workspaceId)
    try {
      keys.keep(workspaceId, key)
    } catch (error) {
      files.prepare(workspaceId)
      throw error
    }
    files.finish(workspaceId)
    this.open(workspaceId)
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

  /**
   * Destroys the key of a workspace, then removes its file, its backups, and what backups of the list say of it; false where that could not
   * be done yet: but for the list it is noise.
   */
  erase(workspaceId: string, forget: (list: EncryptedDatabase) => void): boolean {
    const { keys, files, backups } = this.#options
    if (keys.has(workspaceId)) keys.destroy(workspaceId)
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

  /** Opens one file and brings it to the newest shape; nothing happens when it is open. @throws AppError as the constructor does */
  open(name: string): void {
    if (this.#databases.has(name)) return
    const { keys, files, backups, migrations } = this.#options
    const database = keys.use(name, (key) =>
      openEncryptedDatabase(files.database(name), key, { create: false, overwritesDeleted: name === 'main' }),
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

  #requireFree(workspaceId: string): void {
    if (FileName.safeParse(workspaceId).success && !this.#options.keys.has(workspaceId)) return
    throw new AppError('invalid_input', 'This id cannot be that of a new workspace')
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

function succeeds(step: () => void): boolean {
  try {
    step()
    return true
  } catch {
    return false
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
