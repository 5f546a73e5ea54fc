/** Backup and restore over a whole host: what is in a set, what opens it, which sets stay, and what a bad moment costs. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { BackupState } from '../../../contract/backup.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import { personal, present, startTestHost, temporaryFolder, until, type TestHost } from '../../fixtures/test-host.ts'

const passphrase = 'quatre mots sans rapport'
const other = 'une toute autre phrase'
const needle = 'Aiguille-Keller-Ferris'
const everything = { conversationId: null, filter: 'all', name: '', sort: 'newest', limit: 9 } as const

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

async function start(options: Parameters<typeof startTestHost>[0] = {}): Promise<TestHost> {
  const host = await startTestHost({ launchEngine: new ScriptedEngine().launch, ...options })
  open.push(host)
  return host
}

interface Room extends TestHost {
  matter: string
  home: string
  /** Where its sets lie unless another place is chosen. */
  own: string
}

/** A vault with a passphrase, Personal and a matter, each with a document. */
async function prepared(options: Parameters<typeof startTestHost>[0] = {}): Promise<Room> {
  const host = await start(options)
  const { client } = host
  await client.vault.create({ kind: 'passphrase', passphrase })
  const { workspaceId: matter } = await client.workspaces.make({ name: needle })
  await client.workspaces.configure({ workspaceId: matter, instructions: `Instructions of ${needle}`, strict: true })
  const home = await personal(client)
  for (const workspaceId of [home, matter]) await paste(client, workspaceId, `${needle} in ${workspaceId}`)
  return { ...host, matter, home, own: join(host.dataFolder, 'backup-sets') }
}

async function paste(client: TestHost['client'], workspaceId: string, text: string): Promise<void> {
  await client.documents.paste({ workspaceId, conversationId: null, name: 'Paper', text })
  await until(client.documents.summary({ workspaceId }), ({ documents, working }) => documents > 0 && working === 0)
}

async function backedUp({ client }: Pick<TestHost, 'client'>, workspaceIds: string[] | null = null): Promise<BackupState> {
  await client.backup.begin({ workspaceIds })
  return until(client.backup.state({}), ({ running }) => running === null)
}

async function reference({ desktop, client }: TestHost, folder: string): Promise<string> {
  desktop.pickedFolder = folder
  const picked = await client.desktop.pickFolder({})
  return picked?.reference ?? ''
}

async function texts(client: TestHost['client'], workspaceId: string): Promise<string[]> {
  const { rows } = await present(client.documents.list({ workspaceId, ...everything }))
  const found: string[] = []
  for (const { id } of rows) {
    const { blocks } = await client.documents.text({ workspaceId, documentId: id, from: 0, limit: 9 })
    found.push(...blocks.map(({ block }) => block.text))
  }
  return found.sort()
}

const setsOf = (folder: string): string[] => readdirSync(folder).sort()
const set = (sequence: number): string => `alambic-backup-${String(sequence).padStart(6, '0')}`

async function code({ client }: Pick<TestHost, 'client'>): Promise<string> {
  const { code } = await client.backup.newCode({})
  await client.backup.confirmCode({})
  if (typeof code !== 'string') throw new Error('It was sealed for a page')
  return code
}

test('a set of everything is made and verified; nothing of it is in clear, names and instructions neither', async () => {
  const room = await prepared()
  const printed = await code(room)
  const state = await backedUp(room)
  expect(state).toMatchObject({
    trouble: null,
    last: { sequence: 1, workspaces: 2, leftOut: [] },
    place: { own: true },
    isOld: false,
  })
  expect(setsOf(room.own)).toEqual([set(1)])
  const files = readdirSync(join(room.own, set(1))).map((name) => readFileSync(join(room.own, set(1), name)))
  expect(files).toHaveLength(4)
  for (const word of [needle, 'SQLite format', passphrase, printed, printed.replaceAll('-', ''), 'Personal'])
    for (const bytes of files) expect(bytes.includes(word), word).toBe(false)
  const everywhere = readdirSync(room.dataFolder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(room.dataFolder, path)).isFile(),
  )
  for (const path of everywhere) expect(readFileSync(join(room.dataFolder, path)).includes(printed), path).toBe(false)
})

