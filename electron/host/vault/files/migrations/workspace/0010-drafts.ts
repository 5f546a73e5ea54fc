/** What a person has typed and not sent yet: of the next question of each conversation, and of questions that are being edited. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const drafts: Migration = {
  version: 10,
  name: 'drafts',
  update(database) {
    database.exec(`
      -- Without a conversation it is of the one to come, without a message of the next question.
      CREATE TABLE drafts (
        conversation_id TEXT NOT NULL DEFAULT '', message_id TEXT NOT NULL DEFAULT '', text TEXT NOT NULL,
        PRIMARY KEY (conversation_id, message_id)
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
