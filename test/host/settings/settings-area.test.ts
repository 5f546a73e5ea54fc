// Settings in two places: the vault, and the clear file for the unlock screen. The bug it would catch: one says dark and the other light when the
// second could not be written.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SettingsArea } from '../../../electron/host/settings/settings-area.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

test('a change that cannot be kept in both places is kept in neither', async () => {
  const folder = temporaryFolder()
  const vault = new Vault({ dataFolder: folder, keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
  const clearPath = join(folder, 'appearance.json')
  const settings = (): SettingsArea => {
    const area = new SettingsArea({ clearPath, source: () => ({ values: [], unread: [] }) })
    area.attach(vault.main)
    return area
  }
  const area = settings()
  mkdirSync(join(clearPath, 'in the way'), { recursive: true })
  expect(() => area.set({ theme: 'dark', idleLockMinutes: 5 })).toThrow()
  for (const each of [area, settings()]) expect(each.values).toMatchObject({ theme: 'system', idleLockMinutes: 15 })
  rmSync(clearPath, { recursive: true })
  area.set({ theme: 'dark', idleLockMinutes: 5 })
  area.detach()
  expect(area.values.theme).toBe('dark')
  expect(settings().values).toMatchObject({ theme: 'dark', idleLockMinutes: 5 })
  await vault.close()
})

test('a source of policies that fails in a way of its own closes', () => {
  let fails = false
  const source = () => {
    if (fails) throw new Error('the registry is away')
    return { values: [], unread: [] }
  }
  const area = new SettingsArea({ clearPath: join(temporaryFolder(), 'appearance.json'), source })
  expect(area.values.requireSignedBundles).toBe(false)
  fails = true
  area.readPolicies()
  expect(area.values.requireSignedBundles).toBe(true)
  expect(area.managed.value.requireSignedBundles).toEqual({ origin: 'the registry is away', unread: true })
})
