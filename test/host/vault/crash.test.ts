/** kill -9 in the middle of writing and of changing the passphrase, twenty times each: what was acknowledged is there. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'
import { byLength } from '../../fixtures/test-length.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'

let room: VaultRoom
beforeEach(() => {
  room = new VaultRoom()
})
afterEach(() => room.remove())

const kills = byLength({ short: 6, full: 20 })
const child = join(import.meta.dirname, '../../fixtures/vault/crash-child.ts')

/** Runs the child until it has said `spoken` lines and some milliseconds more; gives its whole lines. */
function runAndKill(work: 'write' | 'protect', passphrases: string[], ms: number, spoken = 1): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, work, room.folder, ...passphrases])
    let said = ''
    let complaint = ''
    let timer: NodeJS.Timeout | undefined
    running.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      if (said.split('\n').length > spoken) timer ??= setTimeout(() => running.kill('SIGKILL'), ms)
    })
    running.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
    running.on('error', reject)
    running.on('close', (_code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1))
      else reject(new Error(`The child ended by itself: ${complaint}`))
    })
  })
}

/** Spread over the interval and the same in every run, so that a failure can be found again. */
function delays(longestMs: number): number[] {
  return Array.from({ length: kills }, (_, turn) => ((turn * 0.618_034) % 1) * longestMs)
}

it('loses no row and no workspace that was acknowledged, and shows no word of them', async () => {
  await (await room.opened()).close()
  let rows = 0
  const workspaces: string[] = []
  for (const [turn, ms] of delays(120).entries()) {
    // Every other one dies after its first workspace, on a slow machine too, and the others after their first row.
    const lines = await runAndKill('write', [passphrase], ms, turn % 2 === 0 ? 1 : 2)
    for (const line of lines) {
      const [kind, value = ''] = line.split(' ')
      if (kind === 'row') rows = Number(value)
      else workspaces.push(value)
    }
    for (const file of room.files()) expect(room.bytes(file).includes('NEEDLE'), file).toBe(false)
    const vault = await room.vault()
    expect(vault.state.value).toMatchObject({ phase: 'locked', triesLeft: 5 })
    await vault.unlock(passphrase)
    expect(vault.main.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    const count = vault.main.prepare<{ count: number }>('SELECT count(*) AS count FROM acknowledged').get()?.count ?? 0
    expect(count).toBeGreaterThanOrEqual(rows)
    for (const id of workspaces) expect(vault.workspace(id).userVersion).toBe(workspaceMigrations.length)
    await vault.close()
  }
  expect(rows).toBeGreaterThanOrEqual(kills)
  expect(workspaces.length).toBeGreaterThanOrEqual(kills / 2)
})

it('always opens with the passphrase before or the one after when it dies while changing it', async () => {
  const other = 'une autre phrase'
  const setup = await room.opened()
  setup.main.exec(`INSERT INTO settings VALUES ('test', 'kept')`)
  await setup.close()
  let current = passphrase
  let changes = 0
  for (const ms of delays(40)) {
    const next = current === passphrase ? other : passphrase
    // The first change is done and the second begun, on a slow machine too.
    const lines = await runAndKill('protect', [current, next], ms, 3)
    const done = lines.filter((line) => line.startsWith('done '))
    changes += done.length
    const acknowledged = done.at(-1)?.slice('done '.length) ?? current
    const vault = await room.vault()
    // A change that was begun may have been kept without a word; nothing older may come back.
    const begun = lines.filter((line) => line === 'begun').length > done.length
    const possible = begun ? [acknowledged, acknowledged === passphrase ? other : passphrase] : [acknowledged]
    const opening: string[] = []
    for (const candidate of possible) {
      if (opening.length > 0) break
      try {
        await vault.unlock(candidate)
        opening.push(candidate)
      } catch (error) {
        expect((await failure(() => Promise.reject(error as Error))).code).toBe('wrong_passphrase')
      }
    }
    expect(opening).toHaveLength(1)
    current = opening[0] ?? ''
    expect(vault.main.prepare(`SELECT value FROM settings WHERE key = 'test'`).get()).toEqual({ value: 'kept' })
    await vault.close()
    expect(room.files().filter((file) => file.startsWith('vault.json')).length).toBeGreaterThanOrEqual(1)
  }
  expect(changes).toBeGreaterThanOrEqual(kills)
})
