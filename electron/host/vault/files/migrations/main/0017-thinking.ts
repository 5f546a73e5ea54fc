/** What presets tell models of thinking, and what models can be told of it: their templates say so once they are loaded. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const thinking: Migration = {
  version: 17,
  name: 'thinking',
  update(database) {
    database.exec(`
      ALTER TABLE presets ADD COLUMN thinking TEXT;
      -- A list, as JSON; null until the model was loaded.
      ALTER TABLE models ADD COLUMN thinking TEXT;
    `)
  },
}
