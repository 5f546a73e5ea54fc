/** Backups and bad moments of the machine: SIGKILL anywhere in a run, and clocks that jump. */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import type { BackupArea } from '../../../electron/host/vault/backup/backup-area.ts'
import { readManifest } from '../../../electron/host/vault/backup/backup-set.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { byLength } from '../../fixtures/test-length.ts'
import { passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room = new VaultRoom()
afterEach(() => {
  room.remove()
  room = new VaultRoom()
})

const kills = byLength({ short: 4, full: 8 })
const day = 86_400_000
const facts = { name: 'Matter', personal: false, instructions: '', strict: false }

test('killed anywhere, it leaves sets that open and nothing else, and the next run makes another', async () => {
  const vault = await room.opened()
  vault.createWorkspace('matter')
  const insert = vault.workspace('matter').prepare('INSERT INTO questions (id, text, words) VALUES (?, ?, ?)')
  for (let at = 0; at < 2000; at++) insert.run(`q${at}`, 'x'.repeat(400), '[]')
  await vault.close()
  const sets = join(room.folder, 'backup-sets')
  let newest = 0
  for (let turn = 0; turn < kills; turn++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../fixtures/vault/backup-child.ts'), room.folder])
    let said = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString()))
    let complaints = ''
    child.stderr.on('data', (data: Buffer) => (complaints += data.toString()))
    await expect.poll(() => said, { interval: 5 }).toMatch(/made/)
    // At another point of a run each time.
    await new Promise((resolve) => setTimeout(resolve, ((turn * 0.618_034) % 1) * 60))
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(complaints.replace(/.*(ExperimentalWarning|trace-warnings).*\n/g, '')).toBe('')
    const made = [...said.matchAll(/^made (\d+)$/gm)].map(([, number]) => Number(number))
    expect(made[0]).toBeGreaterThan(newest)
    newest = Math.max(newest, ...made)
    const later = await room.vault()
    await later.unlock(passphrase)
    const numbers = readdirSync(sets).flatMap((name) => /^alambic-backup-(\d{6})$/.exec(name)?.[1] ?? [])
    expect(numbers.map(Number)).toContain(newest)
    for (const number of numbers) {
      await readManifest(sets, Number(number))
      const set = await later.backups.open({ folder: sets, sequence: Number(number), key: { kind: 'vault' } })
      expect(set.files.map(({ name }) => name).sort()).toEqual(['main', 'matter'])
    }
    await later.close()
  }
  const last = await room.vault()
  await last.unlock(passphrase)
  const area = areaOf(last)
  area.begin(null)
  await expect.poll(() => area.state.value.running).toBeNull()
  expect(area.state.value.trouble).toBeNull()
  expect(readdirSync(sets).filter((name) => !/^alambic-backup-\d{6}$/.test(name))).toEqual([])
  await area.close()
  await last.close()
})

function areaOf(vault: Vault): BackupArea {
  return vault.backups.area({
    workspaces: () => vault.workspaceIds.map((id) => ({ id, facts, damaged: false })),
    forget: () => undefined,
    onBug: (error) => {
      throw error
    },
  })
}

/** Lets time pass in steps of an hour, and waits for what begins. */
async function pass(area: BackupArea, hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour++) {
    room.pass(3_600_000)
    await expect.poll(() => area.state.value.running).toBeNull()
  }
}

test('one a day, and a clock that jumps a year either way neither stops them nor makes more than one', async () => {
  const vault = await room.opened()
  vault.createWorkspace('matter')
  const area = areaOf(vault)
  const made = (): number => area.state.value.last?.sequence ?? 0
  await pass(area, 1)
  expect(made()).toBe(1)
  await pass(area, 26 * 3)
  expect(made()).toBe(4)
  room.now += 365 * day
  await pass(area, 2)
  expect(made()).toBe(5)
  await pass(area, 20)
  expect(made()).toBe(5)
  room.now -= 2 * 365 * day
  await pass(area, 22)
  expect(made()).toBe(5)
  await pass(area, 4)
  expect(made()).toBe(6)
  await area.configure({ daily: false })
  await pass(area, 24 * 9)
  expect(made()).toBe(6)
  expect(area.state.value).toMatchObject({ isOld: true, nextAt: null })
  area.mentioned()
  expect(area.state.value.isOld).toBe(false)
  await area.close()
  const again = areaOf(vault)
  expect(again.state.value.isOld).toBe(false)
  await again.close()
  await vault.close()
})
