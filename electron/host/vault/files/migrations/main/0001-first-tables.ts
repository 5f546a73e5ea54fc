/** The tables of the main file: settings, workspaces, models, presets. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const firstTables: Migration = {
  version: 1,
  name: 'first-tables',
  update(database) {
    database.exec(`
      CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE workspaces (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, personal INTEGER NOT NULL, created_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE models (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, file_name TEXT NOT NULL UNIQUE, size_bytes INTEGER NOT NULL,
        changed_at REAL NOT NULL, architecture TEXT NOT NULL, parameters INTEGER NOT NULL, quantisation TEXT NOT NULL,
        trained_context_tokens INTEGER NOT NULL, licence TEXT, template TEXT NOT NULL, starter INTEGER NOT NULL,
        added_at INTEGER NOT NULL, verified_at INTEGER NOT NULL, last_used_at INTEGER
      ) STRICT;
      CREATE TABLE presets (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, system_prompt TEXT NOT NULL, sampling TEXT NOT NULL, created_at INTEGER NOT NULL
      ) STRICT;
    `)
  },
}
