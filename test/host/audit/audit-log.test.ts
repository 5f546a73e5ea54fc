// The audit log over a real host and its encrypted file: what was done, by whom, in order, without a word of content.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { callTags } from '../../../contract/call-tags.ts'
import { contract, type Handlers } from '../../../contract/contract.ts'
import type { AuditRow } from '../../../electron/host/audit/audit-entry.ts'
import { verifyExport } from '../../../electron/host/audit/audit-export.ts'
import { AuditLog } from '../../../electron/host/audit/audit-log.ts'
import { tagged } from '../../../electron/host/tagged.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/files/migrate.ts'
import { temporaryFolder, importModel, personal, startTestHost, testModels, type TestHost } from '../../fixtures/test-host.ts'

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

function database() {
  const path = join(temporaryFolder(), 'main.db')
  const made = openEncryptedDatabase(path, Buffer.alloc(32, 7), { create: true })
  migrate(made, mainMigrations, { backup: () => undefined })
  return { made, path }
}
const log = (now = () => 1) => new AuditLog({ folder: temporaryFolder(), now, onBug: (error) => expect(error).toBeNull() })
const entry = { event: 'workspace_made', caller: { kind: 'window', id: 'w' }, subject: 's', failure: null } as const

describe('the log itself', () => {
  test('keeps the order when the clock is set back a year, and gives no number twice', () => {
    const { made } = database()
    const times = [2_000_000_000_000, 1_000, 3_000_000_000_000]
    const audit = log(() => times.shift() ?? 0)
    audit.attach(made)
    for (const subject of ['a', 'b', 'c']) audit.note({ ...entry, subject })
    expect(audit.rows(10).map(({ number, subject }) => [number, subject])).toEqual([
      [3, 'c'],
      [2, 'b'],
      [1, 'a'],
    ])
    made.close()
  })

  test('what happens before there is a vault waits, no more of it than a page may fill the memory with', () => {
    const { made } = database()
    const audit = log()
    for (let index = 0; index < 3000; index++) audit.note({ ...entry, failure: 'wrong_passphrase' })
    audit.attach(made)
    expect(audit.rows(5000)).toHaveLength(1001)
    expect(audit.rows(1)).toMatchObject([{ event: 'audit_left_out', count: 2000 }])
    made.close()
  })

  test('a full disk does not undo the act that was to be noted', () => {
    const { made } = database()
    const bugs: unknown[] = []
    const audit = new AuditLog({ folder: temporaryFolder(), now: () => 1, onBug: (error) => bugs.push(error) })
    audit.attach(made)
    made.close()
    expect(() => audit.note(entry)).not.toThrow()
    expect(bugs).toHaveLength(1)
  })
})

test('every call of the contract is tagged, and nothing else is (bug: a new way out that nobody notes)', () => {
  const calls = Object.fromEntries(
    Object.entries(contract).map(([area, methods]) => [
      area,
      Object.entries(methods as Record<string, { kind: string }>)
        .flatMap(([name, { kind }]) => (kind === 'call' ? [name] : []))
        .sort(),
    ]),
  )
  expect(Object.fromEntries(Object.entries(callTags).map(([area, tags]) => [area, Object.keys(tags).sort()]))).toEqual(calls)
})

test('what a secret goes by in inputs and results is no subject (bug: a recovery code in the log, had its making been noted)', async () => {
  const notes: unknown[] = []
  const wrapping = { log: { note: (row: unknown) => void notes.push(row) }, policies: () => ({}) as never }
  const secret = { workspaceIds: null, code: 'needle', passphrase: 'needle', key: { kind: 'code', code: 'needle' } }
  const handlers = { backup: { begin: async () => secret } } as unknown as Handlers
  await tagged(handlers, wrapping).backup.begin(secret, { caller: { kind: 'process' } } as never)
  expect(notes).toHaveLength(1)
  expect(JSON.stringify(notes)).not.toContain('needle')
})

test('a day of work: acts stand there with who and what, and not one word of the person’s', async () => {
  const needle = `needle-${randomUUID()}`
  const host = await startTestHost()
  open.push(host)
  const { client } = host
  await client.vault.create({ kind: 'passphrase', passphrase: 'correct horse battery staple' })
  const modelId = await importModel(host, testModels().english.path)
  const { workspaceId } = await client.workspaces.make({ name: needle })
  await client.chat.begin({ workspaceId: await personal(client) })
  await client.workspaces.archive({ workspaceId, archived: true })
  await client.workspaces.erase({ workspaceId })
  await client.models.remove({ modelId })
  await client.vault.lock({})
  await expect(client.vault.unlock({ passphrase: needle })).rejects.toMatchObject({ code: 'wrong_passphrase' })
  await client.vault.unlock({ passphrase: 'correct horse battery staple' })

  const rows: AuditRow[] = host.host.audit.rows(100).toReversed()
  expect(rows.map(({ event, subject, failure }) => [event, subject, failure])).toEqual([
    ['vault_created', null, null],
    ['model_imported', modelId, null],
    ['workspace_made', workspaceId, null],
    ['workspace_archived', workspaceId, null],
    ['workspace_erased', workspaceId, null],
    ['model_removed', modelId, null],
    ['vault_locked', null, null],
    ['vault_unlocked', null, 'wrong_passphrase'],
    ['vault_unlocked', null, null],
  ])
  expect(rows.every(({ caller }) => caller.kind === 'browser' || caller.kind === 'process')).toBe(true)
  expect(JSON.stringify(rows)).not.toContain(needle)
  expect(await client.audit.verify({})).toMatchObject({ size: rows.length, kept: rows.length, standing: 'verified' })
  const folder = temporaryFolder()
  host.desktop.pickedFolder = folder
  const picked = await client.desktop.pickFolder({})
  const { name } = await client.audit.export({ reference: picked?.reference ?? '' })
  expect(await verifyExport(join(folder, name), [])).toMatchObject({ size: rows.length, trouble: null })
  expect(readFileSync(join(folder, name, 'entries.jsonl'), 'utf8')).not.toContain(needle)
  expect(host.host.audit.rows(1)).toMatchObject([{ event: 'audit_exported', failure: null }])
  for (const file of ['main.db', 'main.db-wal']) {
    expect(readFileSync(join(host.dataFolder, file)).includes('workspace_erased')).toBe(false)
  }
})
