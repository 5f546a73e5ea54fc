/** Answers that a person has edited: each names the one that it was edited from, which stays beside it. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const editedAnswers: Migration = {
  version: 11,
  name: 'edited answers',
  update(database) {
    database.exec(`
      ALTER TABLE messages ADD COLUMN edited_from TEXT;
      CREATE INDEX messages_edited ON messages (edited_from) WHERE edited_from IS NOT NULL;
    `)
  },
}
