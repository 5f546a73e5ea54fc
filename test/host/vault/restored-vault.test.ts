/** A whole vault out of a set that somebody else made: what comes in is rebuilt as we write it, or nothing comes and nothing of it stays. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BackupKey } from '../../../contract/backup.ts'
import type { Protection } from '../../../contract/entities.ts'
import { newRecoveryCode, readRecoveryCode, recoveryPublicKey } from '../../../electron/host/vault/backup/recovery-code.ts'
import type { EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { shapeOf } from '../../../electron/host/vault/files/migrate.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { all, talk } from '../../fixtures/vault/gate-room.ts'
import { makeSet, setPassphrase, type MadeFile } from '../../fixtures/vault/made-set.ts'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
let vault: Vault
beforeEach(async () => {
  room = new VaultRoom()
  vault = await room.vault()
})
afterEach(async () => {
  await vault.close()
  room.remove()
})

const matter = `INSERT INTO workspaces (id, name, personal, created_at) VALUES ('matter', 'Matter', 0, 5);`
const protection: Protection = { kind: 'passphrase', passphrase }

function list(work: (main: EncryptedDatabase) => void): MadeFile {
  return { name: 'main', work }
}
function workspace(work: (database: EncryptedDatabase) => void, counts = {}): MadeFile {
  return { name: 'matter', work, counts }
}

async function restore(files: readonly MadeFile[], vaultId?: string): Promise<void> {
  const folder = await makeSet(files, vaultId)
  await vault.restoreBackup({ folder, sequence: 1, key: { kind: 'passphrase', passphrase: setPassphrase } }, protection)
}

/** Refused, and the folder is as it was before, but for the count of tries. */
async function refused(files: readonly MadeFile[]): Promise<string> {
  const lies = (): string[] => {
    const found = readdirSync(room.folder, { recursive: true, encoding: 'utf8' })
    return found.filter((name) => name !== 'backup-tries.json').sort()
  }
  const before = lies()
  const { code } = await failure(() => restore(files))
  expect(lies()).toEqual(before)
  expect(vault.state.value.phase).toBe('new')
  return code
}

describe('what comes of a stranger’s set', () => {
  test('is the workspaces, presets and habits; nothing of a machine, of whom it trusts, or of where it asks', async () => {
    await restore([
      list((main) =>
        main.exec(`${matter}
          UPDATE workspaces SET model_id = 'm', instructions = 'Be brief', strict = 1;
          INSERT INTO presets (id, name, system_prompt, sampling, created_at) VALUES ('p', 'Mine', 'Be brief', '${JSON.stringify({ temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: null, maxTokens: null })}', 0);
          INSERT INTO settings VALUES ('idleLockMinutes', '60'), ('hub', '"https://spy.example"'), ('proxy', '"http://spy.example"'),
            ('certificates', '"PEM"'), ('catalogueKeys', '"key"'), ('allowedHosts', '"* spy.example"'), ('connections', '"listed"'),
            ('modelId', '"m"'), ('nothing', '1'), ('contextTokens', '1152921504606846976'), ('theme', '"{"');
          INSERT INTO network_consents VALUES ('link', 'https://spy.example', 0, 'dialog');
          INSERT INTO loose_files VALUES ('../vault.json', '1', '1', NULL);
          INSERT INTO models (id, name, file_name, size_bytes, changed_at, architecture, parameters, quantisation, trained_context_tokens, template, starter, added_at, verified_at)
            VALUES ('${'a'.repeat(64)}', 'Spy', '../vault.json', 1, 0, 'llama', 1, 'Q4_0', 1, 'own', 0, 0, 0);
          INSERT INTO backup_places VALUES ('//spy/share');
          INSERT INTO audit (at, event, caller_kind, caller_id) VALUES (0, 'vault_created', 'page', '');
          UPDATE backup_plan SET folder = '//spy/share', recovery_key = x'${'ab'.repeat(32)}', recovery_at = 1, kept = 7, sequence = 900000`),
      ),
      workspace((database) =>
        database.exec(`${talk}
          INSERT INTO kept_states VALUES ('c', 'm', 'l', '../vault.json', 'k', 1, 1, 0);
          INSERT INTO watched_folders (id, path, name, added_at) VALUES ('f', '//spy/share', 'share', 0)`),
      ),
    ])
    const { main } = vault
    expect(all(main, 'SELECT id, name, model_id, instructions, strict FROM workspaces')).toEqual([
      { id: 'matter', name: 'Matter', model_id: null, instructions: 'Be brief', strict: 1 },
    ])
    expect(all(main, 'SELECT id, name FROM presets')).toEqual([{ id: 'p', name: 'Mine' }])
    expect(all(main, 'SELECT key, value FROM settings')).toEqual([{ key: 'idleLockMinutes', value: '60' }])
    for (const table of ['network_consents', 'loose_files', 'models', 'backup_places', 'audit', 'ledger', 'downloads'])
      expect(all(main, `SELECT * FROM ${table}`), table).toEqual([])
    expect(all(main, 'SELECT folder, recovery_key, kept, sequence FROM backup_plan')).toEqual([
      { folder: null, recovery_key: null, kept: 7, sequence: 0 },
    ])
    const here = vault.workspace('matter')
    expect(all(here, 'SELECT text FROM messages ORDER BY number')).toEqual([{ text: 'Hello' }, { text: 'Good day' }])
    expect(all(here, 'SELECT * FROM watched_folders')).toEqual([])
    expect(all(here, 'SELECT * FROM kept_states')).toEqual([])
    expect(existsSync(join(room.folder, 'restoring'))).toBe(false)
    await vault.lock()
    await vault.unlock(passphrase)
    expect(all(vault.main, 'SELECT id FROM workspaces')).toEqual([{ id: 'matter' }])
  })

  test('has none of its triggers, views, tables and columns, neither in the list nor in a workspace', async () => {
    const odd = (table: string): string => `CREATE TABLE more (a); CREATE VIEW spy AS SELECT * FROM ${table};
      CREATE TRIGGER spying AFTER INSERT ON ${table} BEGIN INSERT INTO more VALUES (1); END; ALTER TABLE ${table} ADD COLUMN extra TEXT;`
    await restore([
      list((main) => main.exec(matter + odd('workspaces'))),
      workspace((database) => database.exec(talk + odd('messages'))),
    ])
    const other = new VaultRoom()
    const fresh = await other.opened()
    fresh.createWorkspace('matter')
    expect(shapeOf(vault.main)).toEqual(shapeOf(fresh.main))
    expect(shapeOf(vault.workspace('matter'))).toEqual(shapeOf(fresh.workspace('matter')))
    await fresh.close()
    other.remove()
  })

  test('that says it is this vault’s is a stranger’s all the same', async () => {
    await vault.create(protection)
    const vaultId = vault.backups.vaultId
    await vault.lock()
    await restore([list((main) => main.exec(`${matter} UPDATE backup_plan SET folder = '/spy'`))], vaultId)
    expect(all(vault.main, 'SELECT folder FROM backup_plan')).toEqual([{ folder: null }])
  })
})

