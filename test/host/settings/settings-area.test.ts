// The person's settings in their two places: the encrypted file, and the clear one for what the unlock screen needs.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SettingsArea } from '../../../electron/host/settings/settings-area.ts'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/files/migrate.ts'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

test('where the second place cannot be written nothing is kept (bug: two places of settings that disagree)', () => {
  const folder = temporaryFolder()
  const clearPath = join(folder, 'appearance.json')
  const area = new SettingsArea({ clearPath, source: () => ({ values: [], unread: [] }) })
  const database = openEncryptedDatabase(join(folder, 'main.db'), Buffer.alloc(32, 7), { create: true })
  migrate(database, mainMigrations, { backup: () => undefined })
  area.attach(database)
  area.set({ theme: 'dark', threads: 1 })
  expect(JSON.parse(readFileSync(clearPath, 'utf8'))).toMatchObject({ theme: 'dark' })

  // A folder in its place, as good as a disk that refuses.
  rmSync(clearPath)
  mkdirSync(join(clearPath, 'full'), { recursive: true })
  expect(() => area.set({ theme: 'light', threads: 2 })).toThrow()
  expect(area.values).toMatchObject({ theme: 'dark', threads: 1 })
  rmSync(clearPath, { recursive: true })
  area.detach()
  area.attach(database)
  expect(area.values).toMatchObject({ theme: 'dark', threads: 1 })

  area.set({ theme: 'light' })
  expect(existsSync(clearPath)).toBe(true)
  expect(area.values.theme).toBe('light')
  database.close()
})
