/** A workspace's own test: its questions, and how each run went. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const questions: Migration = {
  version: 6,
  name: 'questions',
  update(database) {
    database.exec(`
      CREATE TABLE questions (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL, document_id TEXT, words TEXT NOT NULL
      ) STRICT;

      CREATE TABLE question_runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run TEXT NOT NULL) STRICT;

      -- The run that is going on: one at most.
      CREATE TABLE question_run_begun (number INTEGER PRIMARY KEY CHECK (number = 1), run TEXT NOT NULL) STRICT;
    `)
  },
}
