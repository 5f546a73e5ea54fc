/** Encrypting everything anew: what an older record still opens, what a kill at any point costs, and that nobody waits for it. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { Backups } from '../../../electron/host/vault/files/backups.ts'
import type { KeyWorker } from '../../../electron/host/vault/keys/key-work.ts'
import { openKey } from '../../../electron/host/vault/keys/key-box.ts'
import { readKeyRecord } from '../../../electron/host/vault/keys/key-record.ts'
import { deriveKey } from '../../../electron/host/vault/keys/passphrase.ts'
import type { VaultOptions } from '../../../electron/host/vault/vault-options.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { byLength } from '../../fixtures/test-length.ts'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
beforeEach(() => {
  room = new VaultRoom()
})
afterEach(() => room.remove())

const other = 'une autre phrase'
const inRoom = (path: string): string => join(room.folder, path)
const options: Partial<VaultOptions> = { launchKeyWorker }

/** A vault with rows in main and in `count` workspaces, open. */
async function filled(count: number, rows = 50): Promise<Vault> {
  const vault = await room.opened(options)
  vault.main.exec('CREATE TABLE acknowledged (number INTEGER PRIMARY KEY, text TEXT)')
  vault.main.exec(`INSERT INTO settings VALUES ('test', 'kept')`)
  for (let turn = 0; turn < count; turn++) {
    vault.createWorkspace(`matter-${turn}`)
    write(vault, `matter-${turn}`, rows)
  }
  return vault
}

function write(vault: Vault, id: string, rows: number): void {
  const database = vault.workspace(id)
  const insert = database.prepare(
    'INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
  )
  database.transaction(() => {
    for (let row = 0; row < rows; row++) insert.run(`${id}-${row}-${Math.random()}`, `NEEDLE ${'x'.repeat(2_000)}`, 'p', 1, 1)
  })
}

const rowsOf = (vault: Vault, id: string): number =>
  vault.workspace(id).prepare<{ rows: number }>('SELECT count(*) AS rows FROM conversations').get()?.rows ?? 0

const change = (vault: Vault): Promise<void> =>
  vault.protect({ current: passphrase, next: { kind: 'passphrase', passphrase: other }, reencrypt: true })

async function finished(vault: Vault): Promise<void> {
  for await (const { reencryption } of vault.upkeep.state.watch(new AbortController().signal)) {
    if (reencryption === null) return
    if (reencryption.state === 'stopped') throw new Error(`It stopped: ${reencryption.trouble ?? 'by hand'}`)
  }
}

