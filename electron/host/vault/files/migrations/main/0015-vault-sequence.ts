/** How often the vault was opened and locked, to notice an older file that was put back, and what was noticed and confirmed. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const vaultSequence: Migration = {
  version: 15,
  name: 'vault-sequence',
  update(database) {
    database.exec(`
      CREATE TABLE vault_sequence (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        number INTEGER NOT NULL,
        -- Of the last counting; shown to people, never compared.
        at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE vault_events (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        -- main_older, record_older: somebody was told of it and confirmed.
        what TEXT NOT NULL,
        found INTEGER NOT NULL,
        expected INTEGER NOT NULL
      ) STRICT;
    `)
  },
}
