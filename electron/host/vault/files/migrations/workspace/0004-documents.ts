/**
 * The tables of documents, and what conversations know of them. What was read of a file belongs to its content, by its SHA-256: a file
 * that is there twice, is renamed or comes back is read once. Frozen once released.
 */
import type { Migration } from '../../migrate.ts'

export const documents: Migration = {
  version: 4,
  name: 'documents',
  update(database) {
    database.exec(`
      CREATE TABLE watched_folders (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL, added_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE contents (
        number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, size_bytes INTEGER NOT NULL,
        stage TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, total INTEGER,
        format TEXT, pages INTEGER, page_kind TEXT, title TEXT, language TEXT,
        picture_pages TEXT NOT NULL DEFAULT '[]', recognise TEXT, confidence REAL, password TEXT,
        passages INTEGER NOT NULL DEFAULT 0, splitting INTEGER NOT NULL DEFAULT 0, trouble TEXT
      ) STRICT;
      CREATE INDEX contents_by_stage ON contents (stage, number);

      -- The file itself, in parts of one mebibyte; the last may be shorter.
      CREATE TABLE content_parts (
        content_number INTEGER NOT NULL REFERENCES contents (number), part INTEGER NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (content_number, part)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        folder_id TEXT REFERENCES watched_folders (id), folder TEXT NOT NULL DEFAULT '',
        conversation_id TEXT REFERENCES conversations (id), parent_id TEXT REFERENCES documents (id),
        content_number INTEGER REFERENCES contents (number), size_bytes INTEGER NOT NULL,
        trouble TEXT, added_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX documents_by_content ON documents (content_number);
      CREATE INDEX documents_by_conversation ON documents (conversation_id, number);
      CREATE INDEX documents_by_folder ON documents (folder_id, folder, name);

      CREATE INDEX documents_by_parent ON documents (parent_id);

      -- What a person removed although its file lies in a watched folder, until that file goes.
      CREATE TABLE left_out_files (
        folder_id TEXT NOT NULL REFERENCES watched_folders (id), folder TEXT NOT NULL, name TEXT NOT NULL,
        PRIMARY KEY (folder_id, folder, name)
      ) STRICT, WITHOUT ROWID;

      -- One row: whether reading and embedding rest, whose vectors contents.done counts, and whose are searched.
      CREATE TABLE ingest_state (
        number INTEGER PRIMARY KEY CHECK (number = 1), paused INTEGER NOT NULL, counted_embedder_id TEXT, served_embedder_id TEXT
      ) STRICT;
      INSERT INTO ingest_state VALUES (1, 0, NULL, NULL);

      -- Pages whose pictures were recognised, until all are and they become blocks.
      CREATE TABLE recognised_pages (
        content_number INTEGER NOT NULL REFERENCES contents (number), page INTEGER NOT NULL, blocks TEXT NOT NULL,
        PRIMARY KEY (content_number, page)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE blocks (
        content_number INTEGER NOT NULL REFERENCES contents (number), position INTEGER NOT NULL, start INTEGER NOT NULL, block TEXT NOT NULL,
        PRIMARY KEY (content_number, position)
      ) STRICT, WITHOUT ROWID;

      -- text_hash: SHA-256 of the text that is embedded, so that the same words are embedded once.
      CREATE TABLE passages (
        number INTEGER PRIMARY KEY, content_number INTEGER NOT NULL REFERENCES contents (number), position INTEGER NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, headings TEXT NOT NULL, place TEXT NOT NULL,
        language TEXT, text_hash BLOB NOT NULL,
        UNIQUE (content_number, position)
      ) STRICT;
      CREATE INDEX passages_by_text ON passages (text_hash);

      ALTER TABLE conversations ADD COLUMN scope TEXT;
      ALTER TABLE messages ADD COLUMN sources TEXT;
      ALTER TABLE messages ADD COLUMN found TEXT;
    `)
  },
}
