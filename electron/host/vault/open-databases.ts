/** The encrypted files while the vault is open: all of them opened, brought to the newest shape, and closed together. */
import { dirname } from 'node:path'
import { AppError } from '../../../contract/errors.ts'
import { flushFolder } from '../base/atomic-file.ts'
import type { Backups } from './backups.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from './encrypted-database.ts'
import { FileName } from './key-record.ts'
import { migrate, type Migration } from './migrate.ts'
import type { VaultFiles } from './vault-files.ts'
import type { VaultKeys } from './vault-keys.ts'

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
      for (const name of Object.keys(options.keys.record.keys)) this.#open(name)
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
    if (!FileName.safeParse(workspaceId).success || keys.has(workspaceId)) {
      throw new AppError('invalid_input', 'This id cannot be that of a new workspace')
    }
    keys.add(workspaceId, (key) => makeDatabase(files, workspaceId, key, this.#options.migrations.workspace))
    files.finish(workspaceId)
    this.#open(workspaceId)
  }

  /** @throws AggregateError when one did not close well; all were tried. */
  close(): void {
    const failures = this.#closeAll()
    if (failures.length > 0) throw new AggregateError(failures, 'Not every database closed well')
  }

  #open(name: string): void {
    const { keys, files, backups, migrations } = this.#options
    const database = keys.use(name, (key) => openEncryptedDatabase(files.database(name), key, { create: false }))
    this.#databases.set(name, database)
    migrate(database, name === 'main' ? migrations.main : migrations.workspace, {
      backup: (fromVersion) => backups.make(name, database, fromVersion),
    })
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
