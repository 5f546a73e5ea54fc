/** The list of conversations asks for few rows, and finds them by an index: with ten thousand of them it is asked for after every word that is kept. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConversationStore } from '../../../electron/host/chat/conversations/conversation-store.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/files/migrate.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

let database: EncryptedDatabase
let store: ConversationStore
beforeEach(() => {
  database = openEncryptedDatabase(`${temporaryFolder()}/w.db`, Buffer.alloc(32, 7), { create: true })
  migrate(database, workspaceMigrations, { backup: () => undefined })
  store = new ConversationStore({ database, now: () => 1 })
})
afterEach(() => database.close())

const begin = (): string => store.create({ title: 'T', presetId: 'balanced', modelId: null })
const titles = (): number => store.list(100).length

test('one that is only begun is neither listed nor counted, and goes; one with a message or an attachment stays', () => {
  begin()
  const asked = begin()
  store.add(asked, { parentId: null, role: 'user', text: 'Why?', state: 'finished' })
  const attached = begin()
  database.exec(`INSERT INTO contents (number, hash, size_bytes, stage) VALUES (1, 'h', 1, 'failed');
    INSERT INTO documents (id, name, size_bytes, content_number, conversation_id, added_at, changed_at) VALUES ('d', 'a.txt', 1, 1, '${attached}', 0, 0)`)
  expect([titles(), store.count()]).toEqual([2, 2])
  store.removeEmpty()
  expect(database.prepare('SELECT id FROM conversations ORDER BY number').all()).toEqual([{ id: asked }, { id: attached }])
})

test('none of what is asked goes through all conversations (bug: a leaf was looked for in every row)', () => {
  const said: string[] = []
  const prepare = database.prepare.bind(database)
  const spy = vi.spyOn(database, 'prepare').mockImplementation((sql: string) => {
    said.push(sql)
    return prepare(sql)
  })
  store.list(20)
  store.count()
  store.removeEmpty()
  spy.mockRestore()
  const plans = said.map((sql) => {
    const values = [...sql.matchAll(/\?/g)].map(() => 1)
    return prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map(({ detail }) => detail)
  })
  expect(plans.flat().filter((detail) => /^SCAN conversations$/.test(detail))).toEqual([])
  expect(plans.flat().filter((detail) => detail.includes('conversations_by_leaf (leaf_id=?)'))).toHaveLength(4)
})
