/** The plan of backups, the places where sets lie, and what is still to be taken out of them. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const backups: Migration = {
  version: 16,
  name: 'backups',
  update(database) {
    database.exec(`
      -- One row. folder: null for our own; recovery_key: the public half, 32 bytes; sequence: of the last set; counted_from: what the next
      -- day is counted from; last: the last set that was verified, as JSON; mentioned: its age was put away.
      CREATE TABLE backup_plan (
        number INTEGER PRIMARY KEY CHECK (number = 1), folder TEXT, daily INTEGER NOT NULL, kept INTEGER NOT NULL,
        recovery_key BLOB, recovery_at INTEGER, sequence INTEGER NOT NULL, counted_from INTEGER, last TEXT, mentioned INTEGER NOT NULL
      ) STRICT;
      INSERT INTO backup_plan VALUES (1, NULL, 1, 3, NULL, NULL, 0, NULL, NULL, 0);

      -- Folders in which sets were made.
      CREATE TABLE backup_places (folder TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

      -- Erased workspaces whose copies are still in a place that could not be reached.
      CREATE TABLE backup_erased (
        workspace_id TEXT NOT NULL, folder TEXT NOT NULL, PRIMARY KEY (workspace_id, folder)
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