test('work goes on while a set is made, and the set is as the file was at one moment', async () => {
  const room = await prepared()
  await room.client.backup.begin({ workspaceIds: null })
  for (let at = 0; at < 20; at++)
    await room.client.workspaces.configure({ workspaceId: room.matter, instructions: `Change ${at}` })
  await paste(room.client, room.matter, 'Added meanwhile')
  await until(room.client.backup.state({}), ({ running }) => running === null)
  expect((await present(room.client.backup.state({}))).last?.sequence).toBe(1)
  expect(await texts(room.client, room.matter)).toContain('Added meanwhile')
  const place = { reference: null, sequence: 1, key: { kind: 'vault' } } as const
  const { workspaces } = await room.client.backup.open(place)
  const { workspaceIds } = await room.client.backup.restore({ ...place, workspaceIds: workspaces.map(({ id }) => id) })
  for (const id of workspaceIds) expect((await texts(room.client, id)).length).toBeGreaterThan(0)
})

test('one workspace is restored beside what is there, by this vault itself, and keeps its watched folders', async () => {
  const room = await prepared()
  const { client, matter } = room
  const watched = temporaryFolder()
  writeFileSync(join(watched, 'Watched.txt'), 'A watched file')
  await client.documents.watchFolder({ workspaceId: matter, reference: await reference(room, watched) })
  await until(client.documents.summary({ workspaceId: matter }), ({ documents, working }) => documents === 2 && working === 0)
  await backedUp(room)
  await paste(client, matter, 'After the backup')
  const place = { reference: null, sequence: 1, key: { kind: 'vault' } } as const
  const contents = await client.backup.open(place)
  expect(contents).toMatchObject({ everything: true })
  expect(contents.workspaces.map(({ name, documents }) => [name, documents])).toEqual([
    ['Personal', 1],
    [needle, 2],
  ])
  const { workspaceIds } = await client.backup.restore({ ...place, workspaceIds: [matter] })
  const [restored = ''] = workspaceIds
  expect(restored).not.toBe(matter)
  expect(await texts(client, restored)).toEqual(['A watched file', `${needle} in ${matter}`])
  expect(await texts(client, matter)).toContain('After the backup')
  const list = await present(client.workspaces.list({}))
  expect(list.find(({ id }) => id === restored)).toMatchObject({
    name: needle,
    instructions: `Instructions of ${needle}`,
    strict: true,
  })
  const { folders } = await until(client.documents.summary({ workspaceId: restored }), () => true)
  expect(folders.map(({ name }) => name)).toEqual([basename(watched)])
})

test('the recovery code opens a set on another machine; another code, and the one before, do not', async () => {
  const room = await prepared()
  const first = await code(room)
  await backedUp(room)
  const second = await code(room)
  await backedUp(room)
  const sets = temporaryFolder()
  cpSync(room.own, sets, { recursive: true })
  const there = await start()
  await there.client.vault.create({ kind: 'keychain' })
  const at = await reference(there, sets)
  expect(await there.client.backup.sets({ reference: at })).toMatchObject([
    { sequence: 2, own: false, recovery: true },
    { sequence: 1, own: false, recovery: true },
  ])
  const opened = (sequence: number, code: string) =>
    there.client.backup.open({ reference: at, sequence, key: { kind: 'code', code } })
  await expect(opened(2, first)).rejects.toMatchObject({ code: 'recovery_code_wrong' })
  await expect(opened(1, second)).rejects.toMatchObject({ code: 'recovery_code_wrong' })
  await expect(opened(2, `0000${second.slice(4)}`)).rejects.toMatchObject({ code: 'recovery_code_wrong' })
  await expect(there.client.backup.open({ reference: at, sequence: 2, key: { kind: 'vault' } })).rejects.toMatchObject({
    code: 'backup_not_opened',
  })
  expect((await opened(1, first)).workspaces).toHaveLength(2)
  const place = { reference: at, sequence: 2, key: { kind: 'code', code: second.toLowerCase() } } as const
  const { workspaceIds } = await there.client.backup.restore({ ...place, workspaceIds: [room.matter] })
  expect(await texts(there.client, workspaceIds[0] ?? '')).toEqual([`${needle} in ${room.matter}`])
})

test('without a recovery code a set opens on another machine with the passphrase that the vault had', async () => {
  const room = await prepared()
  await backedUp(room)
  await room.client.vault.protect({ current: passphrase, next: { kind: 'passphrase', passphrase: other } })
  const there = await start()
  await there.client.vault.create({ kind: 'keychain' })
  const place = { reference: await reference(there, room.own), sequence: 1 }
  await expect(there.client.backup.open({ ...place, key: { kind: 'passphrase', passphrase: other } })).rejects.toMatchObject({
    code: 'wrong_passphrase',
  })
  const { workspaces } = await there.client.backup.open({ ...place, key: { kind: 'passphrase', passphrase } })
  expect(workspaces).toHaveLength(2)
})

