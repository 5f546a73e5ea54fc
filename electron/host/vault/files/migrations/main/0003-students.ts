/**
 * Students: adapters among the models with what they stand on, who drafts for whom, each workspace's own, and what was measured of each on this
 * machine. Frozen once released.
 */
import type { Migration } from '../../migrate.ts'

export const students: Migration = {
  version: 3,
  name: 'students',
  update(database) {
    database.exec(`
      ALTER TABLE models ADD COLUMN base_id TEXT;
      ALTER TABLE models ADD COLUMN adapter TEXT;
      ALTER TABLE models ADD COLUMN draft_id TEXT;
      ALTER TABLE workspaces ADD COLUMN model_id TEXT;
      CREATE TABLE measurements (
        student_id TEXT NOT NULL, machine TEXT NOT NULL, facts TEXT NOT NULL, measured_at INTEGER NOT NULL,
        PRIMARY KEY (student_id, machine)
      ) STRICT;
    `)
  },
}
