/** The audit log as a tree of hashes: its entries as the bytes that are hashed, the tiles over them, and its keys. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const auditTree: Migration = {
  version: 18,
  name: 'audit-tree',
  update(database) {
    // Rows of the table `audit` are taken into the tree when the log is next begun, and leave it then.
    database.exec(`
      -- leaf: the place in the tree, from 0. The oldest go; their hashes stay.
      CREATE TABLE audit_entries (
        leaf INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, line TEXT NOT NULL
      ) STRICT;

      -- Up to 256 hashes of 32 bytes each, as C2SP tlog-tiles has them.
      CREATE TABLE audit_tiles (
        level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, number)
      ) STRICT;

      -- One row. signing: the ed25519 key of checkpoints; sealing: the X25519 key that opens what was sealed while locked; both PKCS #8.
      CREATE TABLE audit_keys (
        only INTEGER PRIMARY KEY CHECK (only = 1), signing BLOB NOT NULL, sealing BLOB NOT NULL
      ) STRICT;
    `)
  },
}
