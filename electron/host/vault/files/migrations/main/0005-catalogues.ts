/** Catalogues that came in after the program, and the highest version that was ever here. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const catalogues: Migration = {
  version: 5,
  name: 'catalogues',
  update(database) {
    database.exec(`
      CREATE TABLE catalogues (
        kind TEXT PRIMARY KEY, catalogue TEXT NOT NULL, signatures TEXT NOT NULL, taken_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE catalogue_versions (
        kind TEXT NOT NULL, publisher TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (kind, publisher)
      ) STRICT;
    `)
  },
}
