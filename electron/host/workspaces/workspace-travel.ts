/** What of a workspace's file does not travel to another machine, and what is made anew when it arrives. */
import { randomUUID } from 'node:crypto'
import type { EncryptedDatabase } from '../vault/encrypted-database.ts'

/** Takes out of a copy what belongs to this machine: folders, kept contexts, and what is still going on. */
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
    `)
  })
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
