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
      -- Files and folders that are ours, and that no other row names until they are whole or once they are taken away.
      CREATE TABLE loose_files (path TEXT PRIMARY KEY, device TEXT NOT NULL, inode TEXT NOT NULL) STRICT;
    `)
  },
}
