/** An exported workspace whose passphrase is right may still be anybody's making: it comes in whole and as we make them, or not at all. */
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { sealWorkspaceFile } from '../../../electron/host/vault/gate/workspace-file.ts'
import { References } from '../../../electron/host/desktop.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { cheapCost, failure, VaultRoom } from '../../fixtures/vault/vault-room.ts'
import { fixtureFolder, fixtureKey } from '../../fixtures/vault/version-1.ts'

const passphrase = 'quatre mots sans rapport'
const key = Buffer.alloc(32, 7)

let vaultRoom: VaultRoom
let vault: Vault
let references: References
let workspaces: Workspaces
let folder: string
beforeEach(async () => {
  vaultRoom = new VaultRoom()
  vault = await vaultRoom.opened()
  references = new References()
  workspaces = new Workspaces({ vault, references, now: () => 0 })
  folder = temporaryFolder()
})
afterEach(async () => {
  await vault.close()
  vaultRoom.remove()
})

function factsOf(name: string) {
  return { name, instructions: '', strict: false }
}
/** A database as we make them, with what `work` does to it. */
function database(work: (made: EncryptedDatabase) => void): string {
  const path = join(folder, 'made.alambic')
  const made = openEncryptedDatabase(path, key, { create: true })
  for (const { update, version } of workspaceMigrations) {
    made.transaction(() => update(made))
    made.userVersion = version
  }
  work(made)
  made.close()
  return path
}
function bring(path: string): Promise<{ workspaceId: string }> {
  return workspaces.import(references.issue(path), passphrase)
}
function conversation(made: EncryptedDatabase): void {
  made.exec(`INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES ('c', 'Talk', 'p', 0, 0);
    INSERT INTO messages (id, conversation_id, role, text, state, created_at) VALUES ('one', 'c', 'user', 'Hello', 'finished', 0);
    INSERT INTO messages (id, conversation_id, parent_id, role, text, state, created_at) VALUES ('two', 'c', 'one', 'assistant', 'Hello', 'finished', 0);`)
}

test('one that we made comes in with its name, and one of the oldest shape in the newest', async () => {
  const path = database(conversation)
  await sealWorkspaceFile(path, { facts: factsOf('Matter'), key, passphrase, cost: cheapCost })
  const old = join(folder, 'old.alambic')
  copyFileSync(join(fixtureFolder, 'workspace.db'), old)
  await sealWorkspaceFile(old, { facts: factsOf('Older'), key: fixtureKey, passphrase, cost: cheapCost })
  await bring(path)
  const { workspaceId } = await bring(old)
  expect(workspaces.all.map(({ name }) => name)).toEqual(['Personal', 'Matter', 'Older'])
  expect(workspaces.database(workspaceId).userVersion).toBe(workspaceMigrations.length)
})

const hostile: Record<string, (made: EncryptedDatabase) => void> = {
  'no documents (bug: the vault did not open any more)': (made) =>
    made.exec('PRAGMA defer_foreign_keys = ON; DROP TABLE documents'),
  'no tables at all, but our version': (made) => {
    made.exec('DROP TABLE question_runs; DROP TABLE questions')
  },
  'a trigger of its own': (made) =>
    made.exec('CREATE TRIGGER spy AFTER INSERT ON messages BEGIN UPDATE conversations SET title = new.text; END'),
  'a view in the place of a table': (made) =>
    made.exec(`DROP TABLE questions;
      CREATE VIEW questions AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS number, i AS id, '' AS text, NULL AS document_id, '' AS words FROM n`),
  'the tables of a later step, and an older version': (made) => (made.userVersion = 2),
  'turns that go round in a circle (bug: the conversation was read for ever)': (made) => {
    conversation(made)
    made.exec(`UPDATE messages SET parent_id = 'two' WHERE id = 'one'`)
  },
  'documents that go round in a circle': (made) =>
    made.exec(`INSERT INTO documents (id, name, size_bytes, added_at, changed_at) VALUES ('d', 'd', 0, 0, 0);
      UPDATE documents SET parent_id = 'd'`),
}
test.each(Object.entries(hostile))('%s: refused, and nothing of it stays', async (_name, work) => {
  const path = database(work)
  await sealWorkspaceFile(path, { facts: factsOf('Matter'), key, passphrase, cost: cheapCost })
  expect((await failure(() => bring(path))).code).toBe('workspace_file_malformed')
  expectNothing()
})