describe('changing the passphrase', () => {
  it('alone wraps the same keys, says so, and an older record with the older passphrase opens what is written later', async () => {
    const vault = await filled(1)
    const older = readFileSync(inRoom('vault.json'))
    expect(vault.upkeep.state.value.lastChange).toBeNull()
    await vault.protect({ current: passphrase, next: { kind: 'passphrase', passphrase: other } })
    expect(vault.upkeep.state.value).toMatchObject({ lastChange: 'wrapped', reencryption: null })
    write(vault, 'matter-0', 1)
    await vault.close()
    writeFileSync(inRoom('vault.json'), older)
    const again = await room.vault(options)
    await again.unlock(passphrase)
    expect(rowsOf(again, 'matter-0')).toBe(51)
    await again.close()
  })

  it('with everything encrypted anew: an older record with the older passphrase opens nothing, of no file', async () => {
    const vault = await filled(3)
    vault.setWorkspaceOpen('matter-2', false)
    const older = readFileSync(inRoom('vault.json'))
    const oldKeys = await keysOf(passphrase)
    await change(vault)
    await finished(vault)
    expect(vault.upkeep.state.value).toMatchObject({ lastChange: 'reencrypted', reencryption: null })
    // Whoever held the files goes on with them.
    write(vault, 'matter-0', 1)
    expect(rowsOf(vault, 'matter-0')).toBe(51)
    vault.setWorkspaceOpen('matter-2', true)
    expect(rowsOf(vault, 'matter-2')).toBe(50)
    await vault.close()
    for (const [name, key] of Object.entries(oldKeys)) {
      const path = inRoom(name === 'main' ? 'main.db' : `workspaces/${name}.db`)
      expect(await failure(() => openEncryptedDatabase(path, key, { create: false }))).toMatchObject({ code: 'vault_damaged' })
    }
    const again = await room.vault(options)
    expect((await failure(() => again.unlock(passphrase))).code).toBe('wrong_passphrase')
    await again.unlock(other)
    expect(again.upkeep.state.value.lastChange).toBe('reencrypted')
    expect([0, 1, 2].map((turn) => rowsOf(again, `matter-${turn}`))).toEqual([51, 50, 50])
    await again.close()
    writeFileSync(inRoom('vault.json'), older)
    const put = await room.vault(options)
    expect((await failure(() => put.unlock(passphrase))).code).toBe('vault_damaged')
    await put.close()
    for (const file of room.files()) {
      expect(file).not.toMatch(/rekey|\.new/)
      expect(room.bytes(file).includes('NEEDLE'), file).toBe(false)
    }
  })

  it('encrypts the copies anew that were made before a migration, too', async () => {
    const vault = await filled(1)
    mkdirSync(inRoom('backups'))
    vault.workspace('matter-0').copyTo(inRoom('backups/matter-0-v1-5.db'))
    const oldKeys = await keysOf(passphrase)
    await change(vault)
    await finished(vault)
    const newKeys = await keysOf(other)
    await vault.close()
    const open = (key: Buffer | undefined): number => {
      const database = openEncryptedDatabase(inRoom('backups/matter-0-v1-5.db'), key ?? Buffer.alloc(32), { create: false })
      const { rows } = database.prepare<{ rows: number }>('SELECT count(*) AS rows FROM conversations').get() ?? { rows: 0 }
      database.close()
      return rows
    }
    expect(await failure(() => open(oldKeys['matter-0']))).toMatchObject({ code: 'vault_damaged' })
    expect(open(newKeys['matter-0'])).toBe(50)
  })

  it('copies a file again that was written to meanwhile, and loses nothing of it', async () => {
    const vault = await filled(1, 2_000)
    await change(vault)
    let rows = 2_000
    const writing = setInterval(() => {
      write(vault, 'matter-0', 1)
      rows++
    }, 5)
    const seen = new Set<string>()
    for await (const { reencryption } of vault.upkeep.state.watch(new AbortController().signal)) {
      if (reencryption === null) break
      seen.add(reencryption.state)
      if (reencryption.state === 'waiting') clearInterval(writing)
    }
    expect([...seen]).toContain('waiting')
    expect(rowsOf(vault, 'matter-0')).toBe(rows)
    await vault.close()
  })

  it('does not begin a second time while it is under way, nor take anything from a person who erases a workspace meanwhile', async () => {
    const vault = await filled(2, 2_000)
    await change(vault)
    expect(
      await failure(() => vault.protect({ current: other, next: { kind: 'passphrase', passphrase }, reencrypt: true })),
    ).toMatchObject({ code: 'busy' })
    expect(vault.eraseWorkspace('matter-1', () => undefined)).toBe(true)
    await finished(vault)
    expect(vault.workspaceIds).toEqual(['matter-0'])
    expect(vault.upkeep.state.value.lastChange).toBe('reencrypted')
    await vault.close()
  })

  it('stops with the lock in the middle of a file and goes on after the next unlock', async () => {
    const vault = await filled(1)
    // About 40 MB: long enough to be caught in the middle.
    for (let turn = 0; turn < 5; turn++) write(vault, 'matter-0', 2_000)
    const rows = rowsOf(vault, 'matter-0')
    await vault.lock()
    await vault.unlock(passphrase)
    const stalls = monitorEventLoopDelay({ resolution: 5 })
    await change(vault)
    await expect
      .poll(() => room.files().some((file) => file.includes('matter-0') && file.includes('rekey')), { interval: 5 })
      .toBe(true)
    const began = performance.now()
    await vault.lock()
    const lockMs = performance.now() - began
    expect(vault.state.value).toMatchObject({ phase: 'locked' })
    expect(room.files().filter((file) => file.includes('rekey'))).toEqual([])
    await vault.unlock(other)
    expect(vault.upkeep.state.value).toMatchObject({ reencryption: { state: 'working' }, lastChange: 'wrapped' })
    const goesOn = performance.now()
    stalls.enable()
    await finished(vault)
    stalls.disable()
    const seconds = (performance.now() - goesOn) / 1000
    const megabytes = vault.workspaceBytes('matter-0') / 1e6
    console.info(
      `encrypted anew: ${megabytes.toFixed(0)} MB in ${seconds.toFixed(1)} s; longest stall of the host ${(stalls.max / 1e6).toFixed(0)} ms; locked in ${lockMs.toFixed(0)} ms`,
    )
    expect(rowsOf(vault, 'matter-0')).toBe(rows)
    await vault.close()
  })

  it('can be stopped by hand and asked for again', async () => {
    const vault = await filled(2, 1_000)
    await change(vault)
    await vault.upkeep.stopReencryption()
    expect(vault.upkeep.state.value.reencryption).toMatchObject({ state: 'stopped', trouble: null, totalFiles: 3 })
    await vault.upkeep.reencrypt()
    await finished(vault)
    await vault.close()
  })
})

