/** The life of a vault: made, opened, locked, protected another way; who is told, in which order, and what is on the disk. */
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../contract/errors.ts'
import { argon2Cost } from '../../../electron/host/vault/keys/passphrase.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { cheapCost, failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
beforeEach(() => {
  room = new VaultRoom()
})
afterEach(() => room.remove())

const workspaceId = '0b5ef3a6-8c3e-4f0a-9a4b-0d1c5a4b6f11'

function write(vault: Vault, value: string): void {
  vault.main.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)').run('test', value)
}
function read(vault: Vault): unknown {
  return vault.main.prepare<{ value: string }>('SELECT value FROM settings WHERE key = ?').get('test')?.value
}

describe('making and opening', () => {
  it('keeps what was written, with a passphrase, over locking and a new start', async () => {
    const vault = await room.vault()
    expect(vault.state.value).toEqual({ phase: 'new', keychainTrouble: null })
    await vault.create({ kind: 'passphrase', passphrase })
    expect(vault.state.value).toEqual({ phase: 'open', protection: 'passphrase', keychainTrouble: null })
    vault.createWorkspace(workspaceId)
    write(vault, 'kept')
    await vault.lock()
    expect(vault.state.value).toEqual({
      phase: 'locked',
      protection: 'passphrase',
      keychainTrouble: null,
      triesLeft: 5,
      retryAt: null,
      idleLocked: false,
    })
    expect((await failure(() => vault.main)).code).toBe('locked')
    expect((await failure(() => vault.createWorkspace(randomUUID()))).code).toBe('locked')
    await vault.unlock(passphrase)
    expect(read(vault)).toBe('kept')
    await vault.close()

    const later = await room.vault()
    expect(later.state.value).toMatchObject({ phase: 'locked', protection: 'passphrase' })
    await later.unlock(passphrase)
    expect(read(later)).toBe('kept')
    expect(later.workspace(workspaceId).userVersion).toBe(workspaceMigrations.length)
    await later.close()
    expect(room.keychain.secrets.size).toBe(0)
  })

  it('keeps it with the keychain, which then has 32 bytes under the vault’s id', async () => {
    const vault = await room.vault()
    await vault.create({ kind: 'keychain' })
    write(vault, 'kept')
    await vault.close()
    const record: unknown = JSON.parse(readFileSync(join(room.folder, 'vault.json'), 'utf8'))
    const [[account, secret] = []] = [...room.keychain.secrets]
    expect(record).toMatchObject({ version: 1, vaultId: account, wraps: [{ kind: 'keychain' }] })
    expect(Buffer.from(secret ?? '', 'base64')).toHaveLength(32)
    const later = await room.vault()
    await later.unlock()
    expect(read(later)).toBe('kept')
    await later.close()
  })

  it('uses argon2id with 64 MiB and three passes unless a test asks for less, and a passphrase typed in another form opens it', async () => {
    const vault = await room.vault({ passphraseCost: argon2Cost })
    await vault.create({ kind: 'passphrase', passphrase: 'l’été à Orléans'.normalize('NFC') })
    await vault.close()
    expect(JSON.parse(readFileSync(join(room.folder, 'vault.json'), 'utf8'))).toMatchObject({
      wraps: [{ kind: 'passphrase', algorithm: 'argon2id', cost: { memoryKib: 65_536, passes: 3, lanes: 1 } }],
    })
    const later = await room.vault()
    await later.unlock('l’été à Orléans'.normalize('NFD'))
    await later.close()
  })

  it('opens a vault made with another cost: the record says which', async () => {
    await (await room.opened()).close()
    const later = await room.vault({ passphraseCost: { ...cheapCost, passes: 2 } })
    await later.unlock(passphrase)
    await later.close()
  })

  it('refuses a weak passphrase, a second vault and a dead keychain, and leaves nothing behind', async () => {
    const vault = await room.vault()
    expect(await failure(() => vault.create({ kind: 'passphrase', passphrase: 'sept ca' }))).toMatchObject({
      code: 'weak_passphrase',
    })
    // Eight UTF-16 units are only four of these characters.
    expect(await failure(() => vault.create({ kind: 'passphrase', passphrase: '🐈🐈🐈🐈' }))).toMatchObject({
      code: 'weak_passphrase',
    })
    room.keychain.failing = 'no_service'
    expect(await failure(() => vault.create({ kind: 'keychain' }))).toEqual({
      code: 'keychain_unavailable',
      data: { trouble: 'no_service' },
    })
    expect(vault.state.value).toEqual({ phase: 'new', keychainTrouble: 'no_service' })
    expect(room.files()).toEqual([])
    await vault.create({ kind: 'passphrase', passphrase })
    expect((await failure(() => vault.create({ kind: 'passphrase', passphrase }))).code).toBe('vault_exists')
    await vault.close()
  })

  it('says at the first start why the keychain cannot be used', async () => {
    room.keychain.failing = 'locked'
    expect((await room.vault()).state.value).toEqual({ phase: 'new', keychainTrouble: 'locked' })
  })

  it('does not call a keychain’s silence damage while it is locked or broken, and opens when it is back', async () => {
    const vault = await room.vault()
    await vault.create({ kind: 'keychain' })
    await vault.lock()
    room.keychain.failing = 'timeout'
    expect(await failure(() => vault.unlock())).toEqual({ code: 'keychain_unavailable', data: { trouble: 'timeout' } })
    expect(vault.state.value).toMatchObject({ phase: 'locked', keychainTrouble: 'timeout' })
    room.keychain.failing = null
    await vault.unlock()
    expect(vault.state.value).toEqual({ phase: 'open', protection: 'keychain', keychainTrouble: null })
    await vault.close()
  })
})