test('a new machine: everything comes back with the recovery code, under a protection of its own, and nothing of the other machine', async () => {
  const room = await prepared()
  const printed = await code(room)
  const watched = temporaryFolder()
  writeFileSync(join(watched, 'Watched.txt'), 'A watched file')
  await room.client.documents.watchFolder({ workspaceId: room.matter, reference: await reference(room, watched) })
  await until(
    room.client.documents.summary({ workspaceId: room.matter }),
    ({ documents, working }) => documents === 2 && working === 0,
  )
  await room.client.settings.set({ hub: 'https://mirror.example', idleLockMinutes: 60 })
  await backedUp(room)
  const there = await start()
  const at = await reference(there, room.own)
  expect(await there.client.vault.backupSets({ reference: at })).toMatchObject([{ sequence: 1, recovery: true }])
  const wish = { reference: at, sequence: 1, protection: { kind: 'passphrase', passphrase: other } } as const
  const wrong = there.client.vault.restoreBackup({
    ...wish,
    key: { kind: 'code', code: printed.replace(/^./, (letter) => (letter === '7' ? '8' : '7')) },
  })
  await expect(wrong).rejects.toMatchObject({ code: 'recovery_code_wrong', data: { group: 1 } })
  await expect(
    there.client.vault.restoreBackup({
      ...wish,
      key: { kind: 'code', code: printed },
      protection: { kind: 'passphrase', passphrase: 'short' },
    }),
  ).rejects.toMatchObject({ code: 'weak_passphrase' })
  expect((await present(there.client.vault.state({}))).phase).toBe('new')
  await there.client.vault.restoreBackup({ ...wish, key: { kind: 'code', code: printed } })
  expect((await present(there.client.vault.state({}))).phase).toBe('open')
  expect((await present(there.client.workspaces.list({}))).map(({ name }) => name)).toEqual(['Personal', needle])
  expect(await texts(there.client, room.matter)).toEqual(['A watched file', `${needle} in ${room.matter}`])
  expect((await present(there.client.documents.summary({ workspaceId: room.matter }))).folders).toEqual([])
  expect(await present(there.client.settings.state({}))).toMatchObject({ hub: 'https://huggingface.co', idleLockMinutes: 60 })
  expect(await present(there.client.backup.state({}))).toMatchObject({ recoveryMadeAt: null })
  await there.client.vault.lock({})
  await there.client.vault.unlock({ passphrase: other })
  expect(await texts(there.client, room.home)).toEqual([`${needle} in ${room.home}`])
})

test('a vault whose list is destroyed comes back from a set, and what was there is set aside', async () => {
  const room = await prepared()
  await backedUp(room)
  await room.close()
  open = []
  writeFileSync(join(room.dataFolder, 'main.db'), 'spoiled'.repeat(1000))
  const host = await start({ dataFolder: room.dataFolder })
  await expect(host.client.vault.unlock({ passphrase })).rejects.toMatchObject({ code: 'vault_damaged' })
  const wish = {
    ...{ reference: await reference(host, room.own), sequence: 1 },
    ...({ key: { kind: 'passphrase', passphrase }, protection: { kind: 'passphrase', passphrase } } as const),
  }
  await host.client.vault.restoreBackup(wish)
  expect(await texts(host.client, room.matter)).toEqual([`${needle} in ${room.matter}`])
  const aside = readdirSync(room.dataFolder).filter((name) => name.startsWith('set-aside-'))
  expect(aside).toHaveLength(1)
  expect(readFileSync(join(room.dataFolder, aside[0] ?? '', 'main.db'), 'utf8')).toContain('spoiled')
  expect(existsSync(join(room.dataFolder, 'restoring'))).toBe(false)
  await expect(host.client.vault.restoreBackup(wish)).rejects.toMatchObject({ code: 'vault_exists' })
})

test('a damaged workspace is put back from a set; the spoiled file is set aside', async () => {
  const room = await prepared()
  await backedUp(room)
  await room.client.vault.lock({})
  const file = join(room.dataFolder, 'workspaces', `${room.matter}.db`)
  writeFileSync(file, 'spoiled'.repeat(1000))
  await room.client.vault.unlock({ passphrase })
  const place = { reference: null, sequence: 1, key: { kind: 'vault' } } as const
  await expect(room.client.backup.putBack({ ...place, workspaceId: room.home })).rejects.toMatchObject({ code: 'not_found' })
  await room.client.backup.putBack({ ...place, workspaceId: room.matter })
  expect(await texts(room.client, room.matter)).toEqual([`${needle} in ${room.matter}`])
  const aside = readdirSync(room.dataFolder).filter((name) => name.startsWith('set-aside-'))
  expect(readFileSync(join(room.dataFolder, aside[0] ?? '', `${room.matter}.db`), 'utf8')).toContain('spoiled')
})