describe('a damaged workspace that is put back before its turn has ended', () => {
  it('keeps every older copy openable (bug: a copy that had its turn made the key of the others forgotten)', async () => {
    let launches = Infinity
    const launch = (): KeyWorker => {
      if (launches-- <= 0) throw new Error('No process is to be had')
      return launchKeyWorker()
    }
    const vault = await room.opened({ launchKeyWorker: launch })
    vault.createWorkspace('matter-0')
    write(vault, 'matter-0', 3)
    const copies = new Backups({ folder: inRoom('backups'), now: () => 5 })
    for (let turn = 0; turn < 2; turn++) copies.make('matter-0', vault.workspace('matter-0'), 6)
    const contents = (): Buffer[] => copies.list('matter-0').map(({ id }) => readFileSync(copies.find('matter-0', id)))
    const before = contents()
    const spoil = (): void => writeFileSync(inRoom('workspaces/matter-0.db'), 'spoiled'.repeat(1000))
    await change(vault)
    // The list has its turn, then the newer copy.
    launches = 2
    await stopped(vault)
    expect(contents().map((bytes, at) => bytes.equals(before[at] ?? bytes))).toEqual([false, true])
    launches = Infinity
    await vault.lock()
    spoil()
    await vault.unlock(other)
    launches = 0
    await stopped(vault)
    const [newer, older] = vault.workspaceCopies('matter-0')
    // The copy that had its turn is given back its key before, by a process.
    launches = 1
    await vault.putBack('matter-0', newer?.id ?? '')
    expect(rowsOf(vault, 'matter-0')).toBe(3)
    vault.setWorkspaceOpen('matter-0', false)
    spoil()
    expect((await failure(() => vault.setWorkspaceOpen('matter-0', true))).code).toBe('workspace_damaged')
    await vault.putBack('matter-0', older?.id ?? '')
    expect(rowsOf(vault, 'matter-0')).toBe(3)
    launches = Infinity
    await vault.upkeep.reencrypt()
    await finished(vault)
    expect(rowsOf(vault, 'matter-0')).toBe(3)
    await vault.close()
  })

  async function stopped(vault: Vault): Promise<void> {
    for await (const { reencryption } of vault.upkeep.state.watch(new AbortController().signal))
      if (reencryption?.state === 'stopped') return
  }
})