describe('nothing comes of a set', () => {
  const loose = (main: EncryptedDatabase): void =>
    main.exec(`DROP TABLE workspaces; CREATE TABLE workspaces (id, name, personal, created_at, model_id, instructions, strict, archived, last_used_at, documents, erasing);
      INSERT INTO workspaces VALUES ('matter', 'Matter', 0, 5, NULL, '', 0, 0, NULL, 0, 0);`)
  const cases: Record<string, MadeFile[]> = {
    'whose list names a path': [list((main) => main.exec(`${matter} UPDATE workspaces SET id = '../vault'`))],
    'whose list names itself': [list((main) => main.exec(`${matter} UPDATE workspaces SET id = 'main'`))],
    'whose list counts to 2^60': [list((main) => main.exec(`${matter} UPDATE workspaces SET documents = 1152921504606846976`))],
    'whose list has a moment that no calendar has': [
      list((main) => main.exec(`${matter} UPDATE workspaces SET created_at = 9007199254740991`)),
    ],
    'whose list has a blob for a name': [
      list((main) => {
        loose(main)
        main.exec(`UPDATE workspaces SET name = x'ff'`)
      }),
    ],
    'whose list has two rows of one id': [
      list((main) => {
        loose(main)
        main.exec(`INSERT INTO workspaces SELECT * FROM workspaces`)
      }),
    ],
    'whose list is a view': [
      list((main) =>
        main.exec(`DROP TABLE workspaces; CREATE VIEW workspaces AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
          SELECT 'w' || i AS id, '' AS name, 0 AS personal, 0 AS created_at, NULL AS model_id, '' AS instructions, 0 AS strict, 0 AS archived, NULL AS last_used_at, 0 AS documents, 0 AS erasing FROM n`),
      ),
    ],
    'whose list is no table of ours': [list((main) => main.exec('DROP TABLE presets'))],
    'with a workspace whose ids are paths': [
      list((main) => main.exec(matter)),
      workspace((database) => database.exec(`${talk} UPDATE messages SET id = '../vault.json' WHERE id = 'two'`)),
    ],
    'with a workspace whose rows are fewer than were counted': [
      list((main) => main.exec(matter)),
      workspace((database) => database.exec(talk), { messages: 3 }),
    ],
  }
  test.each(Object.entries(cases))('%s', async (_name, files) => {
    expect(await refused(files)).toBe('backup_unverified')
  })

  test('of a step that is not known here, which is said', async () => {
    expect(await refused([list((main) => (main.userVersion = 99))])).toBe('backup_newer')
  })

  test('with two files of one name', async () => {
    expect(
      await refused([
        list((main) => main.exec(matter)),
        workspace(() => undefined),
        { ...workspace(() => undefined), name: 'MATTER' },
      ]),
    ).toBe('backup_malformed')
  })
})

