/** What is needed to know again what comes back: words of a file that changed, a folder on a stick, a file whose time was set back. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const whatComesBack: Migration = {
  version: 7,
  name: 'what-comes-back',
  update(database) {
    database.exec(`
      -- Texts that no passage has any more: kept with their vectors until nothing is left to be read.
      CREATE INDEX spare_texts ON indexed_texts (number) WHERE passages = 0;

      -- Which folder it was in which its documents lay, as its system tells folders apart: another may come to lie at its path.
      ALTER TABLE watched_folders ADD COLUMN identity TEXT;

      -- What the system said of the file when its bytes were taken in.
      ALTER TABLE documents ADD COLUMN stamp TEXT;
    `)
  },
}
