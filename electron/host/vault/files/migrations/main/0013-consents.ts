/** Who may be reached and what for, as a person said it outside of the page; and in the ledger ports, proxies and bytes sent. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const consents: Migration = {
  version: 13,
  name: 'consents',
  update(database) {
    database.exec(`
      CREATE TABLE network_consents (
        purpose TEXT NOT NULL, address TEXT NOT NULL, given_at INTEGER NOT NULL, given_by TEXT NOT NULL,
        PRIMARY KEY (purpose, address)
      ) STRICT;
      ALTER TABLE ledger ADD COLUMN port INTEGER;
      ALTER TABLE ledger ADD COLUMN proxy TEXT;
      ALTER TABLE ledger ADD COLUMN sent_bytes INTEGER NOT NULL DEFAULT 0;
    `)
  },
}
