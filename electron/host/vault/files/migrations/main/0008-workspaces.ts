/** What a workspace says to its students, how it answers, and whether it is open. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const workspaces: Migration = {
  version: 8,
  name: 'workspaces',
  update(database) {
    database.exec(`
      ALTER TABLE workspaces ADD COLUMN instructions TEXT NOT NULL DEFAULT '';
      ALTER TABLE workspaces ADD COLUMN strict INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE workspaces ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE workspaces ADD COLUMN last_used_at INTEGER;
      -- As they were when it was archived: its own file is closed then.
      ALTER TABLE workspaces ADD COLUMN documents INTEGER NOT NULL DEFAULT 0;
      -- Its key is being destroyed; what a kill left of it is finished at the next opening.
      ALTER TABLE workspaces ADD COLUMN erasing INTEGER NOT NULL DEFAULT 0;
    `)
  },
}
