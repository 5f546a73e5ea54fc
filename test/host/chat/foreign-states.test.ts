/** Rows of kept states that came from elsewhere, or were tampered with, name no file of ours: nothing outside the folder is opened or removed. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConversationStates } from '../../../electron/host/chat/conversations/conversation-states.ts'
import { References } from '../../../electron/host/desktop.ts'
import { ModelFiles } from '../../../electron/host/models/library/model-files.ts'
import { SettingsArea } from '../../../electron/host/settings/settings-area.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
let vault: Vault
let workspaces: Workspaces
let workspaceId: string
let settings: SettingsArea
beforeEach(async () => {
  room = new VaultRoom()
  vault = await room.opened()
  workspaces = new Workspaces({ vault, references: new References(), now: () => 0 })
  workspaceId = workspaces.all[0]?.id ?? ''
  settings = new SettingsArea({ clearPath: join(room.folder, 'appearance.json'), source: () => ({ values: [], unread: [] }) })
  settings.attach(vault.main)
})
afterEach(async () => {
  await vault.close()
  room.remove()
})

const names = [
  '../vault.json',
  '..',
  '.',
  '',
  'vault.json',
  '../states/../vault.json',
  '..\\vault.json',
  '\0.state',
  '/etc/passwd',
]

test.each(names)('%j is never opened and never removed (bug: the vault’s keys were)', (name) => {
  const folder = join(room.folder, 'states')
  const database = workspaces.database(workspaceId)
  const row = (conversation: string): void => {
    database.prepare('DELETE FROM kept_states').run()
    database
      .prepare(
        `INSERT INTO kept_states (conversation_id, student_id, label, file_name, key, tokens, bytes, kept_at) VALUES (?, 's', 'l', ?, '', 1, 1, 0)`,
      )
      .run(conversation, name)
  }
  const states = new ConversationStates({ workspaces, folder, settings, onBug: console.error, now: () => 0 })
  writeFileSync(join(folder, 'vault.json'), 'none of ours either')
  const ways: (() => unknown)[] = [
    () => states.of({ workspaceId, conversationId: 'c' })?.find('s', 'l'),
    () => states.of({ workspaceId, conversationId: 'c' })?.drop('s'),
    () => states.removed({ workspaceId, conversationId: 'c' }),
    () => states.modelRemoved('s'),
  ]
  for (const way of ways) {
    row('c')
    expect(way() ?? null).toBeNull()
    expect(existsSync(join(room.folder, 'vault.json'))).toBe(true)
    expect(existsSync(join(folder, 'vault.json'))).toBe(true)
  }
  states.close()
})

test('a model’s file whose name leads elsewhere stays', async () => {
  const folder = join(room.folder, 'models')
  mkdirSync(folder)
  await new ModelFiles(folder).remove('../vault.json')
  expect(existsSync(join(room.folder, 'vault.json'))).toBe(true)
})
