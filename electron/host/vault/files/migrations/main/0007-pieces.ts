/** Downloads of several files, and which student of the catalogue a model was fetched as. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const pieces: Migration = {
  version: 7,
  name: 'pieces',
  update(database) {
    database.exec(`
      CREATE TABLE downloads_of_pieces (
        id TEXT PRIMARY KEY, student_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, licence TEXT NOT NULL,
        file_name TEXT NOT NULL, sha256 TEXT, pieces TEXT NOT NULL, state TEXT NOT NULL, trouble TEXT, added_at INTEGER NOT NULL
      ) STRICT;
      INSERT INTO downloads_of_pieces
        SELECT id, student_id, name, licence, file_name, sha256,
          json_array(json_object('url', url, 'sha256', sha256, 'totalBytes', total_bytes, 'etag', etag, 'parts', json(parts))),
          state, trouble, added_at FROM downloads;
      DROP TABLE downloads;
      ALTER TABLE downloads_of_pieces RENAME TO downloads;
      ALTER TABLE models ADD COLUMN catalogue_id TEXT;
    `)
  },
}