test('what a stranger’s file says of files and folders of this machine is not there (bug: ../vault.json was removed, and a share asked)', async () => {
  const path = database((made) => {
    conversation(made)
    made.exec(`INSERT INTO kept_states (conversation_id, student_id, label, file_name, key, tokens, bytes, kept_at)
        VALUES ('c', 's', 's', '../vault.json', '00', 1, 1, 0);
      INSERT INTO watched_folders (id, path, name, added_at) VALUES ('f', '\\\\attacker\\share', 'Share', 0), ('g', '/etc', 'etc', 0);
      INSERT INTO left_out_files VALUES ('g', '', 'passwd');
      INSERT INTO question_run_begun VALUES (1, '{}');
      INSERT INTO documents (id, name, folder_id, folder, size_bytes, added_at, changed_at) VALUES ('d', 'd', 'g', 'ssh', 0, 0, 0);`)
  })
  await sealWorkspaceFile(path, { facts: factsOf('Matter'), key, passphrase, cost: cheapCost })
  const { workspaceId } = await bring(path)
  const here = workspaces.database(workspaceId)
  for (const table of ['kept_states', 'watched_folders', 'left_out_files', 'question_run_begun'])
    expect([table, here.prepare(`SELECT * FROM ${table}`).all()]).toEqual([table, []])
  expect(here.prepare('SELECT name, folder_id FROM documents').all()).toEqual([{ name: 'd', folder_id: null }])
})

test.each([
  ['a name that is empty', { facts: factsOf('') }],
  ['a name without end', { facts: factsOf('x'.repeat(5000)) }],
  ['a key that is short', { key: Buffer.alloc(31, 7) }],
])('%s behind the right passphrase is refused in words', async (_name, other) => {
  const path = database(conversation)
  await sealWorkspaceFile(path, { facts: factsOf('Matter'), key, passphrase, cost: cheapCost, ...other })
  expect((await failure(() => bring(path))).code).toBe('workspace_file_malformed')
  expectNothing()
})

/** A file of one page, with a trailer of somebody's own making. */
function trailed(trailer: object): string {
  const whole = { version: 1, algorithm: 'argon2id', cost: cheapCost, salt: Buffer.alloc(16).toString('base64'), ...trailer }
  const json = Buffer.from(JSON.stringify(whole))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  const path = join(folder, 'made.alambic')
  writeFileSync(path, Buffer.concat([Buffer.alloc(4096), json, length, Buffer.from('alambic-workspace')]))
  return path
}

test('a box that is too short for a key is refused in words (bug: an internal error)', async () => {
  expect((await failure(() => bring(trailed({ box: 'AAAA' })))).code).toBe('workspace_file_malformed')
  expectNothing()
})

test.each([
  { memoryKib: 1_048_576, passes: 1, lanes: 1 },
  { memoryKib: 65_536, passes: 64, lanes: 1 },
  { memoryKib: 1_048_576, passes: 64, lanes: 16 },
  { memoryKib: -8, passes: 1, lanes: 1 },
  { memoryKib: 8.5, passes: 1, lanes: 1 },
  { memoryKib: 65_536, passes: 3, lanes: 1e9 },
])(
  'a passphrase that costs $memoryKib KiB × $passes × $lanes is never tried (bug: the host stood still for minutes)',
  async (cost) => {
    expect((await failure(() => bring(trailed({ cost, box: Buffer.alloc(60).toString('base64') })))).code).toBe(
      'workspace_file_malformed',
    )
    expectNothing()
  },
)

test('one of a later Alambic is refused by name', async () => {
  const path = database((made) => (made.userVersion = workspaceMigrations.length + 1))
  await sealWorkspaceFile(path, { facts: factsOf('Matter'), key, passphrase, cost: cheapCost })
  expect((await failure(() => bring(path))).code).toBe('workspace_file_newer')
  expectNothing()
})

function expectNothing(): void {
  expect(workspaces.all.map(({ name }) => name)).toEqual(['Personal'])
  expect(vault.main.prepare('SELECT id FROM workspaces').all()).toHaveLength(1)
  const [first] = workspaces.all
  const files = vaultRoom.files().filter((name) => name.startsWith('workspaces') && !name.includes(first?.id ?? '-'))
  expect(files).toEqual([])
  expect(Object.keys((JSON.parse(vaultRoom.bytes('vault.json').toString()) as { keys: object }).keys)).toHaveLength(2)
}
