/**
 * Conversations are searched by the same terms as documents, which the host makes of their words: SQL only keeps what has to be looked at (anew).
 * What there is of older conversations is looked at when the workspace is next open. Frozen once released.
 */
import type { Migration } from '../../migrate.ts'

export const conversationWords: Migration = {
  version: 9,
  name: 'conversation-words',
  update(database) {
    database.exec(`
      DROP TRIGGER title_added;
      DROP TRIGGER title_changed;
      DROP TRIGGER title_removed;
      DROP TRIGGER message_added;
      DROP TRIGGER message_left;
      DROP TRIGGER message_settled;
      DROP TRIGGER message_removed;
      DROP TABLE title_words;
      DROP TABLE message_words;

      -- Their rows are conversations and messages. They keep neither the text nor positions.
      CREATE VIRTUAL TABLE title_words USING fts5 (
        terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '2'
      );
      CREATE VIRTUAL TABLE message_words USING fts5 (
        terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '2'
      );

      -- Merging goes by small steps of the host's, not by a long one when a row comes.
      INSERT INTO title_words (title_words, rank) VALUES ('automerge', 0), ('crisismerge', 64);
      INSERT INTO message_words (message_words, rank) VALUES ('automerge', 0), ('crisismerge', 64);

      -- Titles and messages whose words are not in the index yet. An answer comes here when it is no longer being written.
      CREATE TABLE words_due (kind TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (kind, number)) STRICT, WITHOUT ROWID;
      INSERT INTO words_due SELECT 'title', number FROM conversations;
      INSERT INTO words_due SELECT 'message', number FROM messages WHERE state <> 'writing';

      -- What languages messages are in: a question's words are looked for in the forms of these.
      CREATE TABLE word_languages (language TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

      CREATE TRIGGER title_added AFTER INSERT ON conversations BEGIN
        INSERT OR IGNORE INTO words_due VALUES ('title', new.number);
      END;
      CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversations WHEN new.title <> old.title BEGIN
        DELETE FROM title_words WHERE rowid = old.number;
        INSERT OR IGNORE INTO words_due VALUES ('title', new.number);
      END;
      CREATE TRIGGER title_removed AFTER DELETE ON conversations BEGIN
        DELETE FROM title_words WHERE rowid = old.number;
        DELETE FROM words_due WHERE kind = 'title' AND number = old.number;
      END;

      CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.state <> 'writing' BEGIN
        INSERT OR IGNORE INTO words_due VALUES ('message', new.number);
      END;
      CREATE TRIGGER message_changed AFTER UPDATE OF text, state ON messages
        WHEN NOT (old.state = 'writing' AND new.state = 'writing')
          AND (new.text <> old.text OR (new.state = 'writing') <> (old.state = 'writing')) BEGIN
        DELETE FROM message_words WHERE rowid = old.number;
        DELETE FROM words_due WHERE kind = 'message' AND number = old.number;
        INSERT INTO words_due SELECT 'message', new.number WHERE new.state <> 'writing';
      END;
      CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
        DELETE FROM message_words WHERE rowid = old.number;
        DELETE FROM words_due WHERE kind = 'message' AND number = old.number;
      END;
    `)
  },
}
