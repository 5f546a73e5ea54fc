/** Lineage cards of the files that are here, and bundles that go on coming in after anything. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const lineage: Migration = {
  version: 4,
  name: 'lineage',
  update(database) {
    database.exec(`
      CREATE TABLE lineage_cards (
        sha256 TEXT PRIMARY KEY, card TEXT, signatures TEXT, trouble TEXT, taken_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE bundle_imports (
        id TEXT PRIMARY KEY, folder TEXT NOT NULL, manifest TEXT NOT NULL, manifest_sha256 TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL, trouble TEXT, added_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE bundle_items (
        import_id TEXT NOT NULL REFERENCES bundle_imports (id) ON DELETE CASCADE, sha256 TEXT NOT NULL, parts TEXT NOT NULL,
        verified_at REAL, words TEXT, PRIMARY KEY (import_id, sha256)
      ) STRICT;
    `)
  },
}
