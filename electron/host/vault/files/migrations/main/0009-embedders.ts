/** What a model is for: to talk to, to find passages by meaning, or to reorder what was found. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const embedders: Migration = {
  version: 9,
  name: 'embedders',
  update(database) {
    // Until now no other kind came in.
    database.exec("ALTER TABLE models ADD COLUMN purpose TEXT NOT NULL DEFAULT 'chat'")
  },
}
