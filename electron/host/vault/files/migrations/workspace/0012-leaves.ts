/** Conversations without a leaf are few and are looked for at each opening and each count, which must not go through all others. Frozen once released. */
import type { Migration } from '../../migrate.ts'

export const leaves: Migration = {
  version: 12,
  name: 'leaves',
  update(database) {
    database.exec('CREATE INDEX conversations_by_leaf ON conversations (leaf_id, id)')
  },
}
