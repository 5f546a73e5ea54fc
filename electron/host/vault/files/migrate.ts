/** Brings a database to the newest shape, one frozen step after the other. Knows the steps' numbers, not their tables. */
import { basename } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import type { EncryptedDatabase } from './encrypted-database.ts'

/** One step. Its file is frozen once released: a person's database has already taken it. */
export interface Migration {
  /** 1 for the first, and one more for each later one. */
  version: number
  name: string
  update(database: EncryptedDatabase): void
}

/** The steps of both kinds of file. */
export interface Migrations {
  main: readonly Migration[]
  workspace: readonly Migration[]
}

/**
 * Takes the pending steps, each in a transaction of its own together with its number, so that a crash leaves whole steps.
 * @param backup is called before the first pending step of a database that has been used.
 * @throws AppError vault_from_future {file, version, known}; whatever a step or the backup throws
 */
export function migrate(
  database: EncryptedDatabase,
  migrations: readonly Migration[],
  { backup }: { backup: (fromVersion: number) => void },
): void {
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`Migration ${migration.name} should have version ${index + 1}`)
  })
  const from = database.userVersion
  if (from > migrations.length) {
    const data = { file: basename(database.path), version: from, known: migrations.length }
    throw new AppError('vault_from_future', `${data.file} has version ${from}, this program knows ${data.known}`, data)
  }
  const pending = migrations.slice(from)
  if (pending.length > 0 && from > 0) backup(from)
  for (const migration of pending) {
    database.transaction(() => {
      // The process of a host that was killed may have taken it while this one waited for the file.
      if (database.userVersion >= migration.version) return
      migration.update(database)
      database.userVersion = migration.version
    })
  }
  database.optimize()
}

/** Everything in a database that has a definition. The planner's own tables come and go. */
export function shapeOf(database: EncryptedDatabase): unknown[] {
  return database
    .prepare(`SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat[0-9]' ORDER BY type, name`)
    .all()
}
