/** How each backend was found, with which driver and build: one that crashed is remembered. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const hardware: Migration = {
  version: 6,
  name: 'hardware',
  update(database) {
    database.exec(`
      CREATE TABLE backends (
        backend TEXT PRIMARY KEY, tried_with TEXT NOT NULL, report TEXT NOT NULL
      ) STRICT;
    `)
  },
}
