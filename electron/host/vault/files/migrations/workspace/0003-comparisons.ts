/** The tables of comparisons: one question, two or three answers, a vote. A student's name is kept, for its model may go. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const comparisons: Migration = {
  version: 3,
  name: 'comparisons',
  update(database) {
    database.exec(`
      CREATE TABLE comparisons (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, question TEXT NOT NULL, settings TEXT NOT NULL,
        blind INTEGER NOT NULL, revealed INTEGER NOT NULL, vote TEXT, voted_blind INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE compared_answers (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        comparison_id TEXT NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE, letter TEXT NOT NULL,
        model_id TEXT NOT NULL, model_name TEXT NOT NULL,
        text TEXT NOT NULL DEFAULT '', thought TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, trouble TEXT, facts TEXT,
        UNIQUE (comparison_id, letter)
      ) STRICT;
      CREATE INDEX compared_answers_being_written ON compared_answers (state) WHERE state = 'writing';
    `)
  },
}
