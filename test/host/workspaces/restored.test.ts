/** The list of workspaces and its backups: what was erased stays erased, and is named nowhere; what was made since a backup is there. */
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { References } from '../../../electron/host/desktop.ts'
import { openKey } from '../../../electron/host/vault/keys/key-box.ts'
import { readKeyRecord } from '../../../electron/host/vault/keys/key-record.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { deriveKey } from '../../../electron/host/vault/keys/passphrase.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
import { clearPages } from '../../fixtures/vault/clear-pages.ts'
import { passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let vaultRoom: VaultRoom
let vault: Vault
beforeEach(async () => {
  vaultRoom = new VaultRoom()
  vault = await vaultRoom.opened()
})
afterEach(async () => {
  await vault.close()
  vaultRoom.remove()
})

function open(): Workspaces {
  return new Workspaces({ vault, references: new References(), now: () => 1_764_000_000_000 })
}

test('a backup of the list opens the vault, whatever was made and erased since (bug: it did not open, and what was made was gone)', async () => {
  const main = join(vaultRoom.folder, 'main.db')
  const before = open().make('Erased since').workspaceId
  await vault.lock()
  copyFileSync(main, `${main}.kept`)
  await vault.unlock(passphrase)
  const since = open()
  await since.erase(before)
  const { workspaceId } = since.make('Made since')
  since.database(workspaceId).exec(`INSERT INTO questions (id, text, words) VALUES ('q', 'Here?', '[]')`)
  await vault.lock()
  copyFileSync(`${main}.kept`, main)
  await vault.unlock(passphrase)
  const restored = open()
  expect(restored.all.map(({ id, name, personal }) => [id, name, personal])).toEqual([
    [restored.all[0]?.id, 'Personal', true],
    [workspaceId, '2025-11-24', false],
  ])
  expect(restored.database(workspaceId).prepare('SELECT text FROM questions').all()).toEqual([{ text: 'Here?' }])
  expect(open().all).toHaveLength(2)
})

/** The key of main.db, as whoever has the passphrase can have it. */
async function mainKey(): Promise<Buffer> {
  const record = readKeyRecord(join(vaultRoom.folder, 'vault.json'))
  const wrap = record?.wraps[0]
  if (record === null || wrap?.kind !== 'passphrase') throw new Error('There is no passphrase')
  const { vaultId } = record
  const wrapping = await deriveKey(passphrase, Buffer.from(wrap.salt, 'base64'), wrap.cost)
  const vaultKey = openKey(wrap.box, wrapping, { purpose: 'vault-key', vaultId, id: 'passphrase' })
  const key = vaultKey && openKey(record.keys['main'] ?? '', vaultKey, { purpose: 'data-key', vaultId, id: 'main' })
  if (!key) throw new Error('There is no key')
  return key
}

test('an erased one is named nowhere any more, in the list nor in its backups (bug: its name and instructions were)', async () => {
  await vault.close()
  vaultRoom.remove()
  vaultRoom = new VaultRoom()
  const older = { main: mainMigrations.slice(0, -1), workspace: workspaceMigrations }
  vault = await vaultRoom.opened({ migrations: older })
  const { workspaceId } = open().make('Keller-v-Ferris')
  open().configure({ workspaceId, instructions: 'Keller-v-Ferris is about a lease.' })
  await vault.close()
  vault = await vaultRoom.vault()
  await vault.unlock(passphrase)
  const backups = (): string[] => readdirSync(join(vaultRoom.folder, 'backups')).filter((name) => name.startsWith('main'))
  expect(backups()).toHaveLength(1)
  await open().erase(workspaceId)
  await vault.lock()
  const key = await mainKey()
  for (const file of ['main.db', ...backups().map((name) => join('backups', name))]) {
    const clear = clearPages(readFileSync(join(vaultRoom.folder, file)), key)
    expect([file, clear.includes('CREATE TABLE workspaces'), clear.includes('Keller-v-Ferris')]).toEqual([file, true, false])
  }
  expect(backups()).toHaveLength(1)
})
