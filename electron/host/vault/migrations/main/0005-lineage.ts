/** Lineage cards of the files that are here, and why one that came with a file was not kept. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const lineage: Migration = {
  version: 4,
  name: 'lineage',
  update(database) {
    database.exec(`
      CREATE TABLE lineage_cards (
        sha256 TEXT PRIMARY KEY, card TEXT, signatures TEXT, trouble TEXT, taken_at INTEGER NOT NULL
      ) STRICT;
    `)
  },
}
