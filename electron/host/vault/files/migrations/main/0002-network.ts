/** The ledger of the door, and downloads that go on after anything. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const network: Migration = {
  version: 2,
  name: 'network',
  update(database) {
    database.exec(`
      CREATE TABLE ledger (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, host TEXT NOT NULL, purpose TEXT NOT NULL,
        outcome TEXT NOT NULL, received_bytes INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE downloads (
        id TEXT PRIMARY KEY, student_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, licence TEXT NOT NULL, url TEXT NOT NULL,
        file_name TEXT NOT NULL, sha256 TEXT, total_bytes INTEGER, etag TEXT, parts TEXT NOT NULL,
        state TEXT NOT NULL, trouble TEXT, added_at INTEGER NOT NULL
      ) STRICT;
    `)
  },
}
