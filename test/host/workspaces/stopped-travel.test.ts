// Stop on a workspace's way out and in, in each of its phases: it ends with `cancelled`, and nothing of it is left.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LaunchPorter } from '../../../electron/host/vault/gate/porter-line.ts'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { sealWorkspaceFile } from '../../../electron/host/vault/gate/workspace-file.ts'
import { deriveKey } from '../../../electron/host/vault/keys/passphrase.ts'
import { References } from '../../../electron/host/desktop.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
import { launchPorter, temporaryFolder } from '../../fixtures/test-host.ts'
import { talk } from '../../fixtures/vault/gate-room.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { cheapCost, failure, VaultRoom } from '../../fixtures/vault/vault-room.ts'

const passphrase = 'quatre mots sans rapport'
const key = Buffer.alloc(32, 7)

let vaultRoom: VaultRoom
let vault: Vault
let workspaces: Workspaces
let reference: string
/** Told of what the host sends to the porter, before it is sent, and of its end. */
let onPorter: (what: string) => void
let porters: number
const references = new References()

beforeEach(async () => {
  onPorter = () => undefined
  porters = 0
  vaultRoom = new VaultRoom()
  vault = await vaultRoom.opened({ launchPorter: (folder) => heard(launchPorter(folder)), launchKeyWorker })
  workspaces = new Workspaces({ vault, references, now: () => 0 })
  reference = references.issue(await exported())
})
afterEach(async () => {
  await workspaces.close()
  await vault.close()
  vaultRoom.remove()
})

/** A real porter, of which a test hears each question. */
function heard(porter: ReturnType<LaunchPorter>): ReturnType<LaunchPorter> {
  porters++
  porter.onExit(() => porters--)
  const { port } = porter
  return {
    pid: porter.pid,
    kill: () => {
      onPorter('kill')
      porter.kill()
    },
    onExit: (listener) => porter.onExit(listener),
    port: {
      onFrame: (listener) => port.onFrame(listener),
      onClose: (listener) => port.onClose(listener),
      close: () => port.close(),
      send: (frame) => {
        if (frame.t === 'open') onPorter(frame.method)
        port.send(frame)
      },
    },
  }
}

/** A workspace file of a few megabytes. */
async function exported(): Promise<string> {
  const path = join(temporaryFolder(), 'made.alambic')
  const made = openEncryptedDatabase(path, key, { create: true })
  for (const { update, version } of workspaceMigrations) {
    made.transaction(() => update(made))
    made.userVersion = version
  }
  made.exec(`${talk} UPDATE messages SET text = hex(randomblob(1000000))`)
  made.rekey(key)
  made.close()
  const facts = { name: 'Matter', instructions: '', strict: false }
  await sealWorkspaceFile(path, { facts, key, passphrase, derive: deriveKey, cost: cheapCost })
  return path
}

/** Nothing is left of a workspace that came or went: no row, no key, no file but the two that were there. */
async function expectNothing(): Promise<void> {
  const rows = vault.main.prepare<{ count: number }>('SELECT count(*) AS count FROM workspaces').get()
  expect(rows?.count).toBe(1)
  expect(vault.workspaceIds).toHaveLength(1)
  const [id = ''] = vault.workspaceIds
  const names = readdirSync(vaultRoom.folder, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(join(vaultRoom.folder, name)).isFile() && !/-(wal|shm)$/.test(name))
  expect(files.sort()).toEqual(['main.db', 'vault.json', join('workspaces', `${id}.db`)])
  await expect.poll(() => porters).toBe(0)
}

describe('an import', () => {
  const stop = (): void => workspaces.stopImport(reference)

  test.each([
    ['while its passphrase is tried', 'porter.unseal'],
    ['when its database is opened', 'porter.open'],
    ['when its rows are read', 'porter.read'],
    ['between two batches of rows', 'porter.next'],
    ['while the porter ends, after the last row', 'kill'],
  ])('is stopped %s', async (_when, what) => {
    onPorter = (asked) => {
      if (asked !== what) return
      onPorter = () => undefined
      stop()
    }
    expect(await failure(() => workspaces.import(reference, passphrase))).toMatchObject({ code: 'cancelled' })
    await expectNothing()
    // It can be begun again.
    const { workspaceId } = await workspaces.import(reference, passphrase)
    expect(workspaces.get(workspaceId)).toMatchObject({ name: 'Matter' })
  })

  test('is stopped while its bytes are copied', async () => {
    const importing = failure(() => workspaces.import(reference, passphrase))
    const arriving = join(vaultRoom.folder, 'arriving')
    const copied = (): number =>
      existsSync(arriving)
        ? readdirSync(arriving, { recursive: true, encoding: 'utf8' })
            .map((name) => statSync(join(arriving, name)))
            .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0)
        : 0
    // As soon as there is a byte of it: the whole of it is read in many turns of the loop.
    await new Promise<void>((resolve) => {
      const look = (): void => (copied() > 0 ? resolve() : void setImmediate(look))
      look()
    })
    stop()
    expect(await importing).toMatchObject({ code: 'cancelled' })
    await expectNothing()
  })

  test('is stopped while it waits for its turn, and the one before it comes in', async () => {
    const other = references.issue(await exported())
    const first = workspaces.import(other, passphrase)
    const second = failure(() => workspaces.import(reference, passphrase))
    stop()
    await first
    expect(await second).toMatchObject({ code: 'cancelled' })
    expect(workspaces.all.map(({ name }) => name)).toEqual(['Personal', 'Matter'])
  })

  test('that is locked away is told so, not that it was stopped', async () => {
    onPorter = (asked) => {
      if (asked === 'porter.unseal') void workspaces.close()
    }
    expect(await failure(() => workspaces.import(reference, passphrase))).toMatchObject({ code: 'locked' })
    // Stopped when nothing is under way, nothing happens.
    stop()
  })
})

describe('an export', () => {
  test.each(['at once', 'while its copy is written'])('is stopped %s', async (when) => {
    const [workspaceId = ''] = workspaces.all.map(({ id }) => id)
    const database = vault.workspace(workspaceId)
    database.exec("INSERT INTO contents (number, hash, size_bytes, stage) VALUES (1, 'h', 30000000, 'failed')")
    for (let part = 0; part < 30; part++)
      database.prepare('INSERT INTO content_parts VALUES (1, ?, randomblob(1000000))').run(part)
    const folder = temporaryFolder()
    const exporting = failure(() => workspaces.export(workspaceId, references.issue(folder), passphrase))
    const copy = (): boolean => vaultRoom.files().some((name) => name.includes('.rekey-'))
    if (when !== 'at once') await expect.poll(copy, { interval: 5 }).toBe(true)
    workspaces.stopExport(workspaceId)
    expect(await exporting).toMatchObject({ code: 'cancelled' })
    await expectNothing()
    expect(readdirSync(folder)).toEqual([])
    const { name } = await workspaces.export(workspaceId, references.issue(folder), passphrase)
    expect(readdirSync(folder)).toEqual([name])
  })
})