test('the last sets by number stay, whatever the clock says; the only copy of a damaged workspace stays too', async () => {
  let now = 1_800_000_000_000
  const room = await prepared({ now: () => now })
  await backedUp(room)
  await room.client.vault.lock({})
  const file = join(room.dataFolder, 'workspaces', `${room.matter}.db`)
  const good = readFileSync(file)
  writeFileSync(file, '')
  await room.client.vault.unlock({ passphrase })
  for (let turn = 2; turn <= 6; turn++) {
    now -= 365 * 86_400_000
    const state = await backedUp(room)
    expect(state.last).toMatchObject({ sequence: turn, workspaces: 1, leftOut: [needle] })
  }
  expect(setsOf(room.own)).toEqual([1, 4, 5, 6].map(set))
  await room.client.vault.lock({})
  writeFileSync(file, good)
  await room.client.vault.unlock({ passphrase })
  await backedUp(room)
  expect(setsOf(room.own)).toEqual([5, 6, 7].map(set))
  await backedUp(room, [room.matter])
  expect(setsOf(room.own)).toEqual([6, 7, 8].map(set))
})

test('an erased workspace is in no set any more: neither its file, nor its key, nor its name; a place that is away is told, and caught up', async () => {
  const room = await prepared()
  const { client, matter } = room
  const printed = await code(room)
  const stick = temporaryFolder()
  await client.backup.configure({ reference: await reference(room, stick) })
  await backedUp(room)
  await client.backup.configure({ reference: null })
  await backedUp(room)
  renameSync(stick, `${stick}-away`)
  await client.workspaces.erase({ workspaceId: matter })
  expect(await present(client.backup.state({}))).toMatchObject({ unreached: [basename(stick)] })
  const gone = async (at: string, sequence: number): Promise<void> => {
    const contents = await client.backup.open({ reference: at, sequence, key: { kind: 'code', code: printed } })
    expect(contents.workspaces.map(({ name }) => name)).toEqual(['Personal'])
  }
  await gone(await reference(room, room.own), 2)
  expect(readdirSync(join(room.own, set(2)))).toHaveLength(3)
  renameSync(`${stick}-away`, stick)
  await client.vault.lock({})
  await client.vault.unlock({ passphrase })
  await until(client.backup.state({}), ({ unreached }) => unreached.length === 0)
  await expect.poll(() => readdirSync(join(stick, set(1))).length).toBe(3)
  await gone(await reference(room, stick), 1)
  const there = await start()
  await there.client.vault.restoreBackup({
    ...{ reference: await reference(there, stick), sequence: 1, key: { kind: 'code', code: printed } },
    protection: { kind: 'keychain' },
  })
  expect((await present(there.client.workspaces.list({}))).map(({ name }) => name)).toEqual(['Personal'])
})

test('a place that is away, full or closed is told in words, and costs no older set', async () => {
  const room = await prepared()
  const { client } = room
  const place = temporaryFolder()
  await client.backup.configure({ reference: await reference(room, place) })
  await backedUp(room)
  renameSync(place, `${place}-away`)
  expect((await backedUp(room)).trouble).toMatchObject({ code: 'backup_folder_gone' })
  expect(existsSync(place)).toBe(false)
  writeFileSync(place, 'a file now')
  expect((await backedUp(room)).trouble).toMatchObject({ code: 'backup_folder_gone' })
  rmSync(place)
  renameSync(`${place}-away`, place)
  expect(setsOf(place)).toEqual([set(1)])
  await expect(client.backup.configure({ reference: await reference(room, join(place, 'nowhere')) })).rejects.toMatchObject({
    code: 'backup_folder_gone',
  })
  expect((await backedUp(room)).trouble).toBeNull()
  expect(setsOf(place)).toHaveLength(2)
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written is told in words', async () => {
  const room = await prepared()
  const place = temporaryFolder()
  await room.client.backup.configure({ reference: await reference(room, place) })
  chmodSync(place, 0o500)
  expect((await backedUp(room)).trouble).toMatchObject({ code: 'backup_folder_refused' })
  chmodSync(place, 0o700)
})