describe('the guard', () => {
  it('builds on open files before the state says open, and is asked to leave while they are still open', async () => {
    const vault = await room.vault()
    const order: unknown[] = []
    vault.guard({
      busy: () => false,
      opened: async () => {
        await Promise.resolve()
        vault.createWorkspace(workspaceId)
        order.push(['opened', vault.state.value.phase, vault.main.userVersion])
      },
      closing: async () => {
        await Promise.resolve()
        order.push(['closing', vault.state.value.phase, vault.workspace(workspaceId).userVersion])
      },
    })
    await vault.create({ kind: 'passphrase', passphrase })
    await Promise.all([vault.lock(), vault.lock()])
    expect(order).toEqual([
      ['opened', 'new', mainMigrations.length],
      ['closing', 'open', workspaceMigrations.length],
    ])
    await vault.close()
  })

  it('closes everything again when the building fails, passes the reason on, and can be opened the next time', async () => {
    const vault = await room.opened()
    await vault.lock()
    let closings = 0
    let broken = true
    vault.guard({
      busy: () => false,
      opened: () => (broken ? Promise.reject(new AppError('busy', 'not now')) : Promise.resolve()),
      closing: () => {
        closings++
        return broken ? Promise.reject(new Error('nor this')) : Promise.resolve()
      },
    })
    expect((await failure(() => vault.unlock(passphrase))).code).toBe('busy')
    expect(closings).toBe(1)
    expect(vault.state.value.phase).toBe('locked')
    expect((await failure(() => vault.main)).code).toBe('locked')
    expect(room.files().filter((file) => file.endsWith('-wal'))).toEqual([])
    broken = false
    await vault.unlock(passphrase)
    expect(vault.state.value.phase).toBe('open')
    await vault.close()
  })

  it('does not keep databases open when leaving fails', async () => {
    const vault = await room.opened()
    vault.guard({ busy: () => false, opened: () => Promise.resolve(), closing: () => Promise.reject(new Error('stuck')) })
    await expect(vault.lock()).rejects.toThrow('stuck')
    expect(vault.state.value.phase).toBe('locked')
    expect((await failure(() => vault.main)).code).toBe('locked')
    await vault.close()
  })

  it('closes once and for all: watchers end, and nothing opens afterwards', async () => {
    const vault = await room.opened()
    const seen: string[] = []
    const watching = (async () => {
      for await (const { phase } of vault.state.watch(new AbortController().signal)) seen.push(phase)
    })()
    await vault.close()
    await watching
    expect(seen.at(0)).toBe('open')
    expect((await failure(() => vault.unlock(passphrase))).code).toBe('disconnected')
  })
})

