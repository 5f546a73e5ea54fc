/**
 * The tables of a workspace's file: conversations, messages and their words. Frozen once released.
 * A message is indexed when it is no longer being written, so that saving it every second does not touch the index.
 */
import type { Migration } from '../../migrate.ts'

export const firstTables: Migration = {
  version: 1,
  name: 'first-tables',
  update(database) {
    database.exec(`
      CREATE TABLE conversations (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, pinned INTEGER NOT NULL DEFAULT 0,
        preset_id TEXT NOT NULL, model_id TEXT, leaf_id TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX conversations_by_time ON conversations (pinned DESC, updated_at DESC, number DESC);

      CREATE TABLE messages (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id),
        parent_id TEXT REFERENCES messages (id),
        role TEXT NOT NULL, text TEXT NOT NULL, thought TEXT NOT NULL DEFAULT '', state TEXT NOT NULL,
        trouble TEXT, facts TEXT, created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX messages_by_parent ON messages (conversation_id, parent_id, number);
      CREATE INDEX messages_by_parent_alone ON messages (parent_id);
      CREATE INDEX messages_being_written ON messages (state) WHERE state = 'writing';

      CREATE VIRTUAL TABLE title_words USING fts5 (
        title, content = 'conversations', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
      );
      CREATE TRIGGER title_added AFTER INSERT ON conversations BEGIN
        INSERT INTO title_words (rowid, title) VALUES (new.number, new.title);
      END;
      CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversations BEGIN
        INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.number, old.title);
        INSERT INTO title_words (rowid, title) VALUES (new.number, new.title);
      END;
      CREATE TRIGGER title_removed AFTER DELETE ON conversations BEGIN
        INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.number, old.title);
      END;

      CREATE VIRTUAL TABLE message_words USING fts5 (
        text, content = 'messages', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
      );
      CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.state <> 'writing' BEGIN
        INSERT INTO message_words (rowid, text) VALUES (new.number, new.text);
      END;
      CREATE TRIGGER message_left AFTER UPDATE OF text, state ON messages WHEN old.state <> 'writing' BEGIN
        INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.number, old.text);
      END;
      CREATE TRIGGER message_settled AFTER UPDATE OF text, state ON messages WHEN new.state <> 'writing' BEGIN
        INSERT INTO message_words (rowid, text) VALUES (new.number, new.text);
      END;
      CREATE TRIGGER message_removed AFTER DELETE ON messages WHEN old.state <> 'writing' BEGIN
        INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.number, old.text);
      END;
    `)
  },
}
