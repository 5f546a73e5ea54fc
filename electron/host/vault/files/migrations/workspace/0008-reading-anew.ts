/** What is needed to read documents anew that an earlier reader read with losses, while what it read still serves. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const readingAnew: Migration = {
  version: 8,
  name: 'reading-anew',
  update(database) {
    database.exec(`
      -- By which version of the reader it was read; 0 for what was read before versions were kept.
      ALTER TABLE contents ADD COLUMN reading INTEGER NOT NULL DEFAULT 0;

      -- The content whose place it takes once it is whole: its text is that of a newer reading. No document has it before.
      ALTER TABLE contents ADD COLUMN replaces INTEGER;

      -- The content that keeps its bytes; null for those that keep their own.
      ALTER TABLE contents ADD COLUMN bytes_number INTEGER;

      -- What a person removed of the files inside a document: reading that anew does not bring it back.
      CREATE TABLE left_out_attachments (
        parent_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE, name TEXT NOT NULL, PRIMARY KEY (parent_id, name)
      ) STRICT, WITHOUT ROWID;

      CREATE INDEX contents_by_reading ON contents (reading, number);
      CREATE INDEX contents_that_replace ON contents (replaces) WHERE replaces IS NOT NULL;
      CREATE INDEX contents_by_bytes ON contents (bytes_number) WHERE bytes_number IS NOT NULL;
    `)
  },
}
