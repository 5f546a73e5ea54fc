// The copies before migrations are made by the vault's own process, whole or not at all, and no step is taken without one.
import { readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import type { Migrations } from '../../../electron/host/vault/files/open-databases.ts'
import type { KeyWorker } from '../../../electron/host/vault/keys/key-work.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
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
    // One derives the key, and each copy has a process of its own.
    expect(workers).toHaveLength(how.startsWith('in this') ? 0 : 3)
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

test('a lock in the middle leaves nothing of a copy, and no step is taken', async () => {
  const vault = await locked()
  const unlocking = failure(() => vault.unlock(passphrase))
  await expect.poll(() => backups().some((name) => name.startsWith('w-') && name.includes('.new')), { interval: 2 }).toBe(true)
  await vault.lock()
  expect(await unlocking).toMatchObject({ code: 'cancelled' })
  expect(vault.state.value.phase).toBe('locked')
  expect(backups()).toEqual([`main-v${before.main.length}-n1.db`])
  await vault.close()
  const old = await room.vault({ ...options, migrations: before })
  await old.unlock(passphrase)
  expect(old.workspace('w').userVersion).toBe(before.workspace.length)
  await old.close()
})

test('a process that dies over one workspace leaves that one as it was, and the others open', async () => {
  const vault = await locked({
    launchKeyWorker: () => {
      const worker = launch()
      if (workers.length === 3) worker.kill()
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

test('nothing is copied where no step is due', async () => {
  const vault = await locked({ migrations: before })
  await vault.unlock(passphrase)
  expect(workers).toHaveLength(1)
  expect(backups()).toEqual([])
  await vault.close()
})
