/** Brings one file to a newer shape, in the vault's own process: a step over a big file takes longer than anybody should wait for an answer of the host. */
import type { FileKind } from '../keys/key-work.ts'
import { openEncryptedDatabase } from './encrypted-database.ts'
import { migrate } from './migrate.ts'
import { mainMigrations } from './migrations/main/main-migrations.ts'
import { workspaceMigrations } from './migrations/workspace/workspace-migrations.ts'

/** The process of a host that was killed ends after the step that it is taking, and no earlier. */
const longestWaitMs = 120_000

/** Whoever asks has had the file copied. @throws AppError vault_damaged {damage, file}, vault_from_future {file, version, known}, disk_full; what a step throws */
export function migrateFile({ path, key }: { path: string; key: Buffer }, kind: FileKind, last: number): void {
  const steps = (kind === 'main' ? mainMigrations : workspaceMigrations).slice(0, last)
  const opening = { create: false, overwritesDeleted: kind === 'main', waitsMs: longestWaitMs }
  const database = openEncryptedDatabase(path, key, opening)
  try {
    migrate(database, steps, { backup: () => undefined })
  } finally {
    database.close()
  }
}
