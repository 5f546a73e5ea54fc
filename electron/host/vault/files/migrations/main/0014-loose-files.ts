/** Where a file of ours that no row names yet came from, and goes back to. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const looseFiles: Migration = {
  version: 14,
  name: 'loose-files',
  update(database) {
    database.exec('ALTER TABLE loose_files ADD COLUMN came_from TEXT')
  },
}
