/** Whatever happens while a workspace arrives – a kill, a full disk, a lock, a second window – it is there whole or not at all. */
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Frame } from '../../../contract/link.ts'
import { References } from '../../../electron/host/desktop.ts'
import type { LaunchPorter } from '../../../electron/host/vault/gate/porter-line.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
import { launchPorter, temporaryFolder } from '../../fixtures/test-host.ts'
import { fakePorter } from '../../fixtures/vault/fake-porter.ts'
import { GateRoom, talk } from '../../fixtures/vault/gate-room.ts'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

const exported = join(import.meta.dirname, '../../fixtures/old-exports/workspace-7.alambic')
const exportedPassphrase = 'quatre mots sans rapport'
const child = join(import.meta.dirname, '../../fixtures/vault/import-child.ts')

/** What is left of arrivals beside whole databases. */
function unfinished(room: VaultRoom): string[] {
  return room.files().filter((name) => /\.(new|copy)|arriving|-wal|-shm/.test(name))
}

test('a kill at any moment leaves no workspace or a whole one, and the next start sweeps the rest', async () => {
  const room = new VaultRoom()
  const acknowledged: string[] = []
  let vault = await room.opened()
  await vault.close()
  for (const afterMs of [0, 120, 260, 330, 400, 470, 900]) {
    const running = spawn(process.execPath, [child, room.folder, passphrase, exported, exportedPassphrase])
    let said = ''
    const begun = new Promise<void>((resolve, reject) => {
      running.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('begun')) resolve()
      })
      running.on('exit', () => reject(new Error('It ended before it began')))
    })
    const gone = new Promise<void>((resolve) => running.on('exit', () => resolve()))
    await begun
    await delay(afterMs)
    running.kill('SIGKILL')
    await gone
    acknowledged.push(...[...said.matchAll(/came (\S+)/g)].map(([, id]) => id ?? ''))
    vault = await room.vault()
    await vault.unlock(passphrase)
    const workspaces = new Workspaces({ vault, references: new References(), now: () => 0 })
    const arrived = workspaces.all.filter(({ personal }) => !personal)
    expect(arrived.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged))
    for (const { id, name } of arrived) {
      const count = workspaces.database(id).prepare('SELECT count(*) AS n FROM conversations').get()
      expect([name, count]).toEqual(['Dossier Keller', { n: 2 }])
    }
    expect(vault.workspaceIds.toSorted()).toEqual(workspaces.all.map(({ id }) => id).toSorted())
    await vault.close()
    expect(unfinished(room)).toEqual([])
  }
  room.remove()
})

test('two windows take the same file in at once: both get one', async () => {
  const room = new VaultRoom()
  const vault = await room.opened()
  const references = new References()
  const workspaces = new Workspaces({ vault, references, now: () => 0 })
  const both = await Promise.all([1, 2].map(() => workspaces.import(references.issue(exported), exportedPassphrase)))
  expect(new Set(both.map(({ workspaceId }) => workspaceId)).size).toBe(2)
  expect(workspaces.all.map(({ name }) => name)).toEqual(['Personal', 'Dossier Keller', 'Dossier Keller'])
  await vault.close()
  room.remove()
})

test('a lock does not wait for a porter that says nothing, and nothing of the file stays', async () => {
  const room = new VaultRoom()
  const vault = await room.opened({ launchPorter: fakePorter({ unseal: () => new Promise<never>(() => undefined) }) })
  const references = new References()
  const workspaces = new Workspaces({ vault, references, now: () => 0 })
  const coming = failure(() => workspaces.import(references.issue(exported), exportedPassphrase))
  await delay(100)
  await workspaces.close()
  expect((await coming).code).toBe('locked')
  expect(unfinished(room).filter((name) => !name.includes('-'))).toEqual([])
  expect(vault.workspaceIds).toHaveLength(1)
  await vault.close()
  expect(unfinished(room)).toEqual([])
  room.remove()
})

/** A disk of its own; null where this machine does not let one be made. */
function smallDisk(megabytes: number): string | null {
  const folder = temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    return null
  }
}

test('a disk without room is told before anything is written', async (context) => {
  const disk = smallDisk(64)
  if (disk === null) return context.skip('no disk can be mounted here')
  try {
    const room = new GateRoom(disk)
    expect(await room.refused(room.made((database) => database.exec(talk)))).toBe('disk_full')
  } finally {
    execFileSync('umount', [disk])
  }
})

test('a disk that fills up while the rows come is told, and nothing of them stays', async (context) => {
  const disk = smallDisk(300)
  if (disk === null) return context.skip('no disk can be mounted here')
  try {
    const room = new GateRoom(disk)
    const path = room.made((database) => {
      database.exec(talk)
      const add = database.prepare(
        `INSERT INTO messages (id, conversation_id, role, text, state, created_at) VALUES (?, 'c', 'user', ?, 'finished', 0)`,
      )
      for (let at = 0; at < 60; at++) add.run(`more${at}`, 'words '.repeat(20_000))
    })
    const filling: LaunchPorter = (folder) => {
      const started = launchPorter(folder)
      let batches = 0
      const send = (frame: Frame): void => {
        if (frame.t === 'open' && frame.method === 'porter.next' && ++batches === 3) fill(disk)
        started.port.send(frame)
      }
      return {
        port: { ...started.port, send },
        pid: started.pid,
        kill: () => started.kill(),
        onExit: (listener) => started.onExit(listener),
      }
    }
    expect((await failure(() => room.takeIn(path, { through: room.gate(filling) }))).code).toBe('disk_full')
    execFileSync('rm', [join(disk, 'filler')])
    room.expectNothing()
  } finally {
    execFileSync('umount', [disk])
  }
})

function fill(disk: string): void {
  const block = Buffer.alloc(1024 * 1024)
  try {
    for (;;) writeFileSync(join(disk, 'filler'), block, { flag: 'a' })
  } catch {
    // It is full.
  }
}
