/** What the vault says when something is missing, spoiled or from the future, and the two ways out: restoring and starting over. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { VaultState } from '../../../contract/entities.ts'
import type { Migration } from '../../../electron/host/vault/files/migrate.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import type { Migrations } from '../../../electron/host/vault/files/migrate.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
beforeEach(() => {
  room = new VaultRoom()
})
afterEach(() => room.remove())

const inRoom = (path: string): string => join(room.folder, path)

/** A vault with a workspace and a row in each file, closed. */
async function closedVault(): Promise<void> {
  const vault = await room.opened()
  vault.createWorkspace('matter')
  vault.main.exec(`INSERT INTO settings VALUES ('test', 'kept')`)
  conversation(vault, 'kept')
  await vault.close()
}

function conversation(vault: Vault, title: string): void {
  vault
    .workspace('matter')
    .prepare('INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)')
    .run(title, title, 'p', 1, 1)
}
function titles(vault: Vault): unknown[] {
  return vault
    .workspace('matter')
    .prepare<{ title: string }>('SELECT title FROM conversations ORDER BY number')
    .all()
    .map(({ title }) => title)
}

/** The same program, one release later. */
function nextRelease(): Migrations {
  const later = (migrations: readonly Migration[]): Migration[] => [
    ...migrations,
    { version: migrations.length + 1, name: 'later', update: (database) => database.exec('CREATE TABLE later (number INTEGER)') },
  ]
  return { main: later(mainMigrations), workspace: later(workspaceMigrations) }
}

describe('damage', () => {
  it.each([
    ['a missing main file', () => rmSync(inRoom('main.db')), { damage: 'database_missing', file: 'main.db' }],
    ['an empty main file', () => writeFileSync(inRoom('main.db'), ''), { damage: 'database_empty', file: 'main.db' }],
    ['a missing record', () => rmSync(inRoom('vault.json')), { damage: 'record_missing', file: 'vault.json' }],
    [
      'half a record',
      () => writeFileSync(inRoom('vault.json'), room.bytes('vault.json').subarray(0, 200)),
      { damage: 'record_unreadable', file: 'vault.json' },
    ],
    ['a record that names a path', () => renameKey('matter', '../matter'), { damage: 'record_unreadable', file: 'vault.json' }],
    [
      'a record from the future',
      () => edit((record) => ({ ...record, version: 3, wraps: [] })),
      { damage: 'from_future', file: 'vault.json' },
    ],
  ])('is seen at the start, before a passphrase is asked for: %s', async (_name, spoil, expected) => {
    await closedVault()
    spoil()
    const files = room.files()
    const vault = await room.vault()
    expect(vault.state.value).toEqual({ phase: 'damaged', backups: [], ...expected })
    expect((await failure(() => vault.unlock(passphrase))).code).toBe('vault_damaged')
    expect((await failure(() => vault.create({ kind: 'passphrase', passphrase }))).code).toBe('vault_exists')
    // Looking must not make it worse: no new empty database beside a record, nothing removed.
    expect(room.files()).toEqual(files)
    await vault.close()
  })

  it('is seen at unlocking: a spoiled main file, a box moved from one file to another, a main file from the future', async () => {
    await closedVault()
    const good = { main: room.bytes('main.db'), record: room.bytes('vault.json') }
    const attempt = async (): Promise<[unknown, VaultState]> => {
      const vault = await room.vault()
      const told = await failure(() => vault.unlock(passphrase))
      const state = vault.state.value
      await vault.close()
      writeFileSync(inRoom('main.db'), good.main)
      writeFileSync(inRoom('vault.json'), good.record)
      return [told, state]
    }
    const spoiled = Buffer.from(good.main)
    spoiled.fill(7, 0, 4096)
    writeFileSync(inRoom('main.db'), spoiled)
    const corrupt = { damage: 'database_corrupt', file: 'main.db' }
    expect(await attempt()).toEqual([
      { code: 'vault_damaged', data: corrupt },
      { phase: 'damaged', backups: [], ...corrupt },
    ])

    edit((record) => ({ ...record, keys: { main: record.keys['matter'] ?? '', matter: record.keys['main'] ?? '' } }))
    const moved = { damage: 'record_unreadable', file: 'vault.json' }
    expect(await attempt()).toEqual([
      { code: 'vault_damaged', data: moved },
      { phase: 'damaged', backups: [], ...moved },
    ])

    const future = await room.vault({ migrations: { ...nextRelease(), workspace: workspaceMigrations } })
    await future.unlock(passphrase)
    await future.close()
    const [told, state] = await attempt()
    expect(told).toEqual({
      code: 'vault_from_future',
      data: { file: 'main.db', version: mainMigrations.length + 1, known: mainMigrations.length },
    })
    expect(state).toMatchObject({ phase: 'damaged', damage: 'from_future', file: 'main.db', backups: [{ madeAt: room.now }] })
  })

  it('is a keychain that works but does not have the key', async () => {
    const vault = await room.vault()
    await vault.create({ kind: 'keychain' })
    await vault.close()
    room.keychain.secrets.clear()
    const later = await room.vault()
    expect(later.state.value.phase).toBe('locked')
    expect(await failure(() => later.unlock())).toEqual({ code: 'vault_damaged', data: { damage: 'key_missing', file: null } })
    expect(later.state.value).toEqual({ phase: 'damaged', damage: 'key_missing', file: null, backups: [] })
    await later.close()
  })
})

