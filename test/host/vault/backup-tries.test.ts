/** Wrong passphrases and recovery codes at a backup set are paused as those at the vault are, across restarts, and for one vault's sets alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BackupKey } from '../../../contract/backup.ts'
import { newRecoveryCode } from '../../../electron/host/vault/backup/recovery-code.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { makeSet, setPassphrase } from '../../fixtures/vault/made-set.ts'
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

const right: BackupKey = { kind: 'passphrase', passphrase: setPassphrase }
const set = (vaultId?: string): Promise<string> => makeSet([{ name: 'main', work: () => undefined }], vaultId)
const attempt = (folder: string, key: BackupKey): ReturnType<typeof failure> =>
  failure(() => vault.restoreBackup({ folder, sequence: 1, key }, { kind: 'passphrase', passphrase }))
const wrong = (folder: string): ReturnType<typeof failure> => attempt(folder, { kind: 'passphrase', passphrase: 'wrong' })

test('after five wrong passphrases there is a pause, which a restart does not end; another vault’s sets have none', async () => {
  const [folder, another] = [await set(), await set('another')]
  for (let left = 4; left >= 1; left--)
    expect(await wrong(folder)).toMatchObject({ code: 'wrong_passphrase', data: { triesLeft: left, retryAt: null } })
  expect(await wrong(folder)).toMatchObject({ code: 'wrong_passphrase', data: { triesLeft: 0, retryAt: room.now + 30_000 } })
  expect(await attempt(folder, right)).toMatchObject({ code: 'too_many_tries', data: { retryAt: room.now + 30_000 } })
  expect(await wrong(another)).toMatchObject({ code: 'wrong_passphrase', data: { triesLeft: 4 } })
  await vault.close()
  vault = await room.vault()
  expect((await attempt(folder, right)).code).toBe('too_many_tries')
  room.now += 365 * 86_400_000
  expect((await attempt(folder, right)).code).toBe('too_many_tries')
  room.pass(30_000)
  await vault.restoreBackup({ folder, sequence: 1, key: right }, { kind: 'passphrase', passphrase })
  expect(JSON.parse(readFileSync(join(room.folder, 'backup-tries.json'), 'utf8'))).toEqual({
    another: { wrong: 1, pauseMs: 0 },
  })
})

test('recovery codes count with them; one that is mistyped is no try', async () => {
  const folder = await set()
  for (let at = 0; at < 9; at++)
    expect(await attempt(folder, { kind: 'code', code: 'mistyped' })).toMatchObject({ code: 'recovery_code_wrong' })
  expect(existsSync(join(room.folder, 'backup-tries.json'))).toBe(false)
  for (let at = 0; at < 3; at++) expect((await wrong(folder)).code).toBe('wrong_passphrase')
  const code = (): BackupKey => ({ kind: 'code', code: newRecoveryCode().toString() })
  for (let at = 0; at < 2; at++) expect((await attempt(folder, code())).code).toBe('recovery_code_wrong')
  expect((await attempt(folder, code())).code).toBe('too_many_tries')
  expect((await wrong(folder)).code).toBe('too_many_tries')
})

test('the vault’s own tries are others, and the open vault’s page of backups counts as well', async () => {
  const folder = await set()
  await vault.create({ kind: 'passphrase', passphrase })
  const open = (key: BackupKey): ReturnType<typeof failure> => failure(() => vault.backups.open({ folder, sequence: 1, key }))
  for (let at = 0; at < 5; at++) expect((await open({ kind: 'passphrase', passphrase: 'wrong' })).code).toBe('wrong_passphrase')
  expect((await open(right)).code).toBe('too_many_tries')
  await vault.lock()
  expect((await attempt(folder, right)).code).toBe('too_many_tries')
  await vault.unlock(passphrase)
})

test('a file of tries that was spoiled begins with a pause', async () => {
  const folder = await set()
  writeFileSync(join(room.folder, 'backup-tries.json'), '{"somebody-elses":')
  expect((await attempt(folder, right)).code).toBe('too_many_tries')
  room.pass(30_000)
  await vault.restoreBackup({ folder, sequence: 1, key: right }, { kind: 'passphrase', passphrase })
})