test('a disk that fills up in the middle leaves the older sets, and nothing of the new one', async () => {
  const place = join(temporaryFolder(), 'small')
  mkdirSync(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', place], { stdio: 'ignore' })
  } catch {
    return
  }
  try {
    const room = await prepared()
    await room.client.backup.configure({ reference: await reference(room, place) })
    expect((await backedUp(room)).trouble).toBeNull()
    writeFileSync(join(place, 'filling'), Buffer.alloc(200 * 1024 * 1024))
    expect((await backedUp(room)).trouble).toMatchObject({ code: 'disk_full' })
    expect(setsOf(place)).toEqual([set(1), 'filling'])
  } finally {
    execFileSync('umount', ['-l', place])
  }
})

test('a lock, a Stop and an archive in the middle leave nothing half, and the next one is made all the same', async () => {
  const room = await prepared()
  const { client, matter } = room
  const bulk = Array.from({ length: 8000 }, (_, at) => `Paragraph ${at} ${'x'.repeat(500)}`).join('\n\n')
  await client.documents.paste({ workspaceId: matter, conversationId: null, name: 'Bulk', text: bulk.slice(0, 1_900_000) })
  await until(client.documents.summary({ workspaceId: matter }), ({ working }) => working === 0)
  const midway = async (): Promise<void> => {
    await client.backup.begin({ workspaceIds: null })
    await until(client.backup.state({}), ({ running }) => running !== null)
  }
  await midway()
  await client.backup.stop({})
  expect(await present(client.backup.state({}))).toMatchObject({ running: null, trouble: null, last: null })
  expect(setsOf(room.own)).toEqual([])
  await midway()
  await expect(client.backup.begin({ workspaceIds: null })).rejects.toMatchObject({ code: 'busy' })
  await client.vault.lock({})
  expect(setsOf(room.own)).toEqual([])
  await client.vault.unlock({ passphrase })
  await midway()
  await client.workspaces.archive({ workspaceId: matter, archived: true })
  await until(client.backup.state({}), ({ running }) => running === null)
  const state = await backedUp(room)
  expect(state.last).toMatchObject({ workspaces: 2 })
  const contents = await client.backup.open({ reference: null, sequence: state.last?.sequence ?? 0, key: { kind: 'vault' } })
  expect(contents.workspaces.find(({ id }) => id === matter)).toMatchObject({ documents: 2 })
})

test('a set that was cut, spoiled or made by a later version is refused before anything is touched', async () => {
  const room = await prepared()
  const printed = await code(room)
  await backedUp(room)
  const folder = join(room.own, set(1))
  const kept = temporaryFolder()
  cpSync(room.own, kept, { recursive: true })
  const there = await start()
  const wish = { sequence: 1, key: { kind: 'code', code: printed }, protection: { kind: 'keychain' } } as const
  const spoils: [string, () => void, string][] = [
    ['a file is cut', () => truncateSync(join(folder, '000002.db'), 8192), 'backup_unverified'],
    [
      'a page is spoiled',
      () => {
        const bytes = readFileSync(join(folder, '000003.db'))
        bytes.fill(7, 20_480, 24_576)
        writeFileSync(join(folder, '000003.db'), bytes)
      },
      'backup_unverified',
    ],
    [
      'files change places',
      () => {
        renameSync(join(folder, '000002.db'), join(folder, 'x'))
        renameSync(join(folder, '000003.db'), join(folder, '000002.db'))
        renameSync(join(folder, 'x'), join(folder, '000003.db'))
      },
      'backup_unverified',
    ],
    ['a file is missing', () => rmSync(join(folder, '000002.db')), 'backup_unverified'],
    ['the manifest is cut', () => truncateSync(join(folder, 'manifest.json'), 100), 'backup_malformed'],
    ['it is of a later version', () => editManifest(folder, (manifest) => ({ ...manifest, version: 2 })), 'backup_newer'],
    [
      'it names a path',
      () => editManifest(folder, (manifest) => ({ ...manifest, files: [{ name: '../x', file: '../../x', box: '' }] })),
      'backup_malformed',
    ],
  ]
  for (const [name, spoil, expected] of spoils) {
    spoil()
    const reference_ = await reference(there, room.own)
    await expect(there.client.vault.restoreBackup({ ...wish, reference: reference_ }), name).rejects.toMatchObject({
      code: expected,
    })
    expect((await present(there.client.vault.state({}))).phase, name).toBe('new')
    rmSync(room.own, { recursive: true })
    cpSync(kept, room.own, { recursive: true })
  }
})

function editManifest(folder: string, change: (manifest: object) => object): void {
  const path = join(folder, 'manifest.json')
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as object)))
}