describe('backups', () => {
  it.each([
    ['goes on', 1000],
    ['is set back a year each time (bug: the newest was removed)', -365 * 86_400_000],
  ])(
    'are made of every file before its first pending step, encrypted; the last three are kept when the clock %s',
    async (_name, stepMs) => {
      await closedVault()
      let migrations: Migrations = { main: mainMigrations, workspace: workspaceMigrations }
      for (let release = 0; release < 5; release++) {
        room.now += stepMs
        const next = migrations.main.length + 1
        migrations = {
          ...migrations,
          main: [
            ...migrations.main,
            { version: next, name: 'more', update: (database) => database.exec(`CREATE TABLE more_${next} (n INTEGER)`) },
          ],
        }
        const vault = await room.vault({ migrations })
        await vault.unlock(passphrase)
        await vault.close()
      }
      expect(readdirSync(inRoom('backups'))).toEqual(
        [2, 1, 0]
          .map((before) => `main-v${mainMigrations.length + 4 - before}-n${5 - before}-${room.now - before * stepMs}.db`)
          .sort(),
      )
      for (const file of readdirSync(inRoom('backups')))
        expect(room.bytes(`backups/${file}`).includes('SQLite format')).toBe(false)
    },
  )

  it('can be put back; the damaged file is set aside with its WAL, and the rest goes on as it was', async () => {
    await closedVault()
    const migrated = await room.vault({ migrations: nextRelease() })
    await migrated.unlock(passphrase)
    conversation(migrated, 'after')
    migrated.main.exec(`UPDATE settings SET value = 'after'`)
    await migrated.close()
    writeFileSync(inRoom('main.db'), 'spoiled'.repeat(1000))

    const vault = await room.vault({ migrations: nextRelease() })
    await failure(() => vault.unlock(passphrase))
    writeFileSync(inRoom('main.db-wal'), 'an old WAL')
    const state = vault.state.value
    expect(state).toMatchObject({
      phase: 'damaged',
      damage: 'database_corrupt',
      file: 'main.db',
      backups: [{ madeAt: room.now }],
    })
    const [backup] = state.phase === 'damaged' ? state.backups : []
    expect(backup?.sizeBytes).toBeGreaterThan(4096)
    for (const id of ['nothing', '../main', `matter-v1-${room.now}`])
      expect((await failure(() => vault.restore(id))).code, id).toBe('not_found')
    await vault.restore(backup?.id ?? '')
    expect(vault.state.value.phase).toBe('locked')
    await vault.unlock(passphrase)
    expect(titles(vault)).toEqual(['kept', 'after'])
    expect(vault.main.userVersion).toBe(mainMigrations.length + 1)
    expect(vault.main.prepare(`SELECT value FROM settings WHERE key = 'test'`).get()).toEqual({ value: 'kept' })
    await vault.close()
    const aside = readdirSync(room.folder).filter((name) => name.startsWith('set-aside-'))
    expect(aside).toHaveLength(1)
    expect(room.bytes(`${aside[0]}/main.db`).toString()).toContain('spoiled')
    expect(room.bytes(`${aside[0]}/main.db-wal`).toString()).toBe('an old WAL')
  })

  it('cannot be put back while nothing is damaged', async () => {
    const vault = await room.opened()
    expect((await failure(() => vault.restore('main-v1-1'))).code).toBe('not_found')
    await vault.close()
  })
})