describe('a disk without room', () => {
  /** A disk of its own, of 400 MB; null where this user may not make one. */
  function smallDisk(): { folder: string; fill: (leave: number) => () => void; remove: () => void } | null {
    const folder = mkdtempSync(join(tmpdir(), 'alambic-disk-'))
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', folder]).status !== 0) return null
    return {
      folder,
      fill: (leave) => {
        const free = Number(spawnSync('stat', ['-f', '-c', '%a', folder]).stdout.toString()) * 4096
        spawnSync('fallocate', ['-l', String(free - leave), join(folder, 'filler')])
        return () => rmSync(join(folder, 'filler'), { force: true })
      },
      remove: () => {
        spawnSync('umount', [folder])
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }

  it('is seen before anything is changed, and one that fills in the middle costs nothing', async ({ skip }) => {
    const disk = smallDisk()
    if (!disk) return skip('this user may not mount a disk')
    try {
      let launch = launchKeyWorker
      const onDisk = { ...options, dataFolder: disk.folder, launchKeyWorker: () => launch() }
      const vault = await room.opened(onDisk)
      vault.createWorkspace('matter-0')
      for (let turn = 0; turn < 4; turn++) write(vault, 'matter-0', 2_000)
      let empty = disk.fill(60_000_000)
      const before = readFileSync(join(disk.folder, 'vault.json'))
      expect(await failure(() => change(vault))).toMatchObject({
        code: 'disk_full',
        data: { neededBytes: expect.any(Number) as number },
      })
      expect(readFileSync(join(disk.folder, 'vault.json')).equals(before)).toBe(true)
      empty()
      // The look before each copy finds room; then somebody else takes it.
      let copies = 0
      launch = () => {
        if (++copies === 4) empty = disk.fill(8_000_000)
        return launchKeyWorker()
      }
      await change(vault)
      for await (const { reencryption } of vault.upkeep.state.watch(new AbortController().signal)) {
        if (reencryption?.state !== 'stopped') continue
        expect(reencryption).toMatchObject({ trouble: 'disk_full', doneFiles: 1, totalFiles: 2 })
        break
      }
      expect(rowsOf(vault, 'matter-0')).toBe(8_000)
      empty()
      launch = launchKeyWorker
      await vault.upkeep.reencrypt()
      await finished(vault)
      expect(rowsOf(vault, 'matter-0')).toBe(8_000)
      expect(vault.upkeep.state.value.lastChange).toBe('reencrypted')
      await vault.close()
    } finally {
      disk.remove()
    }
  })

  it('does not keep a vault with a passphrase shut when it has not one byte left (bug: the try could not be written)', async ({
    skip,
  }) => {
    const disk = smallDisk()
    if (!disk) return skip('this user may not mount a disk')
    try {
      const onDisk = { ...options, dataFolder: disk.folder }
      const vault = await room.opened(onDisk)
      vault.main.exec(`INSERT INTO settings VALUES ('test', 'kept')`)
      await vault.close()
      const empty = disk.fill(0)
      let told = 0
      const again = await room.vault({ ...onDisk, onUnwrittenTries: () => told++ })
      expect((await failure(() => again.unlock('faux faux faux'))).code).toBe('wrong_passphrase')
      await again.unlock(passphrase)
      expect(again.main.prepare(`SELECT value FROM settings WHERE key = 'test'`).get()).toEqual({ value: 'kept' })
      expect(told).toBeGreaterThan(0)
      empty()
      await again.close()
    } finally {
      disk.remove()
    }
  })
})

const kills = Number(process.env['ALAMBIC_REENCRYPTION_KILLS'] ?? byLength({ short: 4, full: 10 }))

it(`loses nothing in ${kills} kills at any point: each file opens, with every row that was acknowledged`, async () => {
  const setup = await filled(4, 400)
  mkdirSync(inRoom('backups'))
  setup.workspace('matter-1').copyTo(inRoom('backups/matter-1-v1-5.db'))
  setup.setWorkspaceOpen('matter-3', false)
  await setup.close()
  let current = passphrase
  let rows = 0
  const points = { begun: 0, resumed: 0, whole: 0 }
  for (let turn = 0; turn < kills; turn++) {
    // Spread over a run of about two seconds, and the same in every run.
    const lines = await runAndKill(['reencrypt', room.folder, current, `phrase numéro ${turn}`], ((turn * 0.618_034) % 1) * 2_000)
    for (const line of lines) if (line.startsWith('row ')) rows = Number(line.slice(4))
    if (lines.includes('resumed')) points.resumed++
    if (lines.includes('files all')) points.whole++
    const begun = lines.find((line) => line.startsWith('begun '))?.slice(6)
    if (begun !== undefined) points.begun++
    const isChanged = lines.some((line) => line.startsWith('changed '))
    const vault = await room.vault()
    expect(vault.state.value.phase, String(turn)).toBe('locked')
    // Killed while it changed the record, it is the passphrase before or the one after.
    const candidates = begun === undefined ? [current] : isChanged ? [begun] : [begun, current]
    for (const candidate of candidates) {
      try {
        await vault.unlock(candidate)
        current = candidate
        break
      } catch (error) {
        if (candidate === candidates.at(-1)) throw error
      }
    }
    const { count } = vault.main.prepare<{ count: number }>('SELECT count(*) AS count FROM acknowledged').get() ?? { count: 0 }
    expect(count).toBeGreaterThanOrEqual(rows)
    for (const name of ['main', ...vault.workspaceIds]) {
      const database = name === 'main' ? vault.main : vault.workspace(name)
      expect(database.isWhole(), name).toBe(true)
      if (name !== 'main') expect(rowsOf(vault, name)).toBe(400)
    }
    await vault.close()
    for (const file of room.files()) expect(room.bytes(file).includes('NEEDLE'), file).toBe(false)
  }
  const last = await room.vault(options)
  await last.unlock(current)
  await finished(last)
  await last.close()
  expect(room.files().filter((file) => file.includes('rekey'))).toEqual([])
  console.info(`kills: ${JSON.stringify(points)}, rows ${rows}`)
  expect(points.begun).toBeGreaterThan(0)
  expect(points.resumed).toBeGreaterThan(0)
})

/** Runs the child until it says that it has begun or resumed, and some milliseconds more; gives its whole lines. */
function runAndKill(parameters: string[], ms: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [join(import.meta.dirname, '../../fixtures/vault/crash-child.ts'), ...parameters])
    let said = ''
    let complaint = ''
    let timer: NodeJS.Timeout | undefined
    running.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      if (/^(begun|resumed)/m.test(said)) timer ??= setTimeout(() => running.kill('SIGKILL'), ms)
    })
    running.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
    running.on('error', reject)
    running.on('close', (_code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1))
      else reject(new Error(`The child ended by itself: ${complaint}`))
    })
  })
}

/** The keys of all files, as whoever has the record and the passphrase can have them. */
async function keysOf(words: string): Promise<Record<string, Buffer>> {
  const record = readKeyRecord(inRoom('vault.json'))
  const wrap = record?.wraps[0]
  if (record === null || wrap?.kind !== 'passphrase') throw new Error('There is no passphrase')
  const { vaultId } = record
  const wrapping = await deriveKey(words, Buffer.from(wrap.salt, 'base64'), wrap.cost)
  const vaultKey = openKey(wrap.box, wrapping, { purpose: 'vault-key', vaultId, id: 'passphrase' })
  if (!vaultKey) throw new Error('There is no key')
  return Object.fromEntries(
    Object.entries(record.keys).map(([name, box]) => {
      const key = openKey(box, vaultKey, { purpose: 'data-key', vaultId, id: name })
      if (!key) throw new Error('There is no key')
      return [name, key]
    }),
  )
}