describe('protecting another way', () => {
  const next = 'une autre phrase'
  const hashes = (): Record<string, string> =>
    Object.fromEntries(
      room
        .files()
        .filter((file) => file.endsWith('.db'))
        .map((file) => [file, createHash('sha256').update(room.bytes(file)).digest('hex')]),
    )

  it('changes the passphrase without touching a byte of the databases', async () => {
    const vault = await room.opened()
    vault.createWorkspace(workspaceId)
    write(vault, 'kept')
    await vault.lock()
    await vault.unlock(passphrase)
    const before = hashes()
    expect(Object.keys(before)).toHaveLength(2)
    await vault.protect({ current: passphrase, next: { kind: 'passphrase', passphrase: next } })
    expect(hashes()).toEqual(before)
    await vault.lock()
    expect((await failure(() => vault.unlock(passphrase))).code).toBe('wrong_passphrase')
    await vault.unlock(next)
    expect(read(vault)).toBe('kept')
    expect(vault.workspace(workspaceId).userVersion).toBe(workspaceMigrations.length)
    await vault.close()
  })

  it('goes to the keychain and back, and then leaves no key there', async () => {
    const vault = await room.opened()
    write(vault, 'kept')
    await vault.protect({ current: passphrase, next: { kind: 'keychain' } })
    expect(vault.state.value).toEqual({ phase: 'open', protection: 'keychain', keychainTrouble: null })
    await vault.lock()
    await vault.unlock()
    await vault.protect({ next: { kind: 'keychain' } })
    await vault.protect({ next: { kind: 'passphrase', passphrase: next } })
    expect(room.keychain.secrets.size).toBe(0)
    await vault.lock()
    expect((await failure(() => vault.unlock())).code).toBe('invalid_input')
    await vault.unlock(next)
    expect(read(vault)).toBe('kept')
    await vault.close()
  })

  it('keeps the present protection when the next one cannot be had', async () => {
    const vault = await room.opened()
    const record = room.bytes('vault.json')
    room.keychain.failing = 'no_library'
    expect(await failure(() => vault.protect({ current: passphrase, next: { kind: 'keychain' } }))).toMatchObject({
      data: { trouble: 'no_library' },
    })
    expect(vault.state.value).toEqual({ phase: 'open', protection: 'passphrase', keychainTrouble: 'no_library' })
    expect(
      (await failure(() => vault.protect({ current: passphrase, next: { kind: 'passphrase', passphrase: 'court' } }))).code,
    ).toBe('weak_passphrase')
    expect(room.bytes('vault.json').equals(record)).toBe(true)
    await vault.close()
  })

  it('wants the present passphrase, and counts a wrong one like a wrong try at the door', async () => {
    const vault = await room.opened()
    const change = (current?: string): Promise<void> =>
      vault.protect({ ...(current === undefined ? {} : { current }), next: { kind: 'passphrase', passphrase: next } })
    expect((await failure(() => change())).code).toBe('invalid_input')
    for (let triesLeft = 4; triesLeft > 0; triesLeft--) {
      expect(await failure(() => change('faux faux faux'))).toEqual({
        code: 'wrong_passphrase',
        data: { triesLeft, retryAt: null },
      })
    }
    expect(await failure(() => change('faux faux faux'))).toEqual({
      code: 'wrong_passphrase',
      data: { triesLeft: 0, retryAt: room.now + 30_000 },
    })
    expect((await failure(() => change(passphrase))).code).toBe('too_many_tries')
    expect(vault.state.value.phase).toBe('open')
    await vault.close()
  })

  it('is refused while the vault is locked', async () => {
    const vault = await room.opened()
    await vault.lock()
    expect((await failure(() => vault.protect({ current: passphrase, next: { kind: 'keychain' } }))).code).toBe('locked')
  })
})

describe('workspaces', () => {
  it('have a file and a key each: one file’s key does not open another', async () => {
    const vault = await room.opened()
    vault.createWorkspace('one')
    vault.createWorkspace('two')
    vault.workspace('one').exec(`CREATE TABLE mine (text TEXT)`)
    await vault.close()
    expect(room.files().filter((file) => file.endsWith('.db'))).toEqual(['main.db', 'workspaces/one.db', 'workspaces/two.db'])
    writeFileSync(join(room.folder, 'workspaces/two.db'), room.bytes('workspaces/one.db'))
    const later = await room.vault()
    await later.unlock(passphrase)
    expect(await failure(() => later.workspace('two'))).toEqual({
      code: 'workspace_damaged',
      data: { damage: 'database_corrupt' },
    })
    await later.close()
  })

  it('cannot have an id that is taken, is `main`, or leaves the folder', async () => {
    const vault = await room.opened()
    vault.createWorkspace('one')
    for (const id of ['one', 'main', '../main', 'a/b', '', 'x'.repeat(65)]) {
      expect((await failure(() => vault.createWorkspace(id))).code, id).toBe('invalid_input')
    }
    expect(await failure(() => vault.workspace('unknown'))).toEqual({
      code: 'vault_damaged',
      data: { damage: 'key_missing', file: 'unknown.db' },
    })
    await vault.close()
  })
})

describe('what is on the disk', () => {
  it('shows no passphrase, no key and no word of the data, in the folder and the temp folder', async () => {
    const needle = `NEEDLE-${randomUUID()}`
    const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('etilqs'))
    const before = temporary()
    const vault = await room.opened()
    vault.createWorkspace(workspaceId)
    write(vault, needle)
    vault
      .workspace(workspaceId)
      .prepare('INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)')
      .run('c', needle, 'p', 1, 1)
    const everything = (): Buffer => Buffer.concat(room.files().map((file) => room.bytes(file)))
    expect(room.files().some((file) => file.endsWith('main.db-wal'))).toBe(true)
    for (const word of [needle, passphrase]) expect(everything().includes(word), word).toBe(false)
    await vault.close()
    for (const word of [needle, passphrase]) expect(everything().includes(word), word).toBe(false)
    expect(temporary()).toEqual(before)
  })
})
