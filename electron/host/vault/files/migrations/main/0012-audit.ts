/** What happened, without content. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const audit: Migration = {
  version: 12,
  name: 'audit',
  update(database) {
    database.exec(`
      CREATE TABLE audit (
        -- Never given twice, also when the newest row is gone.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        event TEXT NOT NULL,
        caller_kind TEXT NOT NULL,
        caller_id TEXT NOT NULL,
        subject TEXT,
        failure TEXT
      ) STRICT
    `)
  },
}
