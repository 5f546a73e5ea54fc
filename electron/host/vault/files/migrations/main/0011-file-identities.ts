/** Which file a model is, to the inode and the nanosecond, and names that are on their way to a row or from one. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const fileIdentities: Migration = {
  version: 11,
  name: 'file-identities',
  update(database) {
    // Without one, as every row of before, the file is hashed again once.
    database.exec(`
      ALTER TABLE models ADD COLUMN file_identity TEXT;
      ALTER TABLE bundle_items ADD COLUMN file_identity TEXT;
      -- Files of ours that no other row names yet, or any more.
      CREATE TABLE loose_files (path TEXT PRIMARY KEY, device TEXT NOT NULL, inode TEXT NOT NULL, came_from TEXT) STRICT;
    `)
  },
}
