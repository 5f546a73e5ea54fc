// Steps and the copies before them are made by the vault's own process, whole or not at all, and no step is taken without its copy.
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import type { Migrations } from '../../../electron/host/vault/files/migrate.ts'
import type { KeyWorker } from '../../../electron/host/vault/keys/key-work.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { Derivation } from '../../../electron/host/vault/keys/derivation.ts'
import { openKey } from '../../../electron/host/vault/keys/key-box.ts'
import { readKeyRecord } from '../../../electron/host/vault/keys/key-record.ts'
import { deriveKey } from '../../../electron/host/vault/keys/passphrase.ts'
import { cheapCost, failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

const megabytes = Number(process.env['ALAMBIC_STEP_MB'] ?? 20)
const before: Migrations = { main: mainMigrations.slice(0, -1), workspace: workspaceMigrations.slice(0, -1) }
const options = { passphraseCost: cheapCost }

let room: VaultRoom
let workers: KeyWorker[]
const launch = (): KeyWorker => {
  const worker = launchKeyWorker()
  workers.push(worker)
  return worker
}
const backups = (): string[] => {
  try {
    return readdirSync(join(room.folder, 'backups')).map((name) => name.replace(/-\d+\.db/, '.db'))
  } catch {
    return []
  }
}
beforeEach(async () => {
  workers = []
  room = new VaultRoom()
  const vault = await room.opened({ ...options, migrations: before })
  vault.createWorkspace('w')
  const database = vault.workspace('w')
  database.exec(`INSERT INTO contents (number, hash, size_bytes, stage) VALUES (1, 'h', 1, 'failed')`)
  for (let part = 0; part < megabytes; part++)
    database.prepare('INSERT INTO content_parts VALUES (1, ?, randomblob(1000000))').run(part)
  await vault.close()
})
afterEach(() => room.remove())

async function locked(more: Parameters<VaultRoom['vault']>[0] = {}): Promise<Vault> {
  return room.vault({ ...options, launchKeyWorker: launch, ...more })
}

test.each(['in a process of its own', 'in this process, for comparison'])(
  'made %s, they are what was there before',
  async (how) => {
    const vault = await locked(how.startsWith('in this') ? { launchKeyWorker: undefined as never } : {})
    const stalls = monitorEventLoopDelay({ resolution: 5 })
    stalls.enable()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await vault.unlock(passphrase)
    // The delay of the turn that is still going on is counted when it ends.
    await new Promise((resolve) => setTimeout(resolve, 10))
    stalls.disable()
    console.info(`unlocked with ${megabytes} MB to copy ${how}: longest stall ${(stalls.max / 1e6).toFixed(0)} ms`)
    // One derives the key; each copy, and each file's steps, have a process of their own.
    expect(workers).toHaveLength(how.startsWith('in this') ? 0 : 5)
    expect(vault.workspace('w').userVersion).toBe(workspaceMigrations.length)
    expect(backups().sort()).toEqual([`main-v${before.main.length}-n1.db`, `w-v${before.workspace.length}-n1.db`])
    const [copy] = vault.workspaceCopies('w')
    expect(copy?.sizeBytes).toBeGreaterThan(megabytes * 1_000_000)
    await vault.close()
    // What was copied can be put back, and takes its step again.
    unlinkSync(join(room.folder, 'workspaces', 'w.db'))
    const again = await locked()
    await again.unlock(passphrase)
    await again.putBack('w', copy?.id ?? '')
    expect(again.workspace('w').prepare('SELECT count(*) AS n FROM content_parts').get()).toEqual({ n: megabytes })
    await again.close()
  },
)

test('a lock in the middle leaves nothing of a copy, and its file’s step is not taken', async () => {
  const vault = await locked()
  const unlocking = failure(() => vault.unlock(passphrase))
  await expect.poll(() => backups().some((name) => name.startsWith('w-') && name.includes('.new')), { interval: 2 }).toBe(true)
  await vault.lock()
  expect(await unlocking).toMatchObject({ code: 'cancelled' })
  expect(vault.state.value.phase).toBe('locked')
  expect(backups()).toEqual([`main-v${before.main.length}-n1.db`])
  await vault.close()
  // The list comes first, and has its step by now.
  const old = await room.vault({ ...options, migrations: { ...before, main: mainMigrations } })
  await old.unlock(passphrase)
  expect(old.workspace('w').userVersion).toBe(before.workspace.length)
  await old.close()
})

test('a process that dies over one workspace leaves that one as it was, and the others open', async () => {
  const vault = await locked({
    launchKeyWorker: () => {
      const worker = launch()
      if (workers.length === 4) worker.kill()
      return worker
    },
  })
  await vault.unlock(passphrase)
  expect(vault.main.userVersion).toBe(mainMigrations.length)
  expect([...vault.damaged.value.keys()]).toEqual(['w'])
  expect(backups()).toEqual([`main-v${before.main.length}-n1.db`])
  // The next try finds it as it was.
  vault.setWorkspaceOpen('w', true)
  expect(vault.workspace('w').userVersion).toBe(workspaceMigrations.length)
  await vault.close()
})

/** The workspace's file as whoever has the passphrase can open it, held so that nobody else writes to it. */
async function held(): Promise<EncryptedDatabase> {
  const database = openEncryptedDatabase(join(room.folder, 'workspaces', 'w.db'), await keyOf('w'), { create: false })
  database.exec('BEGIN IMMEDIATE')
  return database
}

async function keyOf(name: string): Promise<Buffer> {
  const record = readKeyRecord(join(room.folder, 'vault.json'))
  const wrap = record?.wraps[0]
  if (record === null || wrap?.kind !== 'passphrase') throw new Error('There is no passphrase')
  const { vaultId } = record
  const wrappingKey = await deriveKey(passphrase, Buffer.from(wrap.salt, 'base64'), wrap.cost)
  const vaultKey = openKey(wrap.box, wrappingKey, { purpose: 'vault-key', vaultId, id: 'passphrase' })
  const key = vaultKey && openKey(record.keys[name] ?? '', vaultKey, { purpose: 'data-key', vaultId, id: name })
  if (!key) throw new Error('There is no key')
  return key
}

/** When the process for the workspace's steps has been started. */
const stepping = (): Promise<void> => expect.poll(() => workers.length, { interval: 5, timeout: 60_000 }).toBe(5)

test('a step that takes long keeps nobody waiting (bug: steps were taken on the host’s loop)', async () => {
  const writer = await held()
  const vault = await locked()
  const unlocking = vault.unlock(passphrase)
  await stepping()
  // The step waits for whoever holds the file, and that one for a hundred turns of this loop: neither could end if the step were taken here.
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
  expect(vault.state.value.phase).toBe('locked')
  writer.exec('ROLLBACK')
  writer.leave()
  await unlocking
  expect([...vault.damaged.value]).toEqual([])
  expect(vault.workspace('w').userVersion).toBe(workspaceMigrations.length)
  await vault.close()
})

test('a lock in the middle of a step leaves the file as it was, with its copy', async () => {
  const writer = await held()
  const vault = await locked()
  const unlocking = failure(() => vault.unlock(passphrase))
  await stepping()
  await vault.lock()
  expect(await unlocking).toMatchObject({ code: 'cancelled' })
  expect(vault.state.value.phase).toBe('locked')
  expect(writer.userVersion).toBe(before.workspace.length)
  expect(backups().sort()).toEqual([`main-v${before.main.length}-n1.db`, `w-v${before.workspace.length}-n1.db`])
  writer.exec('ROLLBACK')
  writer.leave()
  await vault.unlock(passphrase)
  expect(vault.workspace('w').userVersion).toBe(workspaceMigrations.length)
  await vault.close()
})

test('a process that dies over a step leaves the others open; when it is tried again it takes it', async () => {
  const bugs: unknown[] = []
  const vault = await locked({
    launchKeyWorker: () => {
      const worker = launch()
      if (workers.length === 5) worker.kill()
      return worker
    },
    onBug: (error) => bugs.push(error),
  })
  await vault.unlock(passphrase)
  expect([...vault.damaged.value]).toEqual([['w', 'migration_failed']])
  expect(bugs).toHaveLength(1)
  await vault.takeSteps('w', new AbortController().signal)
  vault.setWorkspaceOpen('w', true)
  expect(vault.workspace('w').userVersion).toBe(workspaceMigrations.length)
  await vault.close()
})

test('two processes take each step once: that of a host which was killed may still be there', async () => {
  const path = join(room.folder, 'workspaces', 'w.db')
  const key = await keyOf('w')
  const writer = await held()
  const taken = [0, 1].map(() =>
    new Derivation(launch).migrate(
      { path, key },
      { kind: 'workspace', last: workspaceMigrations.length },
      new AbortController().signal,
    ),
  )
  await expect.poll(() => workers.length).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  writer.exec('ROLLBACK')
  writer.leave()
  await Promise.all(taken)
  const after = openEncryptedDatabase(path, key, { create: false })
  expect(after.userVersion).toBe(workspaceMigrations.length)
  expect(after.prepare('SELECT count(*) AS n FROM content_parts').get()).toEqual({ n: megabytes })
  after.close()
})

test('what fails in a step is this program’s fault, and says where', async () => {
  const database = await held()
  database.exec('CREATE TABLE conversations_by_leaf (number INTEGER)')
  database.exec('COMMIT')
  database.close()
  const bugs: unknown[] = []
  const vault = await locked({ onBug: (error) => bugs.push(error) })
  await vault.unlock(passphrase)
  expect([...vault.damaged.value]).toEqual([['w', 'migration_failed']])
  expect(String(bugs)).toMatch(/own process failed.*key\.migrate.*SqliteError/)
  await vault.close()
})

test('a copy is put back while the loop turns, and nothing of it is left when a lock comes first', async () => {
  const made = await locked()
  await made.unlock(passphrase)
  await made.close()
  writeFileSync(join(room.folder, 'workspaces', 'w.db'), 'spoiled'.repeat(1000))
  const vault = await locked()
  await vault.unlock(passphrase)
  const [copy] = vault.workspaceCopies('w')
  const leave = new AbortController()
  const left = vault.putBack('w', copy?.id ?? '', leave.signal)
  leave.abort(new Error('Locked'))
  await expect(left).rejects.toThrow('Locked')
  expect(readdirSync(join(room.folder, 'workspaces'))).toEqual(['w.db'])
  const writer = workers.length
  const putting = vault.putBack('w', copy?.id ?? '')
  let turns = 0
  const turn = (): void => {
    turns++
    turning = setImmediate(turn)
  }
  let turning = setImmediate(turn)
  await putting
  clearImmediate(turning)
  // The copy, its flush, and two processes for its steps: each comes back through the loop.
  expect(turns).toBeGreaterThan(10)
  expect(workers.length - writer).toBe(2)
  expect(vault.workspace('w').userVersion).toBe(workspaceMigrations.length)
  await vault.close()
})

test('nothing is copied where no step is due', async () => {
  const vault = await locked({ migrations: before })
  await vault.unlock(passphrase)
  expect(workers).toHaveLength(1)
  expect(backups()).toEqual([])
  await vault.close()
})