describe('starting over', () => {
  it('sets everything of the vault aside, deletes nothing, touches nothing else, and a new vault can be made', async () => {
    await closedVault()
    const whole = new Map(room.files().map((file) => [file, room.bytes(file)]))
    mkdirSync(inRoom('models'))
    writeFileSync(inRoom('models/model.gguf'), 'GGUF')
    rmSync(inRoom('vault.json'))
    const vault = await room.vault()
    await vault.startOver()
    expect(vault.state.value).toEqual({ phase: 'new', keychainTrouble: null })
    await vault.create({ kind: 'passphrase', passphrase: 'another one' })
    expect(vault.main.prepare('SELECT * FROM settings').all()).toEqual([])
    expect((await failure(() => vault.startOver())).code).toBe('vault_exists')
    await vault.close()
    const [aside] = readdirSync(room.folder).filter((name) => name.startsWith('set-aside-'))
    expect(aside).toBe('set-aside-2027-01-15T08-00-00.000Z')
    for (const file of ['main.db', 'workspaces/matter.db'])
      expect(room.bytes(`${aside}/${file}`).equals(whole.get(file) ?? Buffer.alloc(0))).toBe(true)
    expect(existsSync(inRoom('models/model.gguf'))).toBe(true)
  })

  it('is a way out for a forgotten passphrase, twice in the same millisecond too, and what was set aside can be put back by hand', async () => {
    await closedVault()
    const vault = await room.vault()
    await vault.startOver()
    await vault.create({ kind: 'passphrase', passphrase: 'another one' })
    await vault.lock()
    await vault.startOver()
    await vault.close()
    const aside = readdirSync(room.folder).sort()
    expect(aside).toHaveLength(2)
    for (const path of readdirSync(inRoom(aside[0] ?? ''))) renameSync(inRoom(`${aside[0]}/${path}`), inRoom(path))
    const back = await room.vault()
    await back.unlock(passphrase)
    expect(titles(back)).toEqual(['kept'])
    await back.close()
  })
})

describe('a crash at the worst moment', () => {
  it('while a vault is being made leaves no vault, and no damage', async () => {
    await closedVault()
    // The main file was whole, the record not yet written.
    renameSync(inRoom('main.db'), inRoom('main.db.new'))
    rmSync(inRoom('vault.json'))
    rmSync(inRoom('workspaces'), { recursive: true })
    const vault = await room.vault()
    expect(vault.state.value.phase).toBe('new')
    expect(room.files()).toEqual([])
    await vault.close()
  })

  it('between the record and a new file’s name is finished at the next start', async () => {
    await closedVault()
    renameSync(inRoom('main.db'), inRoom('main.db.new'))
    renameSync(inRoom('workspaces/matter.db'), inRoom('workspaces/matter.db.new'))
    // Left behind by a restoring that was cut off: it belongs to the file that was set aside, and would spoil this one.
    writeFileSync(inRoom('workspaces/matter.db-wal'), 'an old WAL')
    const vault = await room.vault()
    await vault.unlock(passphrase)
    expect(titles(vault)).toEqual(['kept'])
    await vault.close()
    expect(room.files().filter((file) => file.endsWith('.new'))).toEqual([])
    expect(room.files().some((file) => /^set-aside-.*matter\.db-wal$/.test(file))).toBe(true)
  })

  it('before the record knows a new workspace leaves a file that is removed, never one that has a name', async () => {
    await closedVault()
    writeFileSync(inRoom('workspaces/half.db.new'), 'half')
    writeFileSync(inRoom('workspaces/half.db.new-wal'), 'half')
    writeFileSync(inRoom('workspaces/matter.db.copy'), 'half')
    writeFileSync(inRoom('workspaces/stranger.db'), 'somebody put it here')
    const vault = await room.vault()
    await vault.unlock(passphrase)
    expect(titles(vault)).toEqual(['kept'])
    await vault.close()
    expect(readdirSync(inRoom('workspaces')).sort()).toEqual(['matter.db', 'stranger.db'])
  })
})

interface Record {
  version: number
  wraps: unknown[]
  keys: { [name: string]: string }
}

function edit(change: (record: Record) => Record): void {
  writeFileSync(inRoom('vault.json'), JSON.stringify(change(JSON.parse(room.bytes('vault.json').toString()) as Record)))
}

function renameKey(from: string, to: string): void {
  edit((record) => ({ ...record, keys: { main: record.keys['main'] ?? '', [to]: record.keys[from] ?? '' } }))
}
