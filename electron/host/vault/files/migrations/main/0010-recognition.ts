/** Languages that text in pictures is recognised in, added from files. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const recognition: Migration = {
  version: 10,
  name: 'recognition',
  update(database) {
    database.exec(`
      CREATE TABLE recognition_languages (
        code TEXT PRIMARY KEY,
        -- Of the file as it was tried.
        sha256 TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        added_at INTEGER NOT NULL
      ) STRICT
    `)
  },
}
