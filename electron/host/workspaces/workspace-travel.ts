/** What of a workspace's file does not travel to another machine, and what is made anew when it arrives. */
import { randomUUID } from 'node:crypto'
import { AppError } from '../../../contract/errors.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'

/**
 * Takes out of a copy what belongs to this machine: folders, kept contexts, answers and tests that are still under way, and what was removed and
 * is not swept away yet. The full-text indexes keep words of what is gone until they are made compact.
 */
export function tidyForTravel(copy: EncryptedDatabase): void {
  copy.transaction(() => {
    copy.exec(`
      UPDATE documents SET folder_id = NULL WHERE folder_id IS NOT NULL;
      DELETE FROM left_out_files;
      DELETE FROM watched_folders;
      DELETE FROM kept_states;
      DELETE FROM question_run_begun;
      UPDATE messages SET state = 'interrupted' WHERE state = 'writing';
      UPDATE compared_answers SET state = 'interrupted' WHERE state = 'writing';

      CREATE TEMP TABLE gone AS SELECT number FROM contents WHERE stage IN ('leaving', 'incoming');
      DELETE FROM content_parts WHERE content_number IN (SELECT number FROM gone);
      DELETE FROM recognised_pages WHERE content_number IN (SELECT number FROM gone);
      DELETE FROM blocks WHERE content_number IN (SELECT number FROM gone);
      DELETE FROM contents WHERE number IN (SELECT number FROM gone);
      DROP TABLE gone;

      CREATE TEMP TABLE spare AS SELECT number FROM indexed_texts WHERE passages = 0;
      DELETE FROM vectors WHERE number IN (SELECT s.number * 4294967296 + t.number FROM vector_sets s JOIN spare t);
      DELETE FROM vector_signs WHERE number IN (SELECT s.number * 4294967296 + t.number FROM vector_sets s JOIN spare t);
      DELETE FROM text_words WHERE rowid IN (SELECT number FROM spare);
      DELETE FROM indexed_texts WHERE number IN (SELECT number FROM spare);
      DROP TABLE spare;

      INSERT INTO text_words (text_words) VALUES ('optimize');
      INSERT INTO message_words (message_words) VALUES ('optimize');
      INSERT INTO title_words (title_words) VALUES ('optimize');
    `)
  })
}

/**
 * What is told of our own rows must be so of those that arrive: each refers to what is there, and a turn or a document only to an earlier
 * one, or following it would never end.
 * @throws AppError workspace_file_malformed
 */
export function refuseLoops(database: EncryptedDatabase): void {
  const isOdd =
    database.prepare('PRAGMA foreign_key_check').get() !== undefined ||
    ['messages', 'documents'].some(
      (table) =>
        database
          .prepare(
            `SELECT 1 FROM ${table} one JOIN ${table} parent ON parent.id = one.parent_id WHERE parent.number >= one.number`,
          )
          .get() !== undefined,
    )
  if (isOdd) throw new AppError('workspace_file_malformed', 'Its rows do not hang together')
}

/** Ids are unique over all workspaces, so that the same file can be taken in twice: what the page may name gets new ones. */
export function newIds(database: EncryptedDatabase): void {
  database.transaction(() => {
    database.exec('PRAGMA defer_foreign_keys = ON')
    for (const { table, references } of named) {
      const ids = database.prepare<{ id: string }>(`SELECT id FROM ${table}`).all()
      for (const { id } of ids) {
        const fresh = randomUUID()
        database.prepare(`UPDATE ${table} SET id = ? WHERE id = ?`).run(fresh, id)
        for (const [other, column] of references)
          database.prepare(`UPDATE ${other} SET ${column} = ? WHERE ${column} = ?`).run(fresh, id)
      }
    }
  })
}

/** Tables whose ids leave the file, and the columns that repeat them. */
const named: { table: string; references: [string, string][] }[] = [
  {
    table: 'conversations',
    references: [
      ['messages', 'conversation_id'],
      ['documents', 'conversation_id'],
    ],
  },
  {
    table: 'messages',
    references: [
      ['messages', 'parent_id'],
      ['conversations', 'leaf_id'],
    ],
  },
  { table: 'comparisons', references: [['compared_answers', 'comparison_id']] },
  { table: 'compared_answers', references: [] },
]
