/** What students have evaluated of conversations: where each state lies, and the key that opens it. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const keptStates: Migration = {
  version: 2,
  name: 'kept-states',
  update(database) {
    database.exec(`
      CREATE TABLE kept_states (
        conversation_id TEXT NOT NULL, student_id TEXT NOT NULL, label TEXT NOT NULL, file_name TEXT NOT NULL UNIQUE,
        key TEXT NOT NULL, tokens INTEGER NOT NULL, bytes INTEGER NOT NULL, kept_at INTEGER NOT NULL,
        PRIMARY KEY (conversation_id, student_id)
      ) STRICT;
    `)
  },
}
