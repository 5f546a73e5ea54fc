/** The list of workspaces came from a backup: what was erased since stays erased, and what was made since is there. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { References } from '../../../electron/host/desktop.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
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