function publicKeyOf(code: string): string {
  const read = readRecoveryCode(Buffer.from(code))
  return 'seed' in read ? recoveryPublicKey(read.seed).toString('hex') : ''
}

describe('on its own machine', () => {
  const spoil = (): void => writeFileSync(join(room.folder, 'main.db'), 'spoiled'.repeat(1000))

  async function made(how: Protection): Promise<{ folder: string; watched: string }> {
    await vault.create(how)
    vault.createWorkspace('matter')
    const watched = join(room.folder, 'papers')
    mkdirSync(watched)
    vault.main.exec(`${matter}
      INSERT INTO settings VALUES ('hub', '"https://mirror.example"'), ('allowedHosts', '"* spy.example"');
      INSERT INTO audit (number, at, event, caller_kind, caller_id) VALUES (41, 0, 'vault_created', 'window', 'w');
      INSERT INTO models (id, name, file_name, size_bytes, changed_at, architecture, parameters, quantisation, trained_context_tokens, template, starter, added_at, verified_at)
        VALUES ('${'a'.repeat(64)}', 'Mine', 'mine.gguf', 1, 0.5, 'llama', 1, 'Q4_0', 1, 'own', 0, 0, 0),
          ('${'b'.repeat(64)}', 'Spy', '../vault.json', 1, 0, 'llama', 1, 'Q4_0', 1, 'own', 0, 0, 0);
      UPDATE backup_plan SET recovery_key = x'${publicKeyOf(code)}', recovery_at = 1`)
    vault
      .workspace('matter')
      .exec(`${talk} INSERT INTO watched_folders (id, path, name, added_at) VALUES ('f', '${watched}', 'papers', 0)`)
    const area = vault.backups.area({
      workspaces: () => [
        { id: 'matter', facts: { name: 'Matter', personal: false, instructions: '', strict: false }, damaged: false },
      ],
      forget: () => undefined,
      onBug: (error) => {
        throw error
      },
    })
    area.begin(null)
    await expect.poll(() => area.state.value.running).toBeNull()
    expect(area.state.value.trouble).toBeNull()
    await area.close()
    await vault.close()
    return { folder: join(room.folder, 'backup-sets'), watched }
  }

  const code = newRecoveryCode().toString()

  test.each<[string, Protection, BackupKey, boolean]>([
    ['a passphrase, with it', protection, { kind: 'passphrase', passphrase }, true],
    ['the keychain, with the recovery code', { kind: 'keychain' }, { kind: 'code', code }, true],
    ['a passphrase, with the recovery code, which tells nothing of the machine', protection, { kind: 'code', code }, false],
  ])('a vault kept by %s brings along what belongs there', async (_name, how, key, isTold) => {
    const { folder, watched } = await made(how)
    spoil()
    vault = await room.vault()
    await vault.restoreBackup({ folder, sequence: 1, key }, how)
    const told = <T>(rows: T[]): T[] => (isTold ? rows : [])
    expect(all(vault.workspace('matter'), 'SELECT path FROM watched_folders')).toEqual(told([{ path: watched }]))
    expect(all(vault.main, 'SELECT file_name FROM models')).toEqual(told([{ file_name: 'mine.gguf' }]))
    expect(all(vault.main, 'SELECT key FROM settings')).toEqual(told([{ key: 'hub' }]))
    expect(all(vault.main, 'SELECT number FROM audit')).toEqual(told([{ number: 41 }]))
    expect(all(vault.main, 'SELECT sequence, recovery_at FROM backup_plan')).toEqual([
      isTold ? { sequence: 1, recovery_at: 1 } : { sequence: 0, recovery_at: null },
    ])
    expect(all(vault.workspace('matter'), 'SELECT count(*) AS n FROM messages')).toEqual([{ n: 2 }])
  })

  test('of another machine, where the record is not, nothing of that comes along', async () => {
    const { folder } = await made(protection)
    const there = new VaultRoom()
    const other = await there.vault()
    await other.restoreBackup({ folder, sequence: 1, key: { kind: 'passphrase', passphrase } }, protection)
    expect(all(other.workspace('matter'), 'SELECT path FROM watched_folders')).toEqual([])
    expect(all(other.main, 'SELECT file_name FROM models')).toEqual([])
    expect(all(other.workspace('matter'), 'SELECT count(*) AS n FROM messages')).toEqual([{ n: 2 }])
    await other.close()
    there.remove()
    vault = await room.vault()
  })
})
