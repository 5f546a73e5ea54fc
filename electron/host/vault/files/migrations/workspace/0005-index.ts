/**
 * The tables of the index. What is indexed is a text: passages of the same words share it, their words and their vectors.
 * A text's number is never used again, so that a search under way cannot take a new one for an old one. Frozen once released.
 */
import type { Migration } from '../../migrate.ts'

export const index: Migration = {
  version: 5,
  name: 'index',
  update(database) {
    database.exec(`
      CREATE TABLE indexed_texts (
        number INTEGER PRIMARY KEY AUTOINCREMENT, text_hash BLOB NOT NULL UNIQUE,
        passages INTEGER NOT NULL, terms INTEGER NOT NULL, language TEXT
      ) STRICT;

      -- What stands before a passage's own text when it is embedded; when whole = 1 all that is embedded. Apart, so that the table above stays narrow.
      CREATE TABLE text_leads (
        text_number INTEGER PRIMARY KEY REFERENCES indexed_texts (number) ON DELETE CASCADE, lead TEXT NOT NULL, whole INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE indexed_passages (
        number INTEGER PRIMARY KEY, text_number INTEGER NOT NULL REFERENCES indexed_texts (number), content_number INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX indexed_passages_by_text ON indexed_passages (text_number);

      -- Its rows are texts. It keeps neither the text nor positions: 15 MB for 100,000 passages.
      CREATE VIRTUAL TABLE text_words USING fts5 (
        terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
      );

      -- One row a set of vectors. embedded: passages that have one; done_before: no text below it lacks one; centre: what signs are taken against.
      CREATE TABLE vector_sets (
        number INTEGER PRIMARY KEY AUTOINCREMENT, embedder_id TEXT NOT NULL, dimensions INTEGER,
        serving INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0,
        embedded INTEGER NOT NULL DEFAULT 0, done_before INTEGER NOT NULL DEFAULT 0, centre BLOB
      ) STRICT;
      CREATE UNIQUE INDEX vector_sets_by_embedder ON vector_sets (embedder_id) WHERE dropped = 0;
      CREATE UNIQUE INDEX vector_set_that_serves ON vector_sets (serving) WHERE serving = 1;

      -- number: the set's number × 2^32 + the text's. int8; its signs are apart, because all of them are read into memory.
      CREATE TABLE vectors (number INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;
      CREATE TABLE vector_signs (number INTEGER PRIMARY KEY, signs BLOB NOT NULL) STRICT;

      -- One row.
      CREATE TABLE index_totals (number INTEGER PRIMARY KEY CHECK (number = 1), passages INTEGER NOT NULL) STRICT;
      INSERT INTO index_totals VALUES (1, 0);
    `)
  },
}
